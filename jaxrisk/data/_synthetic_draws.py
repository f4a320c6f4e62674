"""Draws that a synthetic book is made of."""

import numpy as np
from jaxtyping import Float64, Int64


SIZE_SPREAD = 2.4  # standard deviation of log size
DIGITS = 6  # significant digits of a synthetic balance

AccountIndex = Int64[np.ndarray, " account"]
AccountNumber = Float64[np.ndarray, " account"]


def split_groups(count: int, weight: Float64[np.ndarray, " group"]) -> AccountIndex:
    """Group of each of `count` accounts, as near to the weights as whole numbers are.

    Args:
        count: How many accounts.
        weight: Relative size of each group.

    Returns:
        The group of each account, in order.
    """
    edges = np.round(np.cumsum(weight) / weight.sum() * count).astype(np.int64)
    return np.searchsorted(edges, np.arange(count), side="right").astype(np.int64)


def heavy_tailed_shares(
    group: AccountIndex, largest: float, *, rng: np.random.Generator
) -> AccountNumber:
    """Shares of the accounts in their groups: lognormal, the largest prescribed.

    Args:
        group: Group of each account.
        largest: Share of each group's largest account, in large groups [ratio].
        rng: Draws.

    Returns:
        Shares that sum to one in every group [ratio].
    """
    raw = np.exp(SIZE_SPREAD * np.maximum(rng.standard_normal(group.size), -2.0))
    share = np.empty(group.size)
    for number in np.unique(group):
        rows = np.flatnonzero(group == number)
        rows = rows[np.argsort(-raw[rows], kind="stable")]
        size = raw[rows] / raw[rows].sum()
        rest = np.minimum(
            size[1:] * (1 - largest) / max(size[1:].sum(), 1e-300), 0.6 * largest
        )
        size[0] = largest
        size[1:] = rest
        size[1:] *= (1 - largest) / max(rest.sum(), 1e-300)
        share[rows] = size / size.sum()
    return share


def pick(
    weight: Float64[np.ndarray, "account reserve"], *, rng: np.random.Generator
) -> AccountIndex:
    """One reserve for each account, with probability proportional to its weight."""
    edge = np.cumsum(weight, axis=1)
    at = rng.random(weight.shape[0]) * edge[:, -1]
    return np.argmax(edge > at[:, None], axis=1)


def significant(
    amounts: Float64[np.ndarray, "account reserve"],
) -> Float64[np.ndarray, "account reserve"]:
    """Amounts rounded to a few significant digits, to be short in a file."""
    digits = [float(f"{amount:.{DIGITS}g}") for amount in amounts.ravel()]
    return np.asarray(digits).reshape(amounts.shape)
