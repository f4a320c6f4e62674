"""Deribit's public API: get_book_summary_by_currency with kind=option."""

import numpy as np
import pandas as pd

from .._content import Content, Kind
from .._errors import Fault
from .._source import Column, Source
from ._chain import OptionChain
from ._format import AbstractOptionFormat
from ._names import parse_names
from ._rows import Units, chains_of


_KEYS = {
    "quoted": "creation_timestamp",
    "mark": "mark_price",
    "volatility": "mark_iv",
    "open_interest": "open_interest",
    "forward": "underlying_price",
}


class DeribitSummary(AbstractOptionFormat):
    """`{"result": [{"instrument_name": ..., "mark_iv": percent, ...}]}`."""

    name = "deribit_summary"
    about = "book summary of Deribit's public API"

    def recognizes(self, content: Content) -> bool:
        """By a list under `result` whose first entry names an instrument."""
        records = _records(content)
        return records is not None and (
            not records
            or (isinstance(records[0], dict) and "instrument_name" in records[0])
        )

    def read(
        self, content: Content, faults: list[Fault], at: np.datetime64 | None
    ) -> list[OptionChain]:
        """A chain for each coin; volatilities are in percent, there are no deltas."""
        records = _records(content)
        if records is None:
            problem = "there is no list under 'result'."
            faults.append(Fault(0, "", problem, "Save the whole answer."))
            return []
        for row, record in enumerate(records):
            missing = {"instrument_name", *_KEYS.values()} - set(
                record if isinstance(record, dict) else ()
            )
            if missing:
                problem = f"has no {', '.join(sorted(missing))}."
                remedy = "Save the answer of get_book_summary_by_currency, kind=option."
                faults.append(Fault(0, f"result[{row}]", problem, remedy))
                return []
        row = np.arange(len(records))
        frame = pd.DataFrame(records, index=row)
        if frame.empty:
            return []
        cells = {
            field: (pd.Series(frame[key]), Column(f"result[{{row}}].{key}", row))
            for field, key in _KEYS.items()
        }
        column = Column("result[{row}].instrument_name", row)
        cells |= parse_names((pd.Series(frame["instrument_name"]), column), faults)
        if faults:
            return []
        source = Source(content.path, self.name)
        return chains_of(cells, source, Units(("ms",), 0.01), faults, at=at)


def _records(content: Content) -> list[object] | None:
    document = content.kind is Kind.JSON and content.document
    found = document.get("result") if isinstance(document, dict) else None
    return found if isinstance(found, list) else None
