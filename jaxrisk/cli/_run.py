"""`jaxrisk run`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._disk import Disk
from ._exits import exits
from ._hosts import ended_together, join
from ._options import ConfigFile, Hosts, LogJson, Quiet, Seed, Settings, Verbose
from ._voice import AbstractVoice, heard, unheard, voice


if TYPE_CHECKING:
    from ..config import Config
    from ..run import Pilot


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
        if not join(hosts):
            _follow(config, changes, dry_run=dry_run)
            return
        with heard(speaker.warn):
            loaded = _loaded(config, changes)
            directory = out or Path("out") / loaded.name
            _check(loaded, directory, force=force)
            if dry_run:
                print(_prediction(loaded))
                return
            disk.watch(directory)
            _simulate(loaded, directory, changes, force=force, speaker=speaker)
            if with_report:
                _report(directory)
            speaker.say(f"In {directory}: {', '.join(disk.files())}.")


def _follow(file: Path, changes: list[str], *, dry_run: bool) -> None:
    """Compute what the leading process computes, and keep nothing."""
    from ..run import pilot, simulate

    with heard(unheard):
        config = _loaded(file, changes)
    if dry_run:
        pilot(config)
    else:
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
    needed = estimated_size(config.steps, len(config.assets))
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


def _prediction(config: "Config") -> str:
    from ..run import pilot

    return _table(pilot(config))


def _table(cost: "Pilot") -> str:
    rows = (
        (
            "run",
            f"{cost.paths:,} paths x {cost.steps:,} steps x {cost.accounts:,} accounts",
        ),
        ("device", cost.device),
        ("speed", f"{cost.paths_per_second:,.0f} paths/s"),
        (
            "time",
            f"{cost.seconds:,.1f} s, and {cost.compile_seconds:,.1f} s to compile",
        ),
        ("memory", f"{cost.device_bytes / 1e6:,.1f} MB for outcomes in flight"),
        ("disk", f"{cost.disk_bytes / 1e6:,.1f} MB at most"),
    )
    lines = [f"{name:8}{text}" for name, text in rows]
    return "\n".join([*lines, "Dry run: nothing was written."])
