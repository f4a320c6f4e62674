"""Book files: CSV, one row a balance, closed by a line that counts the rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..lending._book import Book
from ._book_layout import SIDES, BookLayout
from ._book_rows import FIELDS, MEMBERS, SPREAD, TRAILER, BookRows, parse_rows
from ._errors import DataError, Fault
from ._text_file import read_lines, write_lines


def read_book(path: Path, layout: BookLayout) -> tuple[Book, tuple[str, ...]]:
    """Read a book, or say everything that is wrong with it.

    Args:
        path: CSV or CSV.gz file in the long format (see `write_book`).
        layout: Names of the markets, categories and reserves that may occur.

    Returns:
        The book, accounts in the order in which they first occur (those with a spread
        before the others), and warnings: what is legal but should be looked at.

    Raises:
        DataError: With every fault of the file.
    """
    faults: list[Fault] = []
    rows = parse_rows(read_lines(path), layout, faults)
    if not faults and not rows.line.size:
        remedy = "Give at least one balance."
        faults.append(Fault(0, "", "is empty: it has no balances.", remedy))
    faults += _faults_between_rows(rows)
    if faults:
        raise DataError(path, faults)
    book = _assemble(rows, layout)
    return book, tuple(f"{path}: {warning}" for warning in _warnings(book))


def write_book(
    path: Path, book: Book, *, layout: BookLayout, comments: Sequence[str] = ()
) -> None:
    """Write a book so that `read_book` gives it back, bit by bit.

    Args:
        path: File to write; gzipped if its name ends in .gz.
        book: What to write. An account without balances leaves no row.
        layout: Names of the book's indices.
        comments: Lines to put first, without their '#'.
    """
    for name in book.account:
        if not name or set(name) & set(',"#\n\r') or name != name.strip():
            raise ValueError(
                f"account name {name!r} cannot be written: it is empty, or has a "
                "comma, quote, '#', line end or outer space. Rename the account."
            )
    balances = np.stack([book.collateral, book.debt])
    extras = {MEMBERS: book.members, SPREAD: book.spread}
    if not np.any(book.spread):
        del extras[SPREAD]
        if np.all(book.members == 1):
            del extras[MEMBERS]
    lines = [
        ",".join(
            (
                str(book.account[account]),
                *layout.categories[book.category[account]],
                layout.reserves[reserve][1],
                SIDES[side],
                repr(float(balances[side, account, reserve])),
                *(repr(float(values[account])) for values in extras.values()),
            )
        )
        for account, side, reserve in np.argwhere(balances.transpose(1, 0, 2))
    ]
    header = ",".join((*FIELDS, *extras))
    top = [f"# {comment}" for comment in comments]
    write_lines(path, [*top, header, *lines, f"{TRAILER}{len(lines)}"])


def _faults_between_rows(rows: BookRows) -> list[Fault]:
    """Rows that are right alone, and contradict an earlier row of their account."""
    faults = []
    first = rows.first()[rows.account]
    contradictions = (
        ("market", rows.market, "An account stands in one market; use two names."),
        ("e_mode", rows.category, "An account is in one e-mode; use one everywhere."),
        (MEMBERS, rows.members, "Give the same number in every row of an account."),
        (SPREAD, rows.spread, "Give the same number in every row of an account."),
    )
    same_market = rows.market == rows.market[first]
    for column, values, remedy in contradictions:
        # What is no number differs from itself.
        wrong = (values != values[first]) & (first != np.arange(first.size))
        for row in np.flatnonzero(wrong & (same_market | (column == "market"))):
            name, line = rows.name[rows.account[row]], rows.line[first[row]]
            problem = f"account '{name}' has another {column} in line {line}."
            faults.append(Fault(int(rows.line[row]), column, problem, remedy))
    columns = int(rows.reserve.max(initial=0)) + 1
    balance = (rows.account * columns + rows.reserve) * len(SIDES) + rows.side
    if np.all(np.diff(np.sort(balance))):
        return faults
    _, first, owner = np.unique(balance, return_index=True, return_inverse=True)
    first = first[owner]
    for row in np.flatnonzero(first != np.arange(first.size)):
        problem = (
            f"account '{rows.name[rows.account[row]]}' already has this balance "
            f"in line {rows.line[first[row]]}."
        )
        remedy = "Add the two amounts, or remove one row."
        faults.append(Fault(int(rows.line[row]), "reserve", problem, remedy))
    return faults


def _assemble(rows: BookRows, layout: BookLayout) -> Book:
    balances = np.zeros((len(SIDES), len(rows.name), len(layout.reserves)))
    balances[rows.side, rows.account, rows.reserve] = rows.amount
    first = rows.first()
    order = np.argsort(rows.spread[first] == 0, kind="stable")
    if np.any(np.diff(order) != 1):
        first, balances = first[order], balances[:, order]
    return Book(
        account=np.asarray(rows.name, dtype=str)[order],
        market=rows.market[first],
        category=rows.category[first],
        members=rows.members[first],
        collateral=balances[0],
        debt=balances[1],
        spread=rows.spread[first],
    )


def _warnings(book: Book) -> list[str]:
    bare = (book.debt.sum(axis=1) > 0) & (book.collateral.sum(axis=1) == 0)
    if not bare.any():
        return []
    return [
        f"{int(bare.sum()):,} accounts owe without any collateral (the first is "
        f"'{book.account[int(np.argmax(bare))]}'): their debt is bad from the start."
    ]
