"""`jaxrisk sweep` and `jaxrisk sweep-report`."""

import json
from pathlib import Path

import pytest
from sweep.designs import THRESHOLD, written

from .conftest import Jaxrisk


SMALL = f"""
name: small
base: base.yaml
paths: 64
vary:
  kind: grid
  fields: {{{THRESHOLD}: [0.80, 0.82, 0.86]}}
"""


def test_a_sweep_from_its_dry_run_to_its_report(
    jaxrisk: Jaxrisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path, SMALL)
    words = ("sweep", str(file))

    said = jaxrisk(*words, "--dry-run", "--device-hour-price", "4")
    assert said.exit_code == 0, said.stderr
    assert "3 settings, of which 1 cannot be, 64 paths each" in said.stdout
    assert "groups  1, each compiled once" in said.stdout
    for row in ("time", "memory", "disk", "price", "device hours at 4.00"):
        assert row in said.stdout
    assert not (tmp_path / "out").exists()

    said = jaxrisk(*words, "--log-json")
    # At 0.80 the loan-to-value of 0.805 is above the threshold.
    assert said.exit_code == 3
    assert "small: 3 settings x 64 paths, seed 1; 2 done, 1 failed" in said.stdout
    events = [json.loads(line) for line in said.stderr.splitlines()]
    warned = [each["message"] for each in events if each["event"] == "warning"]
    assert "1 of 3 settings cannot be" in warned[0]
    assert "1 of 3 settings failed, the first with: minimal: markets" in warned[-1]
    last = [each for each in events if each["event"] == "progress"][-1]
    assert (last["done"], last["total"], last["failed"]) == (3, 3, 1)
    assert last["scenarios_per_second"] > 0
    assert last["paths_per_second"] > 0
    assert last["seconds_left"] == 0

    said = jaxrisk(*words)
    assert said.exit_code == 3
    assert "3 settings, 0 new" in said.stderr
    assert "progress" not in said.stderr

    said = jaxrisk("sweep-report", "out/small.zarr")
    assert said.exit_code == 0, said.stderr
    page = (tmp_path / "out" / "small-report" / "sweep.html").read_text("utf-8")
    assert "1 settings failed" in page
    assert (tmp_path / "out" / "small-report" / "sweep.pdf").stat().st_size > 10_000

    other = written(tmp_path, SMALL.replace("0.86", "0.87"))
    said = jaxrisk("sweep", str(other))
    assert said.exit_code == 2
    assert "holds another sweep" in said.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--workers", "many"), "--workers many: give local, gpu or slurm"),
        (("--workers", "gpu"), "--workers gpu: no GPU was found"),
        (("--out", "base.yaml"), "zarr.json"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(
    jaxrisk: Jaxrisk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    reason: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    said = jaxrisk("sweep", str(written(tmp_path, SMALL)), *words)
    assert said.exit_code == 2
    assert reason in said.stderr
    assert not said.stdout


def test_a_faulty_file_is_told_with_its_place(jaxrisk: Jaxrisk, tmp_path: Path) -> None:
    file = written(tmp_path, SMALL.replace("grid", "gird"))
    said = jaxrisk("sweep", str(file))
    assert said.exit_code == 2
    assert "sweep.yaml:6:9: vary.kind" in said.stderr
    assert "did you mean grid?" in said.stderr


def test_a_report_of_nothing_is_refused(jaxrisk: Jaxrisk, tmp_path: Path) -> None:
    said = jaxrisk("sweep-report", str(tmp_path))
    assert said.exit_code == 2
    assert "no store of a sweep" in said.stderr
