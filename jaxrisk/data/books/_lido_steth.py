"""The book of Aave's stETH borrowers that Lido's analysts published in June 2023.

The files are those of `lidofinance/aave-liquidation-model` (GPL-3.0); they are not
shipped. Read here: `b1.csv`, the Aave v2 accounts that hold stETH and owe ETH. Some of
them also hold or owe a little else. So that none is more or less healthy than it was,
collateral is the stETH that gives the reported health at the snapshot price: within
.11 % of the reported stETH for nine accounts in ten, .9 % less in total.
"""

import csv
from pathlib import Path

import numpy as np

from ...lending._book import Book
from .._book_file import write_book
from .._book_layout import BookLayout
from .._errors import DataError, Fault
from .._text_file import read_lines


LIDO_LAYOUT = BookLayout(
    markets=("aave_v2",),
    reserves=(("aave_v2", "stETH"), ("aave_v2", "WETH")),
    categories=(("aave_v2", ""),),
)
STETH_PRICE = 0.9987  # [WETH], 2023-06-19 15:23 UTC
STETH_THRESHOLD = 0.83  # liquidation threshold, Aave v2


def read_lido_book(path: Path) -> Book:
    """Read the accounts with stETH collateral and ETH debt.

    Args:
        path: The file `b1.csv`.

    Returns:
        A book in `LIDO_LAYOUT`: stETH collateral, WETH debt.

    Raises:
        DataError: If a column is missing or a balance is not a number above zero.
    """
    rows = list(csv.DictReader(read_lines(path)))
    faults = [
        Fault(0, name, "is missing.", "Use the published file b1.csv.")
        for name in ("user", "healthf", "ethdebt")
        if not rows or name not in rows[0]
    ]
    if faults:
        raise DataError(path, faults)
    health, owed = (_column(path, rows, name) for name in ("healthf", "ethdebt"))
    held = health * owed / (STETH_THRESHOLD * STETH_PRICE)
    absent = np.zeros(len(rows))
    return Book(
        account=np.asarray([row["user"] for row in rows], dtype=str),
        market=np.zeros(len(rows), np.int64),
        category=np.zeros(len(rows), np.int64),
        members=np.ones(len(rows)),
        collateral=np.stack([held, absent], axis=1),
        debt=np.stack([absent, owed], axis=1),
    )


def convert_lido_book(source: Path, target: Path) -> None:
    """Write `b1.csv` as a book file of this package."""
    comments = (
        "Aave v2, stETH against ETH debt, 2023-06-19. Source: data/b1.csv of "
        "lidofinance/aave-liquidation-model (GPL-3.0).",
    )
    write_book(target, read_lido_book(source), layout=LIDO_LAYOUT, comments=comments)


def _column(path: Path, rows: list[dict[str, str]], name: str) -> np.ndarray:
    values = np.empty(len(rows))
    for row, record in enumerate(rows):
        try:
            values[row] = float(record[name])
        except (TypeError, ValueError):
            values[row] = np.nan
    wrong = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    remedy = "Use the published file b1.csv."
    if wrong.size:
        problems = [
            Fault(int(row) + 2, name, f"'{rows[row][name]}' is not above 0.", remedy)
            for row in wrong
        ]
        raise DataError(path, problems)
    return values
