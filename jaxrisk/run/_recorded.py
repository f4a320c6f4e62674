"""What needs whole paths: the fan of prices, and what happens in the tail."""

from collections.abc import Iterator

import numpy as np

from ..config import initial_prices, liquidation_thresholds, reserve_prices
from ..engine import Trajectory, record
from ..risk import QUANTILES, Measures, account_snapshot, account_tail_loss
from ._model import Model
from ._progress import Progress, Stage
from ._sales import tail_means, tail_totals
from ._worst_paths import WORST_PATHS, is_recorded, worst_entries


FAN_PATHS = 1024
ACCOUNTS = 20
TAIL_PATHS = 256
_CHUNK = 128


def fan(
    model: Model, *, paths: int, seed: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Quantiles of prices and collateral factors over time, on the first paths.

    Returns:
        Entries of the dataset: prices [time, asset, quantile] USD, and factors
        [time, reserve, quantile] where they move; time starts at zero.
    """
    chosen = np.arange(min(paths, FAN_PATHS))
    market, fundamental, factor, done = [], [], [], 0
    for trajectory in _recorded(model, chosen, seed):
        market.append(trajectory.info.price)
        fundamental.append(trajectory.info.fundamental)
        factor.append(trajectory.info.policy.factor)
        done += trajectory.kept.shape[1]
        progress(Stage("recording paths", min(done, chosen.size), chosen.size))
    return {
        "price": _quantiles(model, market, chosen.size),
        "fundamental_price": _quantiles(model, fundamental, chosen.size),
        **_factors(factor, chosen.size),
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
    """The worst paths by step; nothing where only prices couple the markets."""
    if not is_recorded(model):
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


def _factors(parts: list[np.ndarray], count: int) -> dict[str, np.ndarray]:
    """Collateral factors over time; nothing where they stay as listed.

    At the start that of the first step is in force.
    """
    factor = np.concatenate(parts, axis=-1)[..., :count].astype(np.float64)
    if not factor.shape[1]:
        return {}
    factor = np.concatenate([factor[:1], factor])
    over_time = np.moveaxis(np.nanquantile(factor, QUANTILES, axis=-1), 0, -1)
    return {"factor": over_time, "factor_mean": np.nanmean(factor, axis=-1)}
