"""A page of plots: fitted against observed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._market import Calibration
from ._panel import Panel
from ._simulated import simulated_returns


if TYPE_CHECKING:
    from matplotlib.axes import Axes

Returns = Float64[np.ndarray, "asset step"]
Drawn = Float64[np.ndarray, "asset drawn"]

_LAGS = 48  # steps over which the autocorrelation is drawn
_A4 = (8.27, 11.69)  # [inch]
_ROW, _TITLE = 2.8, 0.4  # heights [inch], while the page is not full
_WINDOWS = 20  # windows over which the law is simulated
_NUMBERED = 8  # assets whose correlations are written out
_DARK = 0.6  # correlation on which black cannot be read
_POINTS = 200  # of a tail, evenly by the logarithm of the rank
_COLUMNS = 3


def draw(calibration: Calibration, path: Path) -> None:
    """Draw a page: tails of each asset, clustering, correlation.

    Observed returns in dots, those of the fitted law in lines. The law is simulated
    over many windows, so that the noise is that of the dots.

    Args:
        calibration: The fits; without base assets the page says that there are none.
        path: File to write, by its suffix a PDF, an SVG or a PNG.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    steps = calibration.steps
    count = len(steps.assets) if steps is not None else 1
    rows = -(-count // _COLUMNS) + 1
    width, height = _A4
    figure = Figure(
        figsize=(width, min(height, rows * _ROW + _TITLE)), layout="constrained"
    )
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, _COLUMNS, squeeze=False)
    for axis in axes.flat[count : (rows - 1) * _COLUMNS]:
        axis.set_visible(False)
    if steps is None:
        figure.suptitle("No base asset was fitted.")
    else:
        drawn = _WINDOWS * steps.end.size
        fitted = simulated_returns(calibration.chosen, steps, count=drawn)
        for axis, asset in zip(axes.flat, steps.assets, strict=False):
            place = steps.assets.index(asset)
            _tail(axis, asset, steps.returns[place], fitted[place])
        _clustering(axes[-1, 0], steps.complete().returns, fitted)
        _correlation(list(axes[-1, 1:]), steps, fitted)
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
    fitted: Float64[np.ndarray, " drawn"],
) -> None:
    """Share of falls and of rises beyond a size, on logarithmic axes."""
    seen = observed[np.isfinite(observed)]
    for sign, colour, name in ((-1, "C3", "falls"), (1, "C0", "rises")):
        for values, style in ((sign * seen, "."), (sign * fitted, "-")):
            size = np.sort(values[values > 0])[::-1]
            share = np.arange(1, size.size + 1) / values.size
            # A vector page cannot carry every return of years.
            shown = np.unique(np.geomspace(1, size.size, _POINTS).astype(int)) - 1
            label = f"{name}, {'observed' if style == '.' else 'fitted'}"
            axis.loglog(
                size[shown],
                share[shown],
                style,
                color=colour,
                markersize=3,
                linewidth=1,
                label=label,
            )
    sizes = np.abs(seen[seen != 0])
    axis.set_xlim(float(np.median(sizes)), 2 * float(sizes.max()))
    axis.set_ylim(0.5 / seen.size, 1)
    axis.set_title(f"{asset}: share beyond", fontsize=8)
    axis.set_xlabel("log-return", fontsize=7)
    axis.tick_params(labelsize=6)
    axis.legend(fontsize=6)


def _clustering(axis: "Axes", observed: Returns, fitted: Drawn) -> None:
    """Autocorrelation of absolute returns, the mean over assets."""
    lags = np.arange(1, _LAGS + 1)
    for values, style, name in ((observed, ".", "observed"), (fitted, "-", "fitted")):
        axis.plot(lags, _autocorrelation(values), style, label=name, markersize=3)
    axis.set_title("Autocorrelation of absolute returns", fontsize=8)
    axis.set_xlabel("lag [step]", fontsize=7)
    axis.axhline(0.0, color="0.8", linewidth=0.8)
    axis.set_ylim(bottom=min(0.0, axis.get_ylim()[0]))
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


def _correlation(axes: "Sequence[Axes]", steps: Panel, fitted: Drawn) -> None:
    """The observed matrix beside that of the simulated law."""
    if len(steps.assets) < 2:
        for axis in axes:
            axis.set_visible(False)
        return
    for axis, returns, name in zip(
        axes, (steps.complete().returns, fitted), ("observed", "fitted"), strict=True
    ):
        matrix = np.corrcoef(returns)
        axis.imshow(matrix, vmin=-1, vmax=1, cmap="RdBu")
        axis.set_title(f"Correlation, {name}", fontsize=8)
        places = range(len(steps.assets))
        axis.set_xticks(places, steps.assets, fontsize=6, rotation=90)
        axis.set_yticks(places, steps.assets, fontsize=6)
        if len(steps.assets) <= _NUMBERED:
            for i, j in np.ndindex(*matrix.shape):
                colour = "white" if abs(matrix[i, j]) > _DARK else "black"
                axis.text(
                    j,
                    i,
                    f"{matrix[i, j]:.2f}",
                    ha="center",
                    va="center",
                    fontsize=6,
                    color=colour,
                )
