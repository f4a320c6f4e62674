"""Real files of positions: every one is read, and its columns explain its totals."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import read_lido_book, read_positions


FOLDER = "lido_aave_steth_2023-06-19"


@pytest.mark.parametrize(
    ("name", "market", "accounts", "reserves"),
    [
        ("b1.csv", "aave_v2", 271, 2),
        ("b1_v3.csv", "aave_v3", 124, 4),
        ("b12_v3.csv", "aave_v3", 19, 3),
        ("b2.csv", "aave_v2", 700, 12),
        ("b21_debt_stables_v3.csv", "aave_v3", 307, 8),
        ("b3.csv", "aave_v2", 63, 7),
        ("b31_eth_wbtc_stables_v3.csv", "aave_v3", 11, 7),
        ("steth_aave.csv", "aave_v2", 1309, 2),
        ("steth_aave_v3.csv", "aave_v3", 502, 4),
    ],
)
def test_every_variant_of_lidos_books_is_read_whole(
    shared_data: Path, name: str, market: str, accounts: int, reserves: int
) -> None:
    positions = read_positions(shared_data / FOLDER / name)
    assert positions.origin.format == "lido"
    assert positions.layout.markets == (market,)
    assert len(positions.account) == accounts
    assert len(positions.layout.reserves) == reserves
    assert positions.left_out == ()


def test_the_columns_of_a_mixed_book_explain_the_published_totals(
    shared_data: Path,
) -> None:
    """USD of b3_v3 at its prices; each token's price is in the file."""
    positions = read_positions(shared_data / FOLDER / "b3_v3.csv")
    price = {
        "wstETH": 1941.42439258,
        "WETH": 1719.89763743,
        "cbETH": 1786.5052977,
        "rETH": 1847.86124623,
        "USDC": 1.00021167,
        "USDT": 0.99974555,
        "DAI": 0.9999,
        "LUSD": 1.0069521,
        "WBTC": 26757.53028597,
    }
    totals = positions.totals()
    worth = {
        side: sum(price[name] * sides[side] for name, sides in totals.items())
        for side in ("collateral", "debt")
    }
    rows = (shared_data / FOLDER / "b3_v3.csv").read_text().splitlines()
    header = rows[0].split(",")
    for side, got in worth.items():
        place = header.index(side)
        told = sum(float(row.split(",")[place]) for row in rows[1:])
        assert got == pytest.approx(told, rel=3e-4)


def test_the_published_and_the_rebuilt_book_have_the_same_debt(
    shared_data: Path,
) -> None:
    path = shared_data / FOLDER / "b1.csv"
    rebuilt, own = read_lido_book(path), read_positions(path).book()
    np.testing.assert_array_equal(own.account, rebuilt.account)
    np.testing.assert_array_equal(own.debt, rebuilt.debt)
    close = np.abs(own.collateral[:, 0] / rebuilt.collateral[:, 0] - 1) < 1.1e-3
    assert close.mean() > 0.86
