"""From the settings of an instrument to its parts. Units are converted here."""

import numpy as np

from ..options import Instrument, OptionBook, Stress, stressed_value
from ._build_surface import DAYS_PER_YEAR, build_move, build_surface
from ._instruments import (
    CoveredCallConfig,
    InstrumentConfig,
    ProtectivePutConfig,
    StressConfig,
)


def instrument_of(settings: InstrumentConfig) -> Instrument:
    """The underlying and the options."""
    if isinstance(settings, ProtectivePutConfig):
        expiry = settings.expiry_days / DAYS_PER_YEAR
        return Instrument.protective_put(settings.strike, expiry)
    if isinstance(settings, CoveredCallConfig):
        expiry = settings.expiry_days / DAYS_PER_YEAR
        return Instrument.covered_call(settings.strike, expiry)
    legs = settings.options
    book = OptionBook(
        strike=np.array([leg.strike for leg in legs], float),
        expiry=np.array([leg.expiry_days for leg in legs], float) / DAYS_PER_YEAR,
        is_call=np.array([leg.type == "call" for leg in legs], bool),
        position=np.array([leg.position for leg in legs], float),
    )
    return Instrument(settings.units, book)


def stress_of(settings: StressConfig) -> Stress:
    """What it is valued under."""
    return Stress(
        np.array(settings.moves, float),
        np.array(settings.volatility_factors, float),
        settings.haircut,
    )


def value_at_start(settings: InstrumentConfig, spot: float) -> float:
    """Of one unit [USD], at this price of the underlying [USD]."""
    found = stressed_value(
        instrument_of(settings),
        build_surface(settings.surface),
        build_move(settings.move),
        Stress.none(),
        spot=spot,
        log_price=np.zeros(1),
        elapsed=0.0,
        level=1.0,
    )
    return float(found[0])
