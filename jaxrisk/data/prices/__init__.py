"""Prices in: files of vendors and tables of one's own, and what is odd about them."""

from ._check import PriceCheck, check_prices, clock, duration
from ._read import PRICE_FORMATS, prices_in, read_prices
from ._series import Column, PriceSeries, Repeats, Source, Stamp


__all__ = [
    "PRICE_FORMATS",
    "Column",
    "PriceCheck",
    "PriceSeries",
    "Repeats",
    "Source",
    "Stamp",
    "check_prices",
    "clock",
    "duration",
    "prices_in",
    "read_prices",
]
