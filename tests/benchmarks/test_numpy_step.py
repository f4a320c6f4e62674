"""The NumPy step that the benchmark compares with is the engine's step."""

import sys
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxrisk
from jaxrisk._random import Draw, seed_words
from jaxrisk.engine import simulate
from jaxrisk.run import prepare


REPOSITORY = Path(__file__).resolve().parents[2]
PATHS, SEED = 64, 3
CRASHES = (
    "book.cohorts=64",
    "book.cohort_health=mean",
    "horizon_days=2",
    "engine.precision=float64",
    "market_model.common_jumps.intensity=100",
    "market_model.common_jumps.mean=-0.2",
)
KEEPERS = {
    "rich": ("keeper.capital_usd=1e10",),
    # Without gas: what is left of spent capital is rounding, and may pay for a dust of
    # a liquidation or for none, whose gas would differ.
    "poor": ("keeper.capital_usd=2e6", "keeper.gas_usd=0"),
}


@pytest.mark.parametrize("keeper", KEEPERS)
def test_numpy_step_agrees_with_the_engine_on_the_same_draws(
    keeper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_only = keeper == "rich"
    shipped = REPOSITORY / "configs" / "aave_v3_ethereum.yaml"
    config = jaxrisk.load(shipped, (*CRASHES, *KEEPERS[keeper]))
    monkeypatch.syspath_prepend(REPOSITORY / "benchmarks")
    sys.modules.pop("numpy_step", None)
    from numpy_step import NumpySteps  # pyright: ignore[reportMissingImports]

    with jax.enable_x64(True):
        system = prepare(config).system
        (expected,) = simulate(
            system, paths=PATHS, seed=SEED, devices=jax.local_devices()[:1]
        )
        steps = NumpySteps(system, np.dtype(np.float64), busy_only=busy_only)
        at = steps.start(PATHS)
        words, path = seed_words(SEED), jnp.arange(PATHS, dtype=jnp.uint32)
        draw_of = eqx.Partial(Draw, words, path)
        for index in range(config.steps):
            steps.step(at, draw_of(jnp.uint32(index)), index)
    measured = steps.outcome(at)
    assert expected.realized.sum() > 0
    assert expected.unrealized.sum() > 0
    for name, values in measured.items():
        wanted = getattr(expected, name)
        scale = np.abs(wanted).max(initial=1)
        np.testing.assert_allclose(values, wanted, rtol=1e-9, atol=1e-9 * scale)
