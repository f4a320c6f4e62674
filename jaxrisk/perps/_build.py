"""Perpetuals from open interest by side and leverage; on the host, in float64."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from ._accounts import Accounts
from ._base import Book, IndexOracle
from ._contracts import Contracts
from ._funding import Funding
from ._grouping import Grouping
from ._losses import AbstractLossRule
from ._perps import Perps
from ._rungs import CrossAccount, Rung, Trader, traders_of


@dataclass(frozen=True)
class PerpTerms:
    """The rules of one perpetual; interest and clamp are Binance's."""

    asset: int  # index of the underlying
    maintenance: float  # [ratio of notional]
    liquidation_fee: float  # [ratio of notional]
    premium_cap: float = math.inf  # of mark over index [log]
    arbitrage: float = 1.0  # hedged at once in a round [ratio]
    arbitrage_decay: float = 0.0  # of unhedged inventory, left by a step [ratio]
    interval: float = 8 / 8760  # of funding [year]
    interest: float = 1e-4  # [ratio an interval]
    clamp: float = 5e-4  # [ratio an interval]
    funding_cap: float = 0.0075  # [ratio an interval]


def build_perps(
    holders: Sequence[Rung | CrossAccount],
    *,
    terms: Sequence[PerpTerms],
    book: Book,
    oracle: IndexOracle,
    spot: np.ndarray,
    insurance: float,
    losses: AbstractLossRule,
    dtype: np.dtype,
) -> Perps:
    """Assemble the perpetuals of an exchange.

    Longs and shorts need not balance: makers hold the difference, hedged in spot.

    Args:
        holders: Who holds what; traders of few legs are put first.
        terms: Of every perpetual.
        book: Where they trade, one row a perpetual; without a fee.
        oracle: Of the index prices, one row a perpetual.
        spot: Prices of all assets at the start [USD].
        insurance: The fund of the exchange at the start [USD].
        losses: Who pays when the fund is empty.
        dtype: Of the arrays on the device.

    Raises:
        ValueError: Where a number cannot be, or a trader would fail at once.
    """
    _check_terms(terms, assets=len(spot))
    if not insurance >= 0:
        raise ValueError(
            f"An insurance fund cannot hold {insurance} USD; give zero or more."
        )
    traders = list(_checked(holders, terms, np.asarray(spot, float)))
    traders.sort(key=lambda trader: len(trader.legs))  # sums over legs are then slices

    def column(name: str) -> jnp.ndarray:
        return jnp.asarray([float(getattr(term, name)) for term in terms], dtype)

    return Perps(
        accounts=_accounts(traders, len(terms), dtype),
        contracts=Contracts(
            by_asset=Grouping(
                group_of=tuple(term.asset for term in terms), groups=len(spot)
            ),
            book=book,
            oracle=oracle,
            funding=Funding(
                interval=column("interval"),
                interest=column("interest"),
                clamp=column("clamp"),
                cap=column("funding_cap"),
            ),
            maintenance=column("maintenance"),
            liquidation_fee=column("liquidation_fee"),
            premium_cap=column("premium_cap"),
            arbitrage=column("arbitrage"),
            arbitrage_decay=column("arbitrage_decay"),
        ),
        losses=losses,
        insurance=jnp.asarray(insurance, dtype),
    )


def _accounts(traders: list[Trader], perps: int, dtype: np.dtype) -> Accounts:
    legs = [leg for trader in traders for leg in trader.legs]
    owner = [at for at, trader in enumerate(traders) for _ in trader.legs]
    return Accounts(
        by_perp=Grouping(group_of=tuple(leg.perp for leg in legs), groups=perps),
        by_trader=Grouping(group_of=tuple(owner), groups=len(traders)),
        size=jnp.asarray([leg.size for leg in legs], dtype),
        entry=jnp.asarray([leg.entry for leg in legs], dtype),
        spot_leg=jnp.asarray([leg.spot_leg for leg in legs], dtype),
        balance=jnp.asarray([trader.balance for trader in traders], dtype),
        unwind_below=jnp.asarray([trader.unwind_below for trader in traders], dtype),
        unwind_speed=jnp.asarray([trader.unwind_speed for trader in traders], dtype),
    )


def _check_terms(terms: Sequence[PerpTerms], *, assets: int) -> None:
    if not terms:
        raise ValueError("No terms of any perpetual were given; use NoPerps.")
    shares = ("maintenance", "liquidation_fee", "arbitrage", "arbitrage_decay")
    for at, term in enumerate(terms):
        if not 0 <= term.asset < assets:
            raise ValueError(
                f"Perpetual {at} is on asset {term.asset}, and there are {assets} "
                "assets; count them from zero."
            )
        for name in shares:
            if not 0 <= getattr(term, name) <= 1:
                raise ValueError(
                    f"Perpetual {at} has {name} {getattr(term, name)}, which is a "
                    "share; give a number from 0 to 1."
                )
        for name in ("premium_cap", "clamp", "funding_cap"):
            if not getattr(term, name) >= 0:
                raise ValueError(
                    f"Perpetual {at} has {name} {getattr(term, name)}, which bounds a "
                    "number on both sides; give zero or more."
                )
        if not term.interval > 0:
            raise ValueError(
                f"Perpetual {at} pays funding every {term.interval} years; give an "
                "interval above zero."
            )


def _checked(
    holders: Sequence[Rung | CrossAccount],
    terms: Sequence[PerpTerms],
    spot: np.ndarray,
) -> Iterator[Trader]:
    """The traders, none of whom fails at the start."""
    if not holders:
        raise ValueError("Nobody holds a perpetual; use NoPerps.")
    price = spot[[term.asset for term in terms]]
    for holder in holders:
        for trader in traders_of(holder, price):
            needed = sum(
                abs(leg.size) * price[leg.perp] * terms[leg.perp].maintenance
                for leg in trader.legs
            )
            if trader.equity(price) < needed:
                raise ValueError(
                    f"{holder} would be liquidated at the start: its equity of "
                    f"{trader.equity(price):.6g} USD is below the maintenance margin "
                    f"of {needed:.6g} USD. Lower its leverage or its entry_spread, "
                    "raise its balance, or bring its entry nearer to spot."
                )
            yield trader
