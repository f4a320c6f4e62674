"""What a run has left on disk so far, said to whoever stopped it."""

from pathlib import Path


MANIFEST = "manifest.json"
RESULT = ("result.zarr", "summary.json", MANIFEST)
REPORT = ("report.html", "report.pdf")


class Disk:
    """The output folder, compared with how it was before the run."""

    def __init__(self) -> None:
        """Nothing to watch yet: nothing is written before `watch`."""
        self._directory: Path | None = None
        self._before: tuple[int, int] | None = None

    def watch(self, directory: Path) -> None:
        """Note the state of the output folder."""
        self._directory = directory
        self._before = _mark(directory / MANIFEST)

    def files(self) -> list[str]:
        """Names of the files that belong to the run."""
        folder = self._directory or Path()
        return [name for name in (*RESULT, *REPORT) if (folder / name).exists()]

    def sentence(self) -> str:
        """What is on disk; empty before the folder is watched."""
        if self._directory is None:
            return ""
        folder = self._directory
        if _mark(folder / MANIFEST) != self._before:
            if self._has_new_report():
                return f"The result and its report are saved in {folder}."
            return (
                f"The result is saved in {folder}, its report is not: "
                f"`jaxrisk report {folder}` makes it."
            )
        if self._before is not None:
            return f"The earlier result in {folder} is untouched."
        return f"Nothing was written to {folder}."

    def _has_new_report(self) -> bool:
        folder = self._directory or Path()
        written, page = _mark(folder / MANIFEST), _mark(folder / REPORT[-1])
        return bool(written and page and page[0] >= written[0])


def _mark(file: Path) -> tuple[int, int] | None:
    """When a file was written, and which one it is; None without it."""
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_ino
