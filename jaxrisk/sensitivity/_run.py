"""Sensitivities of a config: which parameters, how they are shifted, what comes out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import jax
import numpy as np
import xarray as xr

from ..config import (
    Config,
    ConfigError,
    Fault,
    Mark,
    Parameter,
    build_system,
    parameters,
    shifted,
)
from ..engine import BLOCK, System
from ..risk import Accumulator, value_at_risk
from ..run import Model, Progress, Stage, prepare, silent
from ..run._provenance import provenance
from ._bump import Bumps, Sample, differentiate, same_numbers, unchanged
from ._dataset import Row, to_dataset
from ._derivative import BlockSlopes, Derivative
from ._gain import cascade_gain
from ._measures import KNOWN, Losses, Measure, measures, scores
from ._pathwise import INDICATOR, Slopes, along_paths, has_slope, obstacle
from ._relever import relevered


Response = Literal["fixed", "relevered"]
"""What borrowers do when limits change."""

Method = Literal["auto", "bump", "pathwise"]
"""By bumps, by the slopes of the paths, or by what an audit finds best."""

THRESHOLDS = ("liquidation_threshold",)


def sensitivities(
    config: Config,
    *,
    of: Sequence[str] = KNOWN,
    wrt: Sequence[str] = THRESHOLDS,
    method: Method = "auto",
    book: Response = "fixed",
    paths: int | None = None,
    seed: int | None = None,
    width: float | None = None,
    pairs: int = 0,
    progress: Progress = silent,
) -> xr.Dataset:
    """How measures of the loss answer to parameters.

    Args:
        config: From `jaxrisk.load`.
        of: Measures: `mean`, `es99` (any level), `probability`, `liquidated`.
        wrt: Parameters: a field (`liquidation_threshold`: one for every reserve),
            `all:` and a field (all of them shifted together), or a dotted path.
        method: `bump`: central differences on common draws. `pathwise`: slopes of the
            paths, audited by bumps on some. `auto`: the slopes where their audit
            holds, bumps with the slopes as control where that is better, else bumps.
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
    sample, now, losses = _measured(model, chosen, count, start, progress)
    blocked = {each.name: _obstacle(scene, each, method) for each in asked}
    _refuse(method, chosen, blocked)
    control = _slopes(scene, asked, blocked, method, sample, losses, progress)
    rows = []
    for number, parameter in enumerate(asked):
        progress(Stage(parameter.name, 0, count))
        reach, own = _reach(parameter, width), control[:, number]
        derivative = _derivative(scene, parameter, sample, reach, own, method, progress)
        rows.append(Row(parameter, reach, derivative, blocked[parameter.name] or ""))
    cross = _cross(scene, rows, sample, pairs, width, progress) if pairs > 1 else None
    attributes = {
        **provenance(model, seed=start),
        "paths": count,
        "book_response": book,
        "wall_seconds": time.perf_counter() - started,
    }
    gain = dict(zip(config.assets, cascade_gain(model.system), strict=True))
    return to_dataset(chosen, now, rows, cross, gain, attributes)


@dataclass(frozen=True)
class _Scene:
    """From shifts of parameters to systems, with the cohorts of the unchanged book."""

    model: Model
    response: Response

    def exact(self, parameter: Parameter, shift: float) -> System:
        """In float64, for a difference of builders."""
        with jax.enable_x64(True):
            return self.system([(parameter, shift)], np.dtype(np.float64))

    def system(
        self,
        shifts: Sequence[tuple[Parameter, float]],
        dtype: np.dtype | None = None,
    ) -> System:
        before = after = self.model.config
        for parameter, shift in shifts:
            after = shifted(after, parameter, shift)
        book = self.model.book
        if self.response == "relevered":
            book = relevered(book, before, after)
        return build_system(after, book, dtype=dtype)

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
) -> tuple[Sample, np.ndarray, Losses]:
    """The sample, (value, standard error) of every measure as things are, and why."""
    progress(Stage("as it is", 0, paths))
    parts: list[Losses] = []
    for losses in unchanged(model.system, paths=paths, seed=seed):
        parts.append(losses)
        done = sum(part.counted.size for part in parts)
        progress(Stage("as it is", done, paths))
    whole = Losses(
        np.concatenate([part.bad_debt for part in parts]),
        np.concatenate([part.liquidated for part in parts]),
        np.concatenate([part.counted for part in parts]),
    )
    losses = whole.only(whole.counted)
    worst = np.sort(losses.bad_debt)[::-1]
    at_risk = {
        each.name: float(value_at_risk(worst, count=worst.size, level=each.level).value)
        for each in chosen
        if each.level is not None
    }
    seen = scores(chosen, losses, at_risk)
    error = seen.std(axis=1, ddof=1) / np.sqrt(seen.shape[1])
    sample = Sample(paths=paths, seed=seed, measures=chosen, at_risk=at_risk)
    return sample, np.stack([seen.mean(axis=1), error]), whole


def _obstacle(scene: _Scene, parameter: Parameter, method: Method) -> str | None:
    return None if method == "bump" else obstacle(parameter, scene.exact)


def _refuse(
    method: Method, chosen: Sequence[Measure], blocked: dict[str, str | None]
) -> None:
    """What pathwise cannot do, where nothing else was asked for."""
    if method != "pathwise":
        return
    remedy = "use --method bump, or auto"
    faults = [
        Fault(Mark("--of"), each.name, f"{INDICATOR}; {remedy}")
        for each in chosen
        if not has_slope(each)
    ]
    faults += [
        Fault(Mark("--wrt"), name, f"it has no slope along a path: {why}; {remedy}")
        for name, why in blocked.items()
        if why
    ]
    if faults:
        raise ConfigError(faults)


def _slopes(
    scene: _Scene,
    asked: Sequence[Parameter],
    blocked: dict[str, str | None],
    method: Method,
    sample: Sample,
    losses: Losses,
    progress: Progress,
) -> Slopes:
    """The paths' own slopes; NaN where there are none, or none are wanted."""
    blocks = sample.paths // BLOCK
    found = np.full((len(sample.measures), len(asked), blocks), np.nan)
    free = [k for k, each in enumerate(asked) if not blocked[each.name]]
    passes = sum(has_slope(each) for each in sample.measures)
    if method != "bump" and free and blocks and passes:
        title, most = "slopes of paths", passes * blocks * BLOCK
        progress(Stage(title, 0, most))
        found[:, free] = along_paths(
            scene.model.system,
            [asked[k] for k in free],
            scene.exact,
            sample,
            losses,
            heard=lambda done: progress(Stage(title, done, most)),
        )
        progress(Stage(title, most, most))
    return found


def _derivative(
    scene: _Scene,
    parameter: Parameter,
    sample: Sample,
    reach: tuple[float, float],
    control: BlockSlopes,
    method: Method,
    progress: Progress,
) -> Derivative:
    """Exactly zero where a bump changes no number of the system."""
    bumps = scene.bumps(parameter, reach)
    if same_numbers(*bumps.systems[0]):
        return Derivative.nothing(len(sample.measures))
    return differentiate(
        bumps,
        sample,
        control=control,
        settle=method == "pathwise",
        heard=lambda done: progress(Stage(parameter.name, done, sample.paths)),
    )


def _reach(parameter: Parameter, width: float | None) -> tuple[float, float]:
    """How far down and up: as far on both sides, or on one where bounds are near."""
    half = parameter.half_width
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
