"""From settings to perpetual futures. Units are converted here."""

import math
from collections.abc import Iterator

import jax.numpy as jnp
import numpy as np

from ..perps import (
    AbstractPerps,
    AutoDeleveraging,
    CrossAccount,
    NoPerps,
    PerpTerms,
    Position,
    Rung,
    SocialisedLoss,
    build_perps,
)
from ..venue import AbstractVenue, ConstantProductVenue, PowerLawVenue
from ._build_agents import build_oracle
from ._config import HOURS_PER_YEAR, MINUTES_PER_HOUR, Config
from ._perp_holders import CrossAccountConfig, RungConfig
from ._perps import ContractConfig, PerpBookConfig, PerpsConfig
from ._remembered import depends_on


LOSSES = {"deleverage": AutoDeleveraging, "socialise": SocialisedLoss}


@depends_on("assets", "instruments", "perps", "step_minutes")
def build_exchange(config: Config, dtype: np.dtype) -> AbstractPerps:
    """The perpetuals that the settings describe; none where there are none."""
    perps = config.perps
    if perps is None:
        return NoPerps()
    assets, names = list(config.asset_names), list(perps.contracts)
    contracts = list(perps.contracts.values())
    spot = np.array(list(config.start_prices.values()))
    rows = [assets.index(name) for name in names]
    return build_perps(
        list(_holders(config, perps)),
        terms=[
            _terms(config, contract, row)
            for contract, row in zip(contracts, rows, strict=True)
        ],
        book=_book([one.book for one in contracts], spot[rows], dtype),
        oracle=build_oracle(
            perps.index, names, step_minutes=config.step_minutes, dtype=dtype
        ),
        spot=spot,
        insurance=perps.insurance_usd,
        losses=LOSSES[perps.losses](),
        dtype=dtype,
    )


def _holders(config: Config, perps: PerpsConfig) -> Iterator[Rung | CrossAccount]:
    names = list(perps.contracts)
    for row, contract in enumerate(perps.contracts.values()):
        for rung in contract.rungs:
            yield _rung(config, rung, row)
    for account in perps.accounts:
        yield _account(config, account, names)


def _rung(config: Config, settings: RungConfig, row: int) -> Rung:
    return Rung(
        perp=row,
        side=settings.side,
        leverage=settings.leverage,
        open_interest=settings.open_interest_usd,
        entry_move=settings.entry_move,
        entry_spread=settings.entry_spread,
        parts=settings.parts,
        delta_neutral=settings.delta_neutral,
        unwind_below=_rate(settings.unwind_below),
        unwind_speed=_speed(config, settings.unwind_hours),
    )


def _account(
    config: Config, settings: CrossAccountConfig, names: list[str]
) -> CrossAccount:
    return CrossAccount(
        positions=tuple(
            Position(
                perp=names.index(name),
                side=held.side,
                open_interest=held.open_interest_usd,
                entry_move=held.entry_move,
                spot_leg=held.spot_leg,
            )
            for name, held in settings.positions.items()
        ),
        balance=settings.balance_usd,
        unwind_below=_rate(settings.unwind_below),
        unwind_speed=_speed(config, settings.unwind_hours),
    )


def _terms(config: Config, settings: ContractConfig, asset: int) -> PerpTerms:
    half_life = settings.arbitrage_half_life_minutes
    cap = settings.premium_cap
    return PerpTerms(
        asset=asset,
        maintenance=settings.maintenance,
        liquidation_fee=settings.liquidation_fee,
        premium_cap=math.inf if cap is None else math.log1p(cap),
        arbitrage=settings.arbitrage,
        arbitrage_decay=(
            0.0 if half_life is None else 0.5 ** (config.step_minutes / half_life)
        ),
        interval=settings.funding.interval_hours / HOURS_PER_YEAR,
        interest=settings.funding.interest,
        clamp=settings.funding.clamp,
        funding_cap=settings.funding.cap,
    )


def _book(
    settings: list[PerpBookConfig], price: np.ndarray, dtype: np.dtype
) -> AbstractVenue:
    """The books of all perpetuals, which are of one kind; `price` [USD]."""

    def column(field: str) -> np.ndarray:
        return np.array([getattr(book, field) for book in settings], np.float64)

    if settings[0].kind == "constant_product":
        return ConstantProductVenue(
            quote_reserve=jnp.asarray(column("quote_reserve_usd"), dtype),
            initial_price=jnp.asarray(price, dtype),
            fee=jnp.zeros(len(settings), dtype),
        )
    return PowerLawVenue(
        depth=jnp.asarray(column("depth_usd"), dtype),
        move_at_depth=jnp.asarray(-np.log1p(-column("reference_move")), dtype),
        exponent=jnp.asarray(column("exponent"), dtype),
    )


def _rate(settings: float | None) -> float:
    """Never is at a rate of minus infinity."""
    return -math.inf if settings is None else settings


def _speed(config: Config, hours: float) -> float:
    """Share of the initial size that goes in a step."""
    return min(config.step_minutes / (MINUTES_PER_HOUR * hours), 1.0)
