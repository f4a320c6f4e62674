"""Depth in: what sales of several sizes were quoted to bring at one time."""

from ._format import AbstractDepthFormat
from ._ladder import QuoteLadder, ladder_lines
from ._read import DEPTH_FORMATS, depth_in, read_depth
from ._tokens import TOKENS, Token


__all__ = [
    "DEPTH_FORMATS",
    "TOKENS",
    "AbstractDepthFormat",
    "QuoteLadder",
    "Token",
    "depth_in",
    "ladder_lines",
    "read_depth",
]
