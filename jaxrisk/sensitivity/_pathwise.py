r"""Slopes of the paths themselves: every parameter for the price of a few runs.

.. math:: \frac{d E[L]}{d\theta} \approx \frac1N \sum_i \frac{\partial L_i}{\partial S}
    \cdot \frac{dS}{d\theta}

with S the numbers of the system. The first factor is told backwards through all steps
(`engine._adjoint`), the second is a central difference of the builder, in float64. It
is the derivative of the mean where no path jumps; what triggers add it does not see.
Blocks of paths are the samples: one number a block, measure and parameter.
"""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float64

from ..config import Parameter
from ..engine import BLOCK, Split, System, slopes
from ._measures import Losses, Measure
from ._sample import Sample


Slopes = Float64[np.ndarray, "measure parameter block"]

Build = Callable[[Parameter, float], System]
"""The system with a parameter shifted, in float64."""

SHIFT = 1e-4
"""Of the builder's difference: it is smooth, and float64."""

SWITCHES = {
    ".oracle.deviation": "it only decides when an oracle publishes",
    ".oracle.heartbeat": "it only decides when an oracle publishes",
    ".latency.steps": "it only decides when keepers act",
    ".close_factor.full_below_health": "it only decides which close factor applies",
    ".close_factor.full_below_size": "it only decides which close factor applies",
    ".prices.regimes.enter": "it only decides when the regime changes",
    ".prices.regimes.leave": "it only decides when the regime changes",
    ".prices.jumps.distribution": "it only decides how many jumps there are",
}
"""Numbers that are compared and never computed with: paths jump where they act."""

INDICATOR = "an indicator has no slope along a path"


def obstacle(parameter: Parameter, build: Build) -> str | None:
    """Why a parameter has no slope along a path; None if it has one."""
    if parameter.whole_steps:
        return "it works in whole steps"
    moving = direction(parameter, build)
    if moving is None:
        return "it changes what the system is made of"
    for at, leaf in jax.tree_util.tree_leaves_with_path(moving):
        reason = SWITCHES.get(jax.tree_util.keystr(at))
        if reason and np.any(leaf):
            return reason
    return None


def has_slope(measure: Measure) -> bool:
    """Whether a measure is differentiable along a path."""
    return measure.name != "probability"


def direction(parameter: Parameter, build: Build) -> Any | None:  # noqa: ANN401
    """How the numbers of the system move with a parameter, in float64.

    None where shifted systems do not have the same numbers. What is infinite on both
    sides does not move.
    """
    down, up = (SHIFT if room > SHIFT else 0.0 for room in parameter.room)
    low, high = build(parameter, -down), build(parameter, up)
    if jax.tree.structure(low) != jax.tree.structure(high):
        return None

    def difference(before: jax.Array, after: jax.Array) -> np.ndarray:
        one, other = np.asarray(before), np.asarray(after)
        if one.dtype.kind != "f" or np.array_equal(one, other):
            return np.zeros(one.shape)
        return np.asarray((other - one) / (down + up))

    return jax.tree.map(difference, low, high)


def along_paths(
    system: System,
    parameters: Sequence[Parameter],
    build: Build,
    sample: Sample,
    losses: Losses,
    *,
    heard: Callable[[int], None],
) -> Slopes:
    """Means over blocks of the slopes of every path.

    A measure costs a pass, and that only through blocks with a path that counts for it.
    NaN where a measure has no slope, and where a path of the block failed.

    Args:
        system: As things are.
        parameters: Those with a slope.
        build: From a shift to a system.
        sample: The paths and measures.
        losses: Of all paths, as things are.
        heard: Called with the number of passes times paths done.
    """
    blocks = sample.paths // BLOCK
    shape = (len(sample.measures), len(parameters), blocks)
    found, done = np.full(shape, np.nan), 0
    counted = losses.counted[: blocks * BLOCK].reshape(blocks, BLOCK).sum(axis=1)
    split, directions = moving(system, [direction(each, build) for each in parameters])

    def passed(bad_debt: np.ndarray, repaid: np.ndarray) -> np.ndarray:
        """Slopes of one weighted sum, by block; zero where nothing has a weight."""
        nonlocal done
        whole = np.zeros(shape[1:])
        some = ((bad_debt != 0) | (repaid != 0)).reshape(blocks, BLOCK).any(axis=1)
        place = np.flatnonzero(some)
        path = np.arange(blocks * BLOCK).reshape(blocks, BLOCK)[some].ravel()
        for part in slopes(
            split,
            directions,
            path=path,
            bad_debt=bad_debt[path],
            repaid=repaid[path],
            seed=sample.seed,
        ):
            here, place = place[: part.shape[1]], place[part.shape[1] :]
            whole[:, here] = part / np.maximum(counted[here], 1)
            done += part.shape[1] * BLOCK
            heard(done)
        return whole

    for row, measure in enumerate(sample.measures):
        if not has_slope(measure):
            continue
        found[row] = passed(*_weights(measure, losses, sample, blocks))
        tail = sample.tails.get(measure.name)
        if tail is not None and tail.variance:
            near = tail.near[: blocks * BLOCK]
            level = np.nanmean(passed(near, np.zeros_like(near)), axis=1)
            balance = tail.balance[: blocks * BLOCK].reshape(blocks, BLOCK).mean(axis=1)
            found[row] -= level[:, None] * balance[None]
    return np.where(np.isfinite(found), found, np.nan)


def _weights(
    measure: Measure, losses: Losses, sample: Sample, blocks: int
) -> tuple[np.ndarray, np.ndarray]:
    """What a path's bad debt and its liquidations count for; see `scores`."""
    first = slice(0, blocks * BLOCK)
    counted, bad = losses.counted[first], losses.bad_debt[first]
    nothing = np.zeros_like(bad)
    if measure.name == "liquidated":
        return nothing, 1.0 * (counted & (losses.liquidated[first] > 0))
    if measure.level is None:
        return 1.0 * (counted & (bad > 0)), nothing
    beyond = counted & (bad > sample.at_risk[measure.name])
    return beyond / (1 - measure.level), nothing


def moving(system: System, ways: Sequence[Any]) -> tuple[Split, Any]:
    """The system, parted into what moves in any of the ways; and the ways, stacked."""
    stacked = jax.tree.map(lambda *leaves: np.stack(leaves), *ways)
    moves = jax.tree.map(lambda leaf: bool(np.any(leaf)), stacked)
    moved, fixed = eqx.partition(system, moves)
    directions = jax.tree.map(
        lambda leaf, way: jnp.asarray(way, leaf.dtype),
        moved,
        eqx.filter(stacked, moves),
    )
    return Split(moved, fixed), directions
