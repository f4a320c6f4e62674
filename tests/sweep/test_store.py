"""Stores: resumed to the last bit, damage is noticed, and refusals are sentences."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from jaxrisk.output import OutputError
from jaxrisk.sweep import Swept, dataset_of, opened, plan_of, sweep
from jaxrisk.sweep._identity import store_of
from jaxrisk.sweep._store import MARK
from jaxrisk.sweep._task import Done

from .designs import BASE, GRID, THRESHOLD, written


def _swept(file: Path, folder: Path) -> tuple[Swept, list[Done]]:
    done: list[Done] = []
    store, _ = opened(plan_of(file), folder)
    return sweep(store, heard=done.append), done


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("design"))


@pytest.fixture(scope="module")
def whole(design: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished store, not to be changed."""
    folder = tmp_path_factory.mktemp("whole") / "grid.zarr"
    found, done = _swept(design, folder)
    assert (found.settings, found.failed, found.computed) == (9, 0, 9)
    assert [each.settings for each in done] == [2, 1] * 3
    return folder


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy.zarr"))


def test_a_full_grid_has_its_fields_as_dimensions(whole: Path) -> None:
    with xr.open_zarr(whole, consolidated=False) as found:
        dims = ("liquidation_threshold", "depth_usd", "scope", "level")
        assert found["bad_debt_es"].dims == dims
        assert found["depth_usd"].values.tolist() == [1e6, 1e7, 1e8]
        assert found["depth_usd"].attrs["units"] == "USD"
        assert "venues.WETH.depth_usd" in found["depth_usd"].attrs["long_name"]
        assert (found["state"] == 1).all()
        one = found.sel(liquidation_threshold=0.85, depth_usd=1e6, scope="total")
        assert float(one["liquidated_mean"]) > 0
        assert float(one["liquidated_mean_difference_se"]) > 0
        assert all(
            variable.attrs.get("long_name") and variable.attrs.get("units")
            for variable in found.variables.values()
        )
        assert json.loads(found.attrs["config"])["name"] == "minimal"
        assert found.sizes["task"] == 6


def test_the_same_again_computes_nothing_and_a_lost_task_alone(
    design: Path, whole: Path, copy: Path
) -> None:
    before = _files(whole)
    assert _swept(design, copy)[0].computed == 0
    shutil.rmtree(copy / MARK / "c" / "3")
    found, done = _swept(design, copy)
    assert [each.task for each in done] == [3]
    assert found.computed == 1
    assert _files(copy) == before


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "cut mark"])
def test_a_damaged_chunk_is_noticed_and_computed_again(
    design: Path, whole: Path, copy: Path, damage: str
) -> None:
    chunk = copy / "bad_debt_es" / "c" / "2" / "0" / "0" / "0"
    (chunk.parent / "0.half.partial").write_bytes(b"left by a killed process")
    if damage == "cut":
        os.truncate(chunk, 10)
        with xr.open_zarr(copy, consolidated=False) as found:
            with pytest.raises(Exception, match=r".+"):
                found["bad_debt_es"].values  # noqa: B018
            assert np.isfinite(found["bad_debt_es"][0].values).all()
    elif damage == "changed":
        content = bytearray(chunk.read_bytes())
        content[len(content) // 2] ^= 1
        chunk.write_bytes(content)
    elif damage == "missing":
        chunk.unlink()
    else:
        os.truncate(copy / MARK / "c" / "4" / "0", 16)
    found, done = _swept(design, copy)
    assert [each.task for each in done] == [4]
    assert _files(copy) == _files(whole)


def test_a_failed_setting_is_stored_with_its_error_and_the_rest_go_on(
    tmp_path: Path,
) -> None:
    # At 0.80 the loan-to-value of 0.805 is above the threshold.
    zipped = f"{{kind: zip, fields: {{{THRESHOLD}: [0.80, 0.83]}}}}"
    text = f"base: base.yaml\npaths: 64\nvary: {zipped}"
    file = written(tmp_path, text)
    found, _ = _swept(file, tmp_path / "some.zarr")
    assert (found.settings, found.failed) == (2, 1)
    assert "loan_to_value" in found.error
    assert "lower loan_to_value" in found.error
    with xr.open_zarr(found.folder, consolidated=False) as dataset:
        assert dataset["state"].values.tolist() == [2, 1]
        assert str(dataset["error"].values[1]) == ""
        assert "exceeds" in str(dataset["error"].values[0])
        means = dataset["liquidated_mean"].sel(scope="total").values
        assert np.isnan(means).tolist() == [True, False]
        assert dataset["liquidation_threshold"].dims == ("scenario",)
    again, _ = _swept(file, found.folder)
    assert (again.computed, again.failed) == (0, 1)


@pytest.mark.slow
def test_settings_with_other_parts_stand_beside_each_other(tmp_path: Path) -> None:
    delayed = "{kind: delayed, delay_seconds: 3600}"
    oracles = f"[{{oracle: {{kind: instant}}}}, {{oracle: {delayed}}}]"
    text = f"base: base.yaml\npaths: 64\nvary: {{kind: list, settings: {oracles}}}"
    found, _ = _swept(written(tmp_path, text), tmp_path / "oracles.zarr")
    assert found.failed == 0
    with xr.open_zarr(found.folder, consolidated=False) as dataset:
        assert '"kind": "delayed"' in str(dataset["oracle"].values[1])
        assert np.isfinite(dataset["liquidated_mean_difference_se"].values).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("paths: 64", "paths: 128"), "paths was 64 and is 128"),
        (("0.85]", "0.86]"), f"columns.{THRESHOLD} was 9 values"),
        (("paths: 64", "paths: 64\nseed: 9"), "seed was 1 and is 9"),
    ],
)
def test_another_sweep_is_refused_and_what_changed_is_said(
    tmp_path: Path, copy: Path, change: tuple[str, str], said: str
) -> None:
    before = _files(copy)
    file = written(tmp_path, GRID.replace(*change))
    with pytest.raises(OutputError, match="holds another sweep") as error:
        _swept(file, copy)
    assert said in str(error.value)
    assert _files(copy) == before


