"""Who holds perpetuals: open interest by side and leverage, and single accounts."""

import math
from statistics import NormalDist
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ._section import Section, refused
from ._units import (
    EntryMove,
    Few,
    FundingRate,
    Hours,
    Leverage,
    LogSd,
    PositiveUsd,
    Ratio,
    Usd,
)


Side = Literal["long", "short"]


class _Unwinding(Section):
    unwind_below: FundingRate | None = None
    """Funding rate below which what is hedged in spot is unwound [ratio an interval];
    null for never."""
    unwind_hours: Hours = 24.0
    """Time in which it is all gone, at an even pace [h]."""


class RungConfig(_Unwinding):
    """Isolated positions of one side and leverage."""

    side: Side
    """Long or short."""
    leverage: Leverage
    """Notional over margin, at entry: 10 is ten times."""
    open_interest_usd: PositiveUsd
    """Size of all of them, at the price of the start [USD]."""
    entry_move: EntryMove = 0.0
    """Entry price over the price of the start, less 1 [ratio]."""
    entry_spread: LogSd = 0.0
    """Standard deviation of log entry prices around it [log]."""
    parts: Few = 1
    """Traders that stand for the rung, at quantiles of the entry price."""
    delta_neutral: Ratio = 0.0
    """Share of a short rung that holds the spot against it [ratio]."""

    @model_validator(mode="after")
    def _only_shorts_hold_spot(self) -> "RungConfig":
        if self.delta_neutral and self.side == "long":
            raise refused(
                "delta_neutral",
                "only a short is hedged with spot; move it to a rung with side: short",
            )
        return self

    @property
    def least_margin(self) -> float:
        """Margin of the part that stands worst at the start [ratio of notional]."""
        last = NormalDist().inv_cdf(1 - 0.5 / self.parts)
        sign = 1 if self.side == "long" else -1
        margins = (
            sign + (1 / self.leverage - sign) * (1 + self.entry_move) * math.exp(bend)
            for bend in (last * self.entry_spread, -last * self.entry_spread)
        )
        return min(margins)


class PositionConfig(Section):
    """One position of an account."""

    side: Side
    """Long or short."""
    open_interest_usd: PositiveUsd
    """Its size, at the price of the start [USD]."""
    entry_move: EntryMove = 0.0
    """Entry price over the price of the start, less 1 [ratio]."""
    spot_leg: Ratio = 0.0
    """Share of a short that holds the spot against it [ratio]."""

    @model_validator(mode="after")
    def _only_shorts_hold_spot(self) -> "PositionConfig":
        if self.spot_leg and self.side == "long":
            raise refused(
                "spot_leg", "only a short is hedged with spot; remove it, or go short"
            )
        return self


class CrossAccountConfig(_Unwinding):
    """Positions in several perpetuals under one balance (cross margin)."""

    balance_usd: Usd
    """Money behind all of them [USD]."""
    positions: Annotated[dict[str, PositionConfig], Field(min_length=1)]
    """Positions by underlying asset."""

    @property
    def equity_usd(self) -> float:
        """Balance and unrealized profit at the start [USD]."""
        profits = (
            (-1 if one.side == "long" else 1) * one.open_interest_usd * one.entry_move
            for one in self.positions.values()
        )
        return self.balance_usd + sum(profits)
