"""Differences of shifted runs, added up over paths."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ..engine import System
from ..risk import Accumulator
from ._control import BlockMeans, Verdict, judge
from ._derivative import BlockSlopes, Derivative, PerMeasure
from ._measures import Losses, Scores, scores
from ._sample import Sample


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


class Tally:
    """Adds up the differences of the wide pair, and of both pairs where there are."""

    def __init__(self, sample: Sample, bumps: Bumps) -> None:
        """Start without a path."""
        self._sample, self._bumps = sample, bumps
        self._measures = len(sample.measures)
        self._wide = Accumulator(3 * self._measures)
        self._joint = Accumulator(9 * self._measures)
        self._blocks = BlockMeans(3 * self._measures)
        self._changed = np.zeros(self._measures, np.int64)
        self._seen = 0

    def push(self, losses: list[tuple[Losses, Losses]]) -> None:
        """Add the next paths: of every pair, widest first."""
        valid = np.all([each.counted for pair in losses for each in pair], axis=0)
        tails = self._sample.of_tails(self._seen, valid.size)
        self._seen += valid.size
        rows = [
            np.where(valid, self._rows(pair, self._bumps.width / 2**halvings, tails), 0)
            for halvings, pair in enumerate(losses)
        ]
        wide = rows[0]
        self._wide.push(wide, valid)
        self._changed += (wide[: self._measures] != 0).sum(axis=1)
        if len(rows) == 2:
            apart = rows[1] - wide
            extrapolated = wide + self._bumps.correction * apart
            self._joint.push(np.concatenate([wide, extrapolated, apart]), valid)
            slopes = wide[: self._measures], extrapolated[: self._measures]
            self._blocks.push(np.concatenate([*slopes, tails[0]]), valid)

    def _rows(
        self,
        pair: tuple[Losses, Losses],
        width: float,
        tails: tuple[Scores, Scores],
    ) -> Float64[np.ndarray, "three_rows path"]:
        """Slopes; their products with the balance; slopes of losses near the risk."""
        sample, (balance, near) = self._sample, tails
        down, up = (scores(sample.measures, each, sample.at_risk) for each in pair)
        slope = (up - down) / width
        of_loss = (pair[1].bad_debt - pair[0].bad_debt) / width
        return np.concatenate([slope, slope * balance, near * of_loss])

    def prefers_extrapolation(self, paths: int) -> np.ndarray:
        """Whether extrapolation will have the smaller error over so many paths."""
        wide, extrapolated = self._errors(paths)
        return wide > extrapolated

    def verdict(self, control: BlockSlopes, paths: int, *, settle: bool) -> Verdict:
        """What the paths' own slopes are worth, by what was pushed so far."""
        better = self.prefers_extrapolation(paths)
        wide, extrapolated, balance = np.split(self._blocks.means(), 3)
        levels = np.split(self._joint.moments().mean, 9)
        level = np.where(better, levels[5], levels[2])
        chosen = np.where(better[:, None], extrapolated, wide)
        return judge(
            chosen - level[:, None] * balance,
            control,
            bias=np.where(better, 0, self._bias(*self._split()[2])),
            alone=np.minimum(*self._errors(paths)),
            changed=self._changed,
            settle=settle,
        )

    def derivative(self) -> Derivative:
        moments = self._wide.moments()
        wide = self._estimate(self._wide)[0]
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
        return self._estimate(self._wide)[0][1]

    def _bias(self, apart: PerMeasure, error: PerMeasure) -> PerMeasure:
        """Bias of the wide pair, as far as noise does not explain the difference."""
        return self._bumps.correction * np.sqrt(np.maximum(apart**2 - error**2, 0))

    def _split(self) -> list[tuple[PerMeasure, PerMeasure]]:
        """Mean and error of the wide pair, the extrapolation, and what is between."""
        return self._estimate(self._joint)

    def _estimate(self, rows: Accumulator) -> list[tuple[PerMeasure, PerMeasure]]:
        """Mean and error of every three rows; see `_tail` for the error."""
        moments = rows.moments()
        parts = moments.mean.size // self._measures
        mean, variance = (
            each.reshape(parts // 3, 3, self._measures)
            for each in (moments.mean, moments.variance)
        )
        found = []
        for (slope, product, level), spread in zip(mean, variance[:, 0], strict=True):
            more = level**2 * self._sample.balance_variance - 2 * level * product
            whole = np.where(spread + more > 0, spread + more, spread)
            found.append((slope, np.sqrt(whole / max(moments.count, 1))))
        return found
