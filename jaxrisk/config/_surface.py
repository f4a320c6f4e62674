"""Implied volatilities of options at the start, and how they move."""

import itertools
import math
from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from ._section import Section, refused
from ._units import (
    Days,
    Elasticity,
    LogMoneyness,
    OptionVolatility,
    Ratio,
    Skew,
    TotalVariance,
    Width,
    WingSlope,
)


class FlatSurfaceConfig(Section):
    """One volatility for every strike and expiry."""

    kind: Literal["flat"]
    volatility: OptionVolatility
    """Implied volatility a year [ratio]: 0.6 is 60 %."""


class SmileConfig(Section):
    """Raw SVI of one expiry, total variance by log-moneyness k.

    It is a + b (rho (k - m) + sqrt((k - m)^2 + s^2)).

    Source: Gatheral (2004), A parsimonious arbitrage-free implied volatility
    parameterization.
    """

    expiry_days: Days
    """Time from the start to expiry [day]."""
    a: TotalVariance
    """Level of total variance, volatility squared times years [1]."""
    b: WingSlope
    """Slope of the wings [1]."""
    rho: Skew
    """Skew, from -1 to 1 [1]."""
    m: LogMoneyness
    """Place of the bend [log]."""
    s: Width
    """Width of the bend [log]."""

    @model_validator(mode="after")
    def _has_a_variance(self) -> "SmileConfig":
        least = self.a + self.b * self.s * math.sqrt(1 - self.rho**2)
        if least <= 0:
            raise refused(
                "a",
                f"the least total variance of this smile is {least:.3g}, and must be "
                f"above zero; write more than {self.a - least:.6g}",
            )
        return self


class SviSurfaceConfig(Section):
    """Raw SVI by expiry; total variance is linear in time in between."""

    kind: Literal["svi"]
    smiles: Annotated[tuple[SmileConfig, ...], Strict(False), Field(min_length=1)]
    """Smiles, soonest expiry first."""

    @model_validator(mode="after")
    def _is_in_order(self) -> "SviSurfaceConfig":
        _check_rising("smiles", [smile.expiry_days for smile in self.smiles])
        return self


class GridSurfaceConfig(Section):
    """Volatilities by expiry and log-moneyness, linear in between and flat outside."""

    kind: Literal["grid"]
    expiry_days: Annotated[tuple[Days, ...], Strict(False), Field(min_length=1)]
    """Times from the start to expiry, rising [day]."""
    moneyness: Annotated[tuple[LogMoneyness, ...], Strict(False), Field(min_length=2)]
    """Columns: ln(strike/forward), rising [log]."""
    volatility: Annotated[
        tuple[Annotated[tuple[OptionVolatility, ...], Strict(False)], ...],
        Strict(False),
        Field(min_length=1),
    ]
    """A row for every expiry, with one volatility a year for every column [ratio]."""

    @model_validator(mode="after")
    def _is_a_table(self) -> "GridSurfaceConfig":
        _check_rising("expiry_days", list(self.expiry_days))
        _check_rising("moneyness", list(self.moneyness))
        rows, columns = len(self.expiry_days), len(self.moneyness)
        sizes = [len(row) for row in self.volatility]
        if sizes != [columns] * rows:
            raise refused(
                "volatility",
                f"its rows have {', '.join(map(str, sizes))} values, and there are "
                f"{rows} expiries and {columns} columns; write a row of {columns} for "
                "each expiry",
            )
        return self


SurfaceConfig = Annotated[
    FlatSurfaceConfig | SviSurfaceConfig | GridSurfaceConfig,
    Field(discriminator="kind"),
]


class _Move(Section):
    spot_beta: Elasticity = 0.0
    """Elasticity of all volatilities to the spot: 2 raises them 2 % where it falls
    1 % [1]."""
    realized_weight: Ratio = 0.0
    """Weight of realized volatility in implied [ratio]: at 1 implied follows it."""
    half_life_days: Days = 3.0
    """Time in which a return loses half of its weight in realized variance [day]."""
    realized_volatility: OptionVolatility | None = None
    """Realized volatility at the start, a year [ratio]; null for the asset's own."""


class StickyStrikeConfig(_Move):
    """Every strike keeps its volatility of the start, apart from the factors below."""

    kind: Literal["sticky_strike"]


class StickyDeltaConfig(_Move):
    """The smile moves with the spot and narrows with the time left."""

    kind: Literal["sticky_delta"]


MoveConfig = Annotated[
    StickyStrikeConfig | StickyDeltaConfig, Field(discriminator="kind")
]


def _check_rising(field: str, values: list[float]) -> None:
    for early, late in itertools.pairwise(values):
        if late <= early:
            raise refused(
                field, f"{late:g} follows {early:g}; write each once, in rising order"
            )
