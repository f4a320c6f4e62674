"""Sensitivities of a config: which parameters, how they are shifted, what comes out."""

import time
from collections.abc import Sequence
from typing import Literal

import numpy as np
import xarray as xr

from ..config import Config, ConfigError, Fault, Mark, Parameter, parameters
from ..engine import BLOCK
from ..run import Model, Progress, Stage, prepare, silent
from ..run._provenance import provenance
from ._bump import differentiate, same_numbers, unchanged
from ._cross import cross
from ._dataset import Row, to_dataset
from ._derivative import BlockSlopes, Derivative
from ._gain import cascade_gain
from ._measures import KNOWN, Losses, Measure, measures, scores
from ._pathwise import INDICATOR, Slopes, along_paths, has_slope, obstacle
from ._sample import Sample
from ._scene import Response, Scene, reach_of
from ._tail import Tail


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
    scene = Scene(model, book)
    count = config.run.paths if paths is None else paths
    start = config.run.seed if seed is None else seed
    blocked = {each.name: _obstacle(scene, each, method) for each in asked}
    _refuse(method, chosen, blocked)
    sample, now, losses = _measured(model, chosen, count, start, progress)
    control = _slopes(scene, asked, blocked, method, sample, losses, progress)
    rows = []
    for number, parameter in enumerate(asked):
        progress(Stage(parameter.name, 0, count))
        reach, own = reach_of(parameter, width), control[:, number]
        derivative = _derivative(scene, parameter, sample, reach, own, method, progress)
        rows.append(Row(parameter, reach, derivative, blocked[parameter.name] or ""))
    crossed = cross(scene, rows, sample, pairs, width, progress) if pairs > 1 else None
    attributes = {
        **provenance(model, seed=start),
        "paths": count,
        "book_response": book,
        "wall_seconds": time.perf_counter() - started,
    }
    gain = dict(zip(config.asset_names, cascade_gain(model.system), strict=True))
    return to_dataset(chosen, now, rows, crossed, gain, attributes)


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
    tails = {
        each.name: Tail.of(whole.bad_debt, whole.counted, each.level)
        for each in chosen
        if each.level is not None
    }
    sample = Sample(paths=paths, seed=seed, measures=chosen, tails=tails)
    seen = scores(chosen, losses, sample.at_risk)
    error = seen.std(axis=1, ddof=1) / np.sqrt(seen.shape[1])
    return sample, np.stack([seen.mean(axis=1), error]), whole


def _obstacle(scene: Scene, parameter: Parameter, method: Method) -> str | None:
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
    scene: Scene,
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
    # A shortfall needs the slopes near its value at risk too.
    passes += sum(tail.variance > 0 for tail in sample.tails.values())
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
    scene: Scene,
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
