"""A table in a file: all of it or nothing of it."""

import tempfile
from pathlib import Path


def keep(text: str, out: Path) -> None:
    """Write a file that is there only once it is whole.

    Raises:
        OutputError: If it cannot be written.
    """
    from ..output import OutputError

    try:
        with tempfile.TemporaryDirectory(
            prefix=".partial-", dir=out.absolute().parent
        ) as beside:
            partial = Path(beside) / "table.csv"
            partial.write_text(text, encoding="utf-8")
            partial.rename(out)
    except OSError as error:
        raise OutputError(
            f"Writing {out} failed ({error.strerror or error}); nothing was kept."
            " Make room, or choose another place, and run again."
        ) from error
