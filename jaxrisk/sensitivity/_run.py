"""Sensitivities of a config: which parameters, how they are shifted, what comes out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from ..config import Config, Parameter, build_system, parameters, shifted
from ..engine import System
from ..risk import Accumulator, value_at_risk
from ..run import Model, Progress, Stage, prepare, silent
from ..run._provenance import provenance
from ._bump import Bumps, Derivative, Sample, differentiate, same_numbers, unchanged
from ._dataset import Row, to_dataset
from ._measures import KNOWN, Losses, Measure, measures, scores
from ._relever import relevered


Response = Literal["fixed", "relevered"]
"""What borrowers do when limits change."""

THRESHOLDS = ("liquidation_threshold",)

WIDTHS = {"+1 pp": 0.01, "+1 %": 0.05, "+1 step": 1.0}
"""Half of the wide pair, by what a derivative is quoted for."""


def sensitivities(
    config: Config,
    *,
    of: Sequence[str] = KNOWN,
    wrt: Sequence[str] = THRESHOLDS,
    book: Response = "fixed",
    paths: int | None = None,
    seed: int | None = None,
    width: float | None = None,
    pairs: int = 0,
    progress: Progress = silent,
) -> xr.Dataset:
    """How measures of the loss answer to parameters, by bumps on common draws.

    Args:
        config: From `jaxrisk.load`.
        of: Measures: `mean`, `es99` (any level), `probability`, `liquidated`.
        wrt: Parameters: a field (`liquidation_threshold`: one for every reserve),
            `all:` and a field (all of them shifted together), or a dotted path.
        book: Whether borrowers keep their debt when limits change, or keep using the
            same share of what they may borrow.
        paths: Number of paths; the config's if not given.
        seed: In [0, 2^64); the config's if not given.
        width: Shift of the bumps: of ratios, else relative; chosen if not given.
        pairs: Cross second derivatives among so many of the largest parameters.
        progress: Called with a `Stage` whenever paths are done.

    Returns:
        Dims (measure, parameter), and (measure, first, second) with `pairs`. `effect`
        is for one percentage point, or 1 % of the value; `derivative` for a shift of
        one. Each has its standard error beside it.

    Raises:
        ConfigError: If a parameter does not exist, or can have no derivative.
        ValueError: If a measure does not exist.
    """
    started = time.perf_counter()
    chosen = measures(of)
    known = [each for name in wrt for each in parameters(config, name)]
    asked = tuple(dict.fromkeys(known))
    model = prepare(config)
    scene = _Scene(model, book)
    count = config.run.paths if paths is None else paths
    start = config.run.seed if seed is None else seed
    sample, now = _measured(model, chosen, count, start, progress)
    rows = []
    for parameter in asked:
        progress(Stage(parameter.name, 0, count))
        derivative = _derivative(scene, parameter, sample, width, progress)
        rows.append(Row(parameter, _reach(parameter, width), derivative))
    cross = _cross(scene, rows, sample, pairs, width, progress) if pairs > 1 else None
    attributes = {
        **provenance(model, seed=start),
        "paths": count,
        "book_response": book,
        "wall_seconds": time.perf_counter() - started,
    }
    return to_dataset(chosen, now, rows, cross, attributes)


@dataclass(frozen=True)
class _Scene:
    """From shifts of parameters to systems, with the cohorts of the unchanged book."""

    model: Model
    response: Response

    def system(self, shifts: Sequence[tuple[Parameter, float]]) -> System:
        before = after = self.model.config
        for parameter, shift in shifts:
            after = shifted(after, parameter, shift)
        book = self.model.book
        if self.response == "relevered":
            book = relevered(book, before, after)
        return build_system(after, book)

    def bumps(self, parameter: Parameter, reach: tuple[float, float]) -> Bumps:
        down, up = reach
        halvings = (1.0,) if parameter.whole_steps else (1.0, 0.5)
        return Bumps(
            reach,
            tuple(
                (
                    self.system([(parameter, -down * part)]),
                    self.system([(parameter, up * part)]),
                )
                for part in halvings
            ),
        )


def _measured(
    model: Model,
    chosen: Sequence[Measure],
    paths: int,
    seed: int,
    progress: Progress,
) -> tuple[Sample, np.ndarray]:
    """The sample, and (value, standard error) of every measure as things are."""
    progress(Stage("as it is", 0, paths))
    parts: list[Losses] = []
    for losses in unchanged(model.system, paths=paths, seed=seed):
        parts.append(losses)
        done = sum(part.counted.size for part in parts)
        progress(Stage("as it is", done, paths))
    counted = np.concatenate([part.counted for part in parts])
    losses = Losses(
        np.concatenate([part.bad_debt for part in parts])[counted],
        np.concatenate([part.liquidated for part in parts])[counted],
        counted[counted],
    )
    worst = np.sort(losses.bad_debt)[::-1]
    at_risk = {
        each.name: float(value_at_risk(worst, count=worst.size, level=each.level).value)
        for each in chosen
        if each.level is not None
    }
    seen = scores(chosen, losses, at_risk)
    error = seen.std(axis=1, ddof=1) / np.sqrt(seen.shape[1])
    sample = Sample(paths=paths, seed=seed, measures=chosen, at_risk=at_risk)
    return sample, np.stack([seen.mean(axis=1), error])


def _derivative(
    scene: _Scene,
    parameter: Parameter,
    sample: Sample,
    width: float | None,
    progress: Progress,
) -> Derivative:
    """By bumps; exactly zero where they change no number of the system."""
    bumps = scene.bumps(parameter, _reach(parameter, width))
    if same_numbers(*bumps.systems[0]):
        return Derivative.nothing(len(sample.measures))
    return differentiate(
        bumps,
        sample,
        heard=lambda done: progress(Stage(parameter.name, done, sample.paths)),
    )


def _reach(parameter: Parameter, width: float | None) -> tuple[float, float]:
    """How far down and up: as far on both sides, or on one where bounds are near."""
    half = WIDTHS[parameter.quoted_name]
    if width is not None and not parameter.whole_steps:
        half = width
    # A bound itself may be out of bounds: a delay of no step is no delay.
    down, up = (room > half * (1 + 1e-9) for room in parameter.room)
    return (half if down or not up else 0.0, half if up or not down else 0.0)


def _cross(
    scene: _Scene,
    rows: Sequence[Row],
    sample: Sample,
    largest: int,
    width: float | None,
    progress: Progress,
) -> tuple[list[str], np.ndarray]:
    """Cross second derivatives among the parameters of largest effect.

    Returns:
        Names; (value, standard error) by measure and both names, NaN on the diagonal.
    """
    first = [abs(float(row.derivative.value[0])) * row.parameter.quoted for row in rows]
    order = np.argsort(first)[::-1][:largest]
    kept = [rows[k].parameter for k in sorted(order) if first[k] > 0]
    size = len(kept)
    found = np.full((2, len(sample.measures), size, size), np.nan)
    for one in range(size):
        for other in range(one):
            pair = kept[other], kept[one]
            slope = _mixed(scene, pair, sample, width, progress)
            found[:, :, one, other] = found[:, :, other, one] = slope
    return [each.name for each in kept], found


def _mixed(
    scene: _Scene,
    pair: tuple[Parameter, Parameter],
    sample: Sample,
    width: float | None,
    progress: Progress,
) -> np.ndarray:
    r"""The mixed difference of four corners on common draws.

    .. math:: \frac{f(++) - f(+-) - f(-+) + f(--)}{4 h_1 h_2}
    """
    reach = [_reach(each, width) for each in pair]
    corners = [
        scene.system([(pair[0], first), (pair[1], second)])
        for first in (-reach[0][0], reach[0][1])
        for second in (-reach[1][0], reach[1][1])
    ]
    area = sum(reach[0]) * sum(reach[1])
    streams = [
        unchanged(corner, paths=sample.paths, seed=sample.seed) for corner in corners
    ]
    name = " x ".join(each.name for each in pair)
    progress(Stage(name, 0, sample.paths))
    tally, done = Accumulator(len(sample.measures)), 0
    for losses in zip(*streams, strict=True):
        low, down, up, high = (
            scores(sample.measures, each, sample.at_risk) for each in losses
        )
        valid = np.all([each.counted for each in losses], axis=0)
        tally.push((high - up - down + low) / area, valid)
        done += valid.size
        progress(Stage(name, done, sample.paths))
    estimate = tally.moments().estimate()
    return np.stack([estimate.value, estimate.standard_error])
