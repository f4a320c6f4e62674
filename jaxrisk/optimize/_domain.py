r"""Where parameters may be: bounds, orderings, and the product rule of a liquidation.

.. math:: l \le x \le u, \qquad A x \le b, \qquad t\,(1 + b) \le c

A point outside is moved to the nearest one inside (Dykstra 1983, An algorithm for
restricted least squares regression), distances counted in spans of the parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64


Point = Float64[np.ndarray, " parameter"]
Points = Float64[np.ndarray, "point parameter"]

SWEEPS = 500
"""Rounds of projections, at most; pairs of parameters need a few."""

CLOSE = 1e-9
"""What counts as met, in spans."""


@dataclass(frozen=True)
class Ordering:
    """A linear rule, such as a loan-to-value below its threshold by a buffer.

    Attributes:
        words: What it says, for a reader.
        row: Coefficients a of the parameters.
        most: Largest a x.
    """

    words: str
    row: Point
    most: float


@dataclass(frozen=True)
class Product:
    """Threshold times one plus bonus, below a number: a liquidation raises health.

    Attributes:
        words: What it says, for a reader.
        threshold: Which parameter is the threshold.
        bonus: Which one is the bonus.
        most: Largest product [ratio].
    """

    words: str
    threshold: int
    bonus: int
    most: float

    def tangent(self, point: Point) -> Ordering:
        """A half space within the rule, that touches it at the bonus of the point.

        What breaks the rule is a convex set, so that each of its tangents leaves only
        what keeps it.
        """
        over = 1 + point[self.bonus]
        row = np.zeros(point.size)
        row[self.threshold], row[self.bonus] = over, self.most / over
        return Ordering(self.words, row, 2 * self.most - self.most / over)


@dataclass(frozen=True)
class Domain:
    """The parameters, and where they may be.

    Attributes:
        names: Of the parameters.
        now: What they are.
        low: Least that they may become.
        high: Most that they may become.
        width: Half width of a difference in each.
        reach: Least and most at which the market can be computed at all.
        orderings: Linear rules.
        products: Rules on thresholds and bonuses that move together.
    """

    names: tuple[str, ...]
    now: Point
    low: Point
    high: Point
    width: Point
    reach: tuple[Point, Point]
    orderings: tuple[Ordering, ...] = ()
    products: tuple[Product, ...] = ()

    @property
    def span(self) -> Point:
        """From the least to the most; one for what cannot move."""
        return np.where(self.high > self.low, self.high - self.low, 1.0)

    def nearest(self, point: Point, more: Sequence[Ordering] = ()) -> Point:
        """The nearest point inside, or about as near as there is.

        Args:
            point: Anywhere.
            more: Rules beside those of the domain.
        """
        rules = [*self._rules(np.clip(point, self.low, self.high)), *more]
        # Half spaces in spans, where distances are counted.
        normals = [each.row * self.span for each in rules]
        found = point / self.span
        low, high = self.low / self.span, self.high / self.span
        kept = np.zeros((len(rules) + 1, point.size))
        for _ in range(SWEEPS):
            before = found, kept.copy()
            for index, (rule, normal) in enumerate(zip(rules, normals, strict=True)):
                aim = found + kept[index]
                excess = max(float(normal @ aim) - rule.most, 0.0)
                found = aim - excess / float(normal @ normal) * normal
                kept[index] = aim - found
            aim = found + kept[-1]
            found = np.clip(aim, low, high)
            kept[-1] = aim - found
            # A point may rest for some rounds while what it owes the rules still moves.
            apart = np.abs(found - before[0]).max(), np.abs(kept - before[1]).max()
            if max(apart) < CLOSE / 100:
                break
        return np.clip(found * self.span, self.low, self.high)

    def broken(self, point: Point) -> list[str]:
        """Rules and bounds that a point breaks, in words."""
        outside = (point < self.low - CLOSE * self.span) | (
            point > self.high + CLOSE * self.span
        )
        found = [f"{self.names[k]} is out of bounds" for k in np.flatnonzero(outside)]
        return found + [
            each.words for each in self._rules(point) if _excess(each, point) > 1e-7
        ]

    def touched(self, point: Point, within: float = 1e-3) -> list[tuple[str, Point]]:
        """Bounds and rules that a point touches, each with its outward normal.

        Args:
            point: Inside.
            within: How near, in spans.
        """
        found: list[tuple[str, Point]] = []
        unit = np.eye(point.size)
        for index, name in enumerate(self.names):
            if self.high[index] <= self.low[index]:
                continue
            room = within * self.span[index]
            if point[index] - self.low[index] <= room:
                found.append((f"{name} at its least", -unit[index]))
            if self.high[index] - point[index] <= room:
                found.append((f"{name} at its most", unit[index]))
        for each in self._rules(point):
            size = float(np.linalg.norm(each.row * self.span))
            if _excess(each, point) >= -within * size:
                found.append((each.words, each.row))
        return found

    def _rules(self, point: Point) -> list[Ordering]:
        return [*self.orderings, *(each.tangent(point) for each in self.products)]


def _excess(rule: Ordering, point: Point) -> float:
    return float(rule.row @ point) - rule.most
