"""What every book format can do, and what those with a record a row have in common."""

import abc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .._content import Content, Kind
from .._errors import Fault
from ._batch import Batch, Field
from ._csv import columns_of, csv_batches
from ._json import find_records, json_batch
from ._ledger import Ledger
from ._positions import Origin, Positions


@dataclass(frozen=True)
class Wishes:
    """What a user says of a file that it does not say itself.

    Attributes:
        market: Name of its market; empty for the name that its format gives.
        columns: Columns of a CSV file by field, where they have names of their own.
        e_modes: Names of e-modes by what the file calls them.
    """

    market: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    e_modes: Mapping[str, str] = field(default_factory=dict)

    def mode(self, told: str) -> str:
        """The name of an e-mode; none for a blank, zero and null."""
        if told.strip().casefold() in ("", "0", "null", "none"):
            return ""
        return self.e_modes.get(told.strip(), told.strip())


class AbstractBookFormat(abc.ABC):
    """A layout of files of positions that some indexer or analyst writes.

    Attributes:
        name: What `format=` takes.
        about: Whose files these are, for messages.
        fields: What its rows may have; empty if it has no rows of records.
    """

    name: str
    about: str
    fields: tuple[Field, ...] = ()

    @abc.abstractmethod
    def recognizes(self, content: Content, wishes: Wishes) -> bool:
        """Whether a file looks like this format."""

    @abc.abstractmethod
    def read(self, content: Content, wishes: Wishes, faults: list[Fault]) -> Positions:
        """Every position of the file; `faults` grows by what is wrong."""


class AbstractRecordFormat(AbstractBookFormat):
    """A record a row, in CSV or in the JSON answer of a subgraph.

    Attributes:
        key: Name of the list in JSON; empty if the format is CSV alone.
        signature: Sets of fields, one of which every file of this format has.
    """

    key: str
    signature: tuple[frozenset[str], ...]

    @abc.abstractmethod
    def enter(
        self, batch: Batch, wishes: Wishes, ledger: Ledger, faults: list[Fault]
    ) -> None:
        """Put the rows of a batch into the ledger."""

    def recognizes(self, content: Content, wishes: Wishes) -> bool:
        """By the fields that it has, or by the name of an empty list."""
        if not {*wishes.columns} <= {one.name for one in self.fields}:
            return False
        if content.kind is Kind.CSV:
            return self._has_signature(self._columns(content, wishes, []))
        found = find_records(content, self.key) if self.key else None
        if found is None:
            return False
        records, at = found
        if not records:
            return self.key in at
        batch = json_batch(records[:1], at, self.fields, [])
        return self._has_signature(batch.cells)

    def _has_signature(self, names: Iterable[str]) -> bool:
        return any(one <= {*names} for one in self.signature)

    def read(self, content: Content, wishes: Wishes, faults: list[Fault]) -> Positions:
        """Every position of the file."""
        ledger, at = Ledger(), ""
        for batch in self._batches(content, wishes, faults):
            at = batch.at
            self.enter(batch, wishes, ledger, faults)
        about = ", ".join([self.about, *ledger.told])
        return ledger.settle(Origin(content.path, self.name, about, at), faults)

    def _batches(
        self, content: Content, wishes: Wishes, faults: list[Fault]
    ) -> Iterator[Batch]:
        if content.kind is Kind.CSV:
            columns = self._columns(content, wishes, faults)
            if not faults:
                yield from csv_batches(content, columns, faults)
            return
        found = find_records(content, self.key) if self.key else None
        if found is None:
            problem = f"there is no list under '{self.key}'."
            if not self.key:
                problem = "is not CSV."
            remedy = "Save the whole answer, or name another format."
            faults.append(Fault(0, "", problem, remedy))
            return
        batch = json_batch(*found, self.fields, faults)
        if not faults:
            yield batch

    def _columns(
        self, content: Content, wishes: Wishes, faults: list[Fault]
    ) -> dict[str, int]:
        return columns_of(content, self.fields, wishes.columns, faults)
