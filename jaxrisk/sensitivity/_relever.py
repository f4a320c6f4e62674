"""Borrowers who keep using the same share of what they may borrow."""

import dataclasses

import numpy as np

from ..config import Config, loan_to_values, reserve_prices
from ..lending._book import Book


def relevered(book: Book, before: Config, after: Config) -> Book:
    r"""The book after all accounts have answered to new borrowing limits.

    .. math:: D' = D \, \frac{\sum_r C_r p_r \, LTV'_r}{\sum_r C_r p_r \, LTV_r}

    Collateral stays. An account that may borrow nothing keeps its debt.

    Args:
        book: The accounts under `before`.
        before: The settings that the book comes from.
        after: Settings with other loan-to-values.
    """
    worth = book.collateral * reserve_prices(before)
    old = (worth * loan_to_values(before)[book.category]).sum(axis=1)
    new = (worth * loan_to_values(after)[book.category]).sum(axis=1)
    factor = np.where(old > 0, new / np.where(old > 0, old, 1), 1.0)
    return dataclasses.replace(book, debt=book.debt * factor[:, None])
