"""What an asset is a claim on, and what may take its backing away."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ._section import Section, refused
from ._units import (
    Basis,
    Drift,
    Hours,
    LogMean,
    LogSd,
    OpenRatio,
    PerYear,
    PositivePerYear,
    PositiveRatio,
    Ratio,
    Volatility,
)


class JumpsConfig(Section):
    """Jumps of one asset: compound Poisson with normal log sizes."""

    intensity: PerYear = 0.0
    """Expected jumps a year."""
    mean: LogMean = 0.0
    """Mean log size of a jump; -0.1 is about -10 %."""
    sd: LogSd = 0.0
    """Standard deviation of the log size of a jump."""


class BasisConfig(Section):
    """How the price of a claim strays from what it is a claim on, and returns."""

    speed: PositivePerYear
    """Mean reversion, a year; 100 halves a gap in 2.5 days."""
    volatility: Volatility
    """Annual volatility of the basis [ratio]."""
    now: Basis = 0.0
    """Where the price stands now against the claim; -0.01 is 1 % below."""
    floor: Ratio = 0.0
    """Least price relative to the claim; 0 for none."""
    jumps: JumpsConfig = JumpsConfig()
    """Jumps of the basis."""

    @model_validator(mode="after")
    def _stands_above_its_floor(self) -> "BasisConfig":
        if self.floor > 1 + self.now:
            raise refused(
                "floor",
                f"the price starts at {1 + self.now:g} of its claim, below this floor; "
                "lower floor, or correct now",
            )
        return self


class ReceiptConfig(Section):
    """The receipt of a supply to a market: marked down with what the market loses."""

    kind: Literal["receipt"]
    asset: str
    """What was supplied."""
    market: str
    """Where it was supplied."""
    reserve: str | None = None
    """The reserve that it was supplied to; null for the one named as the asset."""
    growth: Drift = 0.0
    """Log growth a year of its exchange rate, where interest is in it [ratio]."""
    basis: BasisConfig | None = None
    """How its price strays from its worth; null for not at all."""


class StakedConfig(Section):
    """A liquid staking token; slashing is its failure, which repeats."""

    kind: Literal["lst"]
    asset: str
    """What is staked."""
    growth: Drift = 0.0
    """Log growth a year of its exchange rate, such as staking rewards [ratio]."""
    basis: BasisConfig | None = None
    """How its price strays from its worth; null for not at all."""


class PoolShareConfig(Section):
    """A share of a pool of constant (weighted) product, at the pool's fair price."""

    kind: Literal["lp"]
    assets: Annotated[dict[str, OpenRatio], Field(min_length=2)]
    """Weight of each asset; together 1. A constant-product pool has 0.5 and 0.5."""
    growth: Drift = 0.0
    """Log growth a year, such as fees [ratio]."""
    basis: BasisConfig | None = None
    """How its price strays from its worth; null for not at all."""

    @model_validator(mode="after")
    def _weights_are_shares_of_one(self) -> "PoolShareConfig":
        total = math.fsum(self.assets.values())
        if abs(total - 1) > 1e-9:
            raise refused(
                "assets",
                f"the weights of a pool add up to 1, and these to {total:g}; write "
                "0.5 for each of two assets",
            )
        return self


class BridgedConfig(Section):
    """A token wrapped on another chain; a failure of its bridge leaves it unbacked."""

    kind: Literal["bridged"]
    asset: str
    """What the bridge holds."""
    basis: BasisConfig | None = None
    """How its price strays from its worth; null for not at all."""


class VaultConfig(Section):
    """A share of a vault with one asset."""

    kind: Literal["vault"]
    asset: str
    """What the vault holds."""
    growth: Drift = 0.0
    """Log growth a year of the share's worth [ratio]."""
    basis: BasisConfig | None = None
    """How its price strays from its worth; null for not at all."""


ClaimConfig = Annotated[
    ReceiptConfig | StakedConfig | PoolShareConfig | BridgedConfig | VaultConfig,
    Field(discriminator="kind"),
]


def weights_of(claim: ClaimConfig | None) -> dict[str, float]:
    """Assets that a claim is on, and their weights in its log price."""
    if claim is None:
        return {}
    return dict(claim.assets) if claim.kind == "lp" else {claim.asset: 1.0}


class FailureConfig(Section):
    """What may take the backing of an asset away: a bridge, an issuer, slashing."""

    loss: PositiveRatio
    """Share of the backing that is lost in a failure; 1 for all of it [ratio]."""
    hazard_per_year: PerYear = 0.0
    """Failures a year."""
    at_hours: Hours | None = None
    """When it fails for certain, in a stress scenario [h]; null for never."""
    repeats: bool = False
    """Whether it may fail again, as validators may be slashed again."""
    together_with: str | None = None
    """An asset whose failure is this one's too, as of tokens of one bridge."""

    @model_validator(mode="after")
    def _has_one_cause(self) -> "FailureConfig":
        own = self.hazard_per_year > 0 or self.at_hours is not None
        if self.together_with is None and not own:
            raise refused(
                "",
                "it never fails; write hazard_per_year, at_hours or together_with",
            )
        if self.together_with is not None and (own or self.repeats):
            raise refused(
                "together_with",
                "it fails when that asset does; give hazard_per_year, at_hours and "
                "repeats there",
            )
        return self
