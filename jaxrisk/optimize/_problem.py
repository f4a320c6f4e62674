"""A problem: what to maximize, what must stay below what, and both estimated."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._domain import Domain, Point, Points
from ._measures import Measure


Rows = Mapping[str, Float64[np.ndarray, "point _"]]
"""Numbers of each point by name, over paths; over one path where nothing is drawn."""

PerTerm = Float64[np.ndarray, " term"]


class AbstractSampler(abc.ABC):
    """Draws what each of some points costs and earns."""

    @property
    @abc.abstractmethod
    def stated_rows(self) -> tuple[str, ...]:
        """Rows that are known without a draw."""

    @abc.abstractmethod
    def stated(self, points: Points) -> Rows:
        """What is known of points without a draw."""

    @abc.abstractmethod
    def drawn(self, points: Points, *, paths: int, seed: int) -> Rows:
        """What is drawn, on the same draws for all points.

        Paths that fail at any of them are left out at all of them.
        """


@dataclass(frozen=True)
class Limit:
    """A measure, and the most that it may be."""

    measure: Measure
    most: float


@dataclass(frozen=True)
class Reading:
    """Terms at one point, on some draws.

    Attributes:
        value: Objective first, then each limited measure; in their units.
        error: Standard errors.
    """

    value: PerTerm
    error: PerTerm


@dataclass(frozen=True)
class Slopes:
    """Central differences of all terms on common draws.

    Attributes:
        value: By term and parameter.
        error: Their standard errors.
        covariance: Between the terms' slopes, by parameter.
    """

    value: Float64[np.ndarray, "term parameter"]
    error: Float64[np.ndarray, "term parameter"]
    covariance: Float64[np.ndarray, "parameter term term"]

    def combined(self, weights: PerTerm) -> tuple[Point, Point]:
        """Slope of a weighted sum of the terms, and its standard error."""
        variance = np.einsum("pij,i,j->p", self.covariance, weights, weights)
        return weights @ self.value, np.sqrt(np.maximum(variance, 0))


@dataclass(frozen=True)
class Problem:
    """Maximize a sum of measures, with others below their limits.

    Attributes:
        domain: The parameters.
        sampler: Draws what they do.
        objective: Measures and their weights.
        limits: What must hold.
        confidence: That a limit holds, of the estimate's error alone [ratio].
    """

    domain: Domain
    sampler: AbstractSampler
    objective: tuple[tuple[Measure, float], ...]
    limits: tuple[Limit, ...]
    confidence: float = 0.95

    @property
    def margin(self) -> float:
        """Standard errors that an estimate must stay below its limit."""
        return float(stats.norm.ppf(self.confidence))

    @property
    def drawn_terms(self) -> np.ndarray:
        """Whether each term needs paths: the objective first."""
        stated = self.sampler.stated_rows
        free = all(measure.row in stated for measure, _ in self.objective)
        return np.array([not free, *(x.measure.row not in stated for x in self.limits)])

    def excess(self, reading: Reading) -> Float64[np.ndarray, " limit"]:
        r"""How far each limit is exceeded at the asked confidence; below zero if kept.

        .. math:: g = m / L - 1 \;\text{below the limit}, \qquad 1 - L / m
            \;\text{above}

        with m the estimate and its margin. Both have the slope 1/L at the limit; the
        second keeps a loss of a hundred limits from drowning all else.
        """
        value = reading.value[1:] + self.margin * reading.error[1:]
        most = np.array([each.most for each in self.limits])
        above = value > most
        return np.where(above, 1 - most / np.where(above, value, 1), value / most - 1)

    def read(self, points: Points, *, paths: int, seed: int) -> list[Reading]:
        """Every term at points on common draws."""
        return self.read_paired(points, paths=paths, seed=seed)[0]

    def read_paired(
        self, points: Points, *, paths: int, seed: int
    ) -> tuple[list[Reading], list[tuple[float, float]]]:
        """Every term at points; and the objective less that of the first point."""
        scores = self._scores(points, paths, seed, drawn=True)
        rows = range(len(points))
        readings = [_reading([term[row] for term in scores]) for row in rows]
        gains = [_reading([scores[0][row] - scores[0][0]]) for row in rows]
        return readings, [(float(x.value[0]), float(x.error[0])) for x in gains]

    def read_with_slopes(
        self, point: Point, *, paths: int, seed: int, drawn: bool
    ) -> tuple[Reading, Slopes]:
        """Every term at a point, and its slopes on the same draws.

        Args:
            point: Inside the domain.
            paths: Of each run.
            seed: Of all random numbers.
            drawn: Whether terms that need paths get slopes; theirs are zero else.
        """
        domain, size = self.domain, point.size
        low, high = (
            np.clip(point + sign * np.diag(domain.width), *domain.reach)
            for sign in (-1, 1)
        )
        around = np.concatenate([point[None], low, high])
        scores = self._scores(around if drawn else around[:1], paths, seed, drawn=True)
        if not drawn:
            free = self._scores(around, paths, seed, drawn=False)
            blank = np.zeros((len(around), 1))
            needs = self.drawn_terms
            sloped = [
                blank if need else own for need, own in zip(needs, free, strict=True)
            ]
        else:
            sloped = scores
        distance = np.diagonal(high - low).copy()
        return (
            _reading([term[0] for term in scores]),
            _slopes(sloped, distance, size),
        )

    def scored(
        self, measures: Sequence[Measure], points: Points, *, paths: int, seed: int
    ) -> list[Float64[np.ndarray, "point _"]]:
        """Numbers of every path at points on common draws, measure by measure."""
        stated = self.sampler.stated(points)
        rows = {**stated, **self.sampler.drawn(points, paths=paths, seed=seed)}
        return [
            np.stack([measure.scores(each) for each in rows[measure.row]])
            for measure in measures
        ]

    def _scores(
        self, points: Points, paths: int, seed: int, *, drawn: bool
    ) -> list[Float64[np.ndarray, "point _"]]:
        """Of the objective and each limit: scores by point and path."""
        rows = dict(self.sampler.stated(points))
        if drawn and self.drawn_terms.any():
            rows |= self.sampler.drawn(points, paths=paths, seed=seed)
        nothing = np.zeros((len(points), 1))

        def of(measure: Measure) -> Float64[np.ndarray, "point _"]:
            if measure.row not in rows:
                return nothing
            return np.stack([measure.scores(each) for each in rows[measure.row]])

        terms = [weight * of(measure) for measure, weight in self.objective]
        whole = sum(terms[1:], start=terms[0])
        return [whole, *(of(limit.measure) for limit in self.limits)]


def _reading(scores: Sequence[Float64[np.ndarray, " _"]]) -> Reading:
    """Means and their errors; NaN without a path."""
    return Reading(
        value=np.array([each.mean() if each.size else np.nan for each in scores]),
        error=np.array([_error(each) for each in scores]),
    )


def _error(scores: Float64[np.ndarray, " _"]) -> float:
    """Of a mean; none where nothing was drawn, unknown without a path."""
    if scores.size < 2:
        return 0.0 if scores.size else np.nan
    return float(scores.std(ddof=1) / np.sqrt(scores.size))


def _slopes(
    scores: Sequence[Float64[np.ndarray, "point _"]], distance: Point, size: int
) -> Slopes:
    value = np.zeros((len(scores), size))
    covariance = np.zeros((size, len(scores), len(scores)))
    for index in range(size):
        apart = [
            (term[1 + size + index] - term[1 + index]) / distance[index]
            for term in scores
        ]
        value[:, index] = [each.mean() if each.size else np.nan for each in apart]
        paths = max(each.size for each in apart)
        if paths > 1:
            # What is not drawn is the same on every path.
            wide = np.stack([np.broadcast_to(each, paths) for each in apart])
            covariance[index] = np.atleast_2d(np.cov(wide)) / paths
    error = np.sqrt(np.maximum(np.einsum("pii->ip", covariance), 0))
    return Slopes(value, error, covariance)
