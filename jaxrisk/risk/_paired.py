"""Two runs on the same draws: differences and ratios whose errors nearly cancel."""

import math

import numpy as np
from jaxtyping import Bool, Float64

from ._axes import Axes
from ._estimate import Estimate, bounded, normal, stack
from ._moments import Accumulator, Moments
from ._rows import Outcome, counted


Sample = Float64[np.ndarray, " path"]
Bools = Bool[np.ndarray, " path"]


def ratio_of_means(numerator: Sample, denominator: Sample) -> Estimate:
    r"""Ratio of two means over the same paths, with its error by the delta method.

    .. math:: R = \bar a / \bar b, \qquad
        \mathrm{se} = \sqrt{\mathrm{var}(a - R b) / n} \,/\, |\bar b|

    (Cochran 1977, section 2.11.) What both runs share cancels in a - R b. Two runs that
    both lost nothing are equal: their ratio is 1, exactly.

    Args:
        numerator: Measure a of each path in one run.
        denominator: Measure b of the same paths in the other run, in the same unit.

    Returns:
        The ratio R [ratio].
    """
    over, under = float(numerator.mean()), float(denominator.mean())
    if under == 0:
        return _over_nothing(over)
    residual = Moments.of((numerator - over / under * denominator)[None])
    error = math.sqrt(residual.variance[0] / residual.count) / abs(under)
    return normal(over / under, error)


def stratified_ratio(
    numerator: Sample, denominator: Sample, *, in_tail: Bools, share: float
) -> Estimate:
    r"""Ratio of two expectations over the same paths, of which the tail has too many.

    .. math:: R = \frac{\sum_s q_s \bar a_s}{\sum_s q_s \bar b_s}, \qquad
        \mathrm{se} = \sqrt{\sum_s q_s^2 \, \mathrm{var}_s(a - R b) / n_s}
        \,/\, |\bar b|

    over the strata s: the tail, of probability q, and the rest.

    Args:
        numerator: Measure a of each path in one run.
        denominator: Measure b of the same paths in the other run, in the same unit.
        in_tail: Which paths are of the tail.
        share: Probability q of the tail [ratio].
    """
    strata = [(1 - share, ~in_tail), (share, in_tail)]
    strata = [(weight, rows) for weight, rows in strata if weight and rows.any()]

    def mean(values: Sample) -> float:
        return sum(weight * float(values[rows].mean()) for weight, rows in strata)

    over, under = mean(numerator), mean(denominator)
    if under == 0:
        return _over_nothing(over)
    residual = numerator - over / under * denominator
    variance = 0.0
    for weight, rows in strata:
        moments = Moments.of(residual[rows][None])
        variance += weight**2 * float(moments.variance[0]) / moments.count
    return normal(over / under, math.sqrt(variance) / abs(under))


def cohort_error(
    coarse: Outcome, full: Outcome, *, first: int
) -> dict[str, np.ndarray]:
    """How far a compressed book is from the full one, on the same draws.

    Args:
        coarse: Outcomes of paths run with cohorts: some of the run, and after them
            losing paths of the worst 1 %.
        full: Outcomes of the same paths with every account.
        first: How many are not of the tail.

    Returns:
        Entries of the dataset: `cohort_error_liquidations` and `cohort_error_es99`, the
        coarse number over the full one less 1 [ratio], each with its `_se`. The second
        is left out where fewer than two paths are of the tail.
    """
    valid = counted(coarse["status"]) & counted(full["status"])
    head = valid & (np.arange(valid.size) < first)
    tail = valid & ~head
    errors = _excess(
        "cohort_error_liquidations",
        *(_total(run, "repaid")[head] for run in (coarse, full)),
    )
    if tail.sum() < 2:
        return errors
    return errors | _excess(
        "cohort_error_es99",
        *(
            (_total(run, "realized") + _total(run, "unrealized"))[tail]
            for run in (coarse, full)
        ),
    )