def test_a_changed_config_is_refused_and_a_changed_description_is_not(
    tmp_path: Path, copy: Path
) -> None:
    told = written(tmp_path, base=f"{BASE}\ndescription: other words\n")
    assert _swept(told, copy)[0].computed == 0
    dearer = BASE.replace("{tiers: 1}", "{tiers: 1, gas_usd: 26}")
    other = written(tmp_path, base=dearer)
    with pytest.raises(OutputError, match=r"base.keeper.gas_usd was 25.0 and is 26.0"):
        _swept(other, copy)


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"jaxrisk_sweep": 99}, "is a store of version 99"),
        ({}, "not one of a sweep"),
        (
            {"jaxrisk_sweep": 1, "plan": "{}"},
            "what it holds: it has no axes",
        ),
    ],
)
def test_a_store_of_another_version_is_refused(
    design: Path, copy: Path, attributes: dict[str, object], said: str
) -> None:
    described = json.loads((copy / "zarr.json").read_text())
    described["attributes"] = attributes
    (copy / "zarr.json").write_text(json.dumps(described))
    with pytest.raises(OutputError, match=said):
        _swept(design, copy)


def test_other_versions_of_packages_are_refused(design: Path, copy: Path) -> None:
    described = json.loads((copy / "zarr.json").read_text())
    versions = json.loads(described["attributes"]["versions"]) | {"jax": "0.1"}
    described["attributes"]["versions"] = json.dumps(versions)
    (copy / "zarr.json").write_text(json.dumps(described))
    with pytest.raises(OutputError, match=r'versions.jax was "0.1" and is'):
        _swept(design, copy)


def test_a_place_that_is_no_store_is_refused(design: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(OutputError, match=r"no store of a sweep: it has no zarr.json"):
        _swept(design, folder)
    (folder / "zarr.json").write_text("{")
    with pytest.raises(OutputError, match="cannot be read"):
        _swept(design, folder)
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(OutputError, match=r"file/"):
        _swept(design, file / "x.zarr")


def test_a_disk_that_refuses_leaves_what_is_done_and_says_so(
    design: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for task in (1, 4):
        shutil.rmtree(copy / MARK / "c" / str(task))
    store, _ = opened(plan_of(design), copy)
    _full_after(monkeypatch, 30)
    with pytest.raises(OutputError, match="No space left on device") as error:
        sweep(store)
    assert "Make room" in str(error.value)
    assert store.done() == {0, 2, 3, 5}
    monkeypatch.undo()
    assert sweep(store).computed == 3


def _full_after(patch: pytest.MonkeyPatch, writes: int) -> None:
    """Let a disk be full after so many chunks."""
    import zarr.storage._local as local

    put: Callable[..., int] = local._put
    left = [writes]

    def full(*words: object, **more: object) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return put(*words, **more)

    patch.setattr(local, "_put", full)


def test_a_store_can_be_read_where_the_files_of_its_config_are_not(
    tmp_path: Path,
) -> None:
    design = written(tmp_path)
    head = "account,market,e_mode,reserve,side,amount"
    rows = ("ann,aave_v3,,WETH,collateral,10", "ann,aave_v3,,USDC,debt,15000")
    (tmp_path / "book.csv").write_text("\n".join([head, *rows, "# rows: 2", ""]))
    with (tmp_path / "base.yaml").open("a") as base:
        base.write("book: {file: book.csv, accounts: null}\n")
    store, _ = opened(plan_of(design), tmp_path / "moved.zarr")
    assert sweep(store).failed == 0
    (tmp_path / "book.csv").unlink()
    assert (dataset_of(store.folder)["state"] == 1).all()


def test_a_disk_that_cannot_be_written_is_refused_with_a_sentence(
    design: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match="failed \\(Read-only file system\\)"):
        opened(plan_of(design), tmp_path / "new" / "x.zarr")
    assert not (tmp_path / "new").exists()


def test_a_task_is_done_only_with_its_mark(copy: Path) -> None:
    store = store_of(copy)
    assert store.done() == set(range(6))
    shutil.rmtree(copy / MARK / "c" / "0")
    assert store.done() == set(range(1, 6))
