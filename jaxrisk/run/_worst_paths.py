"""The worst paths step by step: who sold, and what it did to prices and the basis."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..config import initial_prices
from ..engine import System, Trajectory
from ._model import Model
from ._sales import has_derivatives, sales
from ._worst_channels import channel_coordinates, channel_entries, has_channels


WORST_PATHS = 3
"""Worst paths that a result keeps by step."""


def worst_entries(
    model: Model, trajectory: Trajectory, *, paths: int
) -> dict[str, np.ndarray]:
    """The first paths of a trajectory as dataset entries, [worst time row].

    Time starts at zero, where nothing was traded yet; numbers stay in single precision.

    Args:
        model: What was run.
        trajectory: The worst paths first.
        paths: How many of them to keep.
    """
    channels = channel_entries(model, trajectory, paths=paths)
    if not has_derivatives(model.axes):
        return channels
    return channels | _sold_entries(model, trajectory, paths=paths)


def is_recorded(model: Model) -> bool:
    """Whether a result has more of the worst paths than their numbers."""
    return has_derivatives(model.axes) or has_channels(model.system)


def _sold_entries(
    model: Model, trajectory: Trajectory, *, paths: int
) -> dict[str, np.ndarray]:
    """Who sold what, of a run with dealers or perpetuals, [worst time row]."""
    axes, info = model.axes, trajectory.info
    start = initial_prices(model.config)
    sold, report = sales(axes, info), info.perps
    entries = {
        "worst_price": _since(start, info.price),
        "worst_fundamental_price": _since(start, info.fundamental),
        "worst_keeper_flow": _since(0 * start, sold.keepers),
    }
    if axes.dealers:
        nothing = np.zeros(len(axes.dealers))
        entries["worst_dealer_flow"] = _since(nothing, sold.dealers)
    if axes.perps:
        nothing = np.zeros(len(axes.perps))
        entries |= {
            "worst_perp_flow": _since(nothing, sold.perps),
            "worst_basis": _since(nothing, info.basis),
            "worst_funding_rate": _since(
                first_funding(model.system, start), info.funding_rate
            ),
            "worst_perp_liquidated": _since(nothing, report.liquidated),
            "worst_perp_deleveraged": _since(nothing, report.deleveraged),
            "worst_insurance_paid": _since(np.zeros(1), report.insurance_paid[:, None])[
                ..., 0, :
            ],
        }
    return {
        name: np.moveaxis(values[..., :paths], -1, 0)
        for name, values in entries.items()
    }


def worst_coordinates(model: Model, paths: int) -> dict[str, np.ndarray]:
    """Ranks of the recorded paths, and names of their rows; none without any."""
    if not is_recorded(model):
        return {}
    ranks = np.arange(min(WORST_PATHS, paths))
    return {"worst": ranks, **channel_coordinates(model)}


def first_funding(system: System, start: np.ndarray) -> np.ndarray:
    """Funding rates before the first step, by perpetual [ratio an interval]."""
    spot = jnp.asarray(start, system.dt.dtype)[:, None]
    rate = system.perps.funding_rate(system.perps.init(spot), spot)
    return np.asarray(rate)[:, 0]


def _since(start: np.ndarray, by_step: np.ndarray | Array) -> np.ndarray:
    """With the start as a first step, [time row path]."""
    moved = np.asarray(by_step, np.float64)
    first = np.broadcast_to(start[:, None], moved.shape[1:])
    return np.concatenate([first[None], moved]).astype(np.float32)
