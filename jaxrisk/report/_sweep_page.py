"""A sweep as a report: maps, effects one at a time, and what is worth choosing from."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from ._blocks import Block, Caution, Figure, Note, Paragraph, Report, Section, Table
from ._document import MARK_LENGTH
from ._estimate import Estimate
from ._figure_sweep import heatmap, line, scattered, tornado
from ._format import PERCENT, column, exact, measured_unit
from ._html import to_html
from ._pareto import efficient
from ._pdf import to_pdf
from ._sweep_facts import DONE, FAILED, PENDING, Measure, SweepFacts, Swept
from ._tornado import effects


MOST_ROWS = 30
"""Efficient settings in the table; the others are in the store."""

_MAP = (
    "{title} over {fields}{rest}. Lines: equal values. Star: the base config. Dark is"
    " much, also in gray."
)


def write_sweep_report(dataset: xr.Dataset, folder: Path) -> None:
    """Write `sweep.html` and `sweep.pdf`, which say the same.

    Args:
        dataset: A store of `jaxrisk sweep`, opened.
        folder: Where to write; made if it does not exist.
    """
    report = compose_sweep(dataset)
    page, document = to_html(report), to_pdf(report)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sweep.html").write_text(page, encoding="utf-8")
    (folder / "sweep.pdf").write_bytes(document)


def compose_sweep(dataset: xr.Dataset) -> Report:
    """Everything that a report says about a sweep."""
    facts = SweepFacts(dataset)
    given = facts.attributes
    done = int(facts.done.sum())
    missing = facts.settings - done
    return Report(
        title=str(given["title"]),
        subtitle=f"{facts.settings:,} settings · {given['paths']:,} paths each · "
        f"seed {given['seed']}",
        mark=str(given["config_hash"])[:MARK_LENGTH],
        label=f"{missing:,} settings missing" if missing else "",
        sections=[
            _opening(facts),
            *(_maps(facts) if done else ()),
            *(_effects(facts) if done else ()),
            *([_choices(facts)] if done else ()),
            _provenance(facts),
        ],
    )


def _opening(facts: SweepFacts) -> Section:
    given = facts.attributes
    blocks: list[Block] = []
    if given["description"]:
        blocks.append(Paragraph(str(given["description"])))
    draws = "the same" if given["draws"] == "common" else "their own"
    blocks.append(
        Paragraph(
            f"All settings start from one config and differ in the fields below. They"
            f" see {draws} random draws; ± is half of a 95 % interval."
        )
    )
    counts = {code: int((facts.state == code).sum()) for code in (PENDING, FAILED)}
    if counts[PENDING]:
        blocks.append(
            Caution(f"{counts[PENDING]:,} settings are not computed yet: run again.")
        )
    if counts[FAILED]:
        texts = facts.dataset["error"].to_numpy().ravel()
        first = str(texts[facts.state == FAILED][0])
        blocks.append(Caution(f"{counts[FAILED]:,} settings failed, first: {first}"))
    rows = tuple(_described(field) for field in facts.fields)
    head = ("Name", "Field of the config", "Unit", "Least", "Greatest", "Base")
    numeric = (False, False, False, True, True, True)
    caption = "What differs between settings. A derived field follows from others."
    blocks.append(Table(caption, head, rows, numeric=numeric, small=True))
    return Section("What was asked", blocks)


def _described(field: Swept) -> tuple[str, ...]:
    name = f"{field.name} (derived)" if field.derived else field.name
    if not field.is_number:
        ends = (field.labels[0], field.labels[-1])
        return (name, field.path, "", *(text[:40] for text in ends), "")
    ends = (
        field.said(float(field.values.min())),
        field.said(float(field.values.max())),
    )
    base = field.said(field.base) if np.isfinite(field.base) else ""
    return (name, field.path, field.unit, *ends, base)


def _maps(facts: SweepFacts) -> Iterator[Section]:
    blocks = [block for measure in facts.measures for block in _map(facts, measure)]
    note = (
        "Capital efficiency is what the book may borrow under its loan-to-value limits,"
        " over what its collateral is worth, at the start: it is exact, as nothing is"
        " drawn."
    )
    yield Section("Maps", [*blocks, Note(note)])


def _map(facts: SweepFacts, measure: Measure) -> list[Block]:
    values = facts.values(measure.name)[facts.done]
    if np.ptp(values) == 0:
        said = column(
            [Estimate(float(values[0]), np.nan, np.nan)], _unit(facts, measure)
        )
        text = f"{measure.title} is the same in all settings: {said[0].strip()}"
        return [Note(f"{text} {_unit(facts, measure).label}.")]
    numbers = sorted(facts.numbers, key=lambda field: -np.unique(field.values).size)
    if facts.is_grid:
        numbers = [field for field in facts.numbers if field.name in facts.dims]
    if not numbers:
        return [Note(f"{measure.title}: no swept number to draw it over.")]
    if len(numbers) == 1:
        caption = f"{measure.title} over {numbers[0].name}; dashed: the base config."
        drawn = line(facts, measure, numbers[0], _row(facts, numbers[0]))
        return [Figure(drawn, caption, alt=caption)]
    up, across = numbers[:2]
    rest = ""
    if facts.is_grid:
        chosen, rest = _slice(facts, across, up)
        drawn = heatmap(facts, measure, across, up, chosen)
    else:
        drawn = scattered(facts, measure, across, up)
    names = f"{across.name} and {up.name}"
    caption = _MAP.format(title=measure.title, fields=names, rest=rest)
    return [Figure(drawn, caption, alt=caption)]


def _row(facts: SweepFacts, field: Swept) -> np.ndarray:
    """Settings along one field, the others as near to the base as they can be."""
    if not facts.is_grid:
        return np.arange(facts.settings)
    base, size = facts.places_of_base(), facts.shape[facts.dims.index(field.name)]
    return np.array([facts.setting({**base, field.name: k}) for k in range(size)])


def _slice(facts: SweepFacts, across: Swept, up: Swept) -> tuple[np.ndarray, str]:
    """Settings of a map, [up across], and where the other axes stand."""
    base = facts.places_of_base()
    sizes = [facts.shape[facts.dims.index(field.name)] for field in (up, across)]
    chosen = np.array(
        [
            [
                facts.setting({**base, up.name: row, across.name: place})
                for place in range(sizes[1])
            ]
            for row in range(sizes[0])
        ]
    )
    others = [field for field in facts.fields if field.name in facts.dims]
    others = [field for field in others if field.name not in (up.name, across.name)]
    fixed = [f"{field.name} at {field.text(int(chosen[0, 0]))}" for field in others]
    return chosen, f", {', '.join(fixed)}" if fixed else ""


def _effects(facts: SweepFacts) -> Iterator[Section]:
    blocks: list[Block] = []
    for measure in facts.measures:
        found = [each for each in effects(facts, measure.name) if each.span]
        if found:
            caption = (
                f"{measure.title}: change as one field goes to its least value (filled)"
                " and to its greatest (hatched), the others "
                + ("nearest to the base config." if facts.is_grid else "as they come.")
            )
            blocks.append(Figure(tornado(found, measure), caption, alt=caption))
    if not facts.is_grid:
        text = "The settings are no grid: effects are slopes of a plane fitted to all."
        blocks.append(Note(text))
    if blocks:
        yield Section("One at a time", blocks, new_page=True)


def _choices(facts: SweepFacts) -> Section:
    goals = np.stack(
        [
            np.where(facts.done, sign * facts.values(measure.name), np.nan)
            for measure in facts.measures
            for sign in (-1.0 if measure.more_is_better else 1.0,)
        ]
    )
    found = np.flatnonzero(efficient(goals))
    order = found[np.lexsort(goals[::-1][:, found])]
    shown = order[
        np.unique(np.linspace(0, order.size - 1, MOST_ROWS).round().astype(int))
    ]
    settings = [int(setting) for setting in shown]
    head = [field.name for field in facts.fields]
    columns = [[field.text(k) for k in settings] for field in facts.fields]
    for measure in facts.measures:
        unit = _unit(facts, measure)
        estimates = facts.estimates(measure.name, settings)
        has_error = f"{measure.name}_se" in facts.dataset
        cells = (
            column(estimates, unit)
            if has_error
            else exact([each.value for each in estimates], unit)
        )
        head.append(f"{measure.title} [{unit.label}]")
        columns.append(cells)
    more = order.size - len(settings)
    caption = (
        f"{order.size:,} of {int(facts.done.sum()):,} settings are efficient: none of"
        " the others has less tail loss, less probability and more capital efficiency."
        + (f" {more:,} of them are left out here, evenly." if more else "")
    )
    rows = tuple(zip(*columns, strict=True))
    numeric = tuple(field.is_number for field in facts.fields) + (True,) * 3
    note = (
        "Differences smaller than ± may be chance; the store has the errors of"
        " differences, which on the same draws are smaller."
    )
    table = Table(caption, tuple(head), rows, numeric=numeric, small=True)
    return Section("What to choose from", [table, Note(note)], new_page=True)


def _unit(facts: SweepFacts, measure: Measure):  # noqa: ANN202
    if not measure.is_money:
        return PERCENT
    chosen = np.flatnonzero(facts.done).tolist()
    return measured_unit(facts.estimates(measure.name, chosen))


def _provenance(facts: SweepFacts) -> Section:
    given = facts.attributes
    versions = json.loads(given["versions"])
    rows = (
        ("Base config", json.loads(given["config"])["name"]),
        ("Hash of the base", str(given["config_hash"])),
        ("Hash of the sweep", str(given["sweep_hash"])),
        (
            "Settings done",
            f"{int((facts.state == DONE).sum()):,} of {facts.settings:,}",
        ),
        ("Versions", ", ".join(f"{name} {text}" for name, text in versions.items())),
    )
    table = Table(
        "Where the numbers come from.", ("What", "Value"), rows, (False, False)
    )
    return Section("Provenance", [table])
