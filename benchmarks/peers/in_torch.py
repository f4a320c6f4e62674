"""The core step in PyTorch: eager, or through its compiler."""

import functools
from collections.abc import Callable

import numpy as np
import torch
from core import (
    ASSETS,
    BONUS,
    CLOSE_FACTOR,
    DECAY,
    DISPLACEMENT,
    PRICE,
    SQRT_DT,
    STEPS,
    Core,
)


State = tuple[torch.Tensor, ...]


def core_step(core: Core, paths: int, seed: int, *, compiled: bool) -> np.ndarray:
    """Bad debt, repaid debt and the drawdowns: [2 + asset, path]."""
    torch.manual_seed(seed)
    step = _compiled(_step) if compiled else _step
    fixed = _fixed(core)
    state, threshold = _start(core, paths), _tensor(core.threshold)
    with torch.no_grad():
        for _ in range(STEPS):
            state = step(fixed, threshold, state, torch.randn(ASSETS, paths))
        return _outcome(state, fixed).numpy()


def slopes(core: Core, paths: int, seed: int) -> np.ndarray:
    """Slopes of mean bad debt in the volatilities over a year, by autograd."""
    torch.manual_seed(seed)
    root, _, depth = _fixed(core)
    volatility = _tensor(core.volatility).requires_grad_()
    fixed = root, volatility[:, None] * SQRT_DT, depth
    state, threshold = _start(core, paths), _tensor(core.threshold)
    for _ in range(STEPS):
        state = _step(fixed, threshold, state, torch.randn(ASSETS, paths))
    _outcome(state, fixed)[0].mean().backward()
    return np.asarray(volatility.grad)


def paths_alone(core: Core, paths: int, seed: int, *, compiled: bool) -> np.ndarray:
    """Terminal and least log price: [2 x asset, path]."""
    torch.manual_seed(seed)
    move = _compiled(_move) if compiled else _move
    root, sd, _ = _fixed(core)
    log_price = torch.zeros(ASSETS, paths)
    low = torch.zeros_like(log_price)
    with torch.no_grad():
        for _ in range(STEPS):
            log_price, low = move(root, sd, log_price, low, torch.randn(ASSETS, paths))
    return torch.cat([log_price, low]).numpy()


@functools.cache
def _compiled(work: Callable[..., State]) -> Callable[..., State]:
    return torch.compile(work)


def _tensor(values: np.ndarray) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32)


def _fixed(core: Core) -> State:
    sd, depth = _tensor(core.sd)[:, None], _tensor(core.depth)[:, None]
    return _tensor(core.root), sd, depth


def _start(core: Core, paths: int) -> State:
    by_asset = torch.zeros(ASSETS, paths)
    book = [
        _tensor(each)[:, :, None].expand(-1, -1, paths).clone()
        for each in (core.collateral, core.debt)
    ]
    nothing = torch.zeros(paths)
    return by_asset, by_asset.clone(), by_asset + 1, *book, nothing, nothing.clone()


def _move(
    root: torch.Tensor,
    sd: torch.Tensor,
    log_price: torch.Tensor,
    low: torch.Tensor,
    normal: torch.Tensor,
) -> State:
    log_price = log_price + sd * (root @ normal) - sd**2 / 2
    return log_price, torch.minimum(low, log_price)


def _price(inventory: torch.Tensor, mid: torch.Tensor, fixed: State) -> torch.Tensor:
    return mid * torch.exp(-DISPLACEMENT * inventory * mid / fixed[2])


def _step(
    fixed: State, threshold: torch.Tensor, state: State, normal: torch.Tensor
) -> State:
    root, sd, _ = fixed
    log_price, inventory, low, collateral, debt, bad, repaid = state
    log_price = log_price + sd * (root @ normal) - sd**2 / 2
    inventory = inventory * DECAY
    mid = PRICE * torch.exp(log_price)
    price = _price(inventory, mid, fixed)
    worth = price[:, None] * collateral
    below = threshold[:, None, None] * worth < debt
    covered = CLOSE_FACTOR * debt * (1 + BONUS) / torch.where(below, worth, 1)
    share = torch.where(below, covered.clamp(max=1), 0)
    paid = torch.where(covered < 1, CLOSE_FACTOR * debt, worth / (1 + BONUS))
    paid = torch.where(below, paid, 0)
    sold = share * collateral
    collateral, debt = collateral - sold, debt - paid
    bare = (share == 1) & below
    bad = bad + torch.where(bare, debt, 0).sum(dim=(0, 1))
    debt = torch.where(bare, 0, debt)
    inventory = inventory + sold.sum(dim=1)
    price = _price(inventory, mid, fixed)
    low = torch.minimum(low, price / PRICE)
    repaid = repaid + paid.sum(dim=(0, 1))
    return log_price, inventory, low, collateral, debt, bad, repaid


def _outcome(state: State, fixed: State) -> torch.Tensor:
    log_price, inventory, low, collateral, debt, bad, repaid = state
    price = _price(inventory, PRICE * torch.exp(log_price), fixed)
    gap = (debt - price[:, None] * collateral).clamp(min=0).sum(dim=(0, 1))
    return torch.cat([(bad + gap)[None], repaid[None], 1 - low])
