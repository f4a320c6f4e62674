"""Options on a forward: Black-76 price and greeks, and implied volatility."""

from ._black76 import (
    black76_delta,
    black76_gamma,
    black76_price,
    black76_theta,
    black76_vega,
)
from ._implied import host_price, implied_volatility


__all__ = [
    "black76_delta",
    "black76_gamma",
    "black76_price",
    "black76_theta",
    "black76_vega",
    "host_price",
    "implied_volatility",
]
