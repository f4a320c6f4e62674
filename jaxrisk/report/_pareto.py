"""Settings that no other one beats in everything."""

import numpy as np
from jaxtyping import Bool, Float


def efficient(
    goals: Float[np.ndarray, "goal setting"],
) -> Bool[np.ndarray, " setting"]:
    """Which settings are Pareto-efficient: less is better in every row.

    A setting is beaten by one that is nowhere more, and somewhere less. Of equal
    settings the first is kept; one with a NaN is never efficient.

    Args:
        goals: What is to be small.
    """
    known = np.asarray(np.isfinite(goals).all(axis=0))
    found = np.zeros(goals.shape[1], bool)
    # Sorted by the first goal, then the others: none is beaten by a later one.
    order = np.lexsort(goals[::-1])
    kept = np.empty((goals.shape[0], 0))
    for setting in order[known[order]]:
        one = goals[:, setting, None]
        if not (kept <= one).all(axis=0).any():
            found[setting] = True
            kept = np.concatenate([kept, one], axis=1)
    return found
