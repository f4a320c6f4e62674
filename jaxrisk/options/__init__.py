"""Options: prices and greeks, volatility surfaces, books, and those who hedge them."""

from ._arbitrage import arbitrage
from ._black76 import (
    black76_charm,
    black76_delta,
    black76_gamma,
    black76_price,
    black76_theta,
    black76_vanna,
    black76_vega,
    black76_volga,
)
from ._black_scholes import (
    black_scholes_charm,
    black_scholes_delta,
    black_scholes_gamma,
    black_scholes_price,
    black_scholes_vanna,
    black_scholes_vega,
)
from ._book import OptionBook
from ._collateral import (
    AbstractInstruments,
    Instruments,
    InstrumentState,
    NoInstruments,
)
from ._dealers import (
    AbstractDealers,
    AbstractQuote,
    Dealers,
    DealerState,
    DealerTrade,
    NoDealers,
)
from ._gamma import GammaProfile, gamma_profile
from ._hedging import (
    AbstractHedging,
    AbstractWant,
    BandHedging,
    Hedged,
    ImplicitHedging,
    IntervalHedging,
)
from ._implied import host_price, implied_volatility
from ._instrument import Instrument, Stress
from ._move import AbstractMove, MovedVolatility, StickyDelta, StickyStrike
from ._raw_svi import RawSvi
from ._stressed import LEAST_VALUE, ValueTable, stressed_value
from ._surface import AbstractSurface, FlatSurface, GridSurface, SviSurface
from ._table import DeltaTable


__all__ = [
    "LEAST_VALUE",
    "AbstractDealers",
    "AbstractHedging",
    "AbstractInstruments",
    "AbstractMove",
    "AbstractQuote",
    "AbstractSurface",
    "AbstractWant",
    "BandHedging",
    "DealerState",
    "DealerTrade",
    "Dealers",
    "DeltaTable",
    "FlatSurface",
    "GammaProfile",
    "GridSurface",
    "Hedged",
    "ImplicitHedging",
    "Instrument",
    "InstrumentState",
    "Instruments",
    "IntervalHedging",
    "MovedVolatility",
    "NoDealers",
    "NoInstruments",
    "OptionBook",
    "RawSvi",
    "StickyDelta",
    "StickyStrike",
    "Stress",
    "SviSurface",
    "ValueTable",
    "arbitrage",
    "black76_charm",
    "black76_delta",
    "black76_gamma",
    "black76_price",
    "black76_theta",
    "black76_vanna",
    "black76_vega",
    "black76_volga",
    "black_scholes_charm",
    "black_scholes_delta",
    "black_scholes_gamma",
    "black_scholes_price",
    "black_scholes_vanna",
    "black_scholes_vega",
    "gamma_profile",
    "host_price",
    "implied_volatility",
    "stressed_value",
]
