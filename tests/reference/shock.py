"""Phase 1: chance and absorption move prices."""

import math

import numpy as np

from .draws import Draws, jump_size
from .network import fail
from .state import State
from .system import ReferenceSystem, Vector


CALM, STRESS = 0, 1


def shock(system: ReferenceSystem, state: State, draws: Draws) -> None:
    """Time passes: venues absorb, the regime may switch, every asset moves."""
    state.step += 1
    absorb_inventory(system, state)
    switch_regime(system, state, draws)
    move_assets(system, state, draws)
    fail(system, state, draws)


def absorb_inventory(system: ReferenceSystem, state: State) -> None:
    """Let what was sold into the venues leave them again."""
    for a, asset in enumerate(system.assets):
        state.inventory[a] *= math.exp(-asset.resilience * system.dt)


def switch_regime(system: ReferenceSystem, state: State, draws: Draws) -> None:
    """Enter or leave stress, exactly as the two-state chain does over a step."""
    if len(system.cholesky) == 1:
        return
    both = system.enter_stress + system.leave_stress
    mixed = -math.expm1(-both * system.dt) / both if both > 0.0 else 0.0
    if state.regime == CALM and draws.regime < system.enter_stress * mixed:
        state.regime = STRESS
    elif state.regime == STRESS and draws.regime < system.leave_stress * mixed:
        state.regime = CALM


def innovations(system: ReferenceSystem, state: State, draws: Draws) -> Vector:
    """Correlated innovations, at the scale of the regime [asset]."""
    cholesky = system.cholesky[state.regime]
    assets = len(system.assets)
    correlated = np.zeros(assets)
    for a in range(assets):
        for b in range(a + 1):
            correlated[a] += cholesky[a, b] * draws.normals[b]
        scale = system.assets[a].scale[state.regime]
        correlated[a] *= system.innovation(draws.mixing, scale)
    return correlated


def move_assets(system: ReferenceSystem, state: State, draws: Draws) -> None:
    """Diffuse, jump, revert to the peg, and stop at the floor."""
    z = innovations(system, state, draws)
    jumps = [
        jump_size(source, system.dt, draws.jump_uniforms[s], draws.jump_normals[s])
        for s, source in enumerate(system.jumps)
    ]
    for a, asset in enumerate(system.assets):
        moved = asset.decay * state.x[a] + z[a]
        moved -= asset.compensation[state.regime]
        for jump, source in zip(jumps, system.jumps, strict=True):
            moved += source.loading[a] * jump
        state.x[a] = max(moved, asset.floor)
