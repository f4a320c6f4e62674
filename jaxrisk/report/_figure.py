"""One style for all figures, drawn once as SVG for the HTML page and the PDF.

Text is drawn as outlines and ids are salted with a constant, so that a figure is the
same, byte for byte, on every machine with the same matplotlib.
"""

import io
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ._format import money, percent


if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes


# Okabe and Ito: told apart with any common color vision, and in gray.
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
AMBER = "#E69F00"
PURPLE = "#AA5A8C"
SKY = "#56B4E9"
INK = "#222222"
GRAY = "#6B6B6B"
PALE = "#D9D9D9"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, AMBER, SKY)

# Width of the text of an A4 page of the report [inch].
WIDTH = 6.7

_STYLE: dict[Any, Any] = {
    "axes.edgecolor": GRAY,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "grid.color": "#E8E8E8",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "path.simplify": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "jaxrisk",
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "xtick.color": GRAY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 7.5,
    "ytick.color": GRAY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 7.5,
}


@contextmanager
def _styled() -> "Iterator[None]":
    """Draw in the style of the report whatever the user's own style is."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        for name, value in _STYLE.items():
            mpl.rcParams[name] = value
        # A name in a script that the font lacks is drawn with empty boxes; the tables
        # hold the same name in the fonts of the reader.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def draw(paint: Callable[[Figure], None], *, height: float) -> str:
    """Draw a figure.

    Args:
        paint: Draws on the empty figure.
        height: Height of the figure [inch]; its width is the width of the text.

    Returns:
        The figure as an SVG element.
    """
    with _styled():
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        paint(figure)
        page = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(page, format="svg", metadata=nothing)
    text = page.getvalue()
    return text[text.index("<svg") :]


def money_axis(axes: "Axes", which: str) -> None:
    """Print the ticks of the "x" or "y" axis as dollars."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))


def percent_axis(axes: "Axes", which: str) -> None:
    """Print the ticks of the "x" or "y" axis, a ratio, in percent."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))


def spread(positions: list[float], *, gap: float) -> list[float]:
    """Move labels apart along one axis so that no two are closer than `gap`.

    Args:
        positions: Where the labels would stand.
        gap: Least distance between two labels, in the same unit.

    Returns:
        Where they can stand, in the order of `positions`.
    """
    order = sorted(range(len(positions)), key=positions.__getitem__)
    placed = list(positions)
    for before, index in pairwise(order):
        placed[index] = max(placed[index], placed[before] + gap)
    shift = sum(placed) / max(len(placed), 1) - sum(positions) / max(len(placed), 1)
    return [place - shift for place in placed]
