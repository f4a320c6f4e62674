"""Scenarios side by side: paired differences, the matrix, paths that fail."""

import dataclasses
from pathlib import Path

import equinox as eqx
import numpy as np
import pytest
import xarray as xr

from jaxrisk.scenario import NONE, Catalogue, compare
from jaxrisk.sensitivity import save

from .markets import PATHS, SEED, WILD, market, ran


@pytest.fixture(scope="module")
def matrix() -> xr.Dataset:
    """Two scenarios with one more."""
    names = ["drop_20", "freeze_2h"]
    return compare(market(*WILD), names, ["depth_cut_80"], paths=PATHS, seed=SEED)


def losses(name: str) -> np.ndarray:
    """Bad debt of every path under a scenario [USD]."""
    catalogue = Catalogue(market(*WILD))
    outcome = ran(catalogue.stressed(catalogue.stress(name)))
    lost = np.asarray(outcome.realized, np.float64) + np.asarray(outcome.unrealized)
    return lost.sum(axis=0)


def test_cells_are_scenarios_that_come_together(matrix: xr.Dataset) -> None:
    assert matrix.sizes["scenario"] == 3
    assert list(matrix["against"].values) == [NONE, "depth_cut_80"]
    both, calm = losses("drop_20+depth_cut_80"), losses("gas_1x")
    cell = matrix.sel(scope="total", scenario="drop_20", against="depth_cut_80")
    assert float(cell["bad_debt_mean"]) == pytest.approx(both.mean(), rel=1e-6)
    gap = both - calm
    assert float(cell["bad_debt_mean_difference"]) == pytest.approx(gap.mean(), 1e-6)
    error = gap.std(ddof=1) / np.sqrt(gap.size)
    assert float(cell["bad_debt_mean_difference_se"]) == pytest.approx(error, 1e-6)
    assert cell["meaning"] == "WETH -20 %, WETH USDC depth -80 %"
    assert int(cell["failed_paths"]) == 0


def test_as_it_is_is_nobody_s_difference(matrix: xr.Dataset) -> None:
    base = matrix.sel(scenario=NONE, against=NONE)
    for name in ("bad_debt_mean", "bad_debt_probability", "bad_debt_es"):
        assert (base[f"{name}_difference"] == 0).all()
        assert (base[f"{name}_difference_se"] == 0).all()


def test_every_number_has_a_unit_a_sentence_and_survives_a_store(
    matrix: xr.Dataset, tmp_path: Path
) -> None:
    for variable in matrix.variables.values():
        assert {"units", "long_name"} <= set(variable.attrs)
    save(matrix, tmp_path / "kept.zarr")
    kept = xr.open_zarr(tmp_path / "kept.zarr", consolidated=False).load()
    xr.testing.assert_equal(kept, matrix)


def test_too_few_paths_for_a_tail_have_no_difference_of_tails(
    matrix: xr.Dataset,
) -> None:
    cell = matrix.sel(scope="total", scenario="drop_20", against=NONE, level=0.999)
    assert np.isinf(cell["bad_debt_es_se"])
    assert float(cell["bad_debt_es_difference"]) > 0
    assert np.isinf(cell["bad_debt_es_difference_se"])


def test_without_columns_there_is_no_such_axis() -> None:
    found = compare(market(*WILD), ["drop_20", "drop_20"], paths=PATHS, seed=SEED)
    assert "against" not in found.dims
    assert list(found["scenario"].values) == [NONE, "drop_20"]


def test_paths_that_fail_are_counted() -> None:
    model = market(*WILD)
    broken = eqx.tree_at(
        lambda at: at.prices.trend, model.system, model.system.prices.trend + np.inf
    )
    failing = dataclasses.replace(model, system=broken)
    found = compare(failing, ["drop_20"], paths=PATHS, seed=SEED)
    assert (found["failed_paths"] == PATHS).all()
