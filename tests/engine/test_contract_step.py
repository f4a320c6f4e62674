"""What a whole step keeps to: one trace, its precision, and a derivative."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.engine import State, StepInfo, System, initial_state, step
from tests.reference.small_systems import small_system

from .fast_twin import fast_twin
from .systems import single
from .test_contract import PATHS, draws


@pytest.mark.parametrize("wide", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_step_keeps_its_precision_its_trace_and_its_derivative(wide: bool) -> None:
    """Forward: a loop over groups has no reverse mode."""
    traces = 0

    def move(system: System, state: State, volatility: jax.Array) -> StepInfo:
        nonlocal traces
        traces += 1
        scaled = eqx.tree_at(
            lambda at: at.prices.scale, system, system.prices.scale * volatility
        )
        return step(scaled, state, draw=draws())[1]

    @eqx.filter_jit
    def tangent(system: System, state: State, at: jax.Array) -> tuple[Any, Any]:
        return jax.jvp(lambda x: move(system, state, x), (at,), (jnp.ones_like(at),))

    with jax.enable_x64(True):
        system = fast_twin(small_system(1, accounts=6))
        host = jax.tree.map(np.asarray, system)
    with jax.enable_x64(wide):
        system = jax.tree.map(jnp.asarray, host) if wide else single(host)
        state = initial_state(system, PATHS)
        info, slopes = tangent(system, state, jnp.ones_like(system.dt))
        tangent(system, state, 1.1 * jnp.ones_like(system.dt))
    assert traces == 1
    assert info.price.dtype == (np.float64 if wide else np.float32)
    for leaf in jax.tree.leaves(slopes):
        if leaf.dtype != jax.dtypes.float0:
            assert np.isfinite(leaf).all()
    assert np.any(np.asarray(slopes.price) != 0)
