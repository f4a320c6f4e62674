"""Names of the axes that results are labeled with, and sums along them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int, Real


ScopePath = Float64[np.ndarray, "scope path"]

TOTAL = "total"
"""The first scope: all markets together."""


@dataclass(frozen=True)
class Axes:
    """What the rows of outcomes stand for.

    Attributes:
        markets: Names of the markets.
        reserves: Names of the reserves, as `market.reserve`.
        reserve_market: Index of the market each reserve is listed in.
        assets: Names of the assets.
        dealers: Underlyings of the options dealers, one a row.
        perps: Underlyings of the perpetual contracts, one a row.
        entities: Who owes beside the markets.
        claims: Assets that may be marked, one a row.
        spirals: Mint-and-burn stablecoins, one a row.
        lines: Accounts with a credit line, one a row.
        behaviour: Who acts of their own accord: borrowers, suppliers, providers.
        policy: Parts of policy that may act, by name.
    """

    markets: tuple[str, ...]
    reserves: tuple[str, ...]
    reserve_market: Int[np.ndarray, " reserve"]
    assets: tuple[str, ...]
    dealers: tuple[str, ...] = ()
    perps: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    spirals: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    behaviour: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()

    @property
    def scopes(self) -> tuple[str, ...]:
        """`total`, then every market."""
        return (TOTAL, *self.markets)

    def scoped_reserves(self, amount: Real[np.ndarray, "reserve path"]) -> ScopePath:
        """Sums over the reserves of every scope, in float64."""
        markets = np.zeros((len(self.markets), amount.shape[1]))
        # One addition a row, in order: `sum` may add a lone path in another order than
        # the same path among many, and the last bit would depend on the launch size.
        for market, row in zip(self.reserve_market, amount, strict=True):
            markets[market] += row
        return self.scoped_markets(markets)

    def scoped_markets(self, amount: Real[np.ndarray, "market path"]) -> ScopePath:
        """The markets below their total, in float64."""
        scopes = np.zeros((len(self.scopes), amount.shape[1]))
        scopes[1:] = amount
        for market in scopes[1:]:
            scopes[0] += market
        return scopes
