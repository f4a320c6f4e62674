"""Samples of an estimator, its cost, and its scores."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np


Samples = np.ndarray
"""[parameter, path]; the mean over paths is the estimate."""

Estimator = Callable[[np.ndarray], tuple[Samples, float]]
FORWARD = "forward run"
BATCHES = 30


@dataclass
class Tally:
    """An estimator's samples, batch by batch, and its cost in forward runs.

    Attributes:
        samples: By batch.
        steps: Path-steps over those of a forward run, by batch.
        seconds: Processor time, draws excluded.
    """

    samples: list[Samples] = dataclasses.field(default_factory=list)
    steps: list[float] = dataclasses.field(default_factory=list)
    seconds: float = 0.0

    @property
    def mean(self) -> np.ndarray:
        return np.concatenate(self.samples, axis=1).mean(axis=1)

    @property
    def variance(self) -> np.ndarray:
        return np.concatenate(self.samples, axis=1).var(axis=1, ddof=1)

    @property
    def error(self) -> np.ndarray:
        return np.sqrt(self.variance / sum(each.shape[1] for each in self.samples))

    @property
    def cost(self) -> float:
        return float(np.mean(self.steps))

    def scores(self, truth: np.ndarray) -> np.ndarray:
        """z-scores [batch, parameter], each batch with its own standard error."""
        found = []
        for each in self.samples:
            error = each.std(axis=1, ddof=1) / math.sqrt(each.shape[1])
            found.append(
                (each.mean(axis=1) - truth) / np.where(error > 0, error, np.inf)
            )
        return np.array(found)


def tally(
    estimators: dict[str, Estimator], batches: Iterator[np.ndarray]
) -> dict[str, Tally]:
    """Every estimator on the same draws."""
    found = {name: Tally() for name in estimators}
    for drawn in batches:
        for name, estimator in estimators.items():
            start = time.process_time()
            samples, cost = estimator(drawn)
            found[name].seconds += time.process_time() - start
            found[name].samples.append(samples)
            found[name].steps.append(cost)
    return found
