"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer


Folder: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DIR", help="Output folder of a run.")
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
