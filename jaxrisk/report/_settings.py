"""Sections of a config as tables and sentences, whatever their keys are."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from ._blocks import Block, Statements, Table
from ._format import align
from ._units import heading, quantity, sentence, setting, words


MOST_COLUMNS = 7
Settings = Mapping[str, Any]


def mappings(section: object) -> dict[str, Settings]:
    """The entries of a section that are sections themselves."""
    if not isinstance(section, Mapping):
        return {}
    return {
        str(key): value for key, value in section.items() if isinstance(value, Mapping)
    }


def counted(label: str, section: object) -> dict[str, Settings]:
    """The sections of a list, counted from one after a label; none of anything else."""
    if not _is_list(section):
        return {}
    return {f"{label} {place}": each for place, each in enumerate(section, start=1)}


def scalars(section: Settings) -> dict[str, Any]:
    """The entries of a section that are not sections, in their order."""
    return {
        str(key): value
        for key, value in section.items()
        if not (isinstance(value, Mapping) or _is_list(value))
    }


def _is_list(value: object) -> TypeGuard[Sequence[Settings]]:
    """Whether it is a list of sections, with at least one."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(each, Mapping) for each in value)
    )


def idle(settings: Settings) -> bool:
    """Whether a nested section is switched off, such as jumps that never come."""
    return not settings or settings.get("intensity") == 0


def tables(title: str, section: object, *, name: str) -> list[Block]:
    """A table of sections with equal keys, and one more for each nested section.

    Args:
        title: Caption of the table.
        section: Sections by name.
        name: What the names are names of; head of the first column.

    Returns:
        The tables; none where there is nothing to print.
    """
    entries = mappings(section)
    if not entries:
        return []
    kinds = dict.fromkeys(str(entry.get("kind", "")) for entry in entries.values())
    return [
        block
        for kind in kinds
        for block in _of_kind(
            f"{title}: {words(kind).lower()}" if kind else title,
            {each: of for each, of in entries.items() if of.get("kind", "") == kind},
            name=name,
        )
    ]


def _of_kind(title: str, entries: Mapping[str, Settings], *, name: str) -> list[Block]:
    """The tables of sections of one kind, which have equal keys."""
    columns = list(
        dict.fromkeys(
            key
            for entry in entries.values()
            for key, value in scalars(entry).items()
            if value is not None and key != "kind"
        )
    )
    nested_keys = dict.fromkeys(
        key for entry in entries.values() for key in entry if key not in scalars(entry)
    )
    named = all("kind" in entry for entry in entries.values())
    if named and not columns and not nested_keys:
        return [Statements(((title, f"{', '.join(entries)}."),))]
    blocks: list[Block] = []
    for start in range(0, len(columns), MOST_COLUMNS):
        part = columns[start : start + MOST_COLUMNS]
        more = ", continued" if start else ""
        blocks.append(_table(f"{title}{more}.", entries, part, name=name))
    for key in nested_keys:
        nested = {
            label: section
            for name_of, entry in entries.items()
            for label, section in _below(name_of, entry.get(key)).items()
        }
        blocks += tables(f"{title}: {words(key).lower()}", nested, name=name)
    return blocks


def _below(label: str, section: object) -> dict[str, Settings]:
    """A nested section under the name of its owner, or a list of them."""
    if isinstance(section, Mapping):
        return {} if idle(section) else {label: section}
    return counted(label, section)


def _table(
    caption: str, entries: Mapping[str, Settings], columns: Sequence[str], *, name: str
) -> Table:
    """One table; columns of numbers are aligned at the decimal point."""
    cells, numeric = [list(entries)], [False]
    for key in columns:
        values = [entry.get(key) for entry in entries.values()]
        texts = [setting(key, value) for value in values]
        is_number = all(_is_number(value) for value in values if value is not None)
        numeric.append(is_number)
        cells.append(align(texts) if is_number else texts)
    return Table(
        caption=caption,
        head=(name, *(heading(key) for key in columns)),
        rows=tuple(zip(*cells, strict=True)),
        numeric=tuple(numeric),
        small=True,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def listed(section: Settings) -> tuple[tuple[str, str], ...]:
    """The plain settings of a section, as titled sentences."""
    return tuple(
        (words(key), sentence(key, value))
        for key, value in scalars(section).items()
        if value is not None and key != "kind"
    )


def row(section: Settings) -> str:
    """The plain settings of a section in one sentence; empty without any."""
    row = "; ".join(f"{name.lower()} {value}" for name, value in listed(section))
    return f"{row[:1].upper()}{row[1:]}." if row else ""


def told(what: str, section: Settings) -> str:
    """What a mechanism does, and its plain settings."""
    return f"{what} {row(section)}".strip()


def factors(caption: str, factors: object) -> list[Block]:
    """A mapping from names to plain numbers as a table."""
    if not isinstance(factors, Mapping) or not factors:
        return []
    cells = (
        [str(name) for name in factors],
        align([quantity(float(value)) for value in factors.values()]),
    )
    return [
        Table(
            caption,
            ("Asset", "Factor"),
            tuple(zip(*cells, strict=True)),
            small=True,
        )
    ]
