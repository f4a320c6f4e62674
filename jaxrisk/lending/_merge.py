"""Rows of a book made one."""

import numpy as np
from jaxtyping import Float64, Int64

from ._book import AccountNumber, Book
from ._exact_totals import with_totals_of


Rows = Int64[np.ndarray, " _"]


def merge(book: Book, label: Rows, order: Rows, width: AccountNumber) -> Book:
    """Sum the accounts of each label, in canonical order; widest cohorts first.

    Args:
        book: Accounts.
        label: Of each account: those with one label become one row.
        order: All accounts; sums are taken in this order, and a row is named after
            its first account if that is its only one.
        width: Spread of each label.

    Returns:
        A row a label that is used, with totals by reserve to the last bit.
    """
    rank = np.empty(width.size, np.int64)
    rank[np.argsort(-width, kind="stable")] = np.arange(width.size)
    label, width = rank[label], width[np.argsort(rank)]
    used, first, row = np.unique(label[order], return_index=True, return_inverse=True)
    row = row.reshape(-1)
    members = np.bincount(row, weights=book.members[order])
    rows = np.bincount(row)
    collateral, debt = (
        with_totals_of(full, sum_by(row, full[order], used.size), rows > 1)
        for full in (book.collateral, book.debt)
    )
    lead = order[first]
    names = [
        str(book.account[account]) if count == 1 else f"cohort{number:05d}"
        for number, (account, count) in enumerate(zip(lead, rows, strict=True))
    ]
    return Book(
        account=np.asarray(names, dtype=str),
        market=book.market[lead],
        category=book.category[lead],
        members=members,
        collateral=collateral,
        debt=debt,
        spread=width[used],
    )


def sum_by(
    row: Rows, balance: Float64[np.ndarray, "account reserve"], rows: int
) -> Float64[np.ndarray, "row reserve"]:
    """Sum the balances of the accounts of each row."""
    columns = [np.bincount(row, weights=column, minlength=rows) for column in balance.T]
    return np.stack(columns, axis=1)
