"""Read a file of positions of any known format."""

from collections.abc import Mapping
from pathlib import Path

from .._content import Content, Kind
from .._errors import DataError, Fault, suggest
from .._formats import check_format, log_guess, unknown_file
from ._aave import AaveUserReserves
from ._dune import DuneTable
from ._format import AbstractBookFormat, Wishes
from ._lido import LidoAccounts
from ._messari import MessariPositions
from ._package import PackageBook
from ._positions import DEBT, Positions


NAME_COLUMNS = "; of a table, name the columns: account, reserve, side, amount"

# In the order in which they are tried: what fits more files comes later.
BOOK_FORMATS: dict[str, AbstractBookFormat] = {
    known.name: known
    for known in (
        PackageBook(),
        AaveUserReserves(),
        LidoAccounts(),
        MessariPositions(),
        DuneTable(),
    )
}


def read_positions(
    path: Path,
    format: str = "",
    *,
    market: str = "",
    columns: Mapping[str, str] | None = None,
    e_modes: Mapping[str, str] | None = None,
) -> Positions:
    """Read the positions of accounts, or say what is wrong with the file.

    Args:
        path: CSV or JSON file, plain, gzipped or the one file of a zip.
        format: A name of `BOOK_FORMATS`; if empty, the content tells, and the guess is
            logged.
        market: Name of the market; if empty, the file or its format tells.
        columns: Columns of a CSV file with names of their own, by field:
            `{"account": "borrower"}`.
        e_modes: Names of e-modes by what the file calls them: `{"1": "ETH"}`.

    Returns:
        The positions, what is left out, and what should be looked at.

    Raises:
        DataError: With every fault of the file.
        ValueError: If there is no such format, or none with such a field.
    """
    wishes = Wishes(market, dict(columns or {}), dict(e_modes or {}))
    check_wishes(format, wishes)
    content = Content(path)
    found = BOOK_FORMATS[format] if format else recognized_book(content, wishes)
    if found is None:
        raise unknown_file(content, "book", BOOK_FORMATS, NAME_COLUMNS)
    if not format:
        log_guess(content, found.name, found.about)
    return positions_in(content, found, wishes)


def check_wishes(format: str, wishes: Wishes) -> None:
    """Refuse a format or fields that do not exist.

    Raises:
        ValueError: With the nearest name that exists.
    """
    check_format(format, BOOK_FORMATS, "book")
    formats = [BOOK_FORMATS[format]] if format else BOOK_FORMATS.values()
    fields = {field.name for known in formats for field in known.fields}
    for name in wishes.columns:
        if name not in fields:
            raise ValueError(f"there is no field '{name}'. {suggest(name, fields)}")


def recognized_book(content: Content, wishes: Wishes) -> AbstractBookFormat | None:
    """The book format that a file looks like, if any."""
    for known in BOOK_FORMATS.values():
        if content.kind is not Kind.PARQUET and known.recognizes(content, wishes):
            return known
    return None


def positions_in(
    content: Content, known: AbstractBookFormat, wishes: Wishes
) -> Positions:
    """The positions of a file of a known format.

    Raises:
        DataError: With every fault of the file.
    """
    faults: list[Fault] = []
    positions = known.read(content, wishes, faults)
    if faults:
        raise DataError(content.path, faults)
    if not positions.amount.size:
        problem = "is empty: it has no position above zero."
        raise DataError(content.path, [Fault(0, "", problem, "Download it again.")])
    return positions


def warnings_of(positions: Positions) -> tuple[str, ...]:
    """Sentences for what changes results if nobody looks at it."""
    said = list(positions.notes)
    for one in positions.left_out:
        if one.amount:
            total = ", ".join(f"{x:,.6g} {name}" for name, x in one.amount.items())
            said.append(
                f"{one.rows:,} rows are left out, {one.reason}: {total}. Add it to "
                "`supplied` of the reserves, or utilization is too high."
            )
    owed = {int(owner) for owner in positions.owner[positions.on(DEBT)]}
    held = {int(owner) for owner in positions.owner[~positions.on(DEBT)]}
    bare = sorted(owed - held)
    if bare:
        said.append(
            f"{len(bare):,} accounts owe without any collateral (the first is "
            f"'{positions.account[bare[0]]}'): their debt is bad from the start."
        )
    return tuple(said)
