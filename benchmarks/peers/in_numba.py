"""The core step in Numba: a path at a time as one writes it, and tuned by hand."""

import math

import numba
import numpy as np
from core import (
    ASSETS,
    BONUS,
    CLOSE_FACTOR,
    DECAY,
    DISPLACEMENT,
    EACH,
    PRICE,
    STEPS,
    Core,
)


BLOCK = 128
"""Paths of a block: its state stays in a core's cache."""


def core_step(core: Core, paths: int, seed: int, *, tuned: bool) -> np.ndarray:
    """Bad debt, repaid debt and the drawdowns: [2 + asset, path]."""
    found = np.zeros((2 + ASSETS, paths), np.float32)
    work = _core_blocks if tuned else _core_by_path
    work(*_numbers(core), core.threshold.astype(np.float32), seed, found)
    return found


def paths_alone(core: Core, paths: int, seed: int, *, tuned: bool) -> np.ndarray:
    """Terminal and least log price: [2 x asset, path]."""
    found = np.zeros((2 * ASSETS, paths), np.float32)
    root, sd, _, _, _ = _numbers(core)
    (_alone_blocks if tuned else _alone_by_path)(root, sd, seed, found)
    return found


def _numbers(core: Core) -> tuple[np.ndarray, ...]:
    each = core.root, core.sd, core.depth, core.collateral, core.debt
    return tuple(values.astype(np.float32) for values in each)


@numba.njit(fastmath=True)
def _wander(root, sd, normal, log_price):  # noqa: ANN001, ANN202
    for a in range(ASSETS):
        normal[a] = np.random.standard_normal()  # noqa: NPY002
    for a in range(ASSETS):
        move = 0.0
        for b in range(a + 1):
            move += root[a, b] * normal[b]
        log_price[a] += sd[a] * move - 0.5 * sd[a] ** 2


@numba.njit(parallel=True, fastmath=True)
def _alone_by_path(root, sd, seed, found):  # noqa: ANN001, ANN202
    for path in numba.prange(found.shape[1]):
        np.random.seed(seed + path)  # noqa: NPY002
        log_price, low = np.zeros(ASSETS), np.zeros(ASSETS)
        normal = np.zeros(ASSETS)
        for _ in range(STEPS):
            _wander(root, sd, normal, log_price)
            for a in range(ASSETS):
                low[a] = min(low[a], log_price[a])
        found[:ASSETS, path] = log_price
        found[ASSETS:, path] = low


@numba.njit(parallel=True, fastmath=True)
def _core_by_path(root, sd, depth, held, owed, threshold, seed, found):  # noqa: ANN001, ANN202
    for path in numba.prange(found.shape[1]):
        np.random.seed(seed + path)  # noqa: NPY002
        log_price, inventory = np.zeros(ASSETS), np.zeros(ASSETS)
        low, price, normal = np.ones(ASSETS), np.zeros(ASSETS), np.zeros(ASSETS)
        collateral, debt = held.copy(), owed.copy()
        bad, repaid = 0.0, 0.0
        for _ in range(STEPS):
            _wander(root, sd, normal, log_price)
            for a in range(ASSETS):
                inventory[a] *= DECAY
                mid = PRICE * math.exp(log_price[a])
                fall = DISPLACEMENT * mid / depth[a]
                now = mid * math.exp(-fall * inventory[a])
                sold = 0.0
                for k in range(EACH):
                    worth = now * collateral[a, k]
                    if threshold[a] * worth < debt[a, k]:
                        covered = CLOSE_FACTOR * debt[a, k] * (1 + BONUS) / worth
                        if covered < 1:
                            paid, share = CLOSE_FACTOR * debt[a, k], covered
                        else:
                            paid, share = worth / (1 + BONUS), 1.0
                        sold += share * collateral[a, k]
                        collateral[a, k] -= share * collateral[a, k]
                        debt[a, k] -= paid
                        repaid += paid
                        if share == 1.0:
                            bad += debt[a, k]
                            debt[a, k] = 0.0
                inventory[a] += sold
                price[a] = mid * math.exp(-fall * inventory[a])
                low[a] = min(low[a], price[a] / PRICE)
        for a in range(ASSETS):
            for k in range(EACH):
                bad += max(debt[a, k] - price[a] * collateral[a, k], 0.0)
            found[2 + a, path] = 1 - low[a]
        found[0, path] = bad
        found[1, path] = repaid


@numba.njit(fastmath=True)
def _normals(seed, block, step, normal):  # noqa: ANN001, ANN202
    """Threefry-2x32-20 and Box-Muller, four independent lanes of code a pair."""
    half = normal.shape[0] // 2
    width = normal.shape[1]
    scale = np.float32(2.0**-24)
    key = np.uint32(0x1BD11BDA) ^ np.uint32(seed)
    for pair in range(half):
        for lane in range(width):
            x = np.uint32(block * width + lane)
            y = np.uint32(step * half + pair) + np.uint32(seed)
            for group in range(5):
                if group % 2 == 0:
                    x, y = _mix(x, y, 13)
                    x, y = _mix(x, y, 15)
                    x, y = _mix(x, y, 26)
                    x, y = _mix(x, y, 6)
                else:
                    x, y = _mix(x, y, 17)
                    x, y = _mix(x, y, 29)
                    x, y = _mix(x, y, 16)
                    x, y = _mix(x, y, 24)
                turn = (group + 1) % 3
                if turn == 0:
                    x, y = np.uint32(x), np.uint32(y + np.uint32(seed))
                elif turn == 1:
                    x, y = np.uint32(x + np.uint32(seed)), np.uint32(y + key)
                else:
                    x, y = np.uint32(x + key), np.uint32(y)
                y = np.uint32(y + np.uint32(group + 1))
            u = (np.float32(x >> np.uint32(8)) + np.float32(0.5)) * scale
            v = np.float32(y >> np.uint32(8)) * scale
            r = math.sqrt(np.float32(-2) * math.log(u))
            angle = np.float32(6.2831853) * v
            normal[2 * pair, lane] = r * math.cos(angle)
            normal[2 * pair + 1, lane] = r * math.sin(angle)


