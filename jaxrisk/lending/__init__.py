"""Accounts, health, liquidation rules, interest, deficits."""

from ._accounts import Accounts, Values, build_accounts
from ._close_factor import CloseFactor, Closing
from ._deficit import bad_debt, by_reserve, shortfall
from ._health import health_factor
from ._pool import Pool, PoolState, RateCurve
from ._reserves import Listing


__all__ = [
    "Accounts",
    "CloseFactor",
    "Closing",
    "Listing",
    "Pool",
    "PoolState",
    "RateCurve",
    "Values",
    "bad_debt",
    "build_accounts",
    "by_reserve",
    "health_factor",
    "shortfall",
]
