"""How many paths a launch has, on devices that are not here."""

from types import SimpleNamespace

import pytest

from jaxrisk.engine import Layout
from jaxrisk.engine._layout import UNIT


def accelerator(gigabytes: float | None) -> SimpleNamespace:
    """A GPU that lets JAX have so much; `None`: one that does not say."""
    stats = None if gigabytes is None else {"bytes_limit": int(gigabytes * 1e9)}
    return SimpleNamespace(platform="gpu", memory_stats=lambda: stats)


@pytest.mark.parametrize("accounts", [1, 8, 64, 385, 1000])
@pytest.mark.parametrize("paths", [200_000, 500_000, 1_000_000, 10**8])
def test_a_large_accelerator_gets_200_000_paths_a_launch(
    accounts: int, paths: int
) -> None:
    layout = Layout.fitting(paths, accounts, [accelerator(100)])
    assert layout.launch == layout.block
    assert layout.launch >= 200_000


@pytest.mark.parametrize("gigabytes", [6, 18, 60, 100, None])
@pytest.mark.parametrize("accounts", [8, 385, 5000, 29_000])
def test_a_launch_fits_a_third_of_the_memory(
    accounts: int, gigabytes: float | None
) -> None:
    layout = Layout.fitting(10**8, accounts, [accelerator(gigabytes)])
    needed = layout.block * (8192 + 80 * accounts)
    assert layout.block >= UNIT
    assert needed <= (gigabytes or 8.6) * 1e9 / 3


@pytest.mark.parametrize("devices", [1, 2, 8])
def test_the_last_launch_is_about_as_full_as_the_others(devices: int) -> None:
    """No more than a unit a launch and device is filled up."""
    for paths in (1000, 300_000, 530_000, 1_000_000, 1_050_000):
        layout = Layout.fitting(paths, 8, [accelerator(100)] * devices)
        launches = -(-paths // layout.launch)
        assert launches * layout.launch - paths < UNIT * devices * launches


def test_paths_are_spread_over_the_accelerators() -> None:
    layout = Layout.fitting(1_000_000, 8, [accelerator(100)] * 4)
    assert layout.launch == 4 * layout.block
    assert layout.block == 250_048


@pytest.mark.parametrize("paths", [1, 10_000, 16_384, 20_000, 100_000])
def test_launches_are_equal_and_hardly_filled_up(paths: int) -> None:
    """At most a block a worker and launch is computed for nothing."""
    places = [SimpleNamespace(platform="cpu")] * 2
    layout = Layout.fitting(paths, 385, places)
    launches = -(-paths // layout.launch)
    spare = launches * layout.launch - paths
    assert 0 <= spare < launches * layout.block * len(places)
