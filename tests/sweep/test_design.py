"""Designs: from a file to every setting, and what is said of a faulty one."""

import json
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.config import ConfigError
from jaxrisk.sweep import Plan, plan_of
from jaxrisk.sweep._names import short_names

from .designs import CONFIGS, DEPTH, LIMIT, THRESHOLD, written


def test_a_grid_has_every_combination_the_last_field_fastest(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path))
    assert plan.dims == {"liquidation_threshold": 3, "depth_usd": 3}
    assert plan.columns[THRESHOLD] == tuple(np.repeat([0.81, 0.83, 0.85], 3))
    assert plan.columns[DEPTH] == (1e6, 1e7, 1e8) * 3
    assert plan.config(4).venues["WETH"].depth_usd == 1e7  # pyright: ignore
    assert (plan.paths, plan.seed, plan.draws) == (64, 1, "common")


def test_a_plan_is_the_same_after_a_trip_through_json(tmp_path: Path) -> None:
    plan = plan_of(CONFIGS / "sweeps" / "ltv_grid.yaml")
    again = Plan.of_json(json.loads(json.dumps(plan.to_json())))
    assert again == plan
    assert plan.columns[LIMIT][0] == pytest.approx(plan.columns[THRESHOLD][0] - 0.025)
    assert again.tiles == plan.tiles
    assert plan_of(written(tmp_path)) != plan


def _sweep(vary: str, more: str = "") -> str:
    return f"base: base.yaml\npaths: 64\nvary: {vary}\n{more}\n"


def test_a_zip_goes_through_all_fields_together(tmp_path: Path) -> None:
    fields = f"{{{THRESHOLD}: [0.81, 0.82], {DEPTH}: {{from: 1, to: 2, count: 2}}}}"
    plan = plan_of(written(tmp_path, _sweep(f"{{kind: zip, fields: {fields}}}")))
    assert plan.dims == {"scenario": 2}
    assert plan.changes(1) == {THRESHOLD: 0.82, DEPTH: 2.0}


def test_a_list_takes_whole_sections(tmp_path: Path) -> None:
    delayed = "{kind: delayed, delay_seconds: 3600}"
    oracles = f"[{{oracle: {{kind: instant}}}}, {{oracle: {delayed}}}]"
    plan = plan_of(written(tmp_path, _sweep(f"{{kind: list, settings: {oracles}}}")))
    assert [plan.config(k).oracle.kind for k in range(2)] == ["instant", "delayed"]


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_points_fill_their_ranges_evenly_and_repeat_by_seed(
    tmp_path: Path, kind: str
) -> None:
    fields = (
        f"{{{THRESHOLD}: {{from: 0.81, to: 0.91}},"
        f" {DEPTH}: {{from: 1e6, to: 1e8, scale: log}}}}"
    )
    vary = f"{{kind: {kind}, count: 8, seed: 3, fields: {fields}}}"
    plan = plan_of(written(tmp_path, _sweep(vary)))
    shares = (np.array(plan.columns[THRESHOLD]) - 0.81) / 0.1
    depths = (np.log10(plan.columns[DEPTH]) - 6) / 2
    for column in (shares, depths):
        assert sorted(np.floor(column * 8)) == list(range(8))
    assert plan_of(tmp_path / "sweep.yaml").columns == plan.columns
    other = written(tmp_path / "other", _sweep(vary.replace("seed: 3", "seed: 4")))
    assert plan_of(other).columns != plan.columns


def test_conditions_leave_settings_out_and_derived_fields_follow(
    tmp_path: Path,
) -> None:
    grid = f"{{kind: grid, fields: {{{THRESHOLD}: [0.8, 0.82, 0.84]}}}}"
    more = (
        f"derived: {{{DEPTH}: 1e6 * liquidation_threshold}}\n"
        # Not swept: beside the swept field, 0.805.
        f"where: [loan_to_value < liquidation_threshold, {THRESHOLD} < 0.83]"
    )
    plan = plan_of(written(tmp_path, _sweep(grid, more)))
    assert plan.dims == {"scenario": 1}
    assert plan.changes(0) == {THRESHOLD: 0.82, DEPTH: 0.82e6}


def test_names_are_as_short_as_they_can_be() -> None:
    found = short_names(["a.b.c", "a.d.c", "e.f", "g.9x"], taken={"f"})
    assert list(found.values()) == ["b_c", "d_c", "e_f", "_9x"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paths: 64", "sweep.yaml:1:1: base: it is missing"),
        (_sweep("{kind: grid}"), "vary.fields: it is missing"),
        (_sweep("{kind: gird, fields: {a: [1]}}"), "did you mean grid"),
        (_sweep("{kind: grid, fields: {a.b: [1]}}"), "no such field"),
        (_sweep(f"{{kind: grid, fields: {{{THRESHOLD}x: [1]}}}}"), "liquidation_thres"),
        (_sweep(f"{{kind: grid, fields: {{{THRESHOLD}: []}}}}"), "must not be empty"),
        (_sweep(f"{{kind: grid, fields: {{{THRESHOLD}: [1, 1]}}}}"), "there twice"),
        (_sweep("{kind: grid, fields: {run.paths: [1]}}"), "the same for all settings"),
        (
            _sweep(f"{{kind: zip, fields: {{{THRESHOLD}: [1], {DEPTH}: [1, 2]}}}}"),
            "as many values each",
        ),
        (
            _sweep("{kind: list, settings: [{engine.rounds: 1}, {horizon_days: 1}]}"),
            "the same fields",
        ),
        (
            _sweep(f"{{kind: sobol, count: 2, fields: {{{THRESHOLD}: {{from: 1}}}}}}"),
            "to: it is missing",
        ),
        (
            _sweep(
                "{kind: sobol, count: 2, fields:"
                f" {{{DEPTH}: {{from: 0, to: 1, scale: log}}}}}}"
            ),
            "needs numbers above zero",
        ),
        (
            _sweep(
                "{kind: grid, fields:"
                f" {{{DEPTH}: {{from: 1, to: 2, count: 200001}}}}}}"
            ),
            "the most is 100,000",
        ),
        (
            _sweep(
                f"{{kind: grid, fields: {{{DEPTH}: [1]}}}}",
                f"derived: {{{LIMIT}: import os}}",
            ),
            "this is no expression",
        ),
        (
            _sweep(
                f"{{kind: grid, fields: {{{DEPTH}: [1]}}}}",
                f"derived: {{{LIMIT}: depth / 0}}",
            ),
            "there is no number depth; known are depth_usd",
        ),
        (
            _sweep(
                f"{{kind: grid, fields: {{{DEPTH}: [1]}}}}",
                f"derived: {{{LIMIT}: depth_usd / 0}}",
            ),
            "not finite",
        ),
        (
            _sweep(f"{{kind: grid, fields: {{{DEPTH}: [1]}}}}", "where: depth_usd > 1"),
            "no setting meets this",
        ),
        (
            _sweep(f"{{kind: grid, fields: {{{DEPTH}: [1]}}}}", "wher: depth_usd > 1"),
            "did you mean where",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_a_remedy(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=r"sweep\.yaml:") as error:
        plan_of(written(tmp_path, text))
    assert said in str(error.value)


def test_a_missing_base_is_told(tmp_path: Path) -> None:
    file = written(tmp_path)
    (tmp_path / "base.yaml").unlink()
    with pytest.raises(ConfigError, match=r"sweep.yaml:2:7: base: .*no such file"):
        plan_of(file)
