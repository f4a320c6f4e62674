"""Statistics of several runs on the same draws, and sums of them with their errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from ._moments import Accumulator
from ._ranks import Window
from ._shortfall import value_at_risk
from ._statistics import AbstractStatistic


Sample = Float64[np.ndarray, "quantity run path"]
Weights = Float64[np.ndarray, "contrast run"]
ByRun = Float64[np.ndarray, "measure run"]
ByContrast = Float64[np.ndarray, "measure contrast"]

PILOT = 8192
"""Paths that set the anchors of influence functions, and wait until these are set."""


@dataclass(frozen=True)
class Measured:
    """A statistic of one quantity of the paths."""

    quantity: int
    statistic: AbstractStatistic


class Contrasts:
    """Streams quantities of the same paths in every run.

    Values are those of all paths, exactly. Errors are those of influence functions
    anchored on the first `PILOT` paths: an anchor that is off moves an error by as much
    and no value. Memory does not grow with the paths.
    """

    def __init__(
        self, measured: Sequence[Measured], weights: Weights, *, quantities: int
    ) -> None:
        """Start without a path.

        Args:
            measured: What is estimated in every run.
            weights: Of each run in each contrast, a sum of one statistic over runs.
            quantities: Numbers known of a path and run.
        """
        self._measured, self._weights = tuple(measured), weights
        self._runs = weights.shape[1]
        self._waiting: list[Sample] = []
        self._anchors: list[list[tuple[float, ...]]] | None = None
        self._numbers = Accumulator(quantities * self._runs)
        rows = len(self._measured) * (self._runs + weights.shape[0])
        self._influences = Accumulator(rows)
        self._windows = [
            [Window(each.statistic.level) for _ in range(self._runs)]
            if each.statistic.level is not None
            else [None] * self._runs
            for each in self._measured
        ]
        self._changed = np.zeros((len(self._measured), weights.shape[0]), np.int64)
        self.count = self.left_out = 0

    def push(self, sample: Sample, valid: Bool[np.ndarray, " path"]) -> None:
        """Add the next paths; one that failed in any run is left out of all."""
        self.left_out += int((~valid).sum())
        sample = np.ascontiguousarray(sample[:, :, valid])
        self.count += sample.shape[2]
        everyone = np.ones(sample.shape[2], bool)
        self._numbers.push(sample.reshape(-1, sample.shape[2]), everyone)
        for each, windows in zip(self._measured, self._windows, strict=True):
            for run, window in enumerate(windows):
                if window is not None:
                    window.push(sample[each.quantity, run])
        if self._anchors is not None:
            self._influence(sample)
            return
        self._waiting.append(sample)
        if sum(part.shape[2] for part in self._waiting) >= PILOT:
            self._start()

    def _start(self) -> None:
        """Anchor the influence functions on what has been waiting."""
        whole = np.concatenate(self._waiting, axis=2)
        self._waiting = []
        first = whole[:, :, :PILOT]
        self._anchors = [
            [each.statistic.anchor(values) for values in first[each.quantity]]
            for each in self._measured
        ]
        self._influence(whole)

    def _influence(self, sample: Sample) -> None:
        if self._anchors is None or not sample.shape[2]:
            return
        rows = []
        for number, (each, anchors) in enumerate(
            zip(self._measured, self._anchors, strict=True)
        ):
            of_run = [
                each.statistic.influence(values, anchor)
                for values, anchor in zip(sample[each.quantity], anchors, strict=True)
            ]
            runs = np.stack(of_run)
            contrasts = np.stack([_sum(row, runs) for row in self._weights])
            self._changed[number] += (contrasts != 0).sum(axis=1)
            rows += [runs, contrasts]
        self._influences.push(np.concatenate(rows), np.ones(sample.shape[2], bool))

    def estimates(self) -> "Estimates":
        """Of all that was pushed so far; at least two paths.

        Raises:
            ValueError: There are fewer than two paths.
        """
        if self.count < 2:
            raise ValueError(
                f"{self.count} paths are left to estimate from: two are the least."
                " Run more."
            )
        if self._anchors is None:
            self._start()
        numbers, influences = self._numbers.moments(), self._influences.moments()
        values = np.array(
            [
                [
                    each.statistic.value(
                        numbers, each.quantity * self._runs + run, window
                    )
                    for run, window in enumerate(windows)
                ]
                for each, windows in zip(self._measured, self._windows, strict=True)
            ]
        )
        variance = influences.variance.reshape(len(self._measured), -1) / self.count
        of_runs, of_contrasts = np.split(variance, [self._runs], axis=1)
        # Too few paths to say how far a value at risk may be are too few for its tail.
        unknown = self._unknown()
        of_runs = np.where(unknown, np.inf, of_runs)
        touched = (unknown[:, None] & (self._weights != 0)).any(axis=2)
        of_contrasts = np.where(touched & (self._changed > 0), np.inf, of_contrasts)
        differences = [_sum(row, values.T) for row in self._weights]
        return Estimates(
            value=values,
            value_error=np.sqrt(of_runs),
            difference=np.stack(differences, axis=1),
            difference_error=np.sqrt(of_contrasts),
            changed=self._changed.copy(),
        )

    def _unknown(self) -> Bool[np.ndarray, "measure run"]:
        """Whether the value at risk that a measure needs has no upper bound."""
        found = np.zeros((len(self._measured), self._runs), bool)
        for number, (each, windows) in enumerate(
            zip(self._measured, self._windows, strict=True)
        ):
            level = each.statistic.level
            for run, window in enumerate(windows):
                if level is not None and window is not None:
                    high = value_at_risk(window.ranks(), level).high
                    found[number, run] = not np.isfinite(high)
        return found


@dataclass(frozen=True)
class Estimates:
    """Statistics by run, and contrasts of them, each with its standard error.

    Attributes:
        value: Of every run.
        value_error: Its standard error.
        difference: Every contrast.
        difference_error: Its standard error, paired over the draws.
        changed: Paths on which the runs of a contrast differ in what is counted.
    """

    value: ByRun
    value_error: ByRun
    difference: ByContrast
    difference_error: ByContrast
    changed: np.ndarray


def _sum(weights: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Weighted runs without those of no weight: a run less itself is exactly zero."""
    total = np.zeros_like(runs[0])
    for weight, values in zip(weights, runs, strict=True):
        if weight:
            total = total + weight * values
    return total
