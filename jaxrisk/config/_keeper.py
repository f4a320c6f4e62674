"""Keepers: who liquidates, and when it pays."""

import math
from typing import Annotated, Literal

from pydantic import Field

from ._section import Section
from ._units import Few, Minutes, PositiveUsd, Usd


class GreedyKeeperConfig(Section):
    """Liquidates whatever can be liquidated, at any price."""

    kind: Literal["greedy"]
    latency_minutes: Minutes = 0.0
    """Time from the first breach to the first liquidation [min]: whole steps."""


class RationalKeeperConfig(Section):
    """Liquidates what pays, best first, until slippage eats the bonus."""

    kind: Literal["rational"]
    gas_usd: Usd
    """Cost of one liquidation [USD]."""
    capital_usd: PositiveUsd | None = None
    """Money of all keepers together [USD]; null for as much as is needed."""
    latency_minutes: Minutes = 0.0
    """Time from the first breach to the first liquidation [min]: whole steps."""
    tiers: Few = 4
    """Classes of margin, cleared best first."""

    @property
    def capital(self) -> float:
        """Money of all keepers together [USD]; infinite if unlimited."""
        return math.inf if self.capital_usd is None else self.capital_usd


KeeperConfig = Annotated[
    GreedyKeeperConfig | RationalKeeperConfig, Field(discriminator="kind")
]
