"""What is in a file, before anyone knows its format."""

import csv
import enum
import functools
import json
from pathlib import Path

from ._errors import DataError, Fault
from ._text_file import decode, read_inflated


PARQUET_MAGIC = b"PAR1"
HEAD = 4096  # bytes in which the first rows are looked for


class Kind(enum.Enum):
    """How a file is encoded."""

    CSV = enum.auto()
    JSON = enum.auto()
    PARQUET = enum.auto()


class Content:
    """The bytes of a file, and what every sniffer looks at.

    Attributes:
        path: The file.
        raw: Its bytes, inflated, without a byte order mark.
        kind: How it is encoded.
        preamble: Lines before the header: comments, or the address of the vendor.
        header: Fields of the first row, stripped; empty if this is not CSV.
        sample: Fields of the row after it; empty if there is none.
    """

    def __init__(self, path: Path) -> None:
        """Read a file.

        Raises:
            DataError: If it is missing, damaged, empty, or text and not UTF-8.
        """
        self.path = path
        self.raw = read_inflated(path)
        self.kind = Kind.PARQUET
        self.preamble, self.header, self.sample = 0, [], []
        if self.raw.startswith(PARQUET_MAGIC):
            return
        # Bad bytes are found now, and the text is not kept: it would double the memory.
        decode(path, self.raw)
        self.raw = self.raw.removeprefix(b"\xef\xbb\xbf")
        if not self.raw.strip():
            remedy = "Download it again, or leave it out."
            raise DataError(path, [Fault(0, "", "is empty.", remedy)])
        self.kind = Kind.JSON if self.raw.lstrip()[:1] in (b"{", b"[") else Kind.CSV
        if self.kind is Kind.CSV:
            self.preamble, self.header, self.sample = self._first_rows()

    @property
    def names(self) -> list[str]:
        """The fields of the first row in lower case, as column names are compared."""
        return [field.casefold() for field in self.header]

    @property
    def has_header(self) -> bool:
        """Whether the first row is of names: its first field is no number."""
        return not self.header[0].replace(".", "", 1).isdigit()

    @functools.cached_property
    def document(self) -> object:
        """The JSON document.

        Raises:
            DataError: If it is cut off or is not JSON.
        """
        try:
            return json.loads(self.raw)
        except json.JSONDecodeError as error:
            is_open = error.msg.startswith("Unterminated string")
            is_cut = is_open or error.pos >= len(error.doc.rstrip()) - 1
            why = "the JSON ends early" if is_cut else f"this is not JSON: {error.msg}"
            problem = f"{why} (character {error.colno})."
            fault = Fault(error.lineno, "", problem, "Download the file again.")
            raise DataError(self.path, [fault]) from error

    def _first_rows(self) -> tuple[int, list[str], list[str]]:
        head = self.raw[:HEAD].decode(errors="ignore").splitlines()
        rows = [
            (number, [field.strip() for field in next(csv.reader([line]))])
            for number, line in enumerate(head)
            if line.strip() and not line.startswith(("#", "http"))
        ]
        if not rows:
            remedy = "Download it again, or leave it out."
            raise DataError(self.path, [Fault(0, "", "has no rows.", remedy)])
        return *rows[0], (rows[1][1] if len(rows) > 1 else [])
