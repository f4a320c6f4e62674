"""From the lines of a book file to arrays, one entry a row."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from jaxtyping import Float64, Int64

from ._book_layout import BookLayout, UnknownName
from ._errors import Fault, suggest


FIELDS = ("account", "market", "e_mode", "reserve", "side", "amount")
MEMBERS = "members"
SPREAD = "spread"
HEADERS = (FIELDS, (*FIELDS, MEMBERS), (*FIELDS, MEMBERS, SPREAD))
TRAILER = "# rows: "

RowIndex = Int64[np.ndarray, " row"]
RowNumber = Float64[np.ndarray, " row"]


@dataclass(frozen=True)
class BookRows:
    """The rows that could be read, in the order of the file.

    Attributes:
        name: Name of each account, in the order in which they first occur.
        line: Line of the file, from 1.
        account: Index into `name`.
        market: Index of the market.
        category: Index of the category.
        reserve: Index of the reserve.
        side: 0 collateral, 1 debt.
        amount: Balance [token].
        members: Real accounts that the account stands for.
        spread: Width of the log-health of these members.
    """

    name: tuple[str, ...]
    line: RowIndex
    account: RowIndex
    market: RowIndex
    category: RowIndex
    reserve: RowIndex
    side: RowIndex
    amount: RowNumber
    members: RowNumber
    spread: RowNumber

    def first(self) -> Int64[np.ndarray, " account"]:
        """Index of the first row of each account."""
        first = np.full(len(self.name), self.line.size)
        np.minimum.at(first, self.account, np.arange(self.line.size))
        return first


def parse_rows(lines: list[str], layout: BookLayout, faults: list[Fault]) -> BookRows:
    """Read every row that can be read; append what is wrong with the others.

    Args:
        lines: Lines of the file.
        layout: Names that may occur.
        faults: Grows by the faults found.

    Returns:
        The rows without a fault.
    """
    header, start = _header(lines, faults)
    raw = _Raw(header)
    rows = raw.read(lines, start, faults) if header else 0
    if header:
        _check_trailer(lines, rows, faults)
    line, account, place = raw.indices()
    if "" in raw.names:
        remedy = "Give the account a name."
        for row in np.flatnonzero(account == raw.names[""]):
            faults.append(Fault(int(line[row]), "account", "is empty.", remedy))
    amount, members, spread = (
        _checked(name, values, line, lines, faults)
        for name, values in raw.numbers().items()
    )
    codes = _codes(list(raw.places), line, place, layout, faults)[place]
    good = np.all(codes >= 0, axis=1)
    return BookRows(
        name=tuple(raw.names),
        line=line[good],
        account=account[good],
        market=codes[good, 0],
        category=codes[good, 1],
        reserve=codes[good, 2],
        side=codes[good, 3],
        amount=amount[good],
        members=members[good],
        spread=spread[good],
    )


class _Raw:
    """Rows as they are read: few bytes each, as a book may have millions.

    What stands between account and amount takes few values, and is looked up whole.
    """

    def __init__(self, header: Sequence[str]) -> None:
        self.names: dict[str, int] = {}
        self.places: dict[str, int] = {}
        self._fields = len(header)
        self._indices = (array("q"), array("q"), array("q"))
        self._numbers = [array("d") for _ in header[len(FIELDS) - 1 :]]

    def read(self, lines: list[str], start: int, faults: list[Fault]) -> int:
        """Read the rows from index `start` of the lines on, and count them."""
        line, account, place = self._indices
        amount, *extras = self._numbers
        names, places, last = self.names, self.places, len(self._numbers)
        rows, last_row = 0, next(_filled(lines, "#"), 0)
        for number, text in _rows(lines, start):
            rows += 1
            if text.count(",") != self._fields - 1:
                is_cut = number == last_row
                faults.append(_count_fault(number, text, self._fields, is_cut=is_cut))
                continue
            name, _, rest = text.partition(",")
            key, digits, *more = rest.rsplit(",", last)
            line.append(number)
            account.append(names.setdefault(name.strip(), len(names)))
            place.append(places.setdefault(key, len(places)))
            amount.append(_number(digits))
            for values, digits in zip(extras, more, strict=True):
                values.append(_number(digits))
        return rows

    def indices(self) -> tuple[RowIndex, RowIndex, RowIndex]:
        """Line, index of the name and index of the place, by row."""
        line, account, place = (np.array(values, np.int64) for values in self._indices)
        return line, account, place

    def numbers(self) -> dict[str, RowNumber]:
        """Amount, members and spread by row; one and zero where there is no column."""
        rows = len(self._indices[0])
        values = {"amount": np.zeros(rows), MEMBERS: np.ones(rows)}
        values |= {SPREAD: np.zeros(rows)}
        return values | {
            name: np.array(column)
            for name, column in zip(values, self._numbers, strict=False)
        }


def _rows(lines: list[str], start: int) -> Iterator[tuple[int, str]]:
    """Number and text of what is no comment and not blank."""
    for number, text in enumerate(islice(lines, start, None), start=start + 1):
        if text and text[0] != "#" and not text.isspace():
            yield number, text


def _filled(lines: list[str], passed: str) -> Iterator[int]:
    """Numbers of the lines, last first, but blank ones and those that start so."""
    for number in range(len(lines), 0, -1):
        text = lines[number - 1]
        if text.strip() and not (passed and text.startswith(passed)):
            yield number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _header(lines: list[str], faults: list[Fault]) -> tuple[tuple[str, ...], int]:
    """The columns, and how many lines end with theirs; no columns if they are wrong."""
    number, text = next(_rows(lines, 0), (0, ""))
    header = tuple(name.strip() for name in text.split(","))
    if header in HEADERS:
        return header, number
    if number:
        faults.append(_header_fault(number, header))
    return (), number


def _header_fault(number: int, header: tuple[str, ...]) -> Fault:
    known = HEADERS[-1]
    missing = [name for name in FIELDS if name not in header]
    extra = [name for name in header if name not in known]
    said = [f"column '{name}' is missing." for name in missing]
    said += [f"column '{name}' is unknown. {suggest(name, known)}" for name in extra]
    problem = " ".join(said) or "the columns are not in their order."
    remedy = f"Write {','.join(FIELDS)}[,{MEMBERS}[,{SPREAD}]]."
    return Fault(number, "", problem, remedy)


def _count_fault(number: int, text: str, fields: int, *, is_cut: bool) -> Fault:
    problem = f"has {text.count(',') + 1} fields, the header has {fields}."
    header = next(header for header in HEADERS if len(header) == fields)
    remedy = "The file is cut off here." if is_cut else f"Write {','.join(header)}."
    return Fault(number, "", problem, remedy)


def _check_trailer(lines: list[str], found: int, faults: list[Fault]) -> None:
    number = next(_filled(lines, ""), 1)
    last = lines[number - 1]
    remedy = f"Get the whole file, or end it with '{TRAILER}{found}' if it is whole."
    if not last.startswith(TRAILER):
        problem = f"the file does not end with '{TRAILER}N': it may be cut off."
        faults.append(Fault(number, "", problem, remedy))
    elif last.removeprefix(TRAILER).strip() != str(found):
        problem = f"the file says '{last}' and has {found} rows."
        faults.append(Fault(number, "", problem, remedy))


def _codes(
    keys: list[str],
    line: RowIndex,
    place: RowIndex,
    layout: BookLayout,
    faults: list[Fault],
) -> Int64[np.ndarray, "key 4"]:
    """Market, category, reserve and side of each key; -1 where a name is unknown."""
    times = np.bincount(place, minlength=len(keys))
    codes = np.full((len(keys), 4), -1, np.int64)
    unknown: dict[tuple[str, str, str], list[int]] = {}
    for index, key in enumerate(keys):
        market, e_mode, reserve, side = (name.strip() for name in key.split(","))
        try:
            codes[index] = layout.find((market, e_mode, reserve, side))
        except UnknownName as error:
            what = (error.column, error.name, error.remedy)
            unknown.setdefault(what, []).append(index)
    for (column, name, remedy), indices in unknown.items():
        count = int(times[indices].sum())
        more = f" (and in {count - 1:,} more rows)" if count > 1 else ""
        problem = f"'{name}' is unknown{more}."
        # Keys are numbered as they first occur.
        number = int(line[np.argmax(place == indices[0])])
        faults.append(Fault(number, column, problem, remedy))
    return codes


def _checked(
    column: str,
    values: RowNumber,
    line: RowIndex,
    lines: list[str],
    faults: list[Fault],
) -> RowNumber:
    """The values of a column, after telling of those that cannot be."""
    may_be_zero = column == SPREAD
    least = "of at least 0" if may_be_zero else "above 0"
    fits = (values > 0) | (may_be_zero & (values == 0))
    for row in np.flatnonzero(~(np.isfinite(values) & fits)):
        text = lines[line[row] - 1].split(",")[HEADERS[-1].index(column)].strip()
        problem = f"'{text}' is not a number {least}."
        remedy = f"Give a decimal number {least}, without units or separators."
        if column == "amount" and values[row] == 0:
            remedy = "Remove the row: a zero balance is not written."
        faults.append(Fault(int(line[row]), column, problem, remedy))
    return values
