"""Reverse stress: the smallest size of a scenario that costs so much."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64

from ..risk import (
    Estimate,
    Ranks,
    counted,
    expected_shortfall,
    probability,
    value_at_risk,
)
from ..risk._estimate import normal
from ..run import Model
from ._catalogue import Catalogue
from ._compare import Heard, outcomes, unheard
from ._errors import ScenarioError
from ._stress import Stress


Measure = Literal["mean", "probability", "var", "es"]
Losses = Float64[np.ndarray, " path"]

MOST = 10.0
"""Largest size that is tried: ten times a fall of 30 % leaves 3 % of a price."""

PARTS = 8
"""Equal parts of the sizes, one by one from below, before the first is halved."""

PRECISION = 1e-3
"""Width of the last bracket over the size that is found."""

SLACK = 1e-6
"""Share of the loss asked for by which a larger size may cost less: rounding."""


@dataclass(frozen=True)
class Point:
    """What a size costs.

    Attributes:
        size: Times the scenario.
        loss: With its interval, [USD], or [ratio] for a probability.
        failed: Paths that are left out.
    """

    size: float
    loss: Estimate
    failed: int


@dataclass(frozen=True)
class Reversed:
    """The size of a scenario that a loss takes.

    Attributes:
        scenario: Its name.
        measure: Of bad debt.
        level: Of VaR and ES [ratio].
        target: The loss that was asked for.
        size: The smallest size found that costs it; zero if none is needed, infinite if
            the largest does not.
        low: Smallest size at which the upper end of the loss's 95 % interval is there.
        high: Smallest size at which its lower end is; infinite if at none.
        most: Largest size that may be tried.
        points: What was tried, by size.
        words: What the sizes `size`, `low`, `high` and `most` mean, where finite.
        paths: Of every size.
    """

    scenario: str
    measure: Measure
    level: float
    target: float
    size: float
    low: float
    high: float
    most: float
    points: tuple[Point, ...]
    words: dict[str, str]
    paths: int

    @property
    def at(self) -> Point:
        """What was found: the size, or the largest where none is enough."""
        return next(
            (point for point in self.points if point.size >= self.size),
            self.points[-1],
        )

    @property
    def falls(self) -> tuple[tuple[float, float], ...]:
        """Pairs of neighboring sizes of which the larger costs less."""
        pairs = zip(self.points, self.points[1:], strict=False)
        return tuple(
            (one.size, other.size)
            for one, other in pairs
            if other.loss.value < one.loss.value - SLACK * self.target
        )


@dataclass
class _Curve:
    """Loss by size on the same draws, each size run once."""

    price: Callable[[float], Point]
    heard: Callable[[int], None]
    known: dict[float, Point] = field(default_factory=dict)

    def at(self, size: float) -> Point:
        if size not in self.known:
            self.known[size] = self.price(size)
            self.heard(len(self.known))
        return self.known[size]


def reverse(
    model: Model,
    scenario: str,
    *,
    loss: float,
    measure: Measure = "mean",
    level: float = 0.99,
    most: float = MOST,
    paths: int,
    seed: int,
    heard: Heard = unheard,
) -> Reversed:
    """The smallest size of a scenario that costs at least so much.

    A size is a number of times: that of a fall by 30 % taken twice leaves 49 % of a
    price, so that size 2 is a fall by 51 %. Sizes are tried in equal steps from below
    until one is enough, and the step halved. All run on the same draws, in one program.

    Args:
        model: What is stressed.
        scenario: Its name; several joined by + grow together.
        loss: That it should cost [USD]; [ratio] for a probability.
        measure: Of bad debt in all markets.
        level: Of VaR and ES [ratio].
        most: Largest size that is tried.
        paths: Of every size.
        seed: In [0, 2^64).
        heard: Called with the paths done and, at a guess, to do.

    Raises:
        ScenarioError: There is no such scenario, or the loss can be none.
    """
    if not 0 < loss < np.inf or (measure == "probability" and loss > 1):
        raise ScenarioError(
            f"A loss of {loss:g}: a loss is above zero, and a probability at most 1."
            " Give such a number."
        )
    catalogue = Catalogue(model)
    unit = catalogue.stress(scenario)
    guess = PARTS + 3 * int(np.ceil(np.log2(1 / PRECISION)))

    def price(size: float) -> Point:
        losses, valid = _losses(catalogue, unit * size, model, paths, seed)
        found = _estimate(losses[valid], measure, level)
        return Point(size, found, int((~valid).sum()))

    curve = _Curve(price, lambda done: heard(done * paths, max(done, guess) * paths))
    size, low, high = (
        _crossing(
            lambda at, end=end: float(getattr(curve.at(at).loss, end)), loss, most
        )
        for end in ("value", "high", "low")
    )
    said = {"size": size, "low": low, "high": high, "most": most}
    return Reversed(
        scenario=scenario,
        measure=measure,
        level=level,
        target=loss,
        size=size,
        low=min(low, size),
        high=max(high, size),
        most=most,
        points=tuple(curve.known[at] for at in sorted(curve.known)),
        words={
            name: catalogue.words(unit * at)
            for name, at in said.items()
            if np.isfinite(at)
        },
        paths=paths,
    )


def _crossing(loss_at: Callable[[float], float], target: float, most: float) -> float:
    """The first size that is enough; zero if none is needed, infinite if none is."""
    if loss_at(0.0) >= target:
        return 0.0
    below, above = 0.0, np.inf
    for size in (most * np.arange(1, PARTS + 1) / PARTS).tolist():
        if loss_at(size) >= target:
            above = size
            break
        below = size
    while above - below > PRECISION * max(above, most / 100) and np.isfinite(above):
        middle = (below + above) / 2
        if loss_at(middle) >= target:
            above = middle
        else:
            below = middle
    return above


def _losses(
    catalogue: Catalogue, stress: Stress, model: Model, paths: int, seed: int
) -> tuple[Losses, Bool[np.ndarray, " path"]]:
    """Bad debt of every path in all markets [USD], and whether it counts."""
    outcome = outcomes(catalogue.stressed(stress), paths=paths, seed=seed)
    lost = outcome["realized"].astype(np.float64) + outcome["unrealized"]
    total = model.axes.scoped_reserves(lost)[0]
    return total, counted(outcome["status"]) & np.isfinite(total)


def _estimate(losses: Losses, measure: Measure, level: float) -> Estimate:
    if losses.size < 2:
        raise ScenarioError(
            f"{losses.size} paths are left to estimate from: two are the least. Run"
            " more, or try smaller sizes."
        )
    if measure == "probability":
        return probability(np.array((losses > 0).sum()), losses.size)
    if measure == "mean":
        error = losses.std(ddof=1) / np.sqrt(losses.size)
        return normal(float(losses.mean()), float(error))
    tail = value_at_risk if measure == "var" else expected_shortfall
    return tail(Ranks.of(losses), level)
