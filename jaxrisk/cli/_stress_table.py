"""Scenarios, as lines that a risk officer reads, and as JSON."""

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._amounts import Scale, amount, scale_of


if TYPE_CHECKING:
    import xarray as xr

    from ..scenario import Reversed
    from ..scenario._reverse import Point

SHOWN = ("bad_debt_mean", "bad_debt_probability", "bad_debt_var", "bad_debt_es")
"""Measures of the table; the store has all."""


def table_of(found: "xr.Dataset") -> str:
    """What each scenario does, and a block for every measure of all markets."""
    total = found.sel(scope="total", drop=True)
    blocks = [_meanings(found)]
    for name in SHOWN:
        one = total[name]
        if "level" not in one.dims:
            blocks.append(_block(total, name))
            continue
        blocks += [
            _block(total.sel(level=level, drop=True), name, float(level))
            for level in total["level"].values
        ]
    cells = found["failed_paths"].size
    notes = [
        f"{found.attrs['paths']:,} paths, seed {found.attrs['seed']}, {cells} runs on"
        " the same draws; ± one standard error, differences paired."
    ]
    failed = int(found["failed_paths"].max())
    if failed:
        notes.append(f"Up to {failed:,} paths of a run failed and are left out.")
    unsettled = int(found["unsettled_paths"].max())
    if unsettled:
        notes.append(
            f"On up to {unsettled:,} paths of a run liquidations were still triggering"
            " each other when the rounds of a step ran out; raise engine.rounds."
        )
    return "\n\n".join([*blocks, "\n".join(notes)])


def _meanings(found: "xr.Dataset") -> str:
    """Every scenario in numbers, those of the other axis after them."""
    lines = []
    for dim in ("scenario", "against"):
        if dim in found.dims:
            other = {each: 0 for each in found["meaning"].dims if each != dim}
            own = found["meaning"].isel(other)
            lines += [
                f"  {name}: {text}"
                for name, text in zip(found[dim].values, own.values, strict=True)
            ][1:]
    return "\n".join(["scenarios", *lines])


def _block(total: "xr.Dataset", name: str, level: float | None = None) -> str:
    value, error = total[name], total[f"{name}_se"]
    largest = float(value.where(abs(value) < math.inf).max())
    scale = scale_of(value.attrs["units"], largest)
    head = "" if level is None else f" {100 * level:g} %"
    rows = [[value.attrs["long_name"] + head]]
    names = [str(each) for each in total["scenario"].values]
    if "against" in total.dims:
        rows.append(["", *(str(each) for each in total["against"].values)])
        for own, values, errors in zip(names, value.values, error.values, strict=True):
            pairs = zip(values.tolist(), errors.tolist(), strict=True)
            rows.append([own, *(amount(one, its, scale) for one, its in pairs)])
        return _aligned(rows)
    rows.append(["scenario", "", "less as it is"])
    differs = f"{name}_difference" in total
    for place, own in enumerate(names):
        cell = amount(float(value[place]), float(error[place]), scale)
        gap = _gap(total, name, place, scale) if differs and place else ""
        rows.append([own, cell, gap])
    return _aligned(rows)


