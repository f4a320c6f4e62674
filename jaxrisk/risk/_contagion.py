r"""What a shock to one asset does to every market, on the same draws.

The contagion coefficient of market m and asset a is what market m loses for every
dollar of collateral that the shock destroys anywhere:

.. math:: \frac{\mathrm{ES}_m(\text{asset } a \text{ falls by } s) - \mathrm{ES}_m}
    {s \cdot \text{collateral in } a}

The shock comes in the first step, after everything stood as agreed: what contracts,
keepers and everybody else make of it is in the coefficient, and so are the steps that
it takes until it shows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float64

from ..engine import Layout, Outcome, System, revisit, workers
from ..process import ScheduledShock
from ._attribution import AT_ONCE
from ._axes import Axes
from ._contrasts import Contrasts, Measured
from ._failure_order import (
    FailureOrder,
    FailureTally,
    Times,
    failure_times,
    sooner,
)
from ._rows import counted
from ._statistics import Mean, Shortfall


ByMarket = Float64[np.ndarray, " market"]
Table = Float64[np.ndarray, "market asset"]


@dataclass(frozen=True)
class Contagion:
    """Responses of markets to shocks in assets, each with its paired standard error.

    Attributes:
        markets: Rows.
        assets: Columns.
        fall: Relative fall of an asset in the first step; negative: a rise.
        level: Of the expected shortfall.
        collateral: Of every asset at the start, in all markets [USD].
        mean: Expected bad debt of every market without a shock [USD].
        mean_error: Its standard error.
        tail: Expected shortfall of bad debt without a shock [USD].
        tail_error: Its standard error.
        mean_response: Expected bad debt with the shock less without [USD].
        mean_response_error: Its standard error.
        tail_response: The same of the expected shortfall [USD].
        tail_response_error: Its standard error.
        changed: Paths on which the bad debt of a market is another.
        delay: Mean steps from the shock to the first bad debt of a market, where it
            comes sooner than without; NaN where it never does.
        delay_error: Its standard error.
        brought_forward: Paths on which it does.
        order: Who fails first, without a shock.
        paths: That were counted in every run.
        left_out: That failed in one of them.
    """

    markets: tuple[str, ...]
    assets: tuple[str, ...]
    fall: float
    level: float
    collateral: Float64[np.ndarray, " asset"]
    mean: ByMarket
    mean_error: ByMarket
    tail: ByMarket
    tail_error: ByMarket
    mean_response: Table
    mean_response_error: Table
    tail_response: Table
    tail_response_error: Table
    changed: np.ndarray
    delay: Table
    delay_error: Table
    brought_forward: np.ndarray
    order: FailureOrder
    paths: int
    left_out: int

    @property
    def coefficient(self) -> Table:
        """Tail response over collateral destroyed [ratio]; NaN without collateral."""
        return self._over_collateral(self.tail_response)

    @property
    def coefficient_error(self) -> Table:
        """Its standard error."""
        return np.abs(self._over_collateral(self.tail_response_error))

    def _over_collateral(self, response: Table) -> Table:
        destroyed = self.fall * self.collateral
        some = destroyed != 0
        return np.where(some, response / np.where(some, destroyed, 1), np.nan)


def contagion(
    system: System,
    axes: Axes,
    *,
    paths: int,
    seed: int,
    fall: float = 0.1,
    level: float = 0.99,
    layout: Layout | None = None,
    devices: Sequence[Any] | None = None,
    heard: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Contagion:
    """Shock each asset in turn, and see what it does to each market.

    One program is compiled for all shocks. Memory does not grow with the paths.

    Args:
        system: What is shocked.
        axes: Names of its rows.
        paths: Of every run.
        seed: In [0, 2^64).
        fall: Relative fall of an asset in the first step; negative: a rise.
        level: Of the expected shortfall.
        layout: Blocks and launches; chosen for the devices if not given.
        devices: Of `jax.devices()`, where to run; all `workers` if not given.
        heard: Called with the paths done and to do, over all runs.

    Raises:
        ValueError: No price falls, or none is left of it; or fewer than two paths are
            left.
    """
    if not fall or fall >= 1:
        raise ValueError(
            f"fall is {fall:g}: a price cannot fall by that and be a shock and a price."
            " Give a share above 0 and below 1, or one below 0 for a rise."
        )
    systems = _shocked(system, fall)
    tally = _Tally(axes, runs=len(systems), level=level, steps=system.steps)
    places = tuple(devices or workers())
    rows = system.accounts.members.shape[0]
    shape = layout or Layout.fitting(paths, rows, places)
    size = shape.launch * max(1, AT_ONCE // shape.launch)
    for start in range(0, paths, size):
        chosen = np.arange(start, min(start + size, paths))
        parts = []
        for each in systems:
            outcomes = revisit(
                each, path=chosen, seed=seed, layout=shape, devices=places
            )
            parts.append(tally.known(list(outcomes)))
            done = start * len(systems) + len(parts) * chosen.size
            heard(done, paths * len(systems))
        tally.push(parts)
    return tally.read(fall=fall, collateral=collateral_of(system))


def collateral_of(system: System) -> Float64[np.ndarray, " asset"]:
    """Collateral of all accounts at the start, by asset [USD]."""
    prices = system.prices
    price = np.exp(np.asarray(prices.anchor) + np.asarray(prices.lift @ prices.initial))
    tokens = np.asarray(system.accounts.collateral, np.float64).sum(axis=0)
    return (tokens @ np.asarray(system.listing.asset)) * price.astype(np.float64)


def _shocked(system: System, fall: float) -> list[System]:
    """No shock, then one in each asset; alike but for numbers."""
    jumps, kind = system.prices.jumps, system.dt.dtype
    assets = system.prices.anchor.shape[0]
    moves = np.concatenate([np.zeros((1, assets)), np.log1p(-fall) * np.eye(assets)])
    return [
        eqx.tree_at(
            lambda at: at.prices.jumps,
            system,
            ScheduledShock(
                jumps=jumps,
                size=jnp.asarray(move, kind),
                step=jnp.zeros((), kind),
            ),
        )
        for move in moves
    ]


@dataclass(frozen=True)
class _Known:
    """What is known of some paths of one run."""

    bad_debt: Float64[np.ndarray, "market path"]
    times: Times
    valid: Bool[np.ndarray, " path"]


class _Tally:
    """Streams the runs side by side."""

    def __init__(self, axes: Axes, *, runs: int, level: float, steps: int) -> None:
        self._axes, self._level, self._steps = axes, level, steps
        markets = len(axes.markets)
        self._contrasts = Contrasts(
            [
                *(Measured(row, Mean()) for row in range(markets)),
                *(Measured(row, Shortfall(level)) for row in range(markets)),
            ],
            np.eye(runs)[1:] - np.eye(runs)[0],
            quantities=markets,
        )
        self._order = FailureTally((*axes.markets, *axes.entities))
        self._sooner = np.zeros((runs - 1, markets, 3))

    def known(self, outcomes: list[Outcome]) -> _Known:
        lost = [each.realized.astype(np.float64) + each.unrealized for each in outcomes]
        bad_debt = self._axes.scoped_reserves(np.concatenate(lost, axis=1))[1:]
        times = [
            failure_times(
                np.asarray(each.market_first_deficit),
                np.asarray(each.entity_round),
                steps=self._steps,
            )
            for each in outcomes
        ]
        status = np.concatenate([np.asarray(each.status) for each in outcomes])
        valid = counted(status) & np.isfinite(bad_debt).all(axis=0)
        return _Known(bad_debt, np.concatenate(times, axis=1), valid)

    def push(self, parts: list[_Known]) -> None:
        valid = np.logical_and.reduce([part.valid for part in parts])
        sample = np.stack([part.bad_debt for part in parts], axis=1)
        self._contrasts.push(sample, valid)
        calm, markets = parts[0].times, len(self._axes.markets)
        self._order.push(calm[:, valid])
        for run, part in enumerate(parts[1:]):
            self._sooner[run] += sooner(part.times, calm, valid)[:markets]

    def read(
        self, *, fall: float, collateral: Float64[np.ndarray, " asset"]
    ) -> Contagion:
        found = self._contrasts.estimates()
        mean, tail = np.split(found.value[:, 0], 2)
        mean_error, tail_error = np.split(found.value_error[:, 0], 2)
        response = np.split(found.difference, 2)
        response_error = np.split(found.difference_error, 2)
        count, total, squares = self._sooner.T
        delay = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        spread = squares - count * np.nan_to_num(delay) ** 2
        several = np.maximum(count * (count - 1), 1)
        error = np.where(count > 1, np.sqrt(np.maximum(spread, 0) / several), np.inf)
        return Contagion(
            markets=self._axes.markets,
            assets=self._axes.assets,
            fall=fall,
            level=self._level,
            collateral=collateral,
            mean=mean,
            mean_error=mean_error,
            tail=tail,
            tail_error=tail_error,
            mean_response=response[0],
            mean_response_error=response_error[0],
            tail_response=response[1],
            tail_response_error=response_error[1],
            changed=np.split(found.changed, 2)[0],
            delay=delay,
            delay_error=np.where(count > 0, error, np.nan),
            brought_forward=count.astype(np.int64),
            order=self._order.order(),
            paths=self._contrasts.count,
            left_out=self._contrasts.left_out,
        )
