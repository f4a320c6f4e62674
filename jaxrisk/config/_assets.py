"""Assets: what a token costs, and how its price moves."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import model_serializer, model_validator

from ._claims import ClaimConfig, FailureConfig, JumpsConfig, weights_of
from ._section import Section, refused
from ._units import (
    Basis,
    Drift,
    PositivePerYear,
    PriceUsd,
    Ratio,
    Tokens,
    Volatility,
)


USD = "USD"


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

    @model_validator(mode="after")
    def _stands_above_its_floor(self) -> "PegConfig":
        if self.floor > 1 + self.basis:
            raise refused(
                "floor",
                f"the price starts at {1 + self.basis:g} of its peg, below this floor; "
                "lower floor, or correct basis",
            )
        return self


class BasisLaw(NamedTuple):
    """How a price strays from what it follows, of a peg or of a claim."""

    speed: float  # [a year]
    volatility: float  # [ratio a year]
    basis: float  # at the start [ratio]
    floor: float  # [ratio]
    jumps: JumpsConfig

    @property
    def log_basis(self) -> float:
        """Initial basis [log]."""
        return math.log1p(self.basis)

    @property
    def log_floor(self) -> float:
        """Lowest basis [log]; minus infinity without a floor."""
        return math.log(self.floor) if self.floor > 0 else -math.inf


class AssetConfig(Section):
    """A token with a market price: base (volatility), pegged (peg) or a claim."""

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
    claim_on: ClaimConfig | None = None
    """Makes this a claim: its price is that of others times what still backs it."""
    failure: FailureConfig | None = None
    """What may take its backing away; null for nothing."""
    float_tokens: Tokens | None = None
    """Tokens outstanding, to say how many of them are locked; null if unknown."""

    @property
    def is_base(self) -> bool:
        """Whether it follows no other asset, and not the dollar either."""
        return self.peg is None and self.claim_on is None

    @property
    def rests_on(self) -> dict[str, float]:
        """Assets that it follows, and their weights in its log price."""
        if self.peg is not None:
            return {} if self.peg.reference == USD else {self.peg.reference: 1.0}
        return weights_of(self.claim_on)

    @property
    def trend(self) -> float:
        """Drift of a base asset, growth of another's exchange rate [log a year]."""
        if self.peg is not None:
            return self.peg.growth
        growth = getattr(self.claim_on, "growth", 0.0)
        return self.drift if self.claim_on is None else growth

    @property
    def law(self) -> BasisLaw | None:
        """How its price strays from what it follows; None where it does not."""
        if self.peg is not None:
            peg = self.peg
            return BasisLaw(peg.speed, peg.volatility, peg.basis, peg.floor, peg.jumps)
        basis = None if self.claim_on is None else self.claim_on.basis
        if basis is None:
            return None
        return BasisLaw(
            basis.speed, basis.volatility, basis.now, basis.floor, basis.jumps
        )

    @property
    def own_jumps(self) -> JumpsConfig:
        """The jumps of this asset alone."""
        return self.jumps if self.law is None else self.law.jumps

    @property
    def annual_volatility(self) -> float:
        """Volatility of the return, or of the basis if it follows another [ratio]."""
        return (self.volatility or 0.0) if self.law is None else self.law.volatility

    @model_serializer(mode="wrap")
    def _without_what_it_has_not(
        self, handler: Callable[["AssetConfig"], dict[str, Any]]
    ) -> dict[str, Any]:
        """As before claims were known, where there is none: hashes stay the same."""
        dumped = handler(self)
        new = ("claim_on", "failure", "float_tokens")
        return {k: v for k, v in dumped.items() if k not in new or v is not None}

    @model_validator(mode="after")
    def _has_one_law(self) -> "AssetConfig":
        if self.is_base and self.volatility is None:
            raise refused(
                "volatility",
                "an asset without a peg needs its volatility; write volatility: 0.75 "
                "for 75 % a year, or give a peg or claim_on",
            )
        if self.is_base:
            return self
        if self.peg is not None and self.claim_on is not None:
            raise refused(
                "peg",
                "a claim follows what it is a claim on already; move the numbers of "
                "its peg to claim_on.basis",
            )
        kind, home = ("pegged", "peg") if self.peg else ("claimed", "claim_on.basis")
        for field in ("volatility", "drift", "jumps"):
            if getattr(self, field) != AssetConfig.model_fields[field].default:
                above = home.removesuffix(".basis")
                where = f"{above}.growth" if field == "drift" else f"{home}.{field}"
                raise refused(
                    field,
                    f"a {kind} asset moves with its reference and its basis; move this "
                    f"to {where}",
                )
        return self