def _gap(total: "xr.Dataset", name: str, place: int, scale: Scale) -> str:
    value = float(total[f"{name}_difference"][place])
    error = float(total[f"{name}_difference_se"][place])
    return amount(value, error, scale, signed=True) if value or error else "none"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """The first row is a heading, the others are columns."""
    (head,), *body = rows
    widths = [max(len(row[column]) for row in body) for column in range(len(body[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in body
    ]
    return "\n".join([head, *(f"  {line}".rstrip() for line in lines)])


def json_of(found: "xr.Dataset") -> str:
    """One record for every scenario, measure, scope and level."""
    records = []
    for name, value in found.data_vars.items():
        if f"{name}_difference" not in found:
            continue
        table = found[
            [name, f"{name}_se", f"{name}_difference", f"{name}_difference_se"]
        ]
        for row in table.to_dataframe().reset_index().to_dict("records"):
            labels = {key: x for key, x in row.items() if key not in table.data_vars}
            records.append(
                {
                    "measure": str(name),
                    "unit": value.attrs["units"],
                    **labels,
                    "value": row[name],
                    "se": row[f"{name}_se"],
                    "difference": row[f"{name}_difference"],
                    "difference_se": row[f"{name}_difference_se"],
                }
            )
    told = found[["failed_paths", "unsettled_paths"]]
    runs = told.to_dataframe().reset_index().to_dict("records")
    return json.dumps(
        {
            "paths": found.attrs["paths"],
            "seed": int(found.attrs["seed"]),
            "runs": runs,
            "estimates": [_finite(record) for record in records],
        },
        indent=2,
    )


def _finite(record: dict[Any, Any]) -> dict[str, Any]:
    """JSON has no infinity: what is not known is null."""
    return {
        str(name): None if isinstance(x, float) and not math.isfinite(x) else x
        for name, x in record.items()
    }


def reversed_table(found: "Reversed", *, seed: int) -> str:
    """The size with its interval, and the sizes that were tried."""
    lines = [_verdict(found)]
    if 0 < found.size < math.inf:
        lines += [f"  {found.size:.4g} times: {found.words['size']}"]
        lines += [
            f"  95 %, {name} end {size:.4g} times: {found.words[end]}"
            for end, name, size in (
                ("low", "lower", found.low),
                ("high", "upper", found.high),
            )
            if math.isfinite(size)
        ]
        if math.isinf(found.high):
            lines.append(
                "  95 %: no upper end up to the largest size tried; run more paths."
            )
    lines += ["", "sizes tried", *_walk(found)]
    failed = max(point.failed for point in found.points)
    lines += [
        "",
        f"{found.paths:,} paths, seed {seed}, {len(found.points)} runs on the same"
        " draws; ± one standard error.",
    ]
    if failed:
        lines.append(f"Up to {failed:,} paths of a run failed and are left out.")
    return "\n".join(lines)


def _verdict(found: "Reversed") -> str:
    asked = f"{_measure(found)} of {_shown(found, found.target)}"
    if found.size == 0:
        return f"No {found.scenario} is needed: as it is, the config has {asked}."
    if math.isinf(found.size):
        return (
            f"{found.scenario} does not bring {asked}, not even {found.most:g} times:"
            f" {found.words['most']}."
        )
    return f"{found.scenario} brings {asked} from this size on:"


def _measure(found: "Reversed") -> str:
    if found.measure in ("var", "es"):
        return f"{found.measure.upper()}{100 * found.level:g}"
    return "a mean" if found.measure == "mean" else "a probability"


def _walk(found: "Reversed") -> list[str]:
    return [f"  {point.size:8.4g}  {_loss(found, point)}" for point in found.points]


def _loss(found: "Reversed", point: "Point") -> str:
    value, error = float(point.loss.value), float(point.loss.standard_error)
    return amount(value, error, _scale(found))


def _shown(found: "Reversed", value: float) -> str:
    by, unit = _scale(found)
    return f"{value / by:,.6g} {unit}"


def _scale(found: "Reversed") -> Scale:
    return scale_of("1" if found.measure == "probability" else "USD", found.target)


def reversed_json(found: "Reversed", *, seed: int) -> str:
    """The same, with every size that was tried."""
    record = {
        name: getattr(found, name)
        for name in (
            *("scenario", "measure", "level", "target", "size", "low", "high"),
            *("most", "words", "paths"),
        )
    }
    tried = [
        {
            "size": point.size,
            "loss": float(point.loss.value),
            "se": float(point.loss.standard_error),
            "failed_paths": point.failed,
        }
        for point in found.points
    ]
    falls = [list(pair) for pair in found.falls]
    whole = {**_finite(record), "seed": seed, "costs_less": falls}
    return json.dumps({**whole, "tried": [_finite(one) for one in tried]}, indent=2)
