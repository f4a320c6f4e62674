"""Sensitivities as lines that a risk officer reads."""

import numpy as np
import xarray as xr

from ._control import FEW


def table(found: xr.Dataset) -> str:
    """A block for every measure; largest effects first."""
    blocks = [_block(found.sel(measure=name)) for name in found.measure.values]
    return "\n\n".join([*blocks, _notes(found)])


def _block(found: xr.Dataset) -> str:
    unit = str(found.unit.item())
    head = (
        f"{found.measure.item()}: {found.meaning.item()},"
        f" {_amount(found.value.item(), found.value_se.item(), unit)}"
    )
    size = max(len(_short(str(name))) for name in found.parameter.values)
    order = np.argsort(-np.abs(found.effect.values), kind="stable")
    return "\n".join([head, *(_line(found, int(index), unit, size) for index in order)])


def _line(found: xr.Dataset, index: int, unit: str, size: int) -> str:
    each = found.isel(parameter=index)
    name = _short(str(each.parameter.item()))
    start = f"  {each.quoted_step.item()} of {name:{size}}"
    changed = int(each.changed_paths.item())
    if not each.counted_paths.item():
        return f"{start}  no effect: nothing that is simulated depends on it"
    if not changed:
        return f"{start}  changes none of these paths"
    amount = _amount(each.effect.item(), each.effect_se.item(), unit, signed=True)
    notes = [str(each.method.item()), *_audits(each)]
    if changed < FEW:
        few = "1 path changes" if changed == 1 else f"{changed} paths change"
        notes.append(f"only {few}: do not trust the error")
    return f"{start}  {amount}  [{', '.join(notes)}]"


def _audits(each: xr.Dataset) -> list[str]:
    """How far two ways to the number are from each other."""
    apart, gap = each.widths_apart.item(), each.audit.item()
    found = [] if np.isnan(apart) else [f"widths {apart:+.1f} se apart"]
    scale = abs(each.derivative.item())
    if not np.isnan(gap) and scale > 0:
        error = 100 * each.audit_se.item() / scale
        found.append(f"bump less slope {100 * gap / scale:+.1f} +- {error:.1f} %")
    return found


def _amount(value: float, error: float, unit: str, *, signed: bool = False) -> str:
    plus = "+" if signed else ""
    if unit == "1":
        return f"{100 * value:{plus}.4f} +- {100 * error:.4f} %"
    scale, name = next(
        (scale, name)
        for scale, name in ((1e6, "M USD"), (1e3, "k USD"), (1.0, "USD"))
        if max(abs(value), error) >= scale or scale == 1.0
    )
    digits = max(2, 1 - int(np.floor(np.log10(error / scale)))) if error > 0 else 2
    digits = min(digits, 6)
    return f"{value / scale:{plus},.{digits}f} +- {error / scale:,.{digits}f} {name}"


def _short(name: str) -> str:
    """Without the sections that every name starts with."""
    return name.removeprefix("markets.").replace(".reserves.", ".")


def _notes(found: xr.Dataset) -> str:
    facts, gain = found.attrs, found.cascade_gain
    worst = str(found.asset.values[int(np.argmax(gain.values))])
    refused = [f"{name}: bumped, as {why}." for name, why in _refusals(found)]
    lines = [
        f"{facts['paths']:,} paths, seed {facts['seed']}, book"
        f" {facts['book_response']}; +- one standard error. bump: central difference on"
        " common draws; extrapolated: from two widths; pathwise: mean slope of the"
        " paths; controlled: bumps on some paths, slopes on all.",
        f"Largest cascade gain: {gain.max().item():.2f} ({worst});"
        " where it is above one, slopes of paths are noise.",
    ]
    return "\n".join([*lines, *refused])


def _refusals(found: xr.Dataset) -> list[tuple[str, str]]:
    pairs = zip(found.parameter.values, found.no_slope.values, strict=True)
    return [(_short(str(name)), str(why)) for name, why in pairs if why]
