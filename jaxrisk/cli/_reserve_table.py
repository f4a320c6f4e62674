"""What is printed of a file of reserve parameters."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from ..data import Reserves

# A name that YAML reads as itself, with letters first so that it is no number.
_PLAIN = re.compile(r"[A-Za-z][\w.-]*")
_WORDS = ("null", "true", "false")
_FLAT = ("price_usd", "base", "kind")  # what stands first in a section on one line


def table_of_reserves(reserves: "Reserves", *, guessed: bool) -> str:
    """The file and its format, then a line for each reserve."""
    how = "recognized" if guessed else "as asked"
    modes = [f"{mode.number} ({mode.label})" for mode in reserves.e_modes.values()]
    told = ", ".join(modes) or "none"
    lines = [
        str(reserves.path),
        f"  format     {reserves.format} ({how}): {reserves.about}",
        f"  reserves   {len(reserves.reserves):,}, e-modes: {told}",
        f"  {'reserve':9}{'price [USD]':>14}{'LTV':>8}{'threshold':>11}{'bonus':>8}"
        f"{'supply cap':>16}{'borrow cap':>16}",
    ]
    for one in reserves.reserves:
        price = "-" if one.price_usd is None else f"{one.price_usd:,.4f}"
        state = " frozen" if one.is_frozen else ""
        state += "" if one.is_active else " not active"
        state += " isolated" if one.debt_ceiling_usd else ""
        lines.append(
            f"  {one.symbol:9}{price:>14}{one.loan_to_value:8.4g}"
            f"{one.liquidation_threshold:11.4g}{one.liquidation_bonus:8.4g}"
            f"{one.supply_cap:16,.0f}{one.borrow_cap:16,.0f}{state}"
        )
    return "\n".join(lines)


def yaml_of(section: Mapping[str, Any], indent: int = 0) -> str:
    """Plain data as YAML, mappings of a few numbers on one line."""
    text = ""
    for name, value in section.items():
        start = f"{' ' * indent}{_scalar(name)}:"
        if isinstance(value, Mapping) and next(iter(value), "") not in _FLAT:
            text += f"{start}\n{yaml_of(value, indent + 2)}"
        else:
            text += f"{start} {_flow(value)}\n"
    return text


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        inside = (f"{_scalar(name)}: {_flow(one)}" for name, one in value.items())
        return f"{{{', '.join(inside)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(one) for one in value)}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if not isinstance(value, str):
        return json.dumps(value)
    is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
    return value if is_plain else json.dumps(value, ensure_ascii=False)
