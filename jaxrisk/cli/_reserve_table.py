"""What is printed of a file of reserve parameters."""

from typing import TYPE_CHECKING

from ._data_table import file_lines


if TYPE_CHECKING:
    from ..data import Reserves


def table_of_reserves(reserves: "Reserves", *, guessed: bool) -> str:
    """The file and its format, then a line for each reserve."""
    modes = [f"{mode.number} ({mode.label})" for mode in reserves.e_modes.values()]
    told = ", ".join(modes) or "none"
    lines = [
        *file_lines(reserves.path, reserves.format, reserves.about, guessed=guessed),
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
