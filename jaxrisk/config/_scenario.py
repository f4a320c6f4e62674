"""Stress scenarios: what happens to a market at once, or as it once did."""

import datetime
from typing import Annotated

from pydantic import Field, Strict, model_validator

from ._section import Section, refused
from ._units import Factor, Fee, LeastHours, PriceDrop, Weight


class ReplayConfig(Section):
    """Recorded prices: their returns in a window become moves of every path."""

    prices: Annotated[dict[str, str], Field(min_length=1)]
    """File of prices of each asset, relative to the config; see docs/data.md."""
    start: str
    """First time of the window, UTC: 2020-03-12, or 2020-03-12T10:00."""
    end: str
    """Its last time; what is beyond the horizon is not used."""
    noise: bool = True
    """Whether prices are drawn on top of the record; false: the record alone."""

    @model_validator(mode="after")
    def _is_a_window(self) -> "ReplayConfig":
        times = []
        for field, text in (("start", self.start), ("end", self.end)):
            try:
                times.append(datetime.datetime.fromisoformat(text))
            except ValueError:
                reason = "this is no time; write 2020-03-12, or 2020-03-12T10:00"
                raise refused(field, reason) from None
            if times[-1].tzinfo is not None:
                raise refused(field, "times are UTC; leave the time zone out")
        if times[1] <= times[0]:
            raise refused("end", "the window ends before it starts; exchange the two")
        return self


class ScenarioConfig(Section):
    """A named shock; a field that is not given does nothing."""

    description: str = ""
    """What happens, in a sentence."""
    assets: Annotated[tuple[str, ...], Strict(False), Field(min_length=1)] | None = None
    """Whose prices, depth and oracles; null for all: drop is of base assets then, and
    depeg of pegged ones."""
    drop: PriceDrop = 0.0
    """Fall of prices in one step [ratio]; below 0 for a rise."""
    depeg: PriceDrop = 0.0
    """Fall of pegged assets against their peg in one step [ratio]."""
    depth_cut: Fee = 0.0
    """Share of the venues' depth that is gone, for the whole run [ratio]."""
    freeze_hours: LeastHours = 0.0
    """How long oracles publish nothing [h]; a part of a step is a whole one."""
    at_hours: LeastHours = 0.0
    """When drop, depeg and freeze come [h]; the rest is from the start on."""
    volatility: Weight = 1.0
    """Times as wide as they were are all moves that are drawn, jumps too."""
    correlation: Fee = 0.0
    """Share of the way of the correlations among base assets to one [ratio]."""
    gas: Factor = 1.0
    """Times as much as it did costs the gas of a liquidation."""
    replay: ReplayConfig | None = None
    """Recorded days; null for none."""
    together_with: Annotated[tuple[str, ...], Strict(False)] = ()
    """Scenarios that come with it, of this config or built in: drop_30, gas_10x."""
