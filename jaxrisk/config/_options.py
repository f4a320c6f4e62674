"""Options dealers: what they are assumed to hold, and how they hedge it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ._option_book import DealerShareConfig, OptionBookConfig
from ._section import Section, refused
from ._surface import MoveConfig, StickyStrikeConfig, SurfaceConfig
from ._units import Hours, PositiveRatio, Tokens


class UnderlyingConfig(Section):
    """The options on one asset, and their dealers."""

    book: OptionBookConfig
    """Open interest by strike, expiry and type."""
    dealers: DealerShareConfig
    """The dealers' share of it: an assumption."""
    surface: SurfaceConfig
    """Implied volatilities at the start."""
    move: MoveConfig = StickyStrikeConfig(kind="sticky_strike")
    """How implied volatilities move."""


class AtOnceHedgingConfig(Section):
    """Hedge at once, at the price that the own trade leads to."""

    kind: Literal["at_once"]


class IntervalHedgingConfig(Section):
    """Hedge now and then, at the price seen before the own trade."""

    kind: Literal["interval"]
    every_hours: Hours
    """Time between two hedges [h]: whole steps."""


class BandHedgingConfig(Section):
    """Hedge once a step what is out of a band, to its edge.

    Source: Whalley and Wilmott (1997), An asymptotic analysis of an optimal hedging
    model for option pricing with transaction costs.
    """

    kind: Literal["band"]
    share: PositiveRatio | None = None
    """Half width of the band, as a share of the position in options without sign."""
    tokens: Tokens | None = None
    """Half width of the band [token]; instead of share."""

    @model_validator(mode="after")
    def _has_one_width(self) -> "BandHedgingConfig":
        if (self.share is None) == (self.tokens is None):
            raise refused(
                "", "a band has one width; write either share: 0.02 or tokens: 500"
            )
        return self


HedgingConfig = Annotated[
    AtOnceHedgingConfig | IntervalHedgingConfig | BandHedgingConfig,
    Field(discriminator="kind"),
]


class OptionsConfig(Section):
    """Options dealers, who hold minus the delta of their book in the underlying."""

    underlyings: Annotated[dict[str, UnderlyingConfig], Field(min_length=1)]
    """Options by asset."""
    hedging: HedgingConfig
    """When dealers hedge, the same for all underlyings."""
