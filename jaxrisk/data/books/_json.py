"""Batches of a JSON answer of a subgraph: a list of records, in one page or several."""

from collections.abc import Mapping, Sequence

from .._content import Content, Kind
from .._errors import Fault
from ._batch import Batch, Field


Records = list[object]


def find_records(content: Content, key: str) -> tuple[Records, str] | None:
    """The records of an answer, and the path of one of them.

    Args:
        content: The file.
        key: Name of the list: `{"data": {key: [...]}}`, `{key: [...]}`, a list of such
            pages, or the bare list.

    Returns:
        None if the file is no such answer.
    """
    if content.kind is not Kind.JSON:
        return None
    document = content.document
    found = _in_page(document, key)
    if found is not None:
        is_wrapped = isinstance(document, dict) and "data" in document
        return found, f"{'data.' if is_wrapped else ''}{key}[{{row}}]"
    if not isinstance(document, list):
        return None
    pages = [_in_page(page, key) for page in document]
    if pages and all(page is not None for page in pages):
        return [record for page in pages for record in page or ()], f"{key}[{{row}}]"
    return document, "[{row}]"


def json_batch(
    records: Records, at: str, fields: Sequence[Field], faults: list[Fault]
) -> Batch:
    """All records as one batch.

    Args:
        records: Objects of one kind.
        at: Path of a record, `{row}` for its place.
        fields: What to take of each.
        faults: Grows by records that are no objects or lack a needed field.
    """
    cells: dict[str, list[str]] = {}
    column: dict[str, str] = {}
    good = [row for row, record in enumerate(records) if isinstance(record, dict)]
    for row in sorted(set(range(len(records))) - set(good)):
        problem = f"{str(records[row])[:60]} is no object."
        where = at.replace("{row}", str(row))
        faults.append(Fault(0, where, problem, "Save the answer as it came."))
    for field in fields:
        source, values = _column(field, [records[row] for row in good])
        if field.needed:
            faults += [
                Fault(
                    0,
                    f"{at.replace('{row}', str(row))}.{field.sources[0]}",
                    "is missing.",
                    f"Ask for {field.sources[0]} in the query.",
                )
                for row, value in zip(good, values, strict=True)
                if value is None
            ]
        if any(value is not None for value in values):
            cells[field.name] = [value or "" for value in values]
            column[field.name] = source
    return Batch(cells=cells, column=column, row=good, at=at)


def _in_page(page: object, key: str) -> Records | None:
    if isinstance(page, dict) and isinstance(page.get("data"), dict):
        page = page["data"]
    records = page.get(key) if isinstance(page, dict) else None
    return records if isinstance(records, list) else None


def _column(field: Field, records: Records) -> tuple[str, list[str | None]]:
    """Where the first record has a field, and its text in all; None if it has none."""
    texts: list[str | None] = []
    named = ""
    for record in records:
        for source in field.sources:
            text = _text(record, source)
            if text is not None:
                named = named or source
                texts.append(text)
                break
        else:
            texts.append(None)
    return named, texts


def _text(record: object, source: str) -> str | None:
    """The text at a path; blank for null, None if the path leads nowhere."""
    value = record
    for step in source.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif value is None:
            return ""
        else:
            return None
    if isinstance(value, Mapping | list):
        return None
    if value is None:
        return ""
    return str(value).casefold() if isinstance(value, bool) else str(value)
