"""A small run through the command line, made once."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from jaxrisk.cli._app import app


MINIMAL = str(Path(__file__).resolve().parents[2] / "configs" / "minimal.yaml")
# Six hours in which ETH moves enough for liquidations and bad debt.
TINY = (
    MINIMAL,
    *("--paths", "64"),
    *("--set", "horizon_days=0.25"),
    *("--set", "assets.WETH.volatility=10"),
)
Jaxrisk = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep compilations of tests out of the user's cache."""
    monkeypatch.setenv("JAXRISK_NO_CACHE", "1")


def _invoke(*words: str) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def jaxrisk() -> Jaxrisk:
    """Run a command in this process."""
    return _invoke


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The folder of a tiny run, and what the command said."""
    folder = tmp_path_factory.mktemp("run") / "tiny"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAXRISK_NO_CACHE", "1")
        said = _invoke("run", *TINY, "--out", str(folder))
    return folder, said


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Start a command in a process of its own."""

    def popen(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "jaxrisk", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "JAXRISK_NO_CACHE": "1"},
        )

    return popen
