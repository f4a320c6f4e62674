"""Instruments: collateral that is an asset together with options on it."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from ._option_book import OptionType
from ._section import Section
from ._surface import MoveConfig, StickyStrikeConfig, SurfaceConfig
from ._units import Contracts, Days, Factor, Fee, Move, PriceUsd, Tokens


class StressConfig(Section):
    """What an instrument is valued under where it counts as collateral.

    Every move is taken with every factor, and the least of all values counts.
    """

    moves: Annotated[tuple[Move, ...], Strict(False), Field(min_length=1)] = (0.0,)
    """Moves of the underlying's price [ratio]: -0.15 is a fall by 15 %."""
    volatility_factors: Annotated[
        tuple[Factor, ...], Strict(False), Field(min_length=1)
    ] = (1.0,)
    """Multiples of all implied volatilities: smile risk."""
    haircut: Fee = 0.0
    """Taken off the least value [ratio]."""


class _Instrument(Section):
    underlying: str
    """The asset that it is made of."""
    surface: SurfaceConfig
    """Implied volatilities of its options at the start."""
    move: MoveConfig = StickyStrikeConfig(kind="sticky_strike")
    """How they move."""
    stress: StressConfig = StressConfig()
    """What it counts for as collateral; by default its value."""


class ProtectivePutConfig(_Instrument):
    """One unit of the asset and a put on it: worth the strike at least, at expiry."""

    kind: Literal["protective_put"]
    strike: PriceUsd
    """Strike of the put [USD]."""
    expiry_days: Days
    """Time from the start to expiry, not before the horizon [day]."""


class CoveredCallConfig(_Instrument):
    """One unit of the asset less a call on it: worth the strike at most, at expiry."""

    kind: Literal["covered_call"]
    strike: PriceUsd
    """Strike of the call [USD]."""
    expiry_days: Days
    """Time from the start to expiry, not before the horizon [day]."""


class LegConfig(Section):
    """Some of one option."""

    strike: PriceUsd
    """Strike [USD]."""
    expiry_days: Days
    """Time from the start to expiry, not before the horizon [day]."""
    type: OptionType
    """Call or put."""
    position: Contracts
    """Options to one instrument; above zero what is long."""


class PortfolioConfig(_Instrument):
    """Some of the asset and any options on it."""

    kind: Literal["portfolio"]
    units: Tokens = 1.0
    """Of the asset to one instrument [token]."""
    options: Annotated[tuple[LegConfig, ...], Strict(False)] = ()
    """Options on it."""


InstrumentConfig = Annotated[
    ProtectivePutConfig | CoveredCallConfig | PortfolioConfig,
    Field(discriminator="kind"),
]
