"""From a config and its book to the engine's System. Units are converted here."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._listing import Listing
from ..engine import System
from ..lending import CloseFactor, Pool, RateCurve, build_accounts
from ..lending._book import Book
from ._build_agents import (
    MINUTES_PER_YEAR,
    build_all_venues,
    build_keeper,
    build_latency,
    build_oracle,
)
from ._build_behaviour import (
    build_borrowers,
    build_gas,
    build_providers,
    build_suppliers,
)
from ._build_instruments import build_instruments
from ._build_network import build_lines, build_network
from ._build_obligations import build_obligations
from ._build_options import build_dealers
from ._build_perps import build_exchange
from ._build_policy import build_policy
from ._build_prices import build_process
from ._config import Config
from ._faults import ConfigError, Fault, Mark
from ._remembered import depends_on
from ._tables import (
    ReserveNumber,
    asset_of_reserve,
    layout_of,
    liquidation_bonuses,
    liquidation_thresholds,
    market_of_reserve,
    reserves_of,
)


def build_system(
    config: Config, book: Book, *, dtype: np.dtype | None = None
) -> System:
    """The system that `config` describes, with the accounts of `book`.

    Args:
        config: The settings.
        book: Accounts in the layout of the config; cohorts do as well.
        dtype: Of the arrays on the device; the config's precision by default.

    Raises:
        ConfigError: If a reserve lends more than is supplied to it, a stablecoin or a
            credit line cannot be, a borrower with a rule is a cohort, or a file of
            option quotes has not the coin that it should have.
        DataError: If a file of option quotes cannot be used.
    """
    kind = np.dtype(config.engine.precision) if dtype is None else np.dtype(dtype)
    dt = config.step_minutes / MINUTES_PER_YEAR
    markets = list(config.markets.values())
    fund = np.array([market.reserve_fund_usd for market in markets])
    fee = np.array([reserve.protocol_fee for reserve in reserves_of(config)])
    listing = Listing.of(
        asset_of_reserve(config),
        market_of_reserve(config),
        assets=len(config.asset_names),
        markets=len(markets),
        dtype=kind,
    )
    credit, limits = build_lines(config, book, kind)
    return System(
        prices=build_process(config, dt=dt, dtype=kind),
        oracle=build_oracle(
            config.oracle,
            config.asset_names,
            step_minutes=config.step_minutes,
            dtype=kind,
        ),
        listing=listing,
        accounts=build_accounts(
            book,
            liquidation_threshold=liquidation_thresholds(config),
            liquidation_bonus=liquidation_bonuses(config),
            protocol_fee=fee,
            dtype=kind,
            limits=limits,
        ),
        pool=_pool(config, book, kind),
        close_factor=_close_factor(config, kind),
        reserve_fund=jnp.asarray(fund, kind),
        keeper=build_keeper(config.keeper, kind),
        latency=build_latency(config, kind),
        venues=build_all_venues(config, dt=dt, dtype=kind),
        dealers=build_dealers(config, dt=dt, dtype=kind),
        instruments=build_instruments(config, dt=dt, dtype=kind),
        perps=build_exchange(config, kind),
        network=build_network(config, kind),
        policy=build_policy(config, book, listing, dt=dt, dtype=kind),
        borrowers=build_borrowers(config, book, kind),
        suppliers=build_suppliers(
            config, book, supplied=supplied_tokens(config, book), dtype=kind
        ),
        providers=build_providers(config, kind),
        obligations=build_obligations(config, kind),
        credit=credit,
        dt=jnp.asarray(dt, kind),
        steps=config.steps,
        rounds=config.engine.rounds,
        gas=build_gas(config, kind),
    )


def supplied_tokens(config: Config, book: Book) -> ReserveNumber:
    """Supply of every reserve [token].

    Where it is not given: the collateral of the book, or what puts utilization at the
    kink if that is more.

    Raises:
        ConfigError: If a reserve lends more than is supplied to it.
    """
    collateral, debt = book.totals
    supplied, faults = np.empty_like(debt), []
    names = layout_of(config).reserves
    for index, reserve in enumerate(reserves_of(config)):
        at_kink = max(collateral[index], debt[index] / reserve.rates.kink)
        supplied[index] = at_kink if reserve.supplied is None else reserve.supplied
        if supplied[index] < debt[index]:
            market, name = names[index]
            reason = (
                f"the book owes {debt[index]:,.6g} of it, more than was supplied; "
                "raise supplied, or leave it out to follow the book"
            )
            field = f"markets.{market}.reserves.{name}.supplied"
            got = f"{supplied[index]:g}"
            faults.append(Fault(Mark(config.name), field, reason, got))
    if faults:
        raise ConfigError(faults)
    return supplied


@depends_on("name", "markets")
def _pool(config: Config, book: Book, dtype: np.dtype) -> Pool:
    reserves = reserves_of(config)

    def rate(field: str) -> Float[Array, " reserve"]:
        values = [getattr(reserve.rates, field) for reserve in reserves]
        return jnp.asarray(np.array(values), dtype)

    factor = np.array([reserve.reserve_factor for reserve in reserves])
    return Pool(
        rates=RateCurve(
            base=rate("base"),
            kink=rate("kink"),
            slope_below=rate("slope_below"),
            slope_above=rate("slope_above"),
        ),
        reserve_factor=jnp.asarray(factor, dtype),
        supplied=jnp.asarray(supplied_tokens(config, book), dtype),
        borrowed=jnp.asarray(book.totals[1], dtype),
    )


@depends_on("markets")
def _close_factor(config: Config, dtype: np.dtype) -> CloseFactor:
    rules = [market.close_factor.rule for market in config.markets.values()]

    def column(field: str) -> Float[Array, " market"]:
        return jnp.asarray(np.array([getattr(rule, field) for rule in rules]), dtype)

    return CloseFactor(
        close_factor=column("close_factor"),
        full_below_health=column("full_below_health"),
        full_below_size=column("full_below_size_usd"),
        least_remainder=column("least_remainder_usd"),
        target_health=column("target_health"),
    )
