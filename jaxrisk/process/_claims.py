"""What follows what: from direct claims to everything that an asset rests on."""

import numpy as np
from jaxtyping import Float64


Weights = Float64[np.ndarray, "asset asset"]
"""Row by row the weights in log price of what an asset is directly a claim on."""


def closure(weights: Weights) -> Weights:
    r"""How the log price of each asset answers to the own move of every other.

    .. math:: A = I + W + W^2 + \dots = (I - W)^{-1}

    computed from the root up, so that weights of one give ones to the last bit.

    Args:
        weights: W, of direct claims: one for a token that is worth another, the
            weights of the pool for a share of one.

    Raises:
        ValueError: If a chain of claims leads back to where it began.
    """
    ring = cycle_of(weights)
    if ring:
        chain = " -> ".join(str(asset) for asset in ring)
        raise ValueError(
            f"Assets are claims on each other in a circle ({chain}), so that none has "
            "a root to be valued from; remove one of these claims."
        )
    answer = np.eye(len(weights))
    for asset in _roots_first(weights):
        answer[asset] += weights[asset] @ answer
    return answer


def cycle_of(weights: Weights) -> tuple[int, ...]:
    """A chain of claims that leads back to where it began; empty if there is none."""
    known: set[int] = set()

    def search(chain: tuple[int, ...]) -> tuple[int, ...]:
        asset = chain[-1]
        if asset in chain[:-1]:
            return chain[chain.index(asset) :]
        if asset in known:
            return ()
        for other in np.flatnonzero(weights[asset]):
            ring = search((*chain, int(other)))
            if ring:
                return ring
        known.add(asset)
        return ()

    for asset in range(len(weights)):
        ring = search((asset,))
        if ring:
            return ring
    return ()


def depths(weights: Weights) -> np.ndarray:
    """Claims between each asset and its farthest root; zero for a root itself."""
    depth = np.zeros(len(weights), np.int64)
    for asset in _roots_first(weights):
        below = np.flatnonzero(weights[asset])
        depth[asset] = 1 + depth[below].max() if below.size else 0
    return depth


def _roots_first(weights: Weights) -> list[int]:
    """An order in which every asset follows what it is a claim on."""
    order: list[int] = []

    def visit(asset: int) -> None:
        if asset not in order:
            for other in np.flatnonzero(weights[asset]):
                visit(int(other))
            order.append(asset)

    for asset in range(len(weights)):
        visit(asset)
    return order
