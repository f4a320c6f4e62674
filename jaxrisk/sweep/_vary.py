"""From what is swept to the values of every setting."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from ._design import (
    MOST,
    GridConfig,
    LatinHypercubeConfig,
    ListConfig,
    RangeConfig,
    SobolConfig,
    SpacedConfig,
    Values,
    Vary,
    ZipConfig,
)


class DesignError(ValueError):
    """A design cannot be used: where in its file, why, and what to do."""

    def __init__(self, keys: tuple[str, ...], reason: str) -> None:
        """Args: keys that lead to the fault in the file; the reason and remedy."""
        self.keys, self.reason = keys, reason
        super().__init__(reason)


@dataclass(frozen=True)
class Table:
    """The swept values.

    Attributes:
        columns: Values by dotted path, one a setting.
        axes: Values of each axis where settings are a full grid, the last fastest;
            empty otherwise.
    """

    columns: Mapping[str, tuple[Any, ...]]
    axes: Mapping[str, tuple[Any, ...]]

    @property
    def settings(self) -> int:
        """How many."""
        return len(next(iter(self.columns.values())))


def table_of(vary: Vary) -> Table:
    """The values that a design asks for, in the order of its settings.

    Raises:
        DesignError: If fields have not as many values as they must, or there are too
            many settings.
    """
    match vary:
        case GridConfig():
            return _grid({path: spaced(each) for path, each in vary.fields.items()})
        case ZipConfig():
            return _zipped({path: spaced(each) for path, each in vary.fields.items()})
        case ListConfig():
            return _listed(vary.settings)
        case LatinHypercubeConfig() | SobolConfig():
            return _filled(vary)


def spaced(values: Values) -> tuple[Any, ...]:
    """The values of one field, written out."""
    if not isinstance(values, SpacedConfig):
        return values
    shares = np.linspace(0.0, 1.0, int(min(values.count, MOST + 1)))
    return tuple(_between(values, shares))


def _between(ends: RangeConfig, shares: np.ndarray) -> list[float]:
    """Numbers at some shares of the way; ends, and what was typed, to the last bit."""
    if ends.scale == "log":
        found = ends.start * (ends.stop / ends.start) ** shares
    else:
        found = ends.start + (ends.stop - ends.start) * shares
    # 0.1 + 2 x 0.1 is written 0.3: coordinates are to be found by their values.
    rounded = [float(f"{value:.12g}") for value in found]
    exact = {0.0: ends.start, 1.0: ends.stop}
    return [
        exact.get(share, value)
        for share, value in zip(shares.tolist(), rounded, strict=True)
    ]


def _grid(axes: Mapping[str, tuple[Any, ...]]) -> Table:
    sizes = [len(values) for values in axes.values()]
    _refuse_many(int(np.prod(sizes, dtype=object)))
    for path, values in axes.items():
        if len({repr(value) for value in values}) < len(values):
            reason = "a value is there twice; remove one"
            raise DesignError(("vary", "fields", path), reason)
    rows = list(itertools.product(*axes.values()))
    columns = dict(zip(axes, zip(*rows, strict=True), strict=True))
    return Table(columns=columns, axes=axes)


def _zipped(columns: Mapping[str, tuple[Any, ...]]) -> Table:
    sizes = {path: len(values) for path, values in columns.items()}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{size} of {path}" for path, size in sizes.items())
        reason = f"fields of a zip have as many values each, and these are {found}"
        raise DesignError(("vary", "fields"), f"{reason}; add or remove some")
    _refuse_many(next(iter(sizes.values())))
    return Table(columns=columns, axes={})


def _listed(settings: tuple[dict[str, Any], ...]) -> Table:
    _refuse_many(len(settings))
    first = settings[0]
    for number, setting in enumerate(settings):
        odd = sorted(set(setting) ^ set(first))
        if odd or not setting:
            what = f"{odd[0]} is not in all settings" if odd else "it names no field"
            reason = f"{what}; give every setting the same fields"
            raise DesignError(("vary", "settings", str(number)), reason)
    columns = {path: tuple(each[path] for each in settings) for path in first}
    return Table(columns=columns, axes={})


def _filled(vary: LatinHypercubeConfig | SobolConfig) -> Table:
    _refuse_many(vary.count)
    axes, generator = len(vary.fields), np.random.default_rng(vary.seed)
    if isinstance(vary, LatinHypercubeConfig):
        points = qmc.LatinHypercube(axes, rng=generator).random(vary.count)
    else:
        # All of a power of two, and the first of them: balanced, and no warning.
        whole = qmc.Sobol(axes, rng=generator).random_base2(_log2(vary.count))
        points = whole[: vary.count]
    ends = vary.fields.items()
    return Table(
        columns={
            path: tuple(_between(each, column))
            for (path, each), column in zip(ends, points.T, strict=True)
        },
        axes={},
    )


def _log2(count: int) -> int:
    return int(count - 1).bit_length()


def _refuse_many(settings: int) -> None:
    if settings > MOST:
        reason = f"these are {settings:,} settings, and the most is {MOST:,}"
        raise DesignError(("vary",), f"{reason}; take fewer values")
