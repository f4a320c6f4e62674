"""The page on what backs the assets: every number with its name, or no page."""

import math

import numpy as np
import xarray as xr

from jaxrisk.report._blocks import Section, Table
from jaxrisk.report._claims import TITLE, claims
from jaxrisk.report._facts import Facts


def bounded(name: str, axis: str, values: list[float]) -> dict[str, tuple]:
    """A variable with a small error."""
    found = np.array(values)
    return {
        name: (axis, found),
        f"{name}_se": (axis, 0.01 * found),
        f"{name}_low": (axis, 0.98 * found),
        f"{name}_high": (axis, 1.02 * found),
    }


def result() -> xr.Dataset:
    """Two claims, a stablecoin, a line, and a chain that is pledged."""
    variables = {
        **bounded("lowest_backing_mean", "claim", [0.93, 0.5]),
        **bounded("lowest_backing_tail", "claim", [0.61, 0.1]),
        **bounded("failure_probability", "claim", [0.08, 0.25]),
        **bounded("redeemed_mean", "spiral", [4.2e9]),
        **bounded("defended_mean", "spiral", [7e8]),
        **bounded("defaulted_mean", "line", [1.3e6]),
        **bounded("default_probability", "line", [0.05]),
        "locked_share": ("asset", [0.25, math.nan, math.nan]),
        "claim_depth": ("asset", [0.0, 1.0, 0.0]),
        "collateral_velocity": ("asset", [1.6, math.nan, math.inf]),
        "longest_chain": ((), 1.0),
        "leverage_multiplier": ((), 2.5),
    }
    labels = {
        "claim": ["stETH", "bETH"],
        "spiral": ["UST"],
        "line": ["alice"],
        "asset": ["ETH", "stETH", "USDC"],
    }
    return xr.Dataset(variables, coords=labels)


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def test_every_claim_stablecoin_line_and_asset_has_its_row() -> None:
    (section,) = claims(Facts(result()))
    assert section.title == TITLE
    names = [[row[0] for row in table.rows] for table in tables(section)]
    assert names == [["stETH", "bETH"], ["UST"], ["alice"], ["ETH", "stETH", "USDC"]]
    cells = [" ".join(table.rows[0]) for table in tables(section)]
    for text, number in zip(cells, ("93", "4.2", "1.3", "25"), strict=True):
        assert number in text
    assert "claims alone" in tables(section)[3].rows[2][3]
    assert any("2.5" in getattr(block, "text", "") for block in section.blocks)


def test_without_any_there_is_no_page() -> None:
    assert claims(Facts(xr.Dataset(coords={"asset": ["ETH"]}))) == []


def test_a_part_stands_alone() -> None:
    pledged = result().drop_dims(["claim", "spiral", "line"])
    (section,) = claims(Facts(pledged))
    assert len(tables(section)) == 1
