"""Options in: snapshots of every strike and expiry, as vendors write them."""

from ._chain import OptionChain, chain_lines
from ._format import AbstractOptionFormat
from ._read import OPTION_FORMATS, options_in, read_options


__all__ = [
    "OPTION_FORMATS",
    "AbstractOptionFormat",
    "OptionChain",
    "chain_lines",
    "options_in",
    "read_options",
]
