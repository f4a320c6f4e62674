"""A page of plots: fitted against observed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._estimate import Fit
from ._market import Calibration
from ._pairs import correlation_matrix
from ._panel import Panel
from ._simulated import simulated_returns


if TYPE_CHECKING:
    from matplotlib.axes import Axes

Returns = Float64[np.ndarray, "asset step"]

_LAGS = 48  # steps over which the autocorrelation is drawn
_A4 = (8.27, 11.69)  # [inch]
_COLUMNS = 3


def draw(calibration: Calibration, path: Path) -> None:
    """Draw a page: tails of each asset, clustering, correlation.

    Observed returns in dots, those of the fitted law in lines. The law is simulated
    over the steps of the window, so that both have the same noise.

    Args:
        calibration: The fits; without base assets the page says that there are none.
        path: File to write, by its suffix a PDF, an SVG or a PNG.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    steps = calibration.steps
    count = len(steps.assets) if steps is not None else 1
    rows = -(-count // _COLUMNS) + 1
    figure = Figure(figsize=_A4, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, _COLUMNS, squeeze=False)
    for axis in axes.flat[count : (rows - 1) * _COLUMNS]:
        axis.set_visible(False)
    if steps is None:
        figure.suptitle("No base asset was fitted.")
    else:
        fitted = simulated_returns(calibration.chosen, steps)
        for axis, asset in zip(axes.flat, steps.assets, strict=False):
            place = steps.assets.index(asset)
            _tail(axis, asset, steps.returns[place], fitted[place])
        _clustering(axes[-1, 0], steps.complete().returns, fitted)
        _correlation(axes[-1, 1], axes[-1, 2], calibration.chosen.correlation, steps)
        figure.suptitle(_title(steps), fontsize=10)
    figure.savefig(path)


def _title(steps: Panel) -> str:
    window = steps.window
    return (
        f"Returns over {steps.step_seconds / 60:g} minutes, "
        f"{str(window.start)[:10]} to {str(window.end)[:10]}: "
        "observed (dots) and fitted (lines)"
    )


def _tail(
    axis: "Axes",
    asset: str,
    observed: Float64[np.ndarray, " step"],
    fitted: Float64[np.ndarray, " step"],
) -> None:
    """Share of falls and of rises beyond a size, on logarithmic axes."""
    seen = observed[np.isfinite(observed)]
    for sign, colour, name in ((-1, "C3", "falls"), (1, "C0", "rises")):
        for values, style in ((sign * seen, "."), (sign * fitted, "-")):
            size = np.sort(values[values > 0])[::-1]
            share = np.arange(1, size.size + 1) / values.size
            label = name if style == "." else None
            axis.loglog(size, share, style, color=colour, markersize=2, label=label)
    axis.set_xlim(left=float(np.quantile(np.abs(seen), 0.5)))
    axis.set_ylim(0.5 / seen.size, 1)
    axis.set_title(f"{asset}: share beyond", fontsize=8)
    axis.set_xlabel("log-return", fontsize=7)
    axis.tick_params(labelsize=6)
    axis.legend(fontsize=6)


def _clustering(axis: "Axes", observed: Returns, fitted: Returns) -> None:
    """Autocorrelation of absolute returns, the mean over assets."""
    lags = np.arange(1, _LAGS + 1)
    for values, style, name in ((observed, ".", "observed"), (fitted, "-", "fitted")):
        axis.plot(lags, _autocorrelation(values), style, label=name, markersize=3)
    axis.set_title("Autocorrelation of absolute returns", fontsize=8)
    axis.set_xlabel("lag [step]", fontsize=7)
    axis.tick_params(labelsize=6)
    axis.legend(fontsize=6)


def _autocorrelation(returns: Returns) -> Float64[np.ndarray, " lag"]:
    """By ranks: absolute returns of fat tails may have no variance."""
    ranks = stats.rankdata(np.abs(returns), axis=1)
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    power = (centred**2).sum(axis=1)
    lags = range(1, _LAGS + 1)
    each = [(centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / power for lag in lags]
    return np.mean(each, axis=1)


def _correlation(left: "Axes", right: "Axes", fit: Fit | None, steps: Panel) -> None:
    """The observed matrix beside the fitted one."""
    if fit is None:
        left.set_visible(False)
        right.set_visible(False)
        return
    observed = np.corrcoef(steps.complete().returns)
    for axis, matrix, name in (
        (left, observed, "Correlation, observed"),
        (right, correlation_matrix(fit), "Correlation, fitted"),
    ):
        axis.imshow(matrix, vmin=-1, vmax=1, cmap="RdBu")
        axis.set_title(name, fontsize=8)
        places = range(len(steps.assets))
        axis.set_xticks(places, steps.assets, fontsize=6, rotation=90)
        axis.set_yticks(places, steps.assets, fontsize=6)
        if len(steps.assets) <= 8:
            for i in places:
                for j in places:
                    text = f"{matrix[i, j]:.2f}"
                    axis.text(j, i, text, ha="center", va="center", fontsize=5)
