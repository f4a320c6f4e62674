"""A path's numbers do not depend on who is simulated beside it, nor where."""

import functools
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._status import Status
from jaxrisk.engine import Layout, Outcome, System, record, revisit
from tests.engine.systems import build, differences, joined, whole
from tests.engine.variants import EVERYTHING


PATHS = 256
IDS = np.array([3, 61, 5, 240, 3, 117, 0])


@functools.cache
def system() -> System:
    """Late keepers who read a heartbeat oracle."""
    return build(oracle="heartbeat", latency=1)


@functools.cache
def plain_run() -> Outcome:
    """What every other run is compared with."""
    return whole(system(), paths=PATHS, block=64, launch=128)


def test_the_run_compared_with_has_liquidations_and_losses() -> None:
    run = plain_run()
    assert (run.repaid.sum(axis=0) > 0).mean() > 0.5
    assert (run.realized.sum(axis=0) > 0).sum() > 5
    assert (run.status != Status.PRICE_NOT_FINITE).all()


def test_a_rerun_is_equal_to_the_last_bit() -> None:
    assert not differences(
        plain_run(), whole(system(), paths=PATHS, block=64, launch=128)
    )


@pytest.mark.parametrize("block", [128, pytest.param(256, marks=pytest.mark.slow)])
def test_the_size_of_a_block_changes_nothing(block: int) -> None:
    run = whole(system(), paths=PATHS, block=block, launch=256)
    assert not differences(plain_run(), run)


@pytest.mark.slow
def test_with_everything_on_a_path_does_not_depend_on_its_block() -> None:
    """A default, a payout or a redemption of one path is nothing to the others."""
    everything = build(accounts=10, **EVERYTHING)
    small, large = (
        whole(everything, paths=PATHS, block=block, launch=256) for block in (64, 256)
    )
    for name in ("realized", "repaid", "defaulted", "unwound"):
        happens = np.asarray(getattr(small, name)).sum(axis=0) > 0
        assert 0 < happens.sum() < PATHS, name
    for name in ("redeemed", "withdrawn"):
        assert np.asarray(getattr(small, name)).sum() > 0, name
    assert not differences(small, large)


@pytest.mark.parametrize("launch", [64, pytest.param(256, marks=pytest.mark.slow)])
def test_the_size_of_a_launch_changes_nothing(launch: int) -> None:
    """One block a launch, a last launch in part, all in one."""
    run = whole(system(), paths=200, block=64, launch=launch)
    expected = jax.tree.map(lambda leaf: leaf[..., :200], plain_run())
    assert not differences(expected, run)


@pytest.mark.parametrize("devices", [2, 4])
def test_the_number_of_devices_changes_nothing(devices: int) -> None:
    run = whole(system(), paths=PATHS, block=64, launch=64 * devices, devices=devices)
    assert not differences(plain_run(), run)


@pytest.mark.slow
def test_eight_devices_change_nothing(tmp_path: Path) -> None:
    """In a process of its own: every other test would compile for all eight."""
    words = ("8", "512", str(tmp_path / "eight.npz"))
    subprocess.run(
        [sys.executable, "-m", "tests.engine.on_devices", *words],
        cwd=Path(__file__).resolve().parents[2],
        check=True,
    )
    with np.load(words[-1]) as saved:
        eight = Outcome(**{name: jnp.asarray(saved[name]) for name in saved})
    run = whole(system(), paths=512, block=64, launch=128)
    assert not differences(run, eight)


def test_revisited_paths_are_those_of_the_run() -> None:
    """In any order, and a path twice."""
    parts = revisit(
        system(),
        path=IDS,
        seed=1,
        layout=Layout(block=64, launch=128),
        devices=jax.local_devices()[:1],
    )
    expected = jax.tree.map(lambda leaf: leaf[..., IDS], plain_run())
    assert not differences(expected, joined(list(parts)))


@pytest.mark.parametrize("path", [3, 240])
def test_a_path_alone_is_the_path_of_the_run(path: int) -> None:
    parts = revisit(
        system(),
        path=np.array([path]),
        seed=1,
        layout=Layout(block=64, launch=128),
        devices=jax.local_devices()[:1],
    )
    expected = jax.tree.map(lambda leaf: leaf[..., [path]], plain_run())
    assert not differences(expected, joined(list(parts)))


@pytest.mark.slow
def test_paths_in_the_block_of_an_accelerator_are_those_of_the_run() -> None:
    """To rounding: there thousands of busy paths go together, in other programs."""
    run = whole(system(), paths=8192, block=8192, launch=8192)
    for name, wanted in vars(plain_run()).items():
        found = getattr(run, name)[..., :PATHS]
        scale = np.abs(wanted).max(initial=0.0)
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=2e-5 * scale)


def test_recorded_paths_are_those_of_the_run() -> None:
    """To rounding: a program of its own, in which XLA fuses other sums."""
    told = record(system(), seed=1, paths=IDS)
    run = jax.tree.map(lambda leaf: leaf[..., IDS], plain_run())
    info = told.info
    close = functools.partial(np.testing.assert_allclose, rtol=2e-4, atol=1.0)
    close(info.realized.sum(axis=0), run.realized)
    close(info.seized.sum(axis=0), run.seized)
    close(info.repaid.sum(axis=(0, 1)), run.repaid.sum(axis=0))
    close(info.price[-1], run.final_price, atol=0)
    total = run.unrealized.sum(axis=0)
    still_open = np.where(told.kept > 0, told.bad_debt, 0).sum(axis=0)
    close(still_open, total)


@pytest.mark.parametrize(("block", "launch"), [(16, 64), (0, 64), (96, 192), (64, 96)])
def test_a_layout_that_would_change_the_numbers_is_refused(
    block: int, launch: int
) -> None:
    with pytest.raises(ValueError, match="give a multiple"):
        Layout(block=block, launch=launch)
