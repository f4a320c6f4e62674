"""Which paths are measured, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ._derivative import PerMeasure
from ._measures import Measure, Scores
from ._tail import Tail


@dataclass(frozen=True)
class Sample:
    """Which paths, and how they are measured.

    Attributes:
        paths: Number of paths.
        seed: Of all random numbers.
        measures: What is measured.
        tails: Of every measure that needs one.
    """

    paths: int
    seed: int
    measures: Sequence[Measure]
    tails: Mapping[str, Tail]

    @property
    def at_risk(self) -> Mapping[str, float]:
        """Value at risk of every measure that needs one [USD]."""
        return {name: tail.at_risk for name, tail in self.tails.items()}

    @property
    def balance_variance(self) -> PerMeasure:
        """By measure; zero where there is no tail."""
        tails = [self.tails.get(each.name) for each in self.measures]
        return np.array([tail.variance if tail else 0.0 for tail in tails])

    def of_tails(self, start: int, count: int) -> tuple[Scores, Scores]:
        """Balance and nearness of some paths, by measure; zero without a tail."""
        here, nothing = slice(start, start + count), np.zeros(count)
        tails = [self.tails.get(each.name) for each in self.measures]
        balance = [tail.balance[here] if tail else nothing for tail in tails]
        near = [tail.near[here] if tail else nothing for tail in tails]
        return np.stack(balance), np.stack(near)
