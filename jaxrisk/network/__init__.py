"""What assets are claims on, and what still backs them."""

from ._base import AbstractNetwork, NetworkReport, NoNetwork


__all__ = ["AbstractNetwork", "NetworkReport", "NoNetwork"]
