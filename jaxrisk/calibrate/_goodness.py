"""Whether a fitted law could have made the data: a test with a calibrated p-value."""

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._estimate import Goodness


_EDGES = np.array([0.001, 0.005, 0.025, 0.05, 0.1, 0.2, 0.35])
_LEAST = 20.0  # observations expected in a cell


def goodness_of_levels(
    level: Float64[np.ndarray, "asset observation"],
    scores: Float64[np.ndarray, "observation parameter"],
    *,
    test: str,
) -> Goodness:
    r"""Whether levels are uniform, parameters having been fitted to the same data.

    A level is the chance of an observation below the one seen, given those before it;
    under the model levels are uniform and independent. Their shares in cells, finer in
    the tails, are compared with the cells' probabilities. Fitting draws the shares
    towards the model; the part of every count that the scores explain is taken out:

    .. math::
        e_t = 1_t - p - G J^{-1} s_t, \qquad
        X = n \bar e^\top \hat S^{-1} \bar e \sim \chi^2

    with scores s, G = mean(1 s'), J = mean(s s') and S the covariance of e. So the
    p-value is right for estimated parameters, to order one in the observations; with
    several assets, which may depend on each other, too. It says nothing of dependence
    over time.

    Source: Newey (1985), Maximum likelihood specification testing and conditional
    moment tests; Tauchen (1985), Diagnostic testing and evaluation of maximum
    likelihood models.

    Args:
        level: Levels, of each asset's own law.
        scores: Slopes of each observation's log-density, at the estimates.
        test: Name of what is tested.
    """
    count = level.shape[1]
    lower = _EDGES[count * np.diff(_EDGES, prepend=0.0) >= _LEAST]
    edges = np.concatenate([lower, [0.5], 1 - lower[::-1]])
    # The last cell follows from the others.
    inside = [
        (level > low) & (level <= high)
        for low, high in zip(np.append(0.0, edges[:-1]), edges, strict=True)
    ]
    chance = np.diff(edges, prepend=0.0)
    moment = np.stack(inside, axis=1) - chance[:, None]
    moment = moment.reshape(-1, count)
    slope = moment @ scores / count
    variance = scores.T @ scores / count
    rest = moment - slope @ np.linalg.solve(variance, scores.T)
    mean = rest.mean(axis=1)
    spread = np.cov(rest)
    statistic = float(count * mean @ np.linalg.pinv(spread, hermitian=True) @ mean)
    freedom = int(np.linalg.matrix_rank(spread, hermitian=True))
    return Goodness(
        f"{test}: levels in {edges.size + 1} cells against uniform",
        statistic,
        float(stats.chi2.sf(statistic, freedom)),
    )
