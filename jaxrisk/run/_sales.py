"""Who sold what, step by step, where others than keepers trade too."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Array, Float64

from ..engine import StepInfo
from ..risk import Axes, Moments


ROUNDING = 1e-6
"""Part of all that was traded below which a difference of sums is rounding [ratio]."""


@dataclass(frozen=True)
class Sales:
    """Net sales by step, in float64 [USD]; purchases are below zero.

    Attributes:
        keepers: What they seized less what they repaid, by asset; with the sales that
            credit lines and redemptions cause.
        dealers: To stay hedged, by dealer.
        perps: Spot legs and hedges of makers, by perpetual.
    """

    keepers: Float64[np.ndarray, "step asset path"]
    dealers: Float64[np.ndarray, "step dealer path"]
    perps: Float64[np.ndarray, "step perp path"]


def sales(axes: Axes, info: StepInfo) -> Sales:
    """Split the flow of recorded paths: keepers sold what nobody else did.

    Args:
        axes: Names of the rows; dealers and perpetuals have those of their assets.
        info: Of recorded paths, with a leading step axis.
    """
    flow, dealers, perps, turnover = (
        np.asarray(values, np.float64)
        for values in (info.flow, info.hedged, info.perps.flow, info.turnover)
    )
    traded = np.abs(flow)
    keepers = flow.copy()
    chosen = np.asarray(info.borrowers.flow, np.float64)
    if chosen.shape[1]:
        keepers -= chosen
        traded += np.abs(chosen)
    for names, sold, size in (
        (axes.dealers, dealers, turnover),
        (axes.perps, perps, np.abs(perps)),
    ):
        for row, name in enumerate(names):
            at = axes.assets.index(name)
            keepers[:, at] -= sold[:, row]
            traded[:, at] += size[:, row]
    keepers[np.abs(keepers) <= ROUNDING * traded] = 0.0
    return Sales(keepers=keepers, dealers=dealers, perps=perps)


def has_derivatives(axes: Axes) -> bool:
    """Whether anybody but keepers trades."""
    return bool(axes.dealers or axes.perps)


def tail_totals(axes: Axes, info: StepInfo) -> dict[str, np.ndarray]:
    """What was sold, closed and paid from start to horizon, [row path] USD."""
    if not has_derivatives(axes):
        return {}
    sold, report = sales(axes, info), info.perps
    totals = {"tail_keeper_flow": sold.keepers.sum(axis=0)}
    if axes.dealers:
        totals["tail_dealer_flow"] = sold.dealers.sum(axis=0)
    if axes.perps:
        totals |= {
            "tail_perp_flow": sold.perps.sum(axis=0),
            "tail_perp_liquidated": _total(report.liquidated),
            "tail_perp_deleveraged": _total(report.deleveraged),
            "tail_insurance_paid": _total(report.insurance_paid)[None],
        }
    return totals


def tail_means(totals: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Means over the paths of `tail_totals` and their errors, as dataset entries."""
    entries = {}
    for name, rows in totals.items():
        for entry, numbers in Moments.of(rows).estimate().variables(name).items():
            is_scalar = name == "tail_insurance_paid"
            entries[entry] = np.asarray(numbers[0]) if is_scalar else numbers
    return entries


def _total(by_step: np.ndarray | Array) -> np.ndarray:
    return np.asarray(by_step, np.float64).sum(axis=0)
