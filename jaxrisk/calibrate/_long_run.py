"""Errors of averages whose terms hang together: the long-run covariance."""

import numpy as np
from jaxtyping import Float64


def window_length(steps: int) -> int:
    """Steps over which terms are taken to hang together: n^0.7.

    Spells of stress last days, so that squared hourly returns are alike over hundreds
    of steps, each a little; the usual windows of n^(1/3) see a part of it only.
    """
    return max(round(steps**0.7), 1)


def long_run_covariance(
    terms: Float64[np.ndarray, "sum step"], *, length: int | None = None
) -> Float64[np.ndarray, "sum sum"]:
    r"""Covariance of the sums of autocorrelated terms of mean zero.

    .. math:: \sum_{|j| < L} (1 - |j| / L) \sum_t u_t u_{t+j}'

    with windows of L steps, in which form it is the second moment of the sums over all
    stretches of L steps. Divided by 1 - L/n, the share that is left of it if u has its
    own mean taken off.

    Args:
        terms: The terms, less their mean; zero where one is missing.
        length: L; `window_length` if None. One counts neighbours as independent.

    With less than fifty spells of stress in the window the errors are a tenth too small
    and skew: a path of few spells has a low estimate and a small error (measured).

    Source: Newey and West (1987), A simple, positive semi-definite, heteroskedasticity
    and autocorrelation consistent covariance matrix.
    """
    steps = terms.shape[1]
    length = min(window_length(steps) if length is None else length, steps // 2)
    padded = np.pad(np.cumsum(terms, axis=1), ((0, 0), (length, 0)))
    after = np.repeat(padded[:, -1:], length - 1, axis=1)
    sums = np.concatenate([padded[:, length:], after], axis=1) - padded[:, :-1]
    return sums @ sums.T / (length * (1 - length / steps))
