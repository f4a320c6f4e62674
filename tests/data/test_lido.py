"""Lido's book of stETH borrowers."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import (
    LIDO_LAYOUT,
    STETH_PRICE,
    STETH_THRESHOLD,
    DataError,
    convert_lido_book,
    read_book,
    read_lido_book,
)


PUBLISHED = Path(__file__).parents[3] / "shared/data/lido_aave_steth_2023-06-19/b1.csv"
HEADER = ",user,collateral,debt,healthf,amount,ethdebt\n"


def test_an_account_is_as_healthy_as_reported_at_the_snapshot_price(
    tmp_path: Path,
) -> None:
    path = tmp_path / "b1.csv"
    path.write_text(
        HEADER + "0,0xaa,10.0,7.0,1.2,10.1,7.0\n1,0xbb,2.0,1.0,1.6,2.0,1.0\n"
    )
    book = read_lido_book(path)
    health = book.collateral[:, 0] * STETH_PRICE * STETH_THRESHOLD / book.debt[:, 1]
    np.testing.assert_allclose(health, [1.2, 1.6], rtol=1e-14)


def test_a_wrong_balance_or_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b1.csv"
    path.write_text(HEADER + "0,0xaa,10.0,7.0,1.2,10.1,-7.0\n")
    with pytest.raises(DataError, match=r"line 2, column 'ethdebt': '-7.0'"):
        read_lido_book(path)
    path.write_text(HEADER.replace("ethdebt", "debts") + "0,0xaa,1,7,1.2,10.1,7\n")
    with pytest.raises(DataError, match="column 'ethdebt': is missing"):
        read_lido_book(path)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published book is not here")
def test_the_published_book_loses_its_largest_account_between_96_and_95_cents(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lido.csv.gz"
    convert_lido_book(PUBLISHED, path)
    book, warnings = read_book(path, LIDO_LAYOUT)
    assert warnings == ()
    assert book.account.size == 271
    seized = []
    for price in (1.0, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92):
        weighted = book.collateral[:, 0] * price * STETH_THRESHOLD
        breached = weighted < book.debt[:, 1]
        seized.append(0.5 * 1.07 * book.debt[breached, 1].sum() / price)
    expected = [0, 0, 18.22, 18.47, 18.66, 21353.4, 21725.9, 21959.6, 22906.7]
    np.testing.assert_allclose(seized, expected, rtol=1e-3)
