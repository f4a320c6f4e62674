"""The worst paths step by step: what each channel of contagion, and each brake, did."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float64

from ..config import initial_prices
from ..engine import System, Trajectory
from ._model import Model


ByStep = Float64[np.ndarray, "step row path"]
AtStart = Float64[np.ndarray, " row"]


class Track(NamedTuple):
    """One number of every row through the steps."""

    name: str
    by_step: np.ndarray | Array  # [step row path]
    start: AtStart


def has_channels(system: System) -> bool:
    """Whether anything but prices and sales couples markets, or brakes them."""
    policy = system.policy.blank(1)
    reports = (
        system.borrowers.blank(1).unwound,
        system.suppliers.blank(1).frozen,
        policy.paused,
        policy.factor,
        system.providers.depth(
            system.providers.init(system.prices.init(1).position),
            system.prices.init(1).position,
        ),
    )
    return bool(system.network.claims) or any(rows.size for rows in reports)


def channel_entries(
    model: Model, trajectory: Trajectory, *, paths: int
) -> dict[str, np.ndarray]:
    """The first paths of a trajectory as dataset entries, [worst time row].

    Only of what the system has; time starts at zero, where nothing has happened yet.

    Args:
        model: What was run.
        trajectory: The worst paths first.
        paths: How many of them to keep.
    """
    return {
        track.name: _since(track)[..., :paths].transpose(2, 0, 1)
        for track in _tracks(model, trajectory)
        if track.by_step.shape[1]
    }


def channel_coordinates(model: Model) -> dict[str, np.ndarray]:
    """Labels of the rows of these entries; none of what the system does not have."""
    names, system = model.axes.assets, model.system
    named = {
        "claim": tuple(names[row] for row in system.network.claims),
        "spiral": tuple(model.config.spirals or ()),
        "market": model.axes.markets if has_channels(system) else (),
    }
    return {axis: np.array(labels) for axis, labels in named.items() if labels}


def _tracks(model: Model, trajectory: Trajectory) -> Iterator[Track]:
    if not has_channels(model.system):
        return
    info, standing = trajectory.info, trajectory.standing
    spot = initial_prices(model.config).astype(np.float64)
    yield Track("worst_price", info.price, spot)
    yield Track("worst_fundamental_price", info.fundamental, spot)
    yield _flow("worst_repaid", info.repaid)
    yield _flow("worst_realized", info.realized)
    yield Track(
        "worst_backing", standing.backing, np.ones(len(model.system.network.claims))
    )
    yield _flow("worst_redeemed", info.network.redeemed)
    yield _flow("worst_defended", info.network.defended)
    yield _flow("worst_unwound", info.borrowers.unwound)
    yield _flow("worst_topped_up", info.borrowers.topped_up)
    yield _flow("worst_levered", info.borrowers.levered)
    yield Track("worst_depth", info.depth, np.ones(info.depth.shape[1]))
    if info.suppliers.frozen.shape[1]:
        pool = model.system.pool
        used = np.asarray(pool.borrowed / pool.supplied, np.float64)
        yield Track("worst_utilization", standing.utilization, np.nan_to_num(used))
        yield _flow("worst_withdrawn", info.suppliers.withdrawn)
        yield _flow("worst_returned", info.suppliers.returned)
        yield _flow("worst_frozen", info.suppliers.frozen)
    yield _flow("worst_paused", info.policy.paused)


def _flow(name: str, by_step: np.ndarray | Array) -> Track:
    """What happens in steps, and not before the first."""
    return Track(name, by_step, np.zeros(by_step.shape[1]))


def _since(track: Track) -> np.ndarray:
    """With the start as a first step, [time row path], in single precision."""
    moved = np.asarray(track.by_step, np.float32)
    start = np.broadcast_to(track.start.astype(np.float32)[:, None], moved.shape[1:])
    return np.concatenate([start[None], moved])
