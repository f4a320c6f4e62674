"""`jaxrisk sensitivities`."""

from pathlib import Path

import pytest

from .conftest import TINY, Jaxrisk


WRT = ("--wrt", "markets.aave_v3.reserves.WETH.liquidation_threshold")


def test_a_table_on_stdout_and_a_store_on_disk(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    store = tmp_path / "found.zarr"
    said = jaxrisk("sensitivities", *TINY, *WRT, "--of", "mean", "--out", str(store))
    assert said.exit_code == 0, said.stderr
    assert "mean: expected bad debt" in said.stdout
    assert "+1 pp of aave_v3.WETH.liquidation_threshold" in said.stdout
    assert (store / "zarr.json").is_file()
    again = jaxrisk("sensitivities", *TINY, *WRT, "--out", str(store))
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert not again.stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--of", "mena"), "there is no measure mena"),
        (("--wrt", "rounds"), "has no derivative"),
        (("--width", "2"), "between 0 and 1"),
        (("--out", "/nowhere/at/all.zarr"), "does not exist"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(
    jaxrisk: Jaxrisk, words: tuple[str, ...], reason: str
) -> None:
    said = jaxrisk("sensitivities", *TINY, *words)
    assert said.exit_code == 2
    assert reason in said.stderr
    assert not said.stdout