@numba.njit(fastmath=True, inline="always")
def _mix(x, y, turn):  # noqa: ANN001, ANN202
    x = np.uint32(x + y)
    y = np.uint32((y << np.uint32(turn)) | (y >> np.uint32(32 - turn)))
    return x, np.uint32(y ^ x)


@numba.njit(fastmath=True)
def _moved(root, sd, a, normal, log_price):  # noqa: ANN001, ANN202
    half = np.float32(0.5) * sd[a] * sd[a]
    for lane in range(normal.shape[1]):
        move = np.float32(0)
        for b in range(a + 1):
            move += root[a, b] * normal[b, lane]
        log_price[a, lane] += sd[a] * move - half


@numba.njit(parallel=True, fastmath=True)
def _alone_blocks(root, sd, seed, found):  # noqa: ANN001, ANN202
    for block in numba.prange(found.shape[1] // BLOCK):
        log_price = np.zeros((ASSETS, BLOCK), np.float32)
        low, normal = np.zeros_like(log_price), np.zeros_like(log_price)
        for step in range(STEPS):
            _normals(seed, block, step, normal)
            for a in range(ASSETS):
                _moved(root, sd, a, normal, log_price)
                for lane in range(BLOCK):
                    low[a, lane] = min(low[a, lane], log_price[a, lane])
        here = slice(block * BLOCK, (block + 1) * BLOCK)
        found[:ASSETS, here] = log_price
        found[ASSETS:, here] = low


@numba.njit(parallel=True, fastmath=True)
def _core_blocks(root, sd, depth, held, owed, threshold, seed, found):  # noqa: ANN001, ANN202
    one, half = np.float32(1), np.float32(CLOSE_FACTOR)
    bonus, start = np.float32(1 + BONUS), np.float32(PRICE)
    for block in numba.prange(found.shape[1] // BLOCK):
        log_price = np.zeros((ASSETS, BLOCK), np.float32)
        inventory, normal = np.zeros_like(log_price), np.zeros_like(log_price)
        low = np.ones_like(log_price)
        price = np.zeros_like(log_price)
        collateral = np.zeros((ASSETS, EACH, BLOCK), np.float32)
        debt = np.zeros_like(collateral)
        mid, sold = np.zeros(BLOCK, np.float32), np.zeros(BLOCK, np.float32)
        bad, repaid = np.zeros(BLOCK, np.float32), np.zeros(BLOCK, np.float32)
        for a in range(ASSETS):
            for k in range(EACH):
                collateral[a, k] = held[a, k]
                debt[a, k] = owed[a, k]
        for step in range(STEPS):
            _normals(seed, block, step, normal)
            for a in range(ASSETS):
                _moved(root, sd, a, normal, log_price)
                fall = np.float32(-DISPLACEMENT) / depth[a]
                for lane in range(BLOCK):
                    mid[lane] = start * math.exp(log_price[a, lane])
                    inventory[a, lane] *= np.float32(DECAY)
                    push = fall * mid[lane] * inventory[a, lane]
                    price[a, lane] = mid[lane] * math.exp(push)
                    sold[lane] = np.float32(0)
                for k in range(EACH):
                    for lane in range(BLOCK):
                        c, d = collateral[a, k, lane], debt[a, k, lane]
                        worth = price[a, lane] * c
                        below = threshold[a] * worth < d
                        covered = half * d * bonus / max(worth, np.float32(1e-20))
                        share = min(covered, one) if below else np.float32(0)
                        paid = half * d if covered < one else worth / bonus
                        paid = paid if below else np.float32(0)
                        left = d - paid
                        bare = below and covered >= one
                        sold[lane] += share * c
                        collateral[a, k, lane] = c - share * c
                        debt[a, k, lane] = np.float32(0) if bare else left
                        bad[lane] += left if bare else np.float32(0)
                        repaid[lane] += paid
                for lane in range(BLOCK):
                    inventory[a, lane] += sold[lane]
                    push = fall * mid[lane] * inventory[a, lane]
                    price[a, lane] = mid[lane] * math.exp(push)
                    low[a, lane] = min(low[a, lane], price[a, lane] / start)
        here = slice(block * BLOCK, (block + 1) * BLOCK)
        for a in range(ASSETS):
            for k in range(EACH):
                for lane in range(BLOCK):
                    gap = debt[a, k, lane] - price[a, lane] * collateral[a, k, lane]
                    bad[lane] += max(gap, np.float32(0))
            found[2 + a, here] = one - low[a]
        found[0, here] = bad
        found[1, here] = repaid
