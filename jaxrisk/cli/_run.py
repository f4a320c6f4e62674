"""`jaxrisk run`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._disk import Disk
from ._exits import MistakeError, exits
from ._hosts import ended_together, join
from ._options import ConfigFile, Hosts, LogJson, Quiet, Seed, Settings, Verbose
from ._voice import AbstractVoice, heard, unheard, voice


if TYPE_CHECKING:
    from ..config import Config


def run(
    config: ConfigFile,
    paths: Annotated[int | None, typer.Option(min=1, help="Monte Carlo paths.")] = None,
    seed: Seed = None,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Output folder; out/NAME of the config."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Predict time, memory and disk; stop.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace another run in the folder.")
    ] = False,
    with_report: Annotated[
        bool, typer.Option("--report/--no-report", help="Write the report.")
    ] = True,
    hosts: Hosts = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Simulate a config; leave a result and a report."""
    speaker = voice(quiet=quiet, as_json=log_json)
    disk = Disk()
    with (
        ended_together(),
        exits(speaker, verbose=verbose, on_disk=disk.sentence),
    ):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        changes = _changes(settings or [], paths, seed)
        _refuse(dry_run=dry_run, hosts=hosts)
        if not join(hosts):
            _follow(config, changes)
            return
        with heard(speaker.warn):
            loaded = _loaded(config, changes)
            directory = out or Path("out") / loaded.name
            _check(loaded, directory, force=force)
            if dry_run:
                from ._dry_run import prediction

                options = ["--report" if with_report else "--no-report"]
                options += ["--verbose"] * verbose
                print(prediction(loaded, config, changes, options=options))
                return
            disk.watch(directory)
            _simulate(loaded, directory, changes, force=force, speaker=speaker)
            if with_report:
                _report(directory)
            speaker.say(f"In {directory}: {', '.join(disk.files())}.")


def _refuse(*, dry_run: bool, hosts: str | None) -> None:
    if dry_run and hosts is not None:
        raise MistakeError(
            "--dry-run with --hosts: a dry run measures this machine alone; leave"
            " --hosts out, and divide the time of the paths among the hosts."
        )


def _follow(file: Path, changes: list[str]) -> None:
    """Compute what the leading process computes, and keep nothing."""
    from ..run import simulate

    with heard(unheard):
        config = _loaded(file, changes)
    simulate(config)


def _changes(settings: list[str], paths: int | None, seed: int | None) -> list[str]:
    """All that differs from the file; options of their own come last, and win."""
    own = {"run.paths": paths, "run.seed": seed}
    given = [f"{name}={value}" for name, value in own.items() if value is not None]
    return [*settings, *given]


def _loaded(file: Path, changes: list[str]) -> "Config":
    from ..config import load

    return load(file, changes)


def _check(config: "Config", directory: Path, *, force: bool) -> None:
    """Refuse the folder now rather than after the run."""
    from ..output import check_folder, estimated_size

    identity = {
        "config_hash": config.hash,
        "seed": str(config.run.seed),
        "paths": config.run.paths,
    }
    needed = estimated_size(config.steps, len(config.asset_names))
    check_folder(directory, identity, needed=needed, force=force)


def _simulate(
    config: "Config",
    directory: Path,
    changes: list[str],
    *,
    force: bool,
    speaker: AbstractVoice,
) -> None:
    """Run, save, and print the main numbers."""
    import json

    from ..output import Result
    from ..run import simulate

    with speaker.progress() as progress:
        result = simulate(config, progress=progress)
    if changes:
        said = dict(change.split("=", 1) for change in changes)
        dataset = result.to_xarray().assign_attrs(overrides=json.dumps(said))
        result = Result(dataset)
    result.save(directory, force=force)
    print(result.summary(), flush=True)


def _report(directory: Path) -> None:
    from ..output import Result
    from ._report import write_pages

    # Read back, so that `jaxrisk report` gives the same pages, byte for byte.
    write_pages(Result.open(directory), directory)
