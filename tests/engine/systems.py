"""Small systems with every mechanism on, in either precision."""

from typing import Any

import jax
import numpy as np

from jaxrisk.engine import Layout, Outcome, System, simulate
from tests.engine.fast_twin import fast_twin
from tests.reference.small_systems import small_system


def single(system: System) -> System:
    """The system with every number in float32."""

    def narrow(leaf: jax.Array) -> np.ndarray:
        values = np.asarray(leaf)
        return values.astype(np.float32) if values.dtype == np.float64 else values

    return jax.tree.map(jax.numpy.asarray, jax.tree.map(narrow, system))


def build(*, accounts: int = 20, rounds: int = 3, **parts: Any) -> System:  # noqa: ANN401
    """Accounts near liquidation, in float32; for `parts` see `small_system`."""
    with jax.enable_x64(True):
        system = fast_twin(
            small_system(
                1,
                accounts=accounts,
                steps=6,
                rounds=rounds,
                **parts,
            )
        )
        host = jax.tree.map(np.asarray, system)
    return single(host)


def whole(
    system: System, *, paths: int, block: int, launch: int, devices: int = 1
) -> Outcome:
    """All outcomes of a run in one piece."""
    parts = simulate(
        system,
        paths=paths,
        seed=1,
        layout=Layout(block=block, launch=launch),
        devices=jax.local_devices()[:devices],
    )
    return joined(list(parts))


def joined(parts: list[Outcome]) -> Outcome:
    """Outcomes side by side."""
    return jax.tree.map(lambda *leaves: np.concatenate(leaves, axis=-1), *parts)


def differences(one: Outcome, other: Outcome) -> dict[str, int]:
    """How many numbers of each outcome differ in any bit."""
    found = {}
    for name in vars(one):
        left, right = np.asarray(getattr(one, name)), np.asarray(getattr(other, name))
        apart = left.view(np.uint32) != right.view(np.uint32)
        if apart.any():
            found[name] = int(apart.sum())
    return found
