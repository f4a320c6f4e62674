"""Small books."""

import numpy as np

from jaxrisk.lending._book import Book


def book(collateral: np.ndarray, debt: np.ndarray, **fields: np.ndarray) -> Book:
    """A book of one market in which every account stands for itself."""
    rows = collateral.shape[0]
    return Book(
        account=np.array([f"a{row}" for row in range(rows)]),
        market=np.zeros(rows, np.int64),
        category=fields.get("category", np.zeros(rows, np.int64)),
        members=fields.get("members", np.ones(rows)),
        collateral=collateral.astype(np.float64),
        debt=debt.astype(np.float64),
    )
