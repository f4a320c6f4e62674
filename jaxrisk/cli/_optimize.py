"""`jaxrisk optimize`."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._exits import SOME_FAILED, exits
from ._options import ConfigFile, LogJson, Quiet, Seed, Settings, Verbose
from ._publish import published
from ._voice import AbstractVoice, heard, voice


if TYPE_CHECKING:
    from ..optimize import Posed, SearchState
    from ..run import Progress


def optimize(
    config: ConfigFile,
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of checkpoint and result."),
    ],
    seed: Seed = None,
    settings: Settings = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Propose parameters that earn or lend the most, with risk below limits.

    The section optimize of the config says what may move, what is maximized and what
    must hold. Every iteration is kept: the same command goes on from there. The
    proposal is judged on draws that the search has not seen. Exit code 3: no point
    keeps the limits, or no number is finite.
    """
    speaker, folder = voice(quiet=quiet, as_json=log_json), _Folder()
    with exits(speaker, verbose=verbose, on_disk=folder.sentence):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from .. import optimize as library
        from ..config import load
        from ..run import prepare

        with heard(speaker.warn), speaker.progress() as progress:
            model = prepare(load(config, settings or []))
            posed = library.pose(model, seed=seed)
            key = library.key_of(model.config, seed)
            states = library.restored(out, key)
            if states:
                done = sum(len(state.steps) for state in states)
                speaker.say(f"Going on in {out} after {done} iterations.")
            folder.path = out
            found = library.optimize(
                model,
                seed=seed,
                states=states,
                kept=_keeper(out, key, posed, progress, speaker),
                told=speaker.say,
            )
        shown = library.table(found)
        library.write(out / library.RESULT, library.to_json(found))
        library.write(out / library.TABLE, shown + "\n")
        print(shown, flush=True)
        with published(out) as partial:
            library.write_page(found, partial)
        files = (library.RESULT, library.TABLE, library.PAGE, library.DOCUMENT)
        speaker.say(f"In {out}: {', '.join(files)}.")
        if found.solution.verdict in ("infeasible", "not finite"):
            raise typer.Exit(SOME_FAILED)


class _Folder:
    """What is on disk, said to whoever stopped the command."""

    def __init__(self) -> None:
        self.path: Path | None = None

    def sentence(self) -> str:
        if self.path is None or not (self.path / "best.json").exists():
            return ""
        return (
            f"The best so far is in {self.path / 'best.json'}, not re-evaluated; the"
            " same command goes on from the last iteration."
        )


def _keeper(
    out: Path,
    key: str,
    posed: "Posed",
    progress: "Progress",
    speaker: AbstractVoice,
) -> "Callable[[tuple[SearchState, ...]], None]":
    """Keeps every iteration, and tells of it."""
    from ..optimize import keep_states
    from ..run import Stage

    problem, most = posed.problem, posed.effort.iterations
    started, names = time.monotonic(), [x.measure.name for x in problem.limits]
    counted: list[int] = []

    def kept(states: "tuple[SearchState, ...]") -> None:
        keep_states(out, key, posed, states)
        state = states[-1]
        if not state.steps:
            return
        step, done = state.steps[-1], len(state.steps)
        counted.append(done)
        pace = (time.monotonic() - started) / len(counted)
        terms = ", ".join(
            f"{name} {value:.4g} +- {error:.2g}"
            for name, value, error in zip(
                ["objective", *names], step.value, step.error, strict=True
            )
        )
        speaker.say(
            f"search {len(states)}, iteration {done}: {terms}; {step.paths:,} paths,"
            f" {pace:.1f} s an iteration, at most {pace * (most - done):.0f} s left"
        )
        total = done if state.sentence else most
        progress(Stage(f"search {len(states)}, iterations", done, total))

    return kept
