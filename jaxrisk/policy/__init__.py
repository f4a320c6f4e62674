"""What a protocol's governance does while a market moves."""

from ._base import AbstractPolicy, NoPolicy, PolicyReport


__all__ = ["AbstractPolicy", "NoPolicy", "PolicyReport"]
