"""Prices in: files of vendors and tables of one's own, and what is odd about them."""

from .._source import Column, Source, Stamp
from ._check import PriceCheck, check_prices
from ._format import AbstractPriceFormat
from ._read import PRICE_FORMATS, SAVE_AS_TABLE, prices_in, read_prices
from ._series import PriceSeries, Repeats


__all__ = [
    "PRICE_FORMATS",
    "SAVE_AS_TABLE",
    "AbstractPriceFormat",
    "Column",
    "PriceCheck",
    "PriceSeries",
    "Repeats",
    "Source",
    "Stamp",
    "check_prices",
    "prices_in",
    "read_prices",
]
