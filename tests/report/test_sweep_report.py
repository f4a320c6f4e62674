"""Reports of sweeps: what they draw, and what they choose from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.report import write_sweep_report
from jaxrisk.report._blocks import Figure, Report, Table
from jaxrisk.report._pareto import efficient
from jaxrisk.report._sweep_facts import SweepFacts
from jaxrisk.report._sweep_page import compose_sweep
from jaxrisk.report._tornado import effects

from .test_report_files import HOSTILE


THRESHOLDS, DEPTHS = np.array([0.7, 0.8, 0.9]), np.array([1e6, 1e7])
CONFIG = {"name": "base", "reserve": {"threshold": 0.8}, "venue": {"depth": 2e6}}


def example(*, grid: bool = True, text: str = "What if?", **parts: Any) -> xr.Dataset:  # noqa: ANN401
    """A sweep of six settings whose losses rise with the threshold."""
    threshold, depth = (
        x.ravel() for x in np.meshgrid(THRESHOLDS, DEPTHS, indexing="ij")
    )
    lost = 1e6 * (threshold - 0.7) / np.sqrt(depth / 1e6)
    values = {
        "bad_debt_es": (lost, 0.1 * lost),
        "bad_debt_probability": (lost / 1e7, lost / 1e8),
        "capital_efficiency": (threshold - 0.05, None),
    }
    dims = ("threshold", "depth") if grid else ("scenario",)
    shape = (3, 2) if grid else (6,)
    variables: dict[str, Any] = {
        "state": (dims, np.ones(shape, np.int8)),
        "error": (dims, np.full(shape, "", object)),
    }
    for name, (value, error) in values.items():
        tail = ("level",) * (name == "bad_debt_es")

        def put(numbers: np.ndarray, tail: tuple[str, ...] = tail) -> Any:  # noqa: ANN401
            wide = numbers.reshape(*shape, 1, *(1,) * len(tail))
            return ((*dims, "scope", *tail), wide)

        variables[name] = put(value)
        if error is not None:
            variables[f"{name}_se"] = put(error)
            variables[f"{name}_difference"] = put(value - 5e4)
            variables[f"{name}_difference_se"] = put(error / 2)
    swept = (
        {"threshold": THRESHOLDS, "depth": DEPTHS}
        if grid
        else {"threshold": ("scenario", threshold), "depth": ("scenario", depth)}
    )
    fields = [("reserve.threshold", "threshold"), ("venue.depth", "depth")]
    plan = {"fields": [{"path": p, "name": n, "derived": False} for p, n in fields]}
    attributes = {
        "title": text,
        "description": text,
        "plan": json.dumps(plan),
        "config": json.dumps(CONFIG),
        "config_hash": "c0ffee",
        "sweep_hash": "decade",
        "paths": 100,
        "seed": "1",
        "draws": "common",
        "versions": json.dumps({"jaxrisk": "0"}),
    }
    coordinates = {**swept, "scope": ["total"], "level": [0.99]}
    found = xr.Dataset(variables, coords=coordinates, attrs=attributes)
    return found.assign(parts)


def _tables(report: Report) -> list[Table]:
    blocks = [block for section in report.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Table)]


def _figures(report: Report) -> list[Figure]:
    blocks = [block for section in report.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Figure)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=12))
def test_an_efficient_setting_is_one_that_no_other_beats(
    rows: list[tuple[int, int, int]],
) -> None:
    goals = np.array(rows, float).T
    found = efficient(goals)
    for k in range(goals.shape[1]):
        nowhere_more = (goals <= goals[:, [k]]).all(axis=0)
        beaten = nowhere_more & (goals < goals[:, [k]]).any(axis=0)
        twin = nowhere_more & (goals == goals[:, [k]]).all(axis=0)
        assert found[k] == (not beaten.any() and int(np.argmax(twin)) == k)


def test_a_setting_without_numbers_is_never_efficient() -> None:
    goals = np.array([[np.nan, 1.0], [0.0, 1.0]])
    assert efficient(goals).tolist() == [False, True]


def test_a_grid_has_three_maps_effects_and_the_choices() -> None:
    report = compose_sweep(example())
    assert len(_figures(report)) == 6
    choices = _tables(report)[1]
    assert choices.caption.startswith("3 of 6 settings are efficient")
    rows = {(row[0], row[1]) for row in choices.rows}
    assert rows == {("0.7", "1e+06"), ("0.8", "1e+07"), ("0.9", "1e+07")}


def test_effects_are_paired_differences_from_the_base_largest_first() -> None:
    found = effects(SweepFacts(example()), "bad_debt_es")
    assert [each.field.name for each in found] == ["threshold", "depth"]
    low, high = found[0].from_base
    # At the depth nearest to the base's two million: a million.
    assert (low.value, high.value) == pytest.approx((-5e4, 1.5e5))
    assert high.half_width == pytest.approx(1.96 * 0.05 * 2e5, rel=1e-3)
    # At the base's own threshold.
    depth = 1e5 / np.sqrt(10)
    assert found[1].span == pytest.approx(depth - 1e5)


def test_points_anywhere_are_fitted_and_said_to_be() -> None:
    dataset = example(grid=False)
    report = compose_sweep(dataset)
    assert len(_figures(report)) == 6
    text = str(report)
    assert "slopes of a plane fitted to all" in text
    found = {
        each.field.name: each
        for each in effects(SweepFacts(dataset), "capital_efficiency")
    }
    assert found["threshold"].span == pytest.approx(0.2)
    assert found["depth"].span == pytest.approx(0, abs=1e-9)


def test_what_is_missing_is_said_and_not_drawn() -> None:
    state = example()["state"].copy()
    state[0, 0], state[2, 1] = 0, 2
    error = example()["error"].copy()
    error[2, 1] = "it broke"
    report = compose_sweep(example(state=state, error=error))
    assert report.label == "2 settings missing"
    text = str(report.sections[0])
    assert "1 settings are not computed yet" in text
    assert "1 settings failed, first: it broke" in text
    assert not any(row[:2] == ("0.9", "1e+07") for row in _tables(report)[1].rows)


def test_a_sweep_without_any_number_still_has_a_page() -> None:
    report = compose_sweep(example(state=0 * example()["state"]))
    assert [section.title for section in report.sections] == [
        "What was asked",
        "Provenance",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_never_markup(text: str, tmp_path: Path) -> None:
    write_sweep_report(example(text=text.replace("\ud800", "")), tmp_path)
    page = (tmp_path / "sweep.html").read_text("utf-8")
    assert "<script>" not in page
    assert "onerror=alert(1)>" not in page
    assert (tmp_path / "sweep.pdf").stat().st_size > 5_000


def test_the_same_sweep_gives_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_sweep_report(example(), tmp_path / name)
    for file in ("sweep.html", "sweep.pdf"):
        one, two = ((tmp_path / name / file).read_bytes() for name in ("one", "two"))
        assert one == two
