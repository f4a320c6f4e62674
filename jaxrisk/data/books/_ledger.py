"""Collects the rows of a file, and settles which of them are positions."""

from array import array
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np
from jaxtyping import Bool, Int64

from .._errors import Fault
from ._agreement import Agreement
from ._batch import Batch, place_in
from ._checks import check_flags, check_modes, check_names
from ._entries import SUPPLY, Entries
from ._positions import LeftOut, Origin, Place, Positions


Whole = Sequence[int] | Int64[np.ndarray, " row"]
Key = TypeVar("Key", bound=Hashable)
REPEATED = "rows that repeat another"
LOW_BITS = 2**63 - 1  # raw amounts that are one float64 differ in these


class Ledger:
    """Rows as they are read, few bytes each.

    Attributes:
        agreement: Compares what all rows must have in common.
        told: What the format noticed of the file, as keys in their order.
        notes: What should be looked at.
        adds: Whether rows of one balance are parts of it, and add up.
    """

    def __init__(self) -> None:
        """Start without rows."""
        self.agreement = Agreement()
        self.told: dict[str, None] = {}
        self.adds = False
        self.notes: list[str] = []
        self._seen: dict[str, tuple[str, ...]] = {}
        self._repeats = 0
        self._names: dict[str, int] = {}
        self._places: dict[Place, int] = {}
        self._owner, self._where = array("q"), array("q")
        self._row, self._time = array("q"), array("q")
        self._digits, self._amount = array("q"), array("d")

    def owners(self, accounts: Sequence[str]) -> list[int]:
        """Numbers of accounts, by row."""
        names = self._names
        return [names.setdefault(name, len(names)) for name in map(str.strip, accounts)]

    def places(
        self, keys: Sequence[Sequence[Key]], place_of: Callable[..., Place]
    ) -> list[int]:
        """Numbers of the places of rows.

        Args:
            keys: What a place depends on, column by column.
            place_of: Tells the place from the cells of these columns.
        """
        numbers: dict[tuple[Key, ...], int] = {}
        for key in dict.fromkeys(zip(*keys, strict=True)):
            place = place_of(*key)
            numbers[key] = self._places.setdefault(place, len(self._places))
        return [numbers[key] for key in zip(*keys, strict=True)]

    def add(
        self,
        owners: Whole,
        places: Whole,
        amounts: Sequence[float],
        rows: Sequence[int],
        times: Whole | None = None,
        raw: Sequence[int] | None = None,
    ) -> None:
        """Take rows.

        Args:
            owners: Who, as numbers of `owners`.
            places: What, as numbers of `places`.
            amounts: How much [token]; may be zero.
            rows: Where in the file.
            times: When, in nanoseconds since 1970; all or none of the rows have it.
            raw: The amounts before they were rounded, where the file has them so.
        """
        zeros = np.zeros(len(rows), np.int64)
        for kept, new in (
            (self._owner, owners),
            (self._where, places),
            (self._row, rows),
            (self._time, zeros if times is None else times),
            (self._digits, zeros if raw is None else [one & LOW_BITS for one in raw]),
        ):
            kept.frombytes(np.asarray(new, np.int64).tobytes())
        self._amount.frombytes(np.asarray(amounts, float).tobytes())

    def first_seen(
        self, batch: Batch, field: str, values: Sequence[str], faults: list[Fault]
    ) -> list[int]:
        """Which rows of a batch have a name of their own that no row had before.

        Args:
            batch: The rows.
            field: Names of rows; all rows are taken if the file has none.
            values: Fields that rows of the same name must have alike.
            faults: Grows by those that do not.
        """
        if field not in batch.cells:
            return list(range(len(batch)))
        rows = zip(*map(batch.texts, values), strict=True)
        first: list[int] = []
        for index, (name, now) in enumerate(zip(batch.texts(field), rows, strict=True)):
            before = self._seen.get(name)
            if before is None:
                self._seen[name] = now
                first.append(index)
            elif before == now:
                self._repeats += 1
            else:
                pairs = zip(values, before, now, strict=True)
                value, old = next((key, was) for key, was, one in pairs if was != one)
                problem = f"'{name}' was there before, with {value} '{old}'."
                remedy = "Query all pages at one block."
                faults.append(batch.fault(index, value, problem, remedy))
        return first

    def settle(self, origin: Origin, faults: list[Fault]) -> Positions:
        """The positions of all rows.

        Of the rows of one account, reserve and side the one with the latest time
        counts; of equal rows the first.

        Args:
            origin: The file.
            faults: Grows by rows that contradict others.
        """
        entries = Entries(
            tuple(self._names),
            tuple(self._places),
            owner=np.asarray(self._owner).view(np.int64),
            where=np.asarray(self._where).view(np.int64),
            amount=np.asarray(self._amount),
            row=np.asarray(self._row).view(np.int64),
            time=np.asarray(self._time).view(np.int64),
            digits=np.asarray(self._digits).view(np.int64),
        )
        check_names(entries, origin, faults)
        left_out: list[LeftOut] = []
        entries = entries.of_single_markets()
        if self._repeats:
            left_out.append(LeftOut(REPEATED, self._repeats, {}))
        if self.adds:
            entries = entries.summed()
        else:
            entries = _once(entries, origin, left_out, faults)
            check_flags(entries, origin, faults)
        entries = _without(entries, entries.amount == 0, "zero balances", left_out)
        supply = entries.on(SUPPLY)
        reason = "supply that is not enabled as collateral"
        entries = _without(entries, supply, reason, left_out, amounts=True)
        check_modes(entries, origin, faults)
        return _positions(entries, origin, tuple(left_out), tuple(self.notes))


