"""Companion runs on the same draws: without price impact, and with the full book."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import numpy as np

from ..config import build_system
from ..engine import System, revisit
from ..engine import simulate as outcomes
from ..lending._book import Book
from ..risk import FeedbackComparison, Measures, ratio_of_means
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
    model: Model, measures: Measures, *, seed: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Error of the cohorts against every account, on the same draws.

    Half of the paths of the check are the first of the run, and give the error of
    expected liquidations. The other half are spread over the 1 % of paths that are
    worst with cohorts, and give that of the expected shortfall: its mean over the same
    paths with every account. (Ranked by the cohorts and not anew, the full book's tail
    mean is at most its shortfall; the difference is of second order in the error.)
    """
    half = model.config.run.cohort_check_paths // 2
    if not half or not model.compressed:
        return {}
    first = np.arange(min(half, measures.paths))
    worst = np.asarray(measures.tail_paths(0.99, at_most=half))
    chosen = np.concatenate([first, worst])
    full = build_system(model.config, borrowers(model.full))
    cohorts = _losses_of(model.system, chosen, seed, "cohorts again", progress)
    accounts = _losses_of(full, chosen, seed, "every account", progress)
    liquidated = ratio_of_means(
        cohorts["repaid"][: first.size], accounts["repaid"][: first.size]
    )
    shortfall = ratio_of_means(
        cohorts["bad_debt"][first.size :], accounts["bad_debt"][first.size :]
    )
    return {
        "cohort_error_liquidations": np.asarray(liquidated.value - 1),
        "cohort_error_liquidations_se": liquidated.standard_error,
        "cohort_error_es99": np.asarray(shortfall.value - 1),
        "cohort_error_es99_se": shortfall.standard_error,
    }


def borrowers(book: Book) -> Book:
    """The accounts that owe something: no other can lose or be liquidated."""
    owing = book.debt.any(axis=1)
    return Book(**{name: values[owing] for name, values in vars(book).items()})


def _losses_of(
    system: System, path: np.ndarray, seed: int, name: str, progress: Progress
) -> dict[str, np.ndarray]:
    """Debt repaid and bad debt of some paths, all markets together [USD]."""
    repaid, bad_debt, done = [], [], 0
    progress(Stage(name, 0, path.size))
    for outcome in revisit(system, path=path, seed=seed):
        repaid.append(outcome.repaid.astype(np.float64).sum(axis=0))
        loss = outcome.realized.astype(np.float64) + outcome.unrealized
        bad_debt.append(loss.sum(axis=0))
        done += outcome.status.shape[0]
        progress(Stage(name, done, path.size))
    return {"repaid": np.concatenate(repaid), "bad_debt": np.concatenate(bad_debt)}


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
