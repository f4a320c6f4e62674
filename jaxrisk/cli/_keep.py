"""Text files that are there in whole, or not at all."""

import tempfile
from pathlib import Path


def keep(text: str, out: Path) -> None:
    """Write all of a file or nothing of it.

    Raises:
        OutputError: It cannot be written.
    """
    from ..output import OutputError

    try:
        with tempfile.TemporaryDirectory(
            prefix=".partial-", dir=out.absolute().parent
        ) as beside:
            partial = Path(beside) / "kept"
            partial.write_text(text, encoding="utf-8")
            partial.rename(out)
    except OSError as error:
        raise OutputError(
            f"Writing {out} failed ({error.strerror or error}); nothing was kept."
            " Make room, or choose another place, and run again."
        ) from error