def _positions(
    entries: Entries,
    origin: Origin,
    left_out: tuple[LeftOut, ...],
    notes: tuple[str, ...],
) -> Positions:
    """What is left, without the names of accounts and places that have no row."""
    used, owner = _compact(entries.owner, len(entries.name))
    where_used, where = _compact(entries.where, len(entries.place))
    return Positions(
        origin=origin,
        account=tuple(entries.name[index] for index in used.tolist()),
        place=tuple(entries.place[index] for index in where_used.tolist()),
        owner=owner,
        where=where,
        amount=entries.amount,
        row=entries.row,
        left_out=left_out,
        accounts_gone=len(entries.name) - used.size,
        notes=notes,
    )


def _compact(
    index: Int64[np.ndarray, " row"], size: int
) -> tuple[Int64[np.ndarray, " used"], Int64[np.ndarray, " row"]]:
    """Which of `size` numbers occur, and what is left of `index` without the others."""
    occurs = np.zeros(size, bool)
    occurs[index] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[index]


def _without(
    entries: Entries,
    gone: Bool[np.ndarray, " row"],
    reason: str,
    left_out: list[LeftOut],
    *,
    amounts: bool = False,
) -> Entries:
    """The rows that are not `gone`; the others are told of in `left_out`."""
    count = int(gone.sum())
    if not count:
        return entries
    total = entries.taken(gone).totals() if amounts else {}
    left_out.append(LeftOut(reason, count, total))
    return entries.taken(~gone)


def _once(
    entries: Entries, origin: Origin, left_out: list[LeftOut], faults: list[Fault]
) -> Entries:
    """Each balance once: the latest, or the first of equal ones."""
    balance = entries.balance()
    if np.all(np.diff(np.sort(balance))):
        return entries
    order = np.lexsort((-entries.row, entries.time, balance))
    is_first = np.diff(balance[order], prepend=-1) != 0
    last = order[np.append(is_first[1:], True)]
    chosen = np.empty_like(order)
    chosen[order] = last[np.cumsum(is_first) - 1]
    other = chosen != np.arange(order.size)
    older = other & (entries.time < entries.time[chosen])
    same = other & ~older
    differs = entries.amount != entries.amount[chosen]
    differs |= entries.digits != entries.digits[chosen]
    for row in np.flatnonzero(same & differs):
        place = entries.place[entries.where[row]]
        at, there = place_in(origin.at, int(entries.row[chosen[row]]), "")
        problem = (
            f"account '{entries.name[entries.owner[row]]}' has another amount of "
            f"{place.side} in {place.reserve} in {f'line {at}' if at else there}."
        )
        remedy = "Keep one of the rows, or add them up."
        line, column = place_in(origin.at, int(entries.row[row]), "")
        faults.append(Fault(line, column, problem, remedy))
    reasons = ((older, "rows with a later row"), (same, REPEATED))
    for rows, reason in reasons:
        if rows.any():
            left_out.append(LeftOut(reason, int(rows.sum()), {}))
    return entries.taken(~other)
