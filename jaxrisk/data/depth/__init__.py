"""Depth in: what sales of several sizes were quoted to bring at one time."""

from ._ladder import QuoteLadder, ladder_lines
from ._read import DEPTH_FORMATS, read_depth
from ._tokens import TOKENS, Token


__all__ = [
    "DEPTH_FORMATS",
    "TOKENS",
    "QuoteLadder",
    "Token",
    "ladder_lines",
    "read_depth",
]
