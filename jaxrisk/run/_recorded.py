"""What needs whole paths: the fan of prices, and what happens in the tail."""

from collections.abc import Iterator

import numpy as np

from ..config import initial_prices, liquidation_thresholds, reserve_prices
from ..engine import Trajectory, record
from ..risk import QUANTILES, Measures, account_snapshot, account_tail_loss
from ._model import Model
from ._progress import Progress, Stage
from ._sales import has_derivatives, tail_means, tail_totals
from ._worst_paths import WORST_PATHS, worst_entries


FAN_PATHS = 1024
ACCOUNTS = 20
TAIL_PATHS = 256
_CHUNK = 128


def fan(
    model: Model, *, paths: int, seed: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Quantiles of market and fundamental prices over time, on the first paths.

    Returns:
        Entries of the dataset, [time, asset, quantile] USD; time starts at zero.
    """
    chosen = np.arange(min(paths, FAN_PATHS))
    market, fundamental, done = [], [], 0
    for trajectory in _recorded(model, chosen, seed):
        market.append(trajectory.info.price)
        fundamental.append(trajectory.info.fundamental)
        done += trajectory.kept.shape[1]
        progress(Stage("recording paths", min(done, chosen.size), chosen.size))
    return {
        "price": _quantiles(model, market, chosen.size),
        "fundamental_price": _quantiles(model, fundamental, chosen.size),
    }


def tail_facts(model: Model, measures: Measures, *, seed: int) -> dict[str, np.ndarray]:
    """Which accounts lose on the worst paths, and who sold, closed and paid there."""
    tail = np.asarray(measures.tail_paths(at_most=TAIL_PATHS))
    parts, totals = [], []
    for trajectory in _recorded(model, tail, seed):
        parts.append(trajectory.bad_debt)
        totals.append(tail_totals(model.axes, trajectory.info))
    loss = np.concatenate(parts, axis=1)[:, : tail.size].astype(np.float64)
    sold = {
        name: np.concatenate([part[name] for part in totals], axis=1)[:, : tail.size]
        for name in totals[0]
    }
    return {**_account_facts(model, loss), **tail_means(sold)}


def worst_facts(
    model: Model, measures: Measures, *, seed: int
) -> dict[str, np.ndarray]:
    """The worst paths by step; nothing where keepers alone trade."""
    if not has_derivatives(model.axes):
        return {}
    worst = measures.worst_paths[:WORST_PATHS]
    trajectory = next(_recorded(model, worst, seed))
    entries = worst_entries(model, trajectory, paths=worst.size)
    return {"recorded_path": worst, **entries}


def _account_facts(model: Model, loss: np.ndarray) -> dict[str, np.ndarray]:
    """The accounts that lose most on the worst paths, then those that owe most."""
    price = reserve_prices(model.config)
    chosen = np.lexsort((-(model.book.debt @ price), -loss.mean(axis=1)))[:ACCOUNTS]
    snapshot = account_snapshot(
        model.book,
        chosen,
        price=price,
        threshold=liquidation_thresholds(model.config),
    )
    return {**snapshot, **account_tail_loss(loss[chosen])}


def _recorded(model: Model, paths: np.ndarray, seed: int) -> Iterator[Trajectory]:
    """Chunks of one size, the last one filled up: one compilation serves all."""
    filled = np.resize(paths, -(-paths.size // _CHUNK) * _CHUNK)
    for start in range(0, filled.size, _CHUNK):
        yield record(model.system, seed=seed, paths=filled[start : start + _CHUNK])


def _quantiles(model: Model, parts: list[np.ndarray], count: int) -> np.ndarray:
    prices = np.concatenate(parts, axis=-1)[..., :count]
    over_time = np.moveaxis(np.nanquantile(prices, QUANTILES, axis=-1), 0, -1)
    start = np.repeat(initial_prices(model.config)[:, None], QUANTILES.size, axis=1)
    return np.concatenate([start[None], over_time])
