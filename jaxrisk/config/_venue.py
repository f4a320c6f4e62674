"""Venues: where seized collateral is sold, and what that does to the price."""

from typing import Annotated, Literal

from pydantic import Field

from ._section import Section
from ._units import (
    Exponent,
    Factor,
    Fee,
    OpenRatio,
    PositiveMinutes,
    PositiveUsd,
    Ratio,
    Tokens,
)


class InfiniteVenueConfig(Section):
    """Infinite depth: no impact, proceeds at mid."""

    kind: Literal["infinite"]


class _FiniteVenue(Section):
    permanent_share: Ratio = 0.0
    """Share of the impact that stays [ratio]."""
    resilience_half_life_minutes: PositiveMinutes | None = None
    """Time in which half of the transient impact is gone [min]; null: never."""


class ConstantProductConfig(_FiniteVenue):
    """A constant-product pool against USD."""

    kind: Literal["constant_product"]
    quote_reserve_usd: PositiveUsd
    """USD side of the pool at the start; the token side is worth as much."""
    fee: Fee = 0.003
    """Fee on what is put in [ratio]."""


class StableSwapConfig(_FiniteVenue):
    """A StableSwap pool of a pegged asset and its reference."""

    kind: Literal["stableswap"]
    amplification: Factor
    """Amplification A, as in the Curve contract."""
    token_balance: Tokens
    """Balance of the pegged asset [token]."""
    reference_balance: Tokens
    """Balance of its reference [token]."""
    fee: Fee = 0.0004
    """Fee on what is received [ratio]."""


class PowerLawConfig(_FiniteVenue):
    """Depth as quoted: a sale of `depth_usd` moves the price by `reference_move`."""

    kind: Literal["power_law"]
    depth_usd: PositiveUsd
    """Sale that moves the price by `reference_move` [USD]."""
    reference_move: OpenRatio = 0.02
    """Fall of the price after a sale of `depth_usd` [ratio]."""
    exponent: Exponent = 1.0
    """Impact grows as flow to this power; 1 is linear, 0.5 the square root."""


VenueConfig = Annotated[
    InfiniteVenueConfig | ConstantProductConfig | StableSwapConfig | PowerLawConfig,
    Field(discriminator="kind"),
]
