r"""Central differences on common draws, with two widths.

.. math:: D(h) = \frac{f(\theta + h) - f(\theta - h)}{2h}, \qquad
    R = \frac{4 D(h/2) - D(h)}{3}

Both runs of a difference see the same random numbers, so that its error is that of the
paths' differences, and not of the losses. D(h) errs by O(h^2) and little noise; R
(Richardson's extrapolation) by O(h^4), and more noise. Hard triggers do no harm: over
many paths the mean is smooth where a path is not (Glasserman 2004, Monte Carlo methods
in financial engineering, section 7.1).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import jax
import numpy as np

from ..engine import BLOCK, Layout, System, revisit, workers
from ..risk import Accumulator
from ._control import BlockMeans, Verdict, judge
from ._derivative import BlockSlopes, Derivative, PerMeasure
from ._measures import Losses, Measure, Scores, scores


PILOT = 0.25
"""Share of the paths on which both widths are tried."""


@dataclass(frozen=True)
class Bumps:
    """The shifted systems of one parameter.

    Attributes:
        reach: Shift of the wide pair down and up; halved for the narrow pair.
        systems: (down, up) of the wide pair, and of the narrow one if there is any.
    """

    reach: tuple[float, float]
    systems: tuple[tuple[System, System], ...]

    @property
    def width(self) -> float:
        """From the lower to the upper of the wide pair."""
        return self.reach[0] + self.reach[1]

    @property
    def correction(self) -> float:
        """Bias of the wide pair over its difference from the narrow one.

        By the order of the error: h^2, and h where one side is out of bounds.
        """
        return 4 / 3 if self.reach[0] == self.reach[1] else 2.0


@dataclass(frozen=True)
class Sample:
    """Which paths, and how they are measured.

    Attributes:
        paths: Number of paths.
        seed: Of all random numbers.
        measures: What is measured.
        at_risk: Value at risk of every measure that needs one [USD].
    """

    paths: int
    seed: int
    measures: Sequence[Measure]
    at_risk: Mapping[str, float]


def differentiate(
    bumps: Bumps,
    sample: Sample,
    *,
    control: BlockSlopes,
    settle: bool,
    heard: Callable[[int], None],
) -> Derivative:
    """Both widths on the first paths; then what the error needs, on the others.

    A measure keeps the wide pair where the bias that the pilot shows, added to its
    noise, is less than the noise of the extrapolation. Where the paths' own slopes pass
    their audit on the pilot, or cut its error so far that the other paths would not
    cut it further, those need not be run.

    Args:
        bumps: The shifted systems.
        sample: The paths and the measures.
        control: The paths' own slopes; NaN where there are none.
        settle: Whether to take those slopes without the other paths in any case.
        heard: Called with the number of paths done.
    """
    single = len(bumps.systems) == 1
    pilot = sample.paths if single else pilot_size(sample.paths)
    tally = _Tally(len(sample.measures), bumps)
    done = 0
    for losses in _pairs(bumps.systems, sample, range(pilot)):
        tally.push(sample, losses)
        done += losses[0][0].counted.size
        heard(done)
    if single:
        return tally.derivative()
    verdict = tally.verdict(control, sample.paths, settle=settle)
    rest = range(pilot, sample.paths)
    if verdict.settled.all() or not len(rest):
        return verdict.applied(tally.derivative())
    both = bool(tally.prefers_extrapolation(sample.paths)[~verdict.settled].any())
    for losses in _pairs(bumps.systems[: 2 if both else 1], sample, rest):
        tally.push(sample, losses)
        done += losses[0][0].counted.size
        heard(done)
    return verdict.applied(tally.derivative())


def pilot_size(paths: int) -> int:
    """Paths on which both widths are tried: whole blocks, unless there are fewer."""
    blocks = -(-max(1024, int(PILOT * paths)) // BLOCK)
    return min(paths, blocks * BLOCK)


def _pairs(
    systems: Sequence[tuple[System, System]], sample: Sample, paths: range
) -> Iterator[list[tuple[Losses, Losses]]]:
    """Launch by launch, the losses of every pair on the same draws."""
    chosen = np.arange(paths.start, paths.stop)
    rows = systems[0][0].accounts.members.shape[0]
    # One launch for pilot and rest: another one is another compilation.
    layout = Layout.fitting(pilot_size(sample.paths), rows, workers())
    streams = [
        revisit(system, path=chosen, seed=sample.seed, layout=layout)
        for pair in systems
        for system in pair
    ]
    for outcomes in zip(*streams, strict=True):
        losses = [Losses.of(each) for each in outcomes]
        yield list(zip(losses[::2], losses[1::2], strict=True))


class _Tally:
    """Adds up the differences of the wide pair, and of both pairs where there are."""

    def __init__(self, measures: int, bumps: Bumps) -> None:
        self._measures, self._bumps = measures, bumps
        self._wide = Accumulator(measures)
        self._joint = Accumulator(3 * measures)
        self._blocks = BlockMeans(2 * measures)
        self._changed = np.zeros(measures, np.int64)

    def push(self, sample: Sample, losses: list[tuple[Losses, Losses]]) -> None:
        valid = np.all([each.counted for pair in losses for each in pair], axis=0)
        slopes = [
            _slope(sample, pair, self._bumps.width / 2**halvings)
            for halvings, pair in enumerate(losses)
        ]
        wide = np.where(valid, slopes[0], 0)
        self._wide.push(wide, valid)
        self._changed += (wide != 0).sum(axis=1)
        if len(slopes) == 2:
            narrow = np.where(valid, slopes[1], 0)
            apart = narrow - wide
            extrapolated = wide + self._bumps.correction * apart
            self._joint.push(np.concatenate([wide, extrapolated, apart]), valid)
            self._blocks.push(np.concatenate([wide, extrapolated]), valid)

    def prefers_extrapolation(self, paths: int) -> np.ndarray:
        """Whether extrapolation will have the smaller error over so many paths."""
        wide, extrapolated = self._errors(paths)
        return wide > extrapolated

    def verdict(self, control: BlockSlopes, paths: int, *, settle: bool) -> Verdict:
        """What the paths' own slopes are worth, by what was pushed so far."""
        better = self.prefers_extrapolation(paths)
        wide, extrapolated = np.split(self._blocks.means(), 2)
        return judge(
            np.where(better[:, None], extrapolated, wide),
            control,
            bias=np.where(better, 0, self._bias(*self._split()[2])),
            alone=np.minimum(*self._errors(paths)),
            changed=self._changed,
            settle=settle,
        )

    def derivative(self) -> Derivative:
        moments = self._wide.moments()
        wide = (moments.mean, self._noise())
        nothing = np.full(self._measures, np.nan)
        method = np.full(self._measures, "bump", object)
        none = (nothing, nothing)
        if not self._joint.moments().count:
            return Derivative(
                *wide, method, nothing, none, none, self._changed, moments.count
            )
        _, extra, apart = self._split()
        # With both pairs on all paths; else the wide one alone went on.
        everywhere = self._joint.moments().count == moments.count
        error = np.hypot(wide[1], self._bias(*apart))
        better = everywhere & (extra[1] < error)
        method[better] = "extrapolated"
        score = np.where(
            apart[1] > 0, apart[0] / np.where(apart[1] > 0, apart[1], 1), 0
        )
        return Derivative(
            value=np.where(better, extra[0], wide[0]),
            standard_error=np.where(better, extra[1], error),
            method=method,
            apart=score,
            slope=none,
            audit=none,
            changed=self._changed,
            paths=moments.count,
        )

    def _errors(self, paths: int) -> tuple[PerMeasure, PerMeasure]:
        """Errors of the wide pair and of the extrapolation over so many paths."""
        _, extra, apart = self._split()
        share = np.sqrt(self._joint.moments().count / paths)
        noise = self._noise() * np.sqrt(self._wide.moments().count / paths)
        extrapolated = np.where(extra[1] > 0, extra[1], np.inf) * share
        return np.hypot(noise, self._bias(*apart)), extrapolated

    def _noise(self) -> PerMeasure:
        return np.asarray(self._wide.moments().estimate().standard_error)

    def _bias(self, apart: PerMeasure, error: PerMeasure) -> PerMeasure:
        """Bias of the wide pair, as far as noise does not explain the difference."""
        return self._bumps.correction * np.sqrt(np.maximum(apart**2 - error**2, 0))

    def _split(self) -> list[tuple[PerMeasure, PerMeasure]]:
        """Mean and error of the wide pair, the extrapolation, and what is between."""
        estimate = self._joint.moments().estimate()
        values = np.split(estimate.value, 3)
        errors = np.split(estimate.standard_error, 3)
        return list(zip(values, errors, strict=True))


def _slope(sample: Sample, pair: tuple[Losses, Losses], width: float) -> Scores:
    down, up = (scores(sample.measures, each, sample.at_risk) for each in pair)
    return (up - down) / width


def same_numbers(one: System, other: System) -> bool:
    """Whether two systems are the same to the last bit: then so is every path."""
    left, right = jax.tree.flatten(one), jax.tree.flatten(other)
    return left[1] == right[1] and all(
        np.array_equal(first, second)
        for first, second in zip(left[0], right[0], strict=True)
    )


def unchanged(system: System, *, paths: int, seed: int) -> Iterator[Losses]:
    """Launch by launch, the losses of a system on the paths of its derivatives."""
    rows = system.accounts.members.shape[0]
    layout = Layout.fitting(pilot_size(paths), rows, workers())
    for outcome in revisit(system, path=np.arange(paths), seed=seed, layout=layout):
        yield Losses.of(outcome)
