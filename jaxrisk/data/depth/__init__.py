"""Depth in: what sales of several sizes were quoted to bring at one time."""

from ._ladder import QuoteLadder, ladder_lines
from ._read import DEPTH_FORMATS, depth_in, read_depth, recognized_depth
from ._tokens import TOKENS, Token


__all__ = [
    "DEPTH_FORMATS",
    "TOKENS",
    "QuoteLadder",
    "Token",
    "depth_in",
    "ladder_lines",
    "read_depth",
    "recognized_depth",
]
