"""How prices move together: the law of a shock, correlation, common jumps, regimes."""

from typing import Annotated, Literal

from pydantic import Field

from ._section import Section
from ._units import Beta, Correlation, Degrees, Factor, LogMean, LogSd, PerYear


Pairs = dict[str, dict[str, Correlation]]


class GaussianConfig(Section):
    """Normal shocks."""

    kind: Literal["gaussian"]


class StudentTConfig(Section):
    """Student-t shocks with one mixing variable for all assets (a t copula)."""

    kind: Literal["student_t"]
    degrees_of_freedom: Degrees
    """Above 2; the smaller, the fatter the tails."""


InnovationConfig = Annotated[
    GaussianConfig | StudentTConfig, Field(discriminator="kind")
]


class CommonJumpsConfig(Section):
    """Jumps that hit all base assets at once."""

    intensity: PerYear = 0.0
    """Expected common jumps a year."""
    mean: LogMean = 0.0
    """Mean log size at beta 1."""
    sd: LogSd = 0.0
    """Standard deviation of the log size at beta 1."""
    beta: dict[str, Beta] = Field(default_factory=dict)
    """Size by asset, in units of the common jump; 1 for base assets that are not
    named, 0 for pegged ones."""


class RegimesConfig(Section):
    """Calm and stress; a path starts calm."""

    enter_stress_per_year: PerYear
    """Rate of turning from calm to stress, a year."""
    leave_stress_per_year: PerYear
    """Rate of turning from stress to calm, a year; 365 / it is a spell in days."""
    volatility_multiplier: Factor = 1.0
    """Volatility in stress, in units of the calm one; of all assets and bases."""
    correlation_floor: Correlation | None = None
    """Least correlation between base assets in stress; null for none."""
    correlation: Pairs = Field(default_factory=dict)
    """Correlations in stress; calm ones, raised to the floor, where not given."""


class MarketModelConfig(Section):
    """The joint law of all prices."""

    innovation: InnovationConfig = GaussianConfig(kind="gaussian")
    """Law of the shock of a step."""
    correlation: Pairs = Field(default_factory=dict)
    """Correlations of shocks, each pair once: {WETH: {WBTC: 0.85}}."""
    correlation_default: Correlation = 0.0
    """Correlation of two base assets that are not given; 0 with a pegged one."""
    common_jumps: CommonJumpsConfig = CommonJumpsConfig()
    """Jumps that hit all base assets at once."""
    regimes: RegimesConfig | None = None
    """Calm and stress; null for one regime."""
