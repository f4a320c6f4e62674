"""What `jaxrisk data check` prints of a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from ..data import PriceCheck
    from ..data.depth import QuoteLadder
    from ..data.options import OptionChain


def file_lines(path: Path, name: str, about: str, *, guessed: bool) -> list[str]:
    """The file, and its format: recognized, or as the user said."""
    how = "recognized" if guessed else "as asked"
    return [str(path), f"  format     {name} ({how}): {about}"]


def table_of(checks: "Sequence[PriceCheck]", *, guessed: bool) -> str:
    """The file and its format, then some lines for each asset."""
    from ..data import PRICE_FORMATS

    source = checks[0].series.source
    known = PRICE_FORMATS[source.format]
    lines = file_lines(source.path, known.name, known.about, guessed=guessed)
    lines.append(f"  times are  {source.stamp}, UTC")
    for check in checks:
        lines += _of_series(check)
    return "\n".join(lines)


def table_of_quotes(
    found: "Sequence[OptionChain | QuoteLadder]", *, guessed: bool
) -> str:
    """The file and its format, then some lines for each asset or pair."""
    from ..data import FILE_FORMATS
    from ..data.depth import QuoteLadder, ladder_lines
    from ..data.options import chain_lines

    source = found[0].source
    known = FILE_FORMATS[source.format]
    lines = file_lines(source.path, known.name, known.about, guessed=guessed)
    for one in found:
        is_ladder = isinstance(one, QuoteLadder)
        first, *rest = ladder_lines(one) if is_ladder else chain_lines(one)
        lines += [f"  {first}", *(f"    {line}" for line in rest)]
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
