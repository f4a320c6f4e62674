"""Companion runs on the same draws: without price impact, and with the full book."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import numpy as np

from ..config import build_system
from ..engine import System
from ..engine import simulate as outcomes
from ..risk import FeedbackComparison, cohort_error
from ..venue import InfiniteVenue, build_venues
from ._model import Model
from ._progress import Progress, Stage


Losses = Mapping[str, Any]


def feedback_check(
    model: Model, losses: Losses, *, seed: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Bad debt with and without price impact, on the first paths of the run.

    Args:
        model: What was run.
        losses: Outcomes of at least as many first paths as the config asks for.
        seed: Of the run.
        progress: Who listens.

    Returns:
        Entries of the dataset; none if the config asks for no paths.
    """
    paths = _at_most(model.config.run.feedback_paths, losses)
    if not paths:
        return {}
    comparison = FeedbackComparison(model.axes)
    without = _rerun(
        without_impact(model.system), paths, seed, "without price impact", progress
    )
    comparison.push(_first(losses, paths), without)
    return comparison.estimates()


def cohort_check(
    model: Model, losses: Losses, *, seed: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Error of the cohorts against the full book, on the first paths of the run."""
    paths = _at_most(model.config.run.cohort_check_paths, losses)
    if not paths or not model.compressed:
        return {}
    system = build_system(model.config, model.full)
    full = _rerun(system, paths, seed, "full book", progress)
    return cohort_error(_first(losses, paths), full, level=0.99)


def without_impact(system: System) -> System:
    """The same system, where sales move no price."""
    assets = system.venues.decay.shape[0]
    nothing = np.zeros(assets)
    venues = build_venues(
        [(InfiniteVenue(), range(assets))],
        permanent_share=nothing,
        resilience=nothing,
        dt=1.0,
        dtype=system.dt.dtype,
    )
    return eqx.tree_at(lambda at: at.venues, system, venues)


def _rerun(
    system: System, paths: int, seed: int, name: str, progress: Progress
) -> Losses:
    parts, done = [], 0
    progress(Stage(name, 0, paths))
    for outcome in outcomes(system, paths=paths, seed=seed):
        parts.append(vars(outcome))
        done += outcome.status.shape[0]
        progress(Stage(name, done, paths))
    return {
        key: np.concatenate([part[key] for part in parts], axis=-1) for key in parts[0]
    }


def _first(losses: Losses, paths: int) -> Losses:
    return {name: values[..., :paths] for name, values in losses.items()}


def _at_most(paths: int, losses: Losses) -> int:
    return min(paths, losses["status"].shape[0]) if losses else 0
