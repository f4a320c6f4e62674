"""The book: who holds what, and who owes what, before the first step."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64, Int64, Shaped


AccountName = Shaped[np.ndarray, " account"]
AccountIndex = Int64[np.ndarray, " account"]
AccountNumber = Float64[np.ndarray, " account"]
ReserveNumber = Float64[np.ndarray, " reserve"]
AccountReserve = Float64[np.ndarray, "account reserve"]


@dataclass(frozen=True, eq=False)
class Book:
    """Accounts of all markets on one axis, on the host, in float64.

    A row is one real account, or a cohort of alike ones (`members` of them). Books are
    told apart by identity: equal arrays are not looked for.

    Attributes:
        account: Names, all different.
        market: Index of the market an account stands in.
        category: Index of its set of risk parameters, counted over all markets.
        members: Real accounts that the row stands for.
        collateral: Collateral C [token].
        debt: Debt D [token].
        spread: Width of the log-health of a cohort's members, which is spread evenly
            over their debt; zero for a single account. Cohorts with a spread come
            first. If not given, all are single accounts.
    """

    account: AccountName
    market: AccountIndex
    category: AccountIndex
    members: AccountNumber
    collateral: AccountReserve
    debt: AccountReserve
    spread: Float64[np.ndarray, "#account"] = field(default_factory=lambda: np.zeros(1))

    def __post_init__(self) -> None:
        """Refuse a book that no market could hold."""
        rows = self.account.shape[0]
        if self.spread.shape == (1,):
            object.__setattr__(self, "spread", np.repeat(self.spread, rows))
        for name in ("market", "category", "members", "spread"):
            _check_shape(name, getattr(self, name), (rows,))
        for name in ("collateral", "debt"):
            _check_shape(name, getattr(self, name), (rows, self.collateral.shape[1]))
        for name in ("market", "category", "members", "collateral", "debt", "spread"):
            self._check_not_negative(name)
        if np.any(np.diff((self.spread > 0).astype(int)) > 0):
            raise ValueError("rows with a spread must come first in a book.")
        if np.any(self.members == 0):
            where = self.account[int(np.argmax(self.members == 0))]
            raise ValueError(f"members of account {where} is 0; a row stands for some.")
        if len(set(self.account.tolist())) != rows:
            raise ValueError("account names repeat; give every account its own name.")

    def _check_not_negative(self, name: str) -> None:
        values = getattr(self, name)
        bad = ~(np.isfinite(values) & (values >= 0))
        if bad.any():
            where = tuple(np.argwhere(bad)[0])
            raise ValueError(
                f"{name} of account {self.account[where[0]]} is {values[where]}; "
                "it must be finite and not negative."
            )

    @property
    def totals(self) -> tuple[ReserveNumber, ReserveNumber]:
        """Collateral and debt of the whole book, by reserve [token]."""
        return self.collateral.sum(axis=0), self.debt.sum(axis=0)


def _check_shape(name: str, values: np.ndarray, shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise ValueError(f"{name} has shape {values.shape}; expected {shape}.")
