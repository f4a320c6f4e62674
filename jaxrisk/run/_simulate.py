"""The main job: simulate a config, and estimate everything a report needs."""

import numpy as np

from ..config import Config
from ..engine import simulate as outcomes
from ..output import Result, to_dataset
from ..risk import DROPS, FOLLOWED, Measures
from ._book_facts import book_facts
from ._checks import (
    Losses,
    WorstLosses,
    cohort_check,
    cohort_pairs,
    feedback_check,
    joined,
    losses_of,
)
from ._clock import Stopwatch
from ._gamma import gamma_coordinates, gamma_facts
from ._model import Model, prepare
from ._progress import Progress, Stage, silent
from ._provenance import provenance
from ._recorded import ACCOUNTS, fan, tail_facts, worst_facts
from ._worst_paths import worst_coordinates


MINUTES_PER_DAY = 1440
SIMULATING = "simulating"
"""The stage of the paths."""


def simulate(
    config: Config,
    *,
    paths: int | None = None,
    seed: int | None = None,
    progress: Progress = silent,
    model: Model | None = None,
) -> Result:
    """Simulate a config.

    Args:
        config: From `jaxrisk.load`.
        paths: Number of paths; the config's if not given.
        seed: In [0, 2^64); the config's if not given.
        progress: Called with a `Stage` whenever paths are done.
        model: From `prepare(config)`, if it is at hand.

    Returns:
        Every estimate with its error, labeled and traceable.

    Raises:
        DataError: If the book file cannot be used.
        ConfigError: If book and config do not fit.
    """
    watch = Stopwatch()
    model = model or prepare(config)
    paths = config.run.paths if paths is None else paths
    seed = config.run.seed if seed is None else seed
    measures, kept, worst = measure(model, paths, seed, progress)
    simulating, _ = watch.read()
    variables = {
        **measures.estimates(),
        **feedback_check(model, kept, seed=seed, progress=progress),
        **cohort_check(
            cohort_pairs(model, measures, kept, worst, seed=seed, progress=progress)
        ),
        **fan(model, paths=paths, seed=seed, progress=progress),
        **tail_facts(model, measures, seed=seed),
        **worst_facts(model, measures, seed=seed),
        **book_facts(model),
        **gamma_facts(model.options),
    }
    coordinates = {
        **measures.coordinates(),
        "drop": DROPS,
        "time": np.arange(config.steps + 1) * config.step_minutes / MINUTES_PER_DAY,
        "account": np.arange(min(ACCOUNTS, model.book.account.size)),
        **worst_coordinates(model, measures.worst_paths.size),
        **gamma_coordinates(model.options),
    }
    computing, compiling = watch.read()
    attributes = {
        **measures.attributes(),
        **provenance(model, seed=seed),
        "wall_seconds": simulating,
        "check_seconds": computing - simulating,
        "compile_seconds": compiling,
    }
    return Result(to_dataset(variables, coordinates=coordinates, attributes=attributes))


def measure(
    model: Model, paths: int, seed: int, progress: Progress
) -> tuple[Measures, Losses, WorstLosses]:
    """Stream all paths; keep losses of the first and of the worst for the checks."""
    config = model.config
    measures = Measures(
        model.axes,
        levels=config.run.levels,
        steps=config.steps,
        step_days=float(config.step_minutes) / MINUTES_PER_DAY,
    )
    kept: list[Losses] = []
    worst = WorstLosses(min(paths, FOLLOWED) // 50 + 100)
    wanted = max(config.run.feedback_paths, config.run.cohort_check_paths)
    progress(Stage(SIMULATING, 0, paths))
    for outcome in outcomes(model.system, paths=paths, seed=seed):
        losses, seen = losses_of(outcome), measures.paths
        if seen < wanted:
            kept.append(losses)
        if seen < FOLLOWED:
            worst.push(losses, np.arange(seen, seen + outcome.status.shape[0]))
        measures.push(vars(outcome))
        progress(Stage(SIMULATING, measures.paths, paths))
    return measures, joined(kept), worst
