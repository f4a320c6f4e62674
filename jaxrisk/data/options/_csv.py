"""Tables of options in CSV: an option a row, its columns found by name."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .._columns import has_columns, read_columns
from .._content import Content
from .._errors import Fault
from .._source import Source
from ._chain import OptionChain
from ._format import AbstractOptionFormat
from ._rows import Units, chains_of


@dataclass(frozen=True)
class CsvFormat(AbstractOptionFormat):
    """A CSV file with an option in each row.

    Attributes:
        name: What `format=` takes.
        about: Whose files these are.
        columns: Names of the columns, in lower case, by field of `chains_of`.
        units: In what its numbers are.
    """

    name: str
    about: str
    columns: Mapping[str, str]
    units: Units

    def recognizes(self, content: Content) -> bool:
        """By the names of the header."""
        return has_columns(content, list(self.columns.values()))

    def read(
        self, content: Content, faults: list[Fault], at: np.datetime64 | None
    ) -> list[OptionChain]:
        """A chain for each coin: the last row of each option, by `at` if given."""
        columns = read_columns(content, list(self.columns.values()), faults)
        if not columns:
            return []
        cells = {field: columns[name] for field, name in self.columns.items()}
        # The coin is what a name begins with: BTC of BTC-9JUN20-9875-P.
        symbols, column = cells["asset"]
        cells["asset"] = symbols.astype(str).str.split("-").str[0], column
        source = Source(content.path, self.name)
        return chains_of(cells, source, self.units, faults, at=at)
