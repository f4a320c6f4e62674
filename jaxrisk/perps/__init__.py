"""Perpetual futures: leverage beside lending, and the spot sales it causes."""

from ._accounts import Accounts
from ._base import AbstractPerps, Book, IndexOracle, PerpReport
from ._build import PerpTerms, build_perps
from ._contracts import Contracts
from ._deleveraging import AutoDeleveraging
from ._funding import Funding
from ._grouping import Grouping
from ._losses import AbstractLossRule, SocialisedLoss
from ._nothing import NoPerps, NoPerpState
from ._perps import Perps
from ._rungs import CrossAccount, Position, Rung
from ._state import PerpState


__all__ = [
    "AbstractLossRule",
    "AbstractPerps",
    "Accounts",
    "AutoDeleveraging",
    "Book",
    "Contracts",
    "CrossAccount",
    "Funding",
    "Grouping",
    "IndexOracle",
    "NoPerpState",
    "NoPerps",
    "PerpReport",
    "PerpState",
    "PerpTerms",
    "Perps",
    "Position",
    "Rung",
    "SocialisedLoss",
    "build_perps",
]
