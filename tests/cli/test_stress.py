"""`jaxrisk stress`."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from jaxrisk import scenario
from jaxrisk.risk._estimate import normal
from jaxrisk.scenario import Reversed
from jaxrisk.scenario._reverse import Point

from .conftest import MINIMAL, TINY, Jaxrisk


STRESS = str(Path(MINIMAL).with_name("stress.yaml"))


def test_a_table_on_stdout_and_every_number_in_a_store(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    store = tmp_path / "found.zarr"
    words = ("--scenario", "drop_30,crash", "--against", "depth_cut_50")
    said = jaxrisk(
        "stress", *TINY, *words, "--seed", "3", "--out", str(store), "--log-json"
    )
    assert said.exit_code == 0, said.stderr
    assert "crash: WETH -40 %, WETH USDC depth -50 %" in said.stdout
    assert "64 paths, seed 3, 6 runs on the same draws" in said.stdout
    found = xr.open_zarr(store, consolidated=False).load()
    cell = found.sel(scope="total", scenario="crash", against="depth_cut_50")
    shown = f"{float(cell['bad_debt_mean']) / 1e6:.1f}"
    row = next(
        line
        for line in said.stdout.split("mean bad debt")[1].splitlines()
        if line.strip().startswith("crash")
    )
    assert shown in row.split(" USD")[1]
    events = [json.loads(line) for line in said.stderr.splitlines()]
    progress = [event for event in events if event["event"] == "progress"]
    assert progress[-1]["done"] == progress[-1]["total"] == 6 * 64
    again = jaxrisk("stress", *TINY, *words, "--out", str(store))
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_numbers_as_json(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("stress", *TINY, "--scenario", "drop_30", "--json", "-q")
    assert said.exit_code == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["paths"] == 64
    assert [row["scenario"] for row in found["runs"]] == ["as it is", "drop_30"]
    assert [row["failed_paths"] for row in found["runs"]] == [0, 0]
    rows = {
        (row["measure"], row["scenario"]): row
        for row in found["estimates"]
        if row.get("scope") == "total"
    }
    mean, base = (rows["bad_debt_mean", name] for name in ("drop_30", "as it is"))
    assert mean["unit"] == "USD"
    assert mean["difference"] == pytest.approx(mean["value"] - base["value"])
    assert rows["bad_debt_es", "drop_30"]["se"] is None


def test_the_size_that_a_loss_takes(jaxrisk: Jaxrisk) -> None:
    reverse = ("stress", *TINY, "--reverse", "drop_10", "--loss", "20e6")
    said = jaxrisk(*reverse)
    assert said.exit_code == 0, said.stderr
    first, size, low, high = said.stdout.splitlines()[:4]
    assert first == "drop_10 brings a mean of 20 M USD from this size on:"
    assert "times: WETH -" in size
    assert low.startswith("  95 %, lower end")
    assert high.startswith("  95 %, upper end")
    found = json.loads(jaxrisk(*reverse, "--json", "-q").stdout)
    assert found["low"] < found["size"] < found["high"]
    assert found["words"]["size"] in size
    tried = {each["size"]: each["loss"] for each in found["tried"]}
    assert tried[found["size"]] >= 20e6
    assert np.all(np.diff(list(tried)) > 0)
    too_much = jaxrisk(*reverse[:-1], "1e12", "--most", "1")
    assert "does not bring a mean of 1e+06 M USD, not even 1 times" in too_much.stdout
    nothing = jaxrisk(*reverse[:-1], "1e-9")
    assert "No drop_10 is needed" in nothing.stdout


def test_a_loss_that_falls_as_the_shock_grows_is_a_warning(
    jaxrisk: Jaxrisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = {0.0: 2.0, 1.0: 1.0}
    tried = [Point(size, normal(loss, 0.0), 0) for size, loss in losses.items()]
    found = Reversed(
        *("drop_30", "mean", 0.99, 5.0),
        *(math.inf, math.inf, math.inf, 1.0),
        points=tuple(tried),
        words={"most": "a lot"},
        paths=2,
    )
    monkeypatch.setattr(scenario, "reverse", lambda *_, **__: found)
    said = jaxrisk("stress", *TINY, "--reverse", "drop_30", "--loss", "5")
    assert said.exit_code == 0
    assert "warning: drop_30 costs less 1 times than 0 times" in said.stderr


def test_scenarios_are_listed_those_of_the_config_first(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("stress", STRESS, "--list")
    assert said.exit_code == 0
    names = [line.split()[0] for line in said.stdout.splitlines()]
    assert names[:2] == ["weekend", "made_up_day"]
    assert {"drop_30", "freeze_6h", "crash"} <= set(names)
    assert "made up" in said.stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "No scenario: name some with --scenario"),
        (("--scenario", "dorp_30"), "did you mean drop_30"),
        (
            ("--scenario", "drop_130"),
            "drop_130: there is no such size, as this is a fall",
        ),
        (("--scenario", "drop_30:DOGE"), "there is no asset DOGE"),
        (("--against", "drop_30"), "No scenario"),
        (("--reverse", "drop_30"), "--reverse and --loss belong together"),
        (("--scenario", "drop_30", "--loss", "1"), "belong together"),
        (("--reverse", "drop_30", "--loss", "-1"), "a loss is above zero"),
        (("--reverse", "a", "--loss", "1", "--scenario", "b"), "the size of one"),
        (("--reverse", "drop_30", "--loss", "1", "--level", "99"), "--level 99"),
        (("--reverse", "drop_30", "--loss", "1", "--most", "0"), "--most 0"),
        (("--scenario", "drop_30", "--out", "/nowhere/at/all.zarr"), "does not exist"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(
    jaxrisk: Jaxrisk, words: tuple[str, ...], reason: str
) -> None:
    said = jaxrisk("stress", *TINY, *words)
    assert said.exit_code == 2, said.stderr
    assert reason in said.stderr
    assert not said.stdout
