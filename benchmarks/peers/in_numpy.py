"""The core step in NumPy: vectorized over paths, paths last."""

from typing import Any

import numpy as np
from core import ASSETS, BONUS, CLOSE_FACTOR, DECAY, DISPLACEMENT, PRICE, STEPS, Core


BLOCK = 512
"""Paths at once: fewer and more are slower."""


def core_step(core: Core, paths: int, seed: int, dtype: Any) -> np.ndarray:  # noqa: ANN401
    """Bad debt, repaid debt and the drawdowns: [2 + asset, path]."""
    chance = np.random.Generator(np.random.SFC64(seed))
    blocks = [min(BLOCK, paths - start) for start in range(0, paths, BLOCK)]
    return np.concatenate([_block(core, size, chance, dtype) for size in blocks], 1)


def _block(
    core: Core,
    paths: int,
    chance: np.random.Generator,
    dtype: Any,  # noqa: ANN401
) -> np.ndarray:
    root, sd, depth = (
        each.astype(dtype)
        for each in (core.root, core.sd[:, None], core.depth[:, None])
    )
    threshold = core.threshold.astype(dtype)[:, None, None]
    collateral, debt = (
        np.repeat(each.astype(dtype)[:, :, None], paths, axis=2)
        for each in (core.collateral, core.debt)
    )
    log_price, inventory = np.zeros((2, ASSETS, paths), dtype)
    low = np.ones((ASSETS, paths), dtype)
    bad, repaid = np.zeros((2, paths), dtype)
    for _ in range(STEPS):
        normal = chance.standard_normal((ASSETS, paths), dtype)
        log_price += sd * (root @ normal) - sd**2 / 2
        inventory *= DECAY
        mid = PRICE * np.exp(log_price)
        price = mid * np.exp(-DISPLACEMENT * inventory * mid / depth)
        worth = price[:, None] * collateral
        below = threshold * worth < debt
        covered = CLOSE_FACTOR * debt * (1 + BONUS) / np.where(below, worth, 1)
        share = np.where(below, np.minimum(covered, 1), 0)
        paid = np.where(covered < 1, CLOSE_FACTOR * debt, worth / (1 + BONUS))
        paid = np.where(below, paid, 0)
        sold = share * collateral
        collateral -= sold
        debt -= paid
        repaid += paid.sum(axis=(0, 1))
        bare = (share == 1) & below
        bad += np.where(bare, debt, 0).sum(axis=(0, 1))
        debt = np.where(bare, 0, debt)
        inventory += sold.sum(axis=1)
        price = mid * np.exp(-DISPLACEMENT * inventory * mid / depth)
        low = np.minimum(low, price / PRICE)
    gap = np.maximum(debt - price[:, None] * collateral, 0)
    return np.concatenate([(bad + gap.sum(axis=(0, 1)))[None], repaid[None], 1 - low])


def paths_alone(core: Core, paths: int, seed: int, dtype: Any) -> np.ndarray:  # noqa: ANN401
    """Terminal and least log price: [2 x asset, path]."""
    chance = np.random.default_rng(seed)
    root, sd = core.root.astype(dtype), core.sd[:, None].astype(dtype)
    log_price = np.zeros((ASSETS, paths), dtype)
    low = np.zeros_like(log_price)
    for _ in range(STEPS):
        normal = chance.standard_normal((ASSETS, paths), dtype)
        log_price += sd * (root @ normal) - sd**2 / 2
        np.minimum(low, log_price, out=low)
    return np.concatenate([log_price, low])
