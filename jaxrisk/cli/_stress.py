"""`jaxrisk stress`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ._exits import MistakeError, exits
from ._options import ConfigFile, LogJson, Quiet, Seed, Settings, Verbose
from ._voice import AbstractVoice, heard, voice


if TYPE_CHECKING:
    from ..run import Model, Progress


class Of(StrEnum):
    """What a reverse stress test asks about bad debt."""

    MEAN = "mean"
    PROBABILITY = "probability"
    VAR = "var"
    ES = "es"


Scenarios: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        metavar="NAMES",
        help="Scenarios, separated by commas; + joins those that come together:"
        " drop_30,depth_cut_50:WETH,drop_30+gas_10x.",
    ),
]
Against: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="NAMES", help="Scenarios that come with each: a matrix."),
]
Reverse: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Find the smallest size of it for a loss."),
]
Loss: TypeAlias = Annotated[
    float | None,
    typer.Option(help="For --reverse: bad debt [USD], or a share for a probability."),
]
Measure: TypeAlias = Annotated[
    Of, typer.Option(help="For --reverse: of bad debt in all markets.")
]
Level: TypeAlias = Annotated[
    float, typer.Option(help="For --reverse: confidence level of var and es.")
]
Most: TypeAlias = Annotated[
    float, typer.Option(help="For --reverse: largest size, in times the scenario.")
]


@dataclass(frozen=True)
class _Asked:
    """What is to be found."""

    rows: list[str]
    columns: list[str]
    reverse: str | None
    loss: float | None
    measure: Of
    level: float
    most: float
    paths: int | None
    seed: int | None
    out: Path | None
    as_json: bool


def stress(
    config: ConfigFile,
    scenario: Scenarios = None,
    against: Against = None,
    reverse: Reverse = None,
    loss: Loss = None,
    measure: Measure = Of.MEAN,
    level: Level = 0.99,
    most: Most = 10.0,
    list_them: Annotated[
        bool, typer.Option("--list", help="Name the scenarios of the config.")
    ] = False,
    paths: Annotated[
        int | None, typer.Option(min=2, help="Monte Carlo paths of every scenario.")
    ] = None,
    seed: Seed = None,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="STORE", help="Keep every number, as a Zarr store."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Numbers as JSON in place of a table.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Tell what a crisis would cost, or how large it must be to cost so much.

    Runs the config as it is and under each scenario on the same draws: a difference is
    the scenario's alone. Scenarios are built in, with any size in their name (drop_30,
    drop_45:WETH, freeze_6h, gas_10x; see --list), or stand in the section scenarios of
    the config, which may also replay recorded days.

    With --reverse a scenario is taken so many times, and parts of a time, until its
    loss is reached: twice a fall of 30 % leaves 49 % of a price.
    """
    speaker = voice(quiet=quiet, as_json=log_json)
    with exits(speaker, verbose=verbose):
        rows, columns = _names(scenario), _names(against)
        question = (rows, columns, reverse, loss, measure, level, most)
        asked = _Asked(*question, paths, seed, out, as_json)
        _check(asked, list_them=list_them)
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from ..config import load
        from ..run import prepare
        from ..scenario import ScenarioError, scenarios_of

        with heard(speaker.warn), speaker.progress() as progress:
            loaded = load(config, settings or [])
            if list_them:
                print(_listed(scenarios_of(loaded)))
                return
            try:
                _answer(prepare(loaded), asked, progress, speaker)
            except ScenarioError as error:
                raise MistakeError(str(error)) from error


def _answer(
    model: "Model", asked: _Asked, progress: "Progress", speaker: AbstractVoice
) -> None:
    """Run what was asked for, print it, keep it."""
    from .. import scenario
    from ..run import Stage
    from ..sensitivity import save
    from ._stress_table import json_of, reversed_json, reversed_table, table_of

    run = model.config.run
    paths = run.paths if asked.paths is None else asked.paths
    seed = run.seed if asked.seed is None else asked.seed

    def told(done: int, total: int) -> None:
        progress(Stage("scenarios", done, total))

    if asked.reverse is not None:
        found = scenario.reverse(
            model,
            asked.reverse,
            loss=asked.loss or 0.0,
            measure=asked.measure.value,
            level=asked.level,
            most=asked.most,
            paths=paths,
            seed=seed,
            heard=told,
        )
        for smaller, larger in found.falls:
            speaker.warn(
                f"{asked.reverse} costs less {larger:.3g} times than {smaller:.3g}"
                " times on these draws: the size found may not be the only one."
            )
        shown = reversed_json if asked.as_json else reversed_table
        print(shown(found, seed=seed), flush=True)
        return
    table = scenario.compare(
        model, asked.rows, asked.columns, paths=paths, seed=seed, heard=told
    )
    print(json_of(table) if asked.as_json else table_of(table), flush=True)
    if asked.out is not None:
        save(table, asked.out)
        speaker.say(f"In {asked.out}: every number, for xarray.open_zarr.")


def _listed(scenarios: Mapping[str, str]) -> str:
    width = max(len(name) for name in scenarios)
    lines = (f"{name:{width}}  {text}".rstrip() for name, text in scenarios.items())
    return "\n".join(lines)


def _names(given: list[str] | None) -> list[str]:
    return [
        name.strip() for part in given or [] for name in part.split(",") if name.strip()
    ]


def _check(asked: _Asked, *, list_them: bool) -> None:
    """Tell a mistake now rather than after the run."""
    from ..sensitivity import check_store

    if asked.out is not None:
        check_store(asked.out)
    if list_them:
        return
    if asked.reverse is None and not asked.rows:
        raise MistakeError(
            "No scenario: name some with --scenario drop_30,crash, or one with"
            " --reverse drop_30 --loss 1e6. --list has their names."
        )
    if asked.reverse is not None and (asked.rows or asked.columns or asked.out):
        raise MistakeError(
            "--reverse looks for the size of one scenario, and keeps no store: leave"
            " --scenario, --against and --out out; join scenarios by +."
        )
    if (asked.reverse is None) != (asked.loss is None):
        raise MistakeError(
            "--reverse and --loss belong together: --reverse drop_30 --loss 1e6."
        )
    if not 0 < asked.level < 1:
        raise MistakeError(
            f"--level {asked.level:g}: a confidence level is a share above 0 and below"
            " 1. Give 0.99 for the worst 1 %."
        )
    if not 0 < asked.most <= 1000:
        raise MistakeError(
            f"--most {asked.most:g}: give a number of times above 0, at most 1000."
        )
