"""Columns of a CSV file by name, each with the places of its cells."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ._content import Content, Kind
from ._csv import read_table
from ._errors import Fault, suggest
from ._source import Column


Cells = tuple[pd.Series, Column]
"""A column as it stands in the file, and where."""


def has_columns(content: Content, names: Sequence[str]) -> bool:
    """Whether a file is CSV whose header has these names, among others."""
    return content.kind is Kind.CSV and set(names) <= set(content.names)


def read_columns(
    content: Content,
    names: Sequence[str],
    faults: list[Fault],
    *,
    as_text: bool = False,
) -> Mapping[str, Cells]:
    """Some columns of a CSV file.

    Args:
        content: The file.
        names: Names of the columns, in lower case.
        faults: Grows by columns that are missing and by rows of another length.
        as_text: Whether every cell stays the text that it is.

    Returns:
        The columns by name; empty if there is a fault.
    """
    if content.kind is not Kind.CSV:
        faults.append(Fault(0, "", "is not CSV.", "Name another format."))
        return {}
    for name in names:
        if name not in content.names:
            remedy = suggest(name, content.header)
            problem = f"column '{name}' is missing."
            faults.append(Fault(content.preamble + 1, "", problem, remedy))
    if faults:
        return {}
    places = [content.names.index(name) for name in names]
    series, line = read_table(content, places, faults, as_text=as_text)
    return (
        {}
        if faults
        else {
            name: (cells, Column(name, line))
            for name, cells in zip(names, series, strict=True)
        }
    )
