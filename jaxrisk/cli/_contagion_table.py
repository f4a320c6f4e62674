"""Contagion coefficients, as lines that a risk officer reads, and as CSV."""

import csv
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ._amounts import amount, difference, scale_of


if TYPE_CHECKING:
    from ..risk import Contagion, Estimate

RATIO = (1.0, "")
STEPS = (1.0, "steps")


def table_of(found: "Contagion", *, seed: int) -> str:
    """Losses of markets by asset shocked, then who fails first."""
    name = f"ES{100 * found.level:g}"
    how = (
        f"falls by {found.fall:.0%}"
        if found.fall > 0
        else f"rises by {-found.fall:.0%}"
    )
    notes = [
        f"{found.paths:,} paths, seed {seed}, {len(found.assets) + 1} runs on the same"
        " draws; ± one standard error, paired.",
        f"coefficient: {name} of the market's bad debt that the shock adds, over the"
        " collateral that it destroys, in all markets.",
        "shows after: steps from the shock to the first bad debt, if it comes sooner.",
    ]
    if found.left_out:
        notes.append(f"{found.left_out:,} paths failed in a run and are left out.")
    blocks = [
        f"An asset {how} in the first step: what it adds to {name} of bad debt",
        _aligned(_responses(found, name)),
        "Who fails first, without a shock (a market: bad debt written off)",
        _aligned(_order(found)),
        "\n".join(notes),
    ]
    return "\n\n".join(blocks)


def _responses(found: "Contagion", name: str) -> list[list[str]]:
    size = float(max(abs(found.tail_response).max(), found.tail.max()))
    scale = scale_of("USD", size)
    rows = [
        ["asset", "market", f"{name} without", "added", "coefficient", "shows after"]
    ]
    for column, asset in enumerate(found.assets):
        for row, market in enumerate(found.markets):
            at = row, column
            rows.append(
                [
                    "" if row else asset,
                    market,
                    amount(found.tail[row], found.tail_error[row], scale),
                    difference(
                        found.tail_response[at],
                        found.tail_response_error[at],
                        float(found.changed[at]),
                        scale,
                    ),
                    _known(found.coefficient[at], found.coefficient_error[at], RATIO),
                    _known(found.delay[at], found.delay_error[at], STEPS),
                ]
            )
    return rows


def _known(value: float, error: float, scale: tuple[float, str]) -> str:
    return "" if math.isnan(value) else amount(value, error, scale)


def _order(found: "Contagion") -> list[list[str]]:
    order = found.order
    rows = [["who", "fails", "is first", "is first alone"]]
    for number, name in enumerate(order.names):
        parts = (order.failed, order.first, order.alone)
        rows.append([name, *(_chance(part, number) for part in parts)])
    nobody = amount(
        float(order.nobody.value), float(order.nobody.standard_error), (0.01, "%")
    )
    return [*rows, ["nobody", nobody, "", ""]]


def _chance(part: "Estimate", number: int) -> str:
    return amount(part.value[number], part.standard_error[number], (0.01, "%"))


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def csv_of(found: "Contagion", *, seed: int) -> str:
    """One line for every market and asset, then for everybody who may fail."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(
        [
            *("market", "asset", "fall", "level", "seed", "paths", "left_out"),
            *("collateral", "mean", "mean_se", "es", "es_se"),
            *("mean_added", "mean_added_se", "es_added", "es_added_se", "changed"),
            *("coefficient", "coefficient_se"),
            *("steps", "steps_se", "brought_forward"),
        ]
    )
    for row, market in enumerate(found.markets):
        for column, asset in enumerate(found.assets):
            at = row, column
            numbers = (
                found.collateral[column],
                *(found.mean[row], found.mean_error[row]),
                *(found.tail[row], found.tail_error[row]),
                *(found.mean_response[at], found.mean_response_error[at]),
                *(found.tail_response[at], found.tail_response_error[at]),
                found.changed[at],
                *(found.coefficient[at], found.coefficient_error[at]),
                *(found.delay[at], found.delay_error[at]),
                found.brought_forward[at],
            )
            table.writerow(
                [
                    *(market, asset, found.fall, found.level),
                    *(seed, found.paths, found.left_out),
                    *("" if math.isnan(one) else repr(float(one)) for one in numbers),
                ]
            )
    return text.getvalue()


def order_csv_of(found: "Contagion", *, seed: int) -> str:
    """One line for everybody who may fail, with 95 % intervals."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    parts = {"fails": "failed", "first": "first", "first_alone": "alone"}
    heads = [f"{name}{end}" for name in parts for end in ("", "_low", "_high")]
    table.writerow(["who", "seed", "paths", *heads])
    for number, who in enumerate(found.order.names):
        numbers = [
            repr(float(getattr(getattr(found.order, part), end)[number]))
            for part in parts.values()
            for end in ("value", "low", "high")
        ]
        table.writerow([who, seed, found.paths, *numbers])
    return text.getvalue()
