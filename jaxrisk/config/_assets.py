"""Assets: what a token costs, and how its price moves."""

import math

from pydantic import model_validator

from ._section import Section, refused
from ._units import (
    Basis,
    Drift,
    LogMean,
    LogSd,
    PerYear,
    PositivePerYear,
    PriceUsd,
    Ratio,
    Volatility,
)


USD = "USD"


class JumpsConfig(Section):
    """Jumps of one asset: compound Poisson with normal log sizes."""

    intensity: PerYear = 0.0
    """Expected jumps a year."""
    mean: LogMean = 0.0
    """Mean log size of a jump; -0.1 is about -10 %."""
    sd: LogSd = 0.0
    """Standard deviation of the log size of a jump."""


class PegConfig(Section):
    """A price that returns to a reference: reference times exp(basis)."""

    reference: str
    """What the asset is pegged to: an asset that is not itself pegged, or USD."""
    speed: PositivePerYear
    """Mean reversion of the basis, a year; 100 halves a gap in 2.5 days."""
    volatility: Volatility
    """Annual volatility of the basis [ratio]."""
    growth: Drift = 0.0
    """Log growth a year of the exchange rate, such as staking rewards [ratio]."""
    basis: Basis = 0.0
    """Where the price stands now against its peg; -0.01 is 1 % below."""
    floor: Ratio = 0.0
    """Least price relative to the peg; 0 for none."""
    jumps: JumpsConfig = JumpsConfig()
    """Jumps of the basis."""

    @property
    def log_basis(self) -> float:
        """Initial basis [log]."""
        return math.log1p(self.basis)

    @property
    def log_floor(self) -> float:
        """Lowest basis [log]; minus infinity without a floor."""
        return math.log(self.floor) if self.floor > 0 else -math.inf

    @model_validator(mode="after")
    def _stands_above_its_floor(self) -> "PegConfig":
        if self.floor > 1 + self.basis:
            raise refused(
                "floor",
                f"the price starts at {1 + self.basis:g} of its peg, below this floor; "
                "lower floor, or correct basis",
            )
        return self


class AssetConfig(Section):
    """A token with a market price: a base asset (volatility) or a pegged one (peg)."""

    price_usd: PriceUsd
    """Price at the start [USD]. A price is never assumed: state it."""
    volatility: Volatility | None = None
    """Annual volatility in the calm regime, jumps apart [ratio]: 0.75 is 75 %."""
    drift: Drift = 0.0
    """Log drift a year of the expected price [ratio]; 0 is a martingale."""
    jumps: JumpsConfig = JumpsConfig()
    """Jumps of this asset alone, on top of the common ones."""
    peg: PegConfig | None = None
    """Makes this a pegged asset, such as a stablecoin or a liquid staking token."""

    @property
    def trend(self) -> float:
        """Drift of a base asset, growth of a pegged one [log a year]."""
        return self.drift if self.peg is None else self.peg.growth

    @property
    def own_jumps(self) -> JumpsConfig:
        """The jumps of this asset alone."""
        return self.jumps if self.peg is None else self.peg.jumps

    @property
    def annual_volatility(self) -> float:
        """Volatility of the return, or of the basis if pegged [ratio a year]."""
        return self.peg.volatility if self.peg else self.volatility or 0.0

    @model_validator(mode="after")
    def _is_base_or_pegged(self) -> "AssetConfig":
        if self.peg is None and self.volatility is None:
            raise refused(
                "volatility",
                "an asset without a peg needs its volatility; write volatility: 0.75 "
                "for 75 % a year, or give a peg",
            )
        if self.peg is None:
            return self
        for field in ("volatility", "drift", "jumps"):
            if getattr(self, field) != AssetConfig.model_fields[field].default:
                where = "peg.growth" if field == "drift" else f"peg.{field}"
                raise refused(
                    field,
                    f"a pegged asset moves with its reference and its basis; move this "
                    f"to {where}",
                )
        return self
