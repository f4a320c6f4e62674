"""A result on disk: all of it or nothing."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import xarray as xr

from jaxrisk.output import OutputError, Result, check_folder
from jaxrisk.output._store import needed_bytes

from . import results


FILES = ["manifest.json", "result.zarr", "summary.json"]
IDENTITY = {"config_hash": "c0ffee", "seed": 7, "paths": 20000}


class Usage(NamedTuple):
    free: int


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_result_is_the_same_after_a_round_trip(tmp_path: Path) -> None:
    saved = results.full_result()
    saved.save(tmp_path / "new" / "out")
    opened = Result.open(tmp_path / "new" / "out")
    xr.testing.assert_identical(opened.to_xarray(), saved.to_xarray())
    assert opened.summary() == saved.summary()
    assert listing(tmp_path / "new" / "out") == FILES


def test_the_same_result_has_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        results.result().save(tmp_path / name)
        texts.append((tmp_path / name / "manifest.json").read_text("utf-8"))
    assert texts[0] == texts[1]
    assert len(json.loads(texts[0])["result_sha256"]) == 64


def test_the_summary_has_units_intervals_and_the_horizon(tmp_path: Path) -> None:
    results.result().save(tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert summary["horizon_days"] == 7
    found = {
        (each["name"], *each["at"].values()): each for each in summary["estimates"]
    }
    at_risk = found["bad_debt_var", "total", 0.99]
    assert at_risk["unit"] == "USD"
    assert at_risk["low"] == pytest.approx(41.2e6 - 1.35e6)
    assert at_risk["high"] == pytest.approx(41.2e6 + 2.25e6)
    mean = found["bad_debt_mean", "total"]
    assert mean["high"] - mean["low"] == pytest.approx(2 * 1.96 * 2e4, rel=1e-4)
    assert found["liquidated_es", "total", 0.99]["high"] is None


def test_the_manifest_says_where_the_numbers_are_from(tmp_path: Path) -> None:
    results.result().save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest.items() >= IDENTITY.items()
    assert manifest["versions"] == {"jaxrisk": "0.1.0"}
    assert manifest["config"]["name"] == "small"


def test_the_same_run_may_be_saved_again(tmp_path: Path) -> None:
    results.result().save(tmp_path)
    (tmp_path / "report.html").write_text("kept")
    results.result(wall_seconds=9.0).save(tmp_path)
    assert Result.open(tmp_path).to_xarray().attrs["wall_seconds"] == 9.0
    assert listing(tmp_path) == sorted([*FILES, "report.html"])


@pytest.mark.parametrize("change", [{"seed": 8}, {"paths": 5}, {"config_hash": "ff"}])
def test_another_run_is_replaced_only_by_force(
    tmp_path: Path, change: dict[str, str | float]
) -> None:
    results.result().save(tmp_path)
    (tmp_path / "report.html").write_text("of the first run")
    (tmp_path / "notes.txt").write_text("mine")
    other = results.result(**change)
    with pytest.raises(OutputError, match=r"holds another run \(.*--force"):
        other.save(tmp_path)
    assert Result.open(tmp_path).to_xarray().attrs["seed"] == 7
    other.save(tmp_path, force=True)
    assert Result.open(tmp_path).to_xarray().attrs.items() >= change.items()
    assert listing(tmp_path) == sorted([*FILES, "notes.txt"])


@pytest.mark.parametrize("moves", range(7))
def test_an_interrupted_save_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    results.result().save(tmp_path)
    (tmp_path / "report.html").write_text("of the first run")
    rename, done = Path.rename, []

    def interrupted(path: Path, target: Path) -> Path:
        done.append(path)
        if len(done) == moves + 1:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        results.result(seed=8).save(tmp_path, force=True)
    monkeypatch.undo()
    assert listing(tmp_path) == sorted([*FILES, "report.html"])
    assert Result.open(tmp_path).to_xarray().attrs["seed"] == 7


def test_an_interrupted_first_save_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(xr.Dataset, "to_zarr", interrupted)
    with pytest.raises(KeyboardInterrupt):
        results.result().save(tmp_path / "out")
    assert listing(tmp_path) == []


def test_a_disk_that_fills_up_on_the_way_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.Dataset, "to_zarr", full)
    with pytest.raises(OutputError, match=r"No space left on .*nothing was kept"):
        results.result().save(tmp_path / "out")
    assert listing(tmp_path) == []


def test_what_a_killed_process_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".partial-dead" / "result.zarr").mkdir(parents=True)
    results.result().save(tmp_path)
    assert listing(tmp_path) == FILES


def remove_store(folder: Path) -> None:
    shutil.rmtree(folder / "result.zarr")


def cut_chunk(folder: Path) -> None:
    chunk = max((folder / "result.zarr" / "bad_debt_var").rglob("c/*/*"))
    os.truncate(chunk, chunk.stat().st_size // 2)


def remove_chunk(folder: Path) -> None:
    max((folder / "result.zarr" / "bad_debt_var").rglob("c/*/*")).unlink()


def cut_manifest(folder: Path) -> None:
    os.truncate(folder / "manifest.json", 20)


def remove_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def remove_all(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (remove_store, "result.zarr is missing"),
        (cut_chunk, "cut off, missing or changed"),
        (remove_chunk, "cut off, missing or changed"),
        (cut_manifest, "manifest.json is cut off"),
        (remove_manifest, "holds no finished run"),
        (remove_all, "is not a folder"),
    ],
)
def test_a_damaged_result_is_not_opened(
    tmp_path: Path, harm: Callable[[Path], None], sentence: str
) -> None:
    results.result().save(tmp_path / "out")
    harm(tmp_path / "out")
    with pytest.raises(OutputError, match=sentence):
        Result.open(tmp_path / "out")


@pytest.mark.parametrize("harm", [cut_manifest, remove_manifest])
def test_a_damaged_result_is_replaced_only_by_force(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    results.result().save(tmp_path)
    harm(tmp_path)
    with pytest.raises(OutputError, match=r"did not finish, or was damaged.*--force"):
        results.result().save(tmp_path)
    results.result().save(tmp_path, force=True)
    assert Result.open(tmp_path).to_xarray().attrs["seed"] == 7


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="out is a file"):
        check_folder(tmp_path / "out" / "run", IDENTITY)


def test_a_folder_that_may_not_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="may not be written"):
        results.result().save(tmp_path)


def test_a_full_disk_is_noticed_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free=1_000_000))
    with pytest.raises(OutputError, match=r"about 8\.0 MB, and .* 1\.0 MB free"):
        results.result().save(tmp_path / "out")
    assert listing(tmp_path) == []


def test_the_room_asked_for_is_enough(tmp_path: Path) -> None:
    results.result().save(tmp_path)
    used = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert used < needed_bytes(results.dataset())


def test_checking_a_folder_writes_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b", IDENTITY, needed=1000)
    assert listing(tmp_path) == []
