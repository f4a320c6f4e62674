"""Companion runs on the same draws: without price impact, and with the full book."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool

from ..config import build_system
from ..engine import Outcome, revisit
from ..engine import simulate as outcomes
from ..lending._book import Book
from ..risk import FOLLOWED, FeedbackComparison, Measures, cohort_error, without_impact
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
    launches = outcomes(without_impact(model.system), paths=paths, seed=seed)
    without = _together(launches, paths, "without price impact", progress)
    comparison.push(_first(losses, paths), without)
    return comparison.estimates()


class WorstLosses:
    """Outcomes of the paths that lose most, as they stream by; others are dropped."""

    def __init__(self, depth: int) -> None:
        """Keep at least `depth` losing paths, if there are so many."""
        self._depth = depth
        self._losses: Losses = {}
        self.path = np.empty(0, np.int64)

    def push(self, losses: Losses, path: np.ndarray) -> None:
        """Add the losing ones of some paths."""
        losing = np.flatnonzero(_bad_debt(losses) > 0)
        kept = [self._losses] if self._losses else []
        self._losses = joined([*kept, _columns(losses, losing)])
        self.path = np.concatenate([self.path, path[losing]])
        if self.path.size > 2 * self._depth:
            order = np.lexsort((self.path, -_bad_debt(self._losses)))
            worst = np.sort(order[: self._depth])
            self._losses = _columns(self._losses, worst)
            self.path = self.path[worst]

    def of(self, path: np.ndarray) -> Losses:
        """Outcomes of the paths with these numbers, all of them kept ones."""
        place = {number: index for index, number in enumerate(self.path.tolist())}
        return _columns(self._losses, np.array([place[k] for k in path.tolist()], int))


@dataclass(frozen=True)
class Pairs:
    """Paths of a run with cohorts, and the same with every account.

    Attributes:
        coarse: Outcomes with cohorts.
        full: Outcomes with every account.
        first: How many are the first of the run; the others are of its tail.
        in_tail: Which of all of them are losing ones among the worst 1 %.
        tail_share: Share of the run's paths that are.
    """

    coarse: Losses
    full: Losses
    first: int
    in_tail: Bool[np.ndarray, " path"]
    tail_share: float


def cohort_pairs(
    model: Model,
    measures: Measures,
    losses: Losses,
    worst: WorstLosses,
    *,
    seed: int,
    progress: Progress,
) -> Pairs | None:
    """Paths with cohorts and with every account; None if there is nothing to compare.

    Half of them are the first of the run (`losses`), and give the error of expected
    liquidations. The other half are spread over the losing ones among the 1 % of paths
    that are worst with cohorts (`worst`; of the first million paths where there are
    more), and give that of the expected shortfall: its mean over the same paths with
    every account; it is left out where fewer than two paths lose. (Ranked by the
    cohorts and not anew, the full book's tail mean is at most its shortfall; the
    difference is of second order in the error.)
    """
    half = model.config.run.cohort_check_paths // 2
    if not half or not model.compressed:
        return None
    first = np.arange(min(half, measures.paths))
    tail = np.asarray(measures.tail_paths())
    losing = tail[np.isin(tail, worst.path)]
    spread = np.arange(min(half, losing.size)) * losing.size // max(half, 1)
    chosen = losing if losing.size <= half else losing[spread]
    path = np.concatenate([first, chosen])
    full = build_system(model.config, borrowers(model.full))
    accounts = revisit(full, path=path, seed=seed)
    return Pairs(
        coarse=joined([_first(losses, first.size), worst.of(chosen)]),
        full=_together(accounts, path.size, "every account", progress),
        first=first.size,
        in_tail=np.isin(path, losing),
        tail_share=losing.size / min(measures.paths, FOLLOWED),
    )


def cohort_check(pairs: Pairs | None) -> dict[str, np.ndarray]:
    """Error of the cohorts against every account, on the same draws."""
    if pairs is None:
        return {}
    return cohort_error(pairs.coarse, pairs.full, first=pairs.first)


def borrowers(book: Book) -> Book:
    """The accounts that owe something: no other can lose or be liquidated."""
    owing = book.debt.any(axis=1)
    return Book(**{name: values[owing] for name, values in vars(book).items()})


def _together(
    parts: Iterator[Outcome], paths: int, name: str, progress: Progress
) -> Losses:
    """The launches of a run side by side."""
    seen, done = [], 0
    progress(Stage(name, 0, paths))
    for outcome in parts:
        seen.append(losses_of(outcome))
        done += outcome.status.shape[0]
        progress(Stage(name, done, paths))
    return joined(seen)


def losses_of(outcome: Outcome) -> Losses:
    """What the comparisons need of an outcome."""
    names = ("realized", "unrealized", "repaid", "status")
    return {name: getattr(outcome, name) for name in names}


def joined(parts: list[Losses]) -> Losses:
    """Outcomes of several launches as those of one; empty without any."""
    if not parts:
        return {}
    return {
        name: np.concatenate([part[name] for part in parts], axis=-1)
        for name in parts[0]
    }


def _first(losses: Losses, paths: int) -> Losses:
    return {name: values[..., :paths] for name, values in losses.items()}


def _columns(losses: Losses, chosen: np.ndarray) -> Losses:
    return {name: values[..., chosen] for name, values in losses.items()}


def _bad_debt(losses: Losses) -> np.ndarray:
    total = losses["realized"].astype(float) + losses["unrealized"]
    return total.sum(axis=0)


def _at_most(paths: int, losses: Losses) -> int:
    return min(paths, losses["status"].shape[0]) if losses else 0
