"""Correlations of prices that are not of the same times."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from ..data.prices import PriceSeries
from ._estimate import CalibrationError, Estimate, Fit, Window
from ._long_run import long_run_covariance
from ._pairs import correlations, largest_difference, pair_names
from ._panel import Panel, panel_of, price_times


Edges = Int64[np.ndarray, " edge"]
Sums = Float64[np.ndarray, "3 step"]
_LEAST_PRICES = 31


@dataclass(frozen=True)
class _Cut:
    """Prices of one asset inside the window."""

    time: Int64[np.ndarray, " price"]  # [ns]
    price: Float64[np.ndarray, " price"]  # [log USD]


def fit_asynchronous_correlation(
    series: Sequence[PriceSeries],
    *,
    step_seconds: float = 3600.0,
    start: np.datetime64 | None = None,
    end: np.datetime64 | None = None,
) -> Fit:
    r"""Correlations from every pair of returns whose times overlap.

    .. math:: \rho = \frac{\sum_{ij} x_i y_j 1_{I_i \cap J_j \ne \emptyset}}
        {\sqrt{\sum_i x_i^2 \sum_j y_j^2}}

    with returns x over the pauses I between one asset's prices and y over J between the
    other's. No price is carried to a time that it is not of, so there is no bias from
    it. Source: Hayashi and Yoshida (2005), On covariance estimation of
    non-synchronously observed diffusion processes.

    Beside it stands the Epps bias: the correlation on the grid of `panel_of` less this
    one. It is negative where prices are carried. Source: Epps (1979), Comovements in
    stock prices in the very short run. What neither mends is one market that learns
    later than the other by more than a pause: compare longer steps for that.

    Which to use: this one if the p-value is below 5 %, or the bias matters to you; the
    grid's otherwise, which has the smaller error, is shrunk and positive definite.

    Errors: `correlations` on sums over the steps, `long_run_covariance`; that of the
    bias counts that both are of the same prices. Goodness: whether the grid is unbiased
    (`largest_difference` of all pairs; approximate).

    Args:
        series: Prices of at least two assets, as they come.
        step_seconds: Step of the grid that it is compared with.
        start: First time used; the latest first price of all, if None.
        end: Last time used; the earliest last price of all, if None.

    Returns:
        Of `correlation.A.B` and `epps_bias.A.B` for every pair [ratio].

    Raises:
        CalibrationError: If there is one asset, or one has less than 31 prices in the
            window, or the grid is refused (`panel_of`).
    """
    if len(series) < 2:
        raise CalibrationError(
            "correlation: one asset has none. Give a second price file."
        )
    panel = panel_of(series, step_seconds=step_seconds, start=start, end=end)
    assets = panel.assets
    step = round(step_seconds * 1e9)
    edges = _grid(panel, step)
    cut = [_inside(one, int(edges[0]), int(edges[-1])) for one in series]
    raw, on_grid = [], []
    for one, other in itertools.combinations(range(len(cut)), 2):
        raw.append(_overlapping(cut[one], cut[other], edges))
        on_grid.append(_on_grid(panel, one, other, edges))
    value, terms = correlations(*np.stack(raw, axis=1))
    grid_value, grid_terms = correlations(*np.stack(on_grid, axis=1))
    bias = grid_value - value
    of_value, of_bias = (long_run_covariance(of) for of in (terms, grid_terms - terms))
    parameters = {
        name: Estimate.normal(float(best), float(error), "ratio")
        for prefix, values, of in (
            ("correlation", value, of_value),
            ("epps_bias", bias, of_bias),
        )
        for name, best, error in zip(
            pair_names(prefix, assets), values, np.sqrt(np.diag(of)), strict=True
        )
    }
    ends = edges[[0, -1]].astype("datetime64[ns]")
    return Fit(
        model="correlation of asynchronous prices",
        subject=assets,
        parameters=parameters,
        window=Window(ends[0], ends[1], 0.0, min(one.time.size for one in cut)),
        goodness=largest_difference(
            bias, of_bias, name=f"no Epps bias on a grid of {step_seconds:g} s, largest"
        ),
        log_likelihood=float("nan"),
    )


def _grid(panel: Panel, step: int) -> Edges:
    ends = panel.end.astype("datetime64[ns]").astype(np.int64)
    return ends[0] - step + step * np.arange((ends[-1] - ends[0]) // step + 2)


def _inside(series: PriceSeries, first: int, last: int) -> _Cut:
    times: Shaped[np.ndarray, " price"] = price_times(series)
    known = times.astype("datetime64[ns]").astype(np.int64)
    inside = (known >= first) & (known <= last)
    if inside.sum() < _LEAST_PRICES:
        raise CalibrationError(
            f"correlation: {series.asset} has {int(inside.sum())} prices in the window "
            f"({series.source.path.name}), and {_LEAST_PRICES} are needed. Choose a "
            "longer window."
        )
    return _Cut(known[inside], np.log(series.price[inside]))


def _overlapping(one: _Cut, other: _Cut, edges: Edges) -> Sums:
    """Products and squares of returns, by the step in which the return ends.

    All returns of the other asset that overlap a pause (s, e] add up to one: from its
    last price by s to its first one from e on.
    """
    last = other.time.size - 1
    before = np.maximum(np.searchsorted(other.time, one.time[:-1], "right") - 1, 0)
    after = np.minimum(np.searchsorted(other.time, one.time[1:], "left"), last)
    moved, other_moved = np.diff(one.price), np.diff(other.price)
    product = moved * (other.price[after] - other.price[before])
    return np.stack(
        [
            np.histogram(one.time[1:], edges, weights=product)[0],
            np.histogram(one.time[1:], edges, weights=moved**2)[0],
            np.histogram(other.time[1:], edges, weights=other_moved**2)[0],
        ]
    )


def _on_grid(panel: Panel, one: int, other: int, edges: Edges) -> Sums:
    """The same of the panel, on all steps between the edges."""
    first, second = panel.returns[one], panel.returns[other]
    both = np.isfinite(first) & np.isfinite(second)
    ends = panel.end.astype("datetime64[ns]").astype(np.int64)[both]
    place = np.searchsorted(edges, ends) - 1
    sums = np.zeros((3, edges.size - 1))
    first, second = first[both], second[both]
    sums[:, place] = first * second, first**2, second**2
    return sums