def _excess(name: str, coarse: Sample, full: Sample) -> dict[str, np.ndarray]:
    ratio = ratio_of_means(coarse, full)
    return {name: np.asarray(ratio.value - 1), f"{name}_se": ratio.standard_error}


def bad_debt_error(
    coarse: Outcome, full: Outcome, *, in_tail: Bools, share: float
) -> Estimate:
    """Expected bad debt with cohorts over that with every account, less 1 [ratio].

    Args:
        coarse: Outcomes of paths run with cohorts.
        full: Outcomes of the same paths with every account.
        in_tail: Which paths are of the tail, of which there are more than by chance.
        share: Probability of the tail [ratio].
    """
    valid = counted(coarse["status"]) & counted(full["status"])
    runs = [
        (_total(run, "realized") + _total(run, "unrealized"))[valid]
        for run in (coarse, full)
    ]
    ratio = stratified_ratio(*runs, in_tail=in_tail[valid], share=share)
    return normal(float(ratio.value) - 1, float(ratio.standard_error))


class FeedbackComparison:
    """Bad debt with and without price impact on the same draws, streamed."""

    def __init__(self, axes: Axes) -> None:
        """Start without a path.

        Args:
            axes: What the rows of outcomes stand for.
        """
        self._axes = axes
        self._accumulator = Accumulator(3 * len(axes.scopes))

    def push(self, feedback: Outcome, without: Outcome) -> None:
        """Add the next paths, run both ways; one that failed in either is left out."""
        losses = [
            self._axes.scoped_reserves(
                run["realized"].astype(np.float64) + run["unrealized"]
            )
            for run in (feedback, without)
        ]
        block = np.concatenate([*losses, losses[0] - losses[1]])
        valid = counted(feedback["status"]) & counted(without["status"])
        self._accumulator.push(block, valid & np.isfinite(block).all(axis=0))

    def estimates(self) -> dict[str, np.ndarray]:
        r"""Entries of the dataset, by scope.

        `bad_debt_without_feedback_mean`, and the amplification as a difference
        (`bad_debt_amplification_mean`, paired) and as a ratio
        (`bad_debt_amplification_ratio`), with the delta method's error:

        .. math:: \mathrm{var}(a - R b) = (1-R)\,\mathrm{var}(a)
            + R(R-1)\,\mathrm{var}(b) + R\,\mathrm{var}(a-b)
        """
        moments = self._accumulator.moments()
        parts = np.arange(3 * len(self._axes.scopes)).reshape(3, -1)
        mean = moments.estimate()
        ratio = stack([_streamed_ratio(moments, *rows) for rows in parts.T.tolist()])
        return {
            "bad_debt_without_feedback_mean": mean.value[parts[1]],
            "bad_debt_without_feedback_mean_se": mean.standard_error[parts[1]],
            "bad_debt_amplification_mean": mean.value[parts[2]],
            "bad_debt_amplification_mean_se": mean.standard_error[parts[2]],
            **ratio.variables("bad_debt_amplification_ratio"),
        }


def _streamed_ratio(moments: Moments, a: int, b: int, gap: int) -> Estimate:
    """Ratio of the means of rows `a` and `b`, where row `gap` is a - b."""
    over, under = float(moments.mean[a]), float(moments.mean[b])
    if under == 0:
        return _over_nothing(over)
    ratio = over / under
    # var(a - R b), with the covariance written through the variance of a - b.
    weights = np.array([1 - ratio, ratio * (ratio - 1), ratio])
    spread = float(weights @ moments.variance[[a, b, gap]])
    error = math.sqrt(max(spread, 0.0) / moments.count) / abs(under)
    return normal(ratio, error)


def _over_nothing(over: float) -> Estimate:
    """A ratio to zero: 1 if both are zero, otherwise without bound."""
    if over == 0:
        return normal(1.0, 0.0)
    return bounded(np.inf, np.inf, low=0.0, high=np.inf)


def _total(outcome: Outcome, name: str) -> Sample:
    return outcome[name].sum(axis=0, dtype=np.float64)
