"""`jaxrisk replay` and `jaxrisk report`: a stored result, looked at again."""

import csv
from pathlib import Path

import pytest
import xarray as xr
from typer.testing import Result

import jaxrisk as package
from jaxrisk.output import path_bad_debt

from .conftest import Jaxrisk


@pytest.fixture(scope="module")
def folder(finished: tuple[Path, Result]) -> Path:
    return finished[0]


@pytest.fixture(scope="module")
def worst(folder: Path) -> tuple[int, float]:
    stored = package.Result.open(folder).to_xarray()
    return int(stored["worst_path"][0]), float(stored["worst_loss"][0])


def test_a_replayed_path_loses_what_the_run_says(
    jaxrisk: Jaxrisk, folder: Path, worst: tuple[int, float], tmp_path: Path
) -> None:
    path, loss = worst
    assert loss > 0
    said = jaxrisk(
        "replay", str(folder), "--path", str(path), "--out", str(tmp_path / "one")
    )
    assert said.exit_code == 0, said.stderr
    assert f"{loss:,.0f} USD of bad debt, as in the run" in said.stderr
    assert "Status ok" in said.stderr
    assert said.stdout.splitlines()[-1].startswith("total")
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["one.html", "one.svg", "one.zarr"]
    with xr.open_zarr(tmp_path / "one.zarr", consolidated=False) as dataset:
        assert sum(path_bad_debt(dataset.load())) == pytest.approx(loss, rel=1e-6)


def test_the_csv_of_a_path_has_every_step(
    jaxrisk: Jaxrisk, folder: Path, worst: tuple[int, float], tmp_path: Path
) -> None:
    words = ("--format", "csv", "--out", str(tmp_path / "one"))
    said = jaxrisk("replay", str(folder), "--path", str(worst[0]), *words)
    assert said.exit_code == 0, said.stderr
    rows = list(csv.DictReader(said.stdout.splitlines()))
    assert len(rows) == 6
    realized = sum(float(row["realized_usd"]) for row in rows)
    assert realized == pytest.approx(worst[1], rel=1e-6)


def test_a_path_that_the_run_does_not_have_is_refused(
    jaxrisk: Jaxrisk, folder: Path
) -> None:
    said = jaxrisk("replay", str(folder), "--path", "64")
    assert said.exit_code == 2
    assert "from 0 to 63" in said.stderr


def test_a_rebuilt_report_is_the_same_page(jaxrisk: Jaxrisk, folder: Path) -> None:
    page = folder / "report.html"
    before = page.read_bytes()
    page.unlink()
    said = jaxrisk("report", str(folder))
    assert said.exit_code == 0, said.stderr
    assert page.read_bytes() == before


@pytest.mark.parametrize("command", [("report",), ("replay", "--path", "0")])
def test_a_folder_without_a_run_is_refused(
    jaxrisk: Jaxrisk, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = jaxrisk(command[0], str(tmp_path), *command[1:])
    assert said.exit_code == 2
    assert "holds no finished run" in said.stderr
    assert list(tmp_path.iterdir()) == []
