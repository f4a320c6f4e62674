"""What `jaxrisk data check` prints of a file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from ..data import PriceCheck


def table_of(checks: "Sequence[PriceCheck]", *, guessed: bool) -> str:
    """The file and its format, then some lines for each asset."""
    from ..data import PRICE_FORMATS

    source = checks[0].series.source
    known = PRICE_FORMATS[source.format]
    how = "recognized" if guessed else "as asked"
    lines = [
        str(source.path),
        f"  format     {known.name} ({how}): {known.about}",
        f"  times are  {source.stamp}, UTC",
    ]
    for check in checks:
        lines += _of_series(check)
    return "\n".join(lines)


def _of_series(check: "PriceCheck") -> list[str]:
    from ..data import clock, duration

    series = check.series
    if not series.price.size:
        return [f"  {series.asset:9}  no prices, {series.blanks:,} blank cells"]
    quote = "" if series.quote == "USD" else f" (in {series.quote}, taken as USD)"
    gaps = "none"
    if check.gaps.size:
        at = check.longest_gap
        pause = duration(series.time[at] - series.time[at - 1])
        gaps = f"{check.gaps.size:,}, the longest {pause} before {series.place(at)}"
        gaps += f", {clock(series.time[at])}"
    repeats = series.repeats
    repeated = f"{repeats.time.size:,} rows with the time of an earlier row"
    repeated += f", {int(repeats.differs.sum()):,} of them with another price"
    return [
        f"  {series.asset:9}  {series.price.size:,} prices{quote}, "
        f"{series.price.min():g} to {series.price.max():g}",
        f"    range    {clock(series.time[0])} to {clock(series.time[-1])}",
        f"    step     {duration(check.step)} ({100 * check.regular:.4g} % of pauses)",
        f"    gaps     {gaps}",
        f"    repeats  {repeated if repeats.time.size else 'none'}",
        *([f"    blanks   {series.blanks:,} cells"] if series.blanks else []),
        f"    ticks    {check.ticks.size or 'none'} that may be bad",
        f"    breaks   {check.breaks.size or 'none'}",
    ]
