"""Dynamic collateral factors: a risk oracle, and what it reads."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ._section import Section, refused
from ._units import (
    Factor,
    Few,
    Hours,
    Minutes,
    PositiveRatio,
    Ratio,
    Slope,
    Tokens,
    Volatility,
)


class RealisedVolatilityConfig(Section):
    """Of market prices, weighted exponentially to the recent."""

    kind: Literal["realised"]
    half_life_hours: Hours = 24.0
    """Age at which a return has half the weight of a new one [h]."""
    start: dict[str, Volatility] = Field(default_factory=dict)
    """Volatility at the start, by asset [ratio a year]; others start at their own in
    the calm regime."""


class ImpliedVolatilityConfig(Section):
    """Of the options whose dealers are in the config; other assets keep their own."""

    kind: Literal["implied"]


VolatilityConfig = Annotated[
    RealisedVolatilityConfig | ImpliedVolatilityConfig, Field(discriminator="kind")
]


class ConcentrationConfig(Section):
    """Collateral of the largest accounts over the asset's float."""

    accounts: Few = 5
    """How many accounts are the largest of a reserve."""
    live: bool = False
    """Whether it falls as they are liquidated; else it stays as it is at the start."""


class ForecastConfig(Section):
    """A look at what a likely fall would liquidate."""

    deviations: Factor = 2.0
    """Standard deviations of the fall of all prices at once."""
    horizon_hours: Hours = 24.0
    """Time in which it happens [h]."""


class FactorConfig(Section):
    """What moves the collateral factor of one reserve, as a share of that listed."""

    base: PositiveRatio = 1.0
    """In a calm market [ratio]: 1 is the liquidation threshold as listed."""
    on_volatility: Slope = 0.0
    """Taken off for a volatility 1 (100 % a year) above calm_volatility [ratio]."""
    calm_volatility: Volatility = 0.0
    """Volatility up to which nothing is taken off [ratio a year]."""
    on_depth_loss: Slope = 0.0
    """Taken off where sales hold the log price down by 1 [ratio]: 2 takes off 2 % for a
    price that is held 1 % down."""
    on_concentration: Slope = 0.0
    """Taken off if the largest accounts held all of the float [ratio]."""
    float_tokens: Tokens | None = None
    """Tokens that trade [token]; null for what is supplied."""
    on_risk: Slope = 0.0
    """Taken off if a likely fall would liquidate all of the collateral [ratio]."""
    floor: Ratio = 0.5
    """Least factor [ratio]."""
    cap: PositiveRatio = 1.0
    """Greatest factor [ratio]."""
    speed_per_hour: PositiveRatio | None = None
    """Most that it moves in an hour [ratio]; null for no bound."""

    @model_validator(mode="after")
    def _floor_is_below_cap(self) -> "FactorConfig":
        if self.floor > self.cap:
            reason = f"it is above cap ({self.cap:g}); lower floor, or raise cap"
            raise refused("floor", reason)
        return self


class FactorsConfig(Section):
    """Collateral factors that follow the market."""

    markets: Annotated[dict[str, dict[str, FactorConfig]], Field(min_length=1)]
    """What moves them, by market and reserve; others stay as listed."""
    volatility: VolatilityConfig = RealisedVolatilityConfig(kind="realised")
    """How volatility is measured."""
    concentration: ConcentrationConfig = ConcentrationConfig()
    """How concentration is."""
    forecast: ForecastConfig = ForecastConfig()
    """The fall that on_risk looks at."""
    notice_minutes: Minutes = 0.0
    """Time from a decision until it is in force [min]: whole steps."""
    applies_to: Literal["everyone", "new_borrowing"] = "everyone"
    """Whether open positions feel it, or only what is borrowed from then on."""
