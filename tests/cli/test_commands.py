"""Help, schema, validation, cache: the commands that run no config."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jaxrisk.cli._backend import cache_folder
from jaxrisk.validate import CASES, Case
from jaxrisk.validate._row import Check

from .conftest import Jaxrisk


HEAVY = ("jax", "numpy", "pydantic", "xarray", "matplotlib")
COMMANDS = (
    *("run", "report", "replay", "sensitivities", "attribution", "profile"),
    *("stress", "validate", "schema"),
    *("book compress", "data check"),
)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import atexit, sys\n"
        f"heavy = {HEAVY}\n"
        "atexit.register(lambda: print([m for m in heavy if m in sys.modules]))\n"
        "from jaxrisk.cli import main; sys.argv[1:] = ['--help']; main()\n"
    )
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        times.append(time.perf_counter() - begun)
        assert done.stdout.splitlines()[-1] == "[]"
    # It takes 0.15 s; the margin is for a busy machine.
    assert min(times) < 1.0


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_shows_an_example(jaxrisk: Jaxrisk, command: str) -> None:
    said = jaxrisk(*command.split(), "--help")
    assert said.exit_code == 0
    assert f"Example: jaxrisk {command}" in said.stdout


def test_the_schema_is_json_and_names_the_settings(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("schema")
    assert said.exit_code == 0
    assert {"assets", "markets", "book"} <= set(json.loads(said.stdout)["properties"])


def _check(measured: float) -> Case:
    def run() -> Iterator[Check]:
        yield Check("one [1]", expected=1.0, measured=measured, tolerance=0.1)

    return Case("a number that is known", run)


@pytest.mark.parametrize(("measured", "code"), [(1.0, 0), (2.0, 1)])
def test_validation_fails_iff_a_row_does(
    jaxrisk: Jaxrisk, monkeypatch: pytest.MonkeyPatch, measured: float, code: int
) -> None:
    monkeypatch.setitem(CASES, "V14", _check(measured))
    said = jaxrisk("validate", "v14")
    assert said.exit_code == code
    assert "V14" in said.stdout


def test_validation_as_json_has_a_record_a_row(
    jaxrisk: Jaxrisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CASES, "V14", _check(2.0))
    said = jaxrisk("validate", "V14", "--json")
    (record,) = json.loads(said.stdout)
    assert (record["case"], record["verdict"]) == ("V14", "fail")


def test_an_unknown_case_is_a_mistake_that_names_the_nearest(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("validate", "V1", "V241")
    assert said.exit_code == 2
    assert "did you mean V24" in said.stderr


def test_the_cases_can_be_listed_without_running_them(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("validate", "--list")
    assert said.exit_code == 0
    assert [line.split()[0] for line in said.stdout.splitlines()] == list(CASES)


def test_compilations_are_kept_in_the_cache_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAXRISK_NO_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "jaxrisk" / "xla"
    monkeypatch.setenv("JAXRISK_NO_CACHE", "1")
    assert cache_folder() is None


def test_a_cache_that_cannot_be_made_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("JAXRISK_NO_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cache_folder() is None
