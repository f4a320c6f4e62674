"""`jaxrisk run`: what it leaves, what it refuses, and what it then says."""

import errno
import json
from pathlib import Path

import pytest
from typer.testing import Result

from .conftest import MINIMAL, TINY, Jaxrisk


Finished = tuple[Path, Result]


def _under(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_leaves_five_things_and_prints_the_summary(finished: Finished) -> None:
    folder, said = finished
    assert said.exit_code == 0, said.stderr
    files = ["manifest.json", "report.html", "report.pdf", "result.zarr"]
    assert _under(folder) == [*files, "summary.json"]
    assert "bad debt" in said.stdout
    assert "±" in said.stdout
    assert str(folder) in said.stderr


def test_the_manifest_holds_what_was_set(finished: Finished) -> None:
    manifest = json.loads((finished[0] / "manifest.json").read_text())
    assert manifest["overrides"] == {
        "horizon_days": "0.25",
        "assets.WETH.volatility": "10",
        "run.paths": "64",
    }
    assert manifest["config"]["run"]["paths"] == 64


def test_all_mistakes_of_a_config_are_said_at_once(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    faults = ("--set", "oracle.deviaton=1", "--set", "keeper.gas_usd=-1")
    said = jaxrisk("run", MINIMAL, *faults, "--out", str(out))
    assert said.exit_code == 2
    assert "did you mean deviation" in said.stderr
    assert "keeper.gas_usd" in said.stderr
    assert said.stdout == ""
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--paths", "0"), "--paths"),
        (("--paths", "many"), "--paths"),
        (("--seed", "-1"), "--seed"),
        (("--seed", str(2**64)), "--seed"),
        (("--set", "horizon_days"), "path=value"),
        (("--sead", "1"), "--sead"),
    ],
)
def test_a_wrong_option_is_named(
    jaxrisk: Jaxrisk, words: tuple[str, ...], named: str
) -> None:
    said = jaxrisk("run", MINIMAL, *words)
    assert said.exit_code == 2
    assert named in said.stderr
    assert "Traceback" not in said.stderr


def test_a_config_that_is_not_there_is_named(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("run", "nowhere.yaml")
    assert said.exit_code == 2
    assert "nowhere.yaml" in said.stderr


def test_another_run_is_not_replaced_unasked(
    jaxrisk: Jaxrisk, finished: Finished
) -> None:
    before = (finished[0] / "manifest.json").read_bytes()
    said = jaxrisk("run", *TINY, "--seed", "2", "--out", str(finished[0]))
    assert said.exit_code == 2
    assert "--force" in said.stderr
    assert (finished[0] / "manifest.json").read_bytes() == before


def test_a_file_in_the_place_of_the_folder_is_refused_before_the_run(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("mine")
    said = jaxrisk("run", *TINY, "--out", str(tmp_path / "out" / "deep"))
    assert said.exit_code == 2
    assert "is a file" in said.stderr
    assert (tmp_path / "out").read_text() == "mine"


def test_a_dry_run_predicts_and_writes_nothing(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    said = jaxrisk("run", *TINY, "--dry-run", "--no-report", "--out", out)
    assert said.exit_code == 0, said.stderr
    for word in ("memory", "time", "disk", "paths/s"):
        assert word in said.stdout
    assert _under(tmp_path) == []


@pytest.mark.parametrize(
    ("failure", "code", "word"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 2, "No space left"),
        (RuntimeError("no ink"), 1, "no ink"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_a_report_that_fails_does_not_lose_the_result(
    jaxrisk: Jaxrisk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    code: int,
    word: str,
) -> None:
    def fails(_: object, folder: Path) -> None:
        (folder / "report.html").write_text("half a")
        raise failure

    monkeypatch.setattr("jaxrisk.report.write_report", fails)
    said = jaxrisk("run", *TINY, "--out", str(tmp_path / "out"))
    assert said.exit_code == code
    assert word in said.stderr
    assert "jaxrisk report" in said.stderr
    assert "Traceback" not in said.stderr
    files = ["manifest.json", "result.zarr", "summary.json"]
    assert _under(tmp_path / "out") == files


@pytest.mark.parametrize(
    ("failure", "code", "word"),
    [
        (RuntimeError("the device\nburns"), 1, "RuntimeError: the device burns."),
        (KeyboardInterrupt(), 130, "Nothing was written"),
    ],
)
def test_a_run_that_ends_early_leaves_nothing(
    jaxrisk: Jaxrisk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    code: int,
    word: str,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("jaxrisk.run.simulate", fails)
    said = jaxrisk("run", *TINY, "--out", str(tmp_path / "out"))
    assert said.exit_code == code
    assert word in said.stderr
    assert _under(tmp_path) == []


def test_a_toxic_reserve_is_warned_of(jaxrisk: Jaxrisk, tmp_path: Path) -> None:
    toxic = "markets.aave_v3.reserves.WETH.liquidation_threshold=0.97"
    words = ("--dry-run", "--no-report", "--out", str(tmp_path / "out"))
    said = jaxrisk("run", *TINY, "--set", toxic, *words)
    assert said.exit_code == 0, said.stderr
    assert said.stderr.count("warning: ") == 1
    assert "toxic" in said.stderr
