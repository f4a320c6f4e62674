"""Books of options: written out, a synthetic grid, or a file of quotes."""

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from ._section import Section, refused
from ._units import (
    Count,
    Days,
    LogMoneyness,
    Position,
    PositiveUsd,
    PriceUsd,
    Ratio,
    Tokens,
    Width,
)


OptionType = Literal["call", "put"]


class OptionConfig(Section):
    """The open interest in one option."""

    strike: PriceUsd
    """Strike [USD]."""
    expiry_days: Days
    """Time from the start to expiry [day]."""
    type: OptionType
    """Call or put."""
    open_interest: Tokens
    """Contracts outstanding [token]."""


class ListedBookConfig(Section):
    """Options written out one by one."""

    kind: Literal["listed"]
    options: Annotated[tuple[OptionConfig, ...], Strict(False), Field(min_length=1)]
    """The options, in any order."""


class StrikeRangeConfig(Section):
    """Strikes at even distances."""

    lowest: PriceUsd
    """First strike [USD]."""
    highest: PriceUsd
    """Last strike [USD]."""
    count: Annotated[Count, Field(ge=2, le=1000)]
    """Number of strikes, both ends included."""

    @model_validator(mode="after")
    def _rises(self) -> "StrikeRangeConfig":
        if self.highest <= self.lowest:
            raise refused(
                "highest",
                f"it is not above lowest ({self.lowest:g}); raise it, or list one "
                "strike",
            )
        return self


class GridBookConfig(Section):
    """A synthetic book: every strike at every expiry, of a total that is known.

    The total is split between puts and calls, then evenly among expiries, then among
    strikes by a normal density of log(strike / spot) around a centre for each type:
    customers buy protection below the spot and sell what is above. These weights are
    made up, and stand in for a book that nobody has published.
    """

    kind: Literal["grid"]
    open_interest_usd: PositiveUsd
    """Open interest in calls and puts together, at the price of the start [USD]."""
    strikes: (
        Annotated[tuple[PriceUsd, ...], Strict(False), Field(min_length=1)] | None
    ) = None
    """Strikes, one by one [USD]."""
    strike_range: StrikeRangeConfig | None = None
    """Strikes at even distances; instead of strikes."""
    expiry_days: Annotated[tuple[Days, ...], Strict(False), Field(min_length=1)]
    """Times from the start to expiry [day]."""
    put_share: Ratio = 0.5
    """Share of puts in the open interest [ratio]."""
    put_centre: LogMoneyness = -0.1
    """Where most puts are, log(strike / spot) [log]."""
    call_centre: LogMoneyness = 0.1
    """Where most calls are, log(strike / spot) [log]."""
    width: Width = 0.1
    """Standard deviation of log(strike / spot) around the centre [log]."""

    @model_validator(mode="after")
    def _names_strikes_and_expiries_once(self) -> "GridBookConfig":
        if (self.strikes is None) == (self.strike_range is None):
            raise refused(
                "",
                "a grid has one set of strikes; write strikes: [1800, 2000, 2200], or "
                "strike_range: {lowest: 1800, highest: 2200, count: 3}",
            )
        listed = self.strikes or ()
        for field, values in (("strikes", listed), ("expiry_days", self.expiry_days)):
            if len(set(values)) < len(values):
                raise refused(field, "a value is there twice; remove one of them")
        return self


class ChainBookConfig(Section):
    """Open interest of a file of quotes, such as a snapshot of Deribit.

    Times to expiry count from the snapshot, which is taken for the start. Options
    without an open interest are left out.
    """

    kind: Literal["chain"]
    file: str
    """A file of quotes that `jaxrisk data check` knows, relative to the config."""
    coin: str | None = None
    """The file's symbol of the underlying; null for the only one in the file."""


OptionBookConfig = Annotated[
    ListedBookConfig | GridBookConfig | ChainBookConfig, Field(discriminator="kind")
]


class DealerRangeConfig(Section):
    """Strikes at which the dealers' share is another one."""

    type: OptionType
    """Call or put."""
    lowest: PriceUsd
    """First strike of the range [USD]."""
    highest: PriceUsd
    """Last strike of the range [USD]."""
    share: Position
    """Dealers' net position over open interest, from -1 to 1 [ratio]."""

    @model_validator(mode="after")
    def _is_no_empty_range(self) -> "DealerRangeConfig":
        if self.highest < self.lowest:
            raise refused(
                "highest", f"it is below lowest ({self.lowest:g}); swap the two"
            )
        return self


class DealerShareConfig(Section):
    """What dealers hold of the open interest: an assumption, since nobody publishes it.

    A usual one is that customers buy puts and sell calls: dealers are short puts
    (below zero) and long calls (above zero).
    """

    calls: Position
    """Dealers' net position in calls over open interest, from -1 to 1 [ratio]."""
    puts: Position
    """Dealers' net position in puts over open interest, from -1 to 1 [ratio]."""
    ranges: Annotated[tuple[DealerRangeConfig, ...], Strict(False)] = ()
    """Ranges of strikes with a share of their own; the last that fits holds."""
