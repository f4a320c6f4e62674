"""From the lines of a book file to arrays, one entry a row."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from ._book_layout import BookLayout, UnknownName
from ._errors import Fault, suggest


FIELDS = ("account", "market", "e_mode", "reserve", "side", "amount")
MEMBERS = "members"
TRAILER = "# rows: "

RowIndex = Int64[np.ndarray, " row"]
RowNumber = Float64[np.ndarray, " row"]


@dataclass(frozen=True)
class BookRows:
    """The rows that could be read, in the order of the file.

    Attributes:
        account_line: Name of each account and the line where it first occurs.
        line: Line of the file, from 1.
        account: Index into `account_line`.
        market: Index of the market.
        category: Index of the category.
        reserve: Index of the reserve.
        side: 0 collateral, 1 debt.
        amount: Balance [token].
        members: Real accounts that the account stands for.
    """

    account_line: tuple[tuple[str, int], ...]
    line: RowIndex
    account: RowIndex
    market: RowIndex
    category: RowIndex
    reserve: RowIndex
    side: RowIndex
    amount: RowNumber
    members: RowNumber


def parse_rows(lines: list[str], layout: BookLayout, faults: list[Fault]) -> BookRows:
    """Read every row that can be read; append what is wrong with the others.

    Args:
        lines: Lines of the file.
        layout: Names that may occur.
        faults: Grows by the faults found.

    Returns:
        The rows without a fault.
    """
    fields = _split(lines, faults)
    line = [number for number, _ in fields]
    columns = list(zip(*(row for _, row in fields), strict=True)) or [()] * 7
    codes = _codes(line, list(zip(*columns[1:5], strict=True)), layout, faults)
    amount = _numbers("amount", line, columns[5], faults)
    members = _numbers(MEMBERS, line, columns[6], faults)
    account_line: dict[str, int] = {}
    for name, number in zip(columns[0], line, strict=True):
        if not name:
            remedy = "Give the account a name."
            faults.append(Fault(number, "account", "is empty.", remedy))
        account_line.setdefault(name, number)
    index = {name: number for number, name in enumerate(account_line)}
    account = np.fromiter((index[name] for name in columns[0]), np.int64, len(line))
    good = np.all(codes >= 0, axis=1)
    return BookRows(
        account_line=tuple(account_line.items()),
        line=np.asarray(line, np.int64)[good],
        account=account[good],
        market=codes[good, 0],
        category=codes[good, 1],
        reserve=codes[good, 2],
        side=codes[good, 3],
        amount=amount[good],
        members=members[good],
    )


def _split(lines: list[str], faults: list[Fault]) -> list[tuple[int, list[str]]]:
    """Line number and fields of every row; `members` is filled with 1 if absent."""
    body = [
        (number, text)
        for number, text in enumerate(lines, start=1)
        if text.strip() and not text.startswith("#")
    ]
    if not body:
        return []
    number, text = body.pop(0)
    header = tuple(name.strip() for name in text.split(","))
    if header not in (FIELDS, (*FIELDS, MEMBERS)):
        faults.append(_header_fault(number, header))
        return []
    _check_trailer(lines, len(body), faults)
    filled = ["1"] * (len(FIELDS) + 1 - len(header))
    rows = []
    for number, text in body:
        row = [field.strip() for field in text.split(",")]
        if len(row) == len(header):
            rows.append((number, row + filled))
        else:
            problem = f"has {len(row)} fields, the header has {len(header)}."
            cut = "The file is cut off here." if number == body[-1][0] else ""
            remedy = cut or f"Write {','.join(header)}."
            faults.append(Fault(number, "", problem, remedy))
    return rows


def _header_fault(number: int, header: tuple[str, ...]) -> Fault:
    missing = [name for name in FIELDS if name not in header]
    extra = [name for name in header if name not in (*FIELDS, MEMBERS)]
    said = [f"column '{name}' is missing." for name in missing]
    said += [f"column '{name}' is unknown. {suggest(name, FIELDS)}" for name in extra]
    problem = " ".join(said) or "the columns are not in their order."
    return Fault(number, "", problem, f"Write {','.join(FIELDS)}[,{MEMBERS}].")


def _check_trailer(lines: list[str], found: int, faults: list[Fault]) -> None:
    number, last = max(
        ((n, text) for n, text in enumerate(lines, start=1) if text.strip()),
        default=(1, ""),
    )
    remedy = f"Get the whole file, or end it with '{TRAILER}{found}' if it is whole."
    if not last.startswith(TRAILER):
        problem = f"the file does not end with '{TRAILER}N': it may be cut off."
        faults.append(Fault(number, "", problem, remedy))
    elif last.removeprefix(TRAILER).strip() != str(found):
        problem = f"the file says '{last}' and has {found} rows."
        faults.append(Fault(number, "", problem, remedy))


def _codes(
    line: list[int],
    keys: list[tuple[str, str, str, str]],
    layout: BookLayout,
    faults: list[Fault],
) -> Int64[np.ndarray, "row 4"]:
    """Market, category, reserve and side of each row; -1 where a name is unknown."""
    first_line: dict[tuple[str, str, str, str], int] = {}
    for key, number in zip(keys, line, strict=True):
        first_line.setdefault(key, number)
    times = Counter(keys)
    code = {}
    unknown: dict[tuple[str, str, str], tuple[int, int]] = {}
    for key, number in first_line.items():
        try:
            code[key] = layout.find(key)
        except UnknownName as error:
            code[key] = (-1, -1, -1, -1)
            what = (error.column, error.name, error.remedy)
            start, count = unknown.get(what, (number, 0))
            unknown[what] = (start, count + times[key])
    for (column, name, remedy), (number, count) in unknown.items():
        more = f" (and in {count - 1:,} more rows)" if count > 1 else ""
        problem = f"'{name}' is unknown{more}."
        faults.append(Fault(number, column, problem, remedy))
    return np.asarray([code[key] for key in keys], np.int64).reshape(-1, 4)


def _numbers(
    column: str, line: list[int], texts: tuple[str, ...], faults: list[Fault]
) -> RowNumber:
    values = np.empty(len(texts))
    for row, text in enumerate(texts):
        try:
            values[row] = float(text)
        except ValueError:
            values[row] = np.nan
    for row in np.flatnonzero(~(np.isfinite(values) & (values > 0))):
        problem = f"'{texts[row]}' is not a number above 0."
        remedy = "Give a decimal number above 0, without units or separators."
        if texts[row] and values[row] == 0:
            remedy = "Remove the row: a zero balance is not written."
        faults.append(Fault(line[row], column, problem, remedy))
    return values
