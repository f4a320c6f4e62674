r"""What the paths' own slopes are worth, by an audit against bumps on the same paths.

.. math:: \hat d = \bar b_n + \beta (\bar g_N - \bar g_n), \qquad
    \beta = \operatorname{cov}(b, g) / \operatorname{var} g

with b the bumps on n blocks and g the slopes on all N: unbiased as the bumps are,
whatever the slopes miss (Glasserman 2004, section 4.1).
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ..engine import BLOCK
from ._derivative import BlockSlopes, Derivative, PerMeasure


LIMIT = 0.02
"""Relative difference, and error of that difference, that an audit lets pass."""

FEW = 30
"""Changed paths below which a standard error is not to be trusted."""

LEAST_BLOCKS = 8
"""Of an audit: with fewer its own error is not known."""


@dataclass(frozen=True)
class Verdict:
    """By measure.

    Attributes:
        slope: The paths' own slopes, and their errors.
        audit: Bumps less slopes on the same paths, and its error.
        value: What is to be reported if it is the better one.
        standard_error: Its error; infinite where the slopes are of no use.
        method: How it was found.
        settled: Where bumps on more paths would not do better.
    """

    slope: tuple[PerMeasure, PerMeasure]
    audit: tuple[PerMeasure, PerMeasure]
    value: PerMeasure
    standard_error: PerMeasure
    method: np.ndarray
    settled: np.ndarray

    def applied(self, bumped: Derivative) -> Derivative:
        """The better of both, measure by measure."""
        better = self.settled | (self.standard_error < bumped.standard_error)
        return dataclasses.replace(
            bumped,
            value=np.where(better, self.value, bumped.value),
            standard_error=np.where(better, self.standard_error, bumped.standard_error),
            method=np.where(better, self.method, bumped.method),
            slope=self.slope,
            audit=self.audit,
        )


def judge(
    bumped: Float64[np.ndarray, "measure first"],
    control: BlockSlopes,
    *,
    bias: PerMeasure,
    alone: PerMeasure,
    changed: np.ndarray,
    settle: bool,
) -> Verdict:
    """Audit the slopes, and say what to make of them.

    Args:
        bumped: Bumps on the first blocks.
        control: Slopes on all blocks, the same first; NaN where there are none.
        bias: Of the bumps, as far as their widths show it.
        alone: Errors of bumps on all paths.
        changed: Paths that the bumps change: of few, no audit is made.
        settle: Whether slopes are taken as they are in any case.
    """
    rows = [
        _judge(*each, settle=settle)
        for each in zip(
            bumped, control, bias, alone, (changed >= FEW).tolist(), strict=True
        )
    ]
    slope, slope_error, gap, gap_error, value, error, method, settled = zip(
        *rows, strict=True
    )
    return Verdict(
        slope=(np.array(slope), np.array(slope_error)),
        audit=(np.array(gap), np.array(gap_error)),
        value=np.array(value),
        standard_error=np.array(error),
        method=np.array(method, object),
        settled=np.array(settled, bool),
    )


def _judge(
    bumped: np.ndarray,
    control: np.ndarray,
    bias: float,
    alone: float,
    enough: bool,
    *,
    settle: bool,
) -> tuple[float, float, float, float, float, float, str, bool]:
    first = min(bumped.size, control.size)
    both = np.isfinite(control[:first]) & np.isfinite(bumped[:first])
    whole = control[np.isfinite(control)]
    if both.sum() < LEAST_BLOCKS:
        nan = float("nan")
        return nan, nan, nan, nan, nan, float("inf"), "bump", False
    bump, slope = bumped[:first][both], control[:first][both]
    mean, error = _mean(whole)
    gap, gap_error = _mean(bump - slope)
    known = mean, error, gap, gap_error
    limit = LIMIT * abs(mean)
    near = enough and abs(gap) <= min(3 * gap_error, limit) and gap_error <= limit
    if settle or near:
        return *known, mean, error, "pathwise", True
    if not enough:
        # Of the errors of a few paths the smaller one is the one that is wrong.
        return *known, mean, float("inf"), "bump", False
    value, error = _controlled(bump, slope, whole)
    error = float(np.hypot(error, bias))
    return *known, value, error, "controlled", bool(error <= alone)


def _controlled(
    bump: np.ndarray, slope: np.ndarray, whole: np.ndarray
) -> tuple[float, float]:
    spread = slope.var(ddof=1)
    if spread == 0:
        return _mean(bump)
    beta = np.cov(bump, slope)[0, 1] / spread
    value = bump.mean() + beta * (whole.mean() - slope.mean())
    # Two degrees of freedom go with the regression.
    left = (bump - beta * slope).var(ddof=1) * (bump.size - 1) / (bump.size - 2)
    error = np.sqrt(left / bump.size + beta**2 * whole.var(ddof=1) / whole.size)
    return float(value), float(error)


def _mean(values: np.ndarray) -> tuple[float, float]:
    error = values.std(ddof=1) / np.sqrt(values.size)
    return float(values.mean()), float(error)


class BlockMeans:
    """Means over blocks of paths that arrive in order, in pieces of any size."""

    def __init__(self, rows: int) -> None:
        """Start without a path.

        Args:
            rows: Numbers followed for every path.
        """
        self._rest = np.empty((rows + 1, 0))
        self._means = [np.empty((rows, 0))]

    def push(self, values: Float64[np.ndarray, "row path"], valid: np.ndarray) -> None:
        """Add the next paths; those that are not `valid` are left out."""
        here = np.concatenate([values, valid[None].astype(np.float64)])
        here = np.concatenate([self._rest, here], axis=1)
        whole = here.shape[1] // BLOCK * BLOCK
        self._rest = here[:, whole:]
        sums = here[:, :whole].reshape(here.shape[0], -1, BLOCK).sum(axis=2)
        counts = np.where(sums[-1] > 0, sums[-1], np.nan)
        self._means.append(sums[:-1] / counts)

    def means(self) -> Float64[np.ndarray, "row block"]:
        """Of all whole blocks; NaN where no path counts."""
        return np.concatenate(self._means, axis=1)
