"""Accounts, health, liquidation rules, interest, deficits."""

from ._accounts import Accounts, Part, Values, build_accounts
from ._close_factor import CloseFactor, Closing
from ._cohort import edge_of, edge_of_single, liquidate, part_below
from ._deficit import bad_debt, by_reserve, shortfall
from ._health import health_factor
from ._pool import Pool, PoolState, RateCurve


__all__ = [
    "Accounts",
    "CloseFactor",
    "Closing",
    "Part",
    "Pool",
    "PoolState",
    "RateCurve",
    "Values",
    "bad_debt",
    "build_accounts",
    "by_reserve",
    "edge_of",
    "edge_of_single",
    "health_factor",
    "liquidate",
    "part_below",
    "shortfall",
]
