"""What is printed of a file of positions."""

from typing import TYPE_CHECKING

from ._data_table import file_lines


if TYPE_CHECKING:
    from ..data import Positions


def table_of_positions(positions: "Positions", *, guessed: bool) -> str:
    """The file and its format, accounts and rows, and totals by reserve and side."""
    origin, layout = positions.origin, positions.layout
    modes = ", ".join(mode for _, mode in layout.categories if mode)
    counts = [f"{positions.count(side):,} {side}" for side in ("collateral", "debt")]
    lines = [
        *file_lines(origin.path, origin.format, origin.about, guessed=guessed),
        f"  market     {', '.join(layout.markets)}, e-modes: {modes or 'none'}",
        f"  accounts   {len(positions.account):,}, "
        f"{positions.without('debt'):,} without debt, "
        f"{positions.without('collateral'):,} without collateral",
        f"  positions  {positions.amount.size:,}: {', '.join(counts)}",
        f"  dust       {positions.dust:,} below a millionth of a token, kept",
    ]
    lines += [
        f"  left out   {one.rows:,} rows: {one.reason}" for one in positions.left_out
    ]
    if positions.accounts_gone:
        lines.append(f"  left out   {positions.accounts_gone:,} accounts altogether")
    if not positions.left_out:
        lines.append("  left out   none")
    lines.append(f"  {'reserve':9}{'collateral [token]':>24}{'debt [token]':>24}")
    for reserve, sides in positions.totals().items():
        figures = f"{sides['collateral']:24,.6f}{sides['debt']:24,.6f}"
        lines.append(f"  {reserve:9}{figures}")
    return "\n".join(lines)
