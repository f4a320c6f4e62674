"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer


Folder: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DIR", help="Output folder of a run.")
]
LAST_SEED = 2**64 - 1

ConfigFile: TypeAlias = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="A YAML file.")
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option(min=0, max=LAST_SEED, help="Of all random numbers.")
]
Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a setting."),
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Only warnings and errors on stderr.")
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Tracebacks, and logs of libraries.")
]
LogJson: TypeAlias = Annotated[
    bool, typer.Option("--log-json", help="One JSON object a line on stderr.")
]
Hosts: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="WHICH",
        help="Share the paths with processes on other hosts: auto under srun or mpirun;"
        " else K/N@ADDRESS:PORT, for process K of N from 0. Process 0 writes.",
    ),
]
