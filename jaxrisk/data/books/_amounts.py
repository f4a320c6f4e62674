"""Texts of a batch to amounts and flags; what cannot be read is a fault of its row."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from .._errors import Fault
from ._batch import Batch


MOST_DECIMALS = 36
LARGEST = 2**256  # first number that a token contract cannot hold
FLAGS = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
NOTHING = ("", "null", "<nil>", "none", "nan")
Number = TypeVar("Number", int, float)
WHOLE = "Raw amounts are whole numbers of the smallest unit; keep them as text."


def scales(batch: Batch, field: str, faults: list[Fault]) -> list[int]:
    """Smallest units in one token of each row, from its decimals."""
    known: dict[str, int] = {}
    texts = batch.texts(field)
    for text in set(texts):
        is_count = text.isascii() and text.isdigit() and int(text) <= MOST_DECIMALS
        known[text] = 10 ** int(text) if is_count else 0
    for text in (text for text, scale in known.items() if not scale):
        index = texts.index(text)
        problem = f"'{text}' is not a number of decimals from 0 to {MOST_DECIMALS}."
        remedy = "Give the decimals of the token, such as 18."
        faults.append(batch.fault(index, field, problem, remedy))
    return [known[text] or 1 for text in texts]


def raw_integers(
    batch: Batch, field: str, faults: list[Fault], *, blanks: bool = False
) -> list[int]:
    """Raw token amounts, as they are: whole numbers of any size.

    Args:
        batch: The rows.
        field: Which column; zeros if the file does not have it.
        faults: Grows by the cells that are no raw amount.
        blanks: Whether a blank cell counts as zero.
    """
    texts = batch.texts(field)
    if field not in batch.cells or texts.count("0") == len(texts):
        return [0] * len(batch)
    if blanks:
        batch = _filled(batch, field)
    texts = batch.texts(field)
    try:
        values = [int(text) for text in texts]
    except ValueError:
        values = [-1]
    # int() also reads signs, spaces and underscores.
    joined = "".join(texts)
    if joined.isascii() and joined.isdigit() and max(values) < LARGEST:
        return values
    return _one_by_one(batch, field, _integer, _why_no_integer, faults)


def tokens(raw: Sequence[int], scale: Sequence[int]) -> list[float]:
    """Raw amounts in tokens: the float64 that is nearest to the exact quotient.

    Python divides whole numbers of any size with one rounding, and never through a
    float64 of either.
    """
    return [value / unit for value, unit in zip(raw, scale, strict=True)]


def decimal_amounts(
    batch: Batch, field: str, *, blanks: bool, faults: list[Fault]
) -> list[float]:
    """Amounts in tokens, written as decimal numbers.

    Args:
        batch: The rows.
        field: Which column.
        blanks: Whether a blank cell counts as zero.
        faults: Grows by the cells that are no amount.
    """
    if blanks:
        batch = _filled(batch, field)
    texts = batch.texts(field)
    try:
        values = [float(text) for text in texts]
    except ValueError:
        values = [math.nan]
    seen = np.asarray(values)
    if np.all(np.isfinite(seen) & (seen >= 0)) and "_" not in "".join(texts):
        return values
    return _one_by_one(batch, field, _decimal, _why_no_decimal, faults)


def flags(batch: Batch, field: str, faults: list[Fault]) -> list[bool | None]:
    """True, false, or None for a blank, of each row."""
    texts = batch.texts(field)
    known: dict[str, bool | None] = {}
    for text in set(texts):
        word = text.strip().casefold()
        known[text] = FLAGS.get(word)
        if word not in FLAGS and word not in NOTHING:
            problem = f"'{text}' is neither true nor false."
            index = texts.index(text)
            faults.append(batch.fault(index, field, problem, "Write true or false."))
    return [known[text] for text in texts]


def _filled(batch: Batch, field: str) -> Batch:
    """The batch with zeros in the blank cells of a field."""
    texts = [
        "0" if text.strip().casefold() in NOTHING else text
        for text in batch.texts(field)
    ]
    return replace(batch, cells={**batch.cells, field: texts})


def _one_by_one(
    batch: Batch,
    field: str,
    parse: Callable[[str], Number],
    why: Callable[[str], tuple[str, str]],
    faults: list[Fault],
) -> list[Number]:
    """Each cell on its own, after a quick look found that some are wrong."""
    values: list[Number] = []
    for index, text in enumerate(batch.texts(field)):
        try:
            values.append(parse(text.strip()))
        except ValueError:
            problem, remedy = why(text.strip())
            shown = f"'{text}'" if text.strip() else "an empty cell"
            faults.append(batch.fault(index, field, f"{shown} {problem}.", remedy))
            values.append(parse("0"))
    return values


def _integer(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 100):
        raise ValueError
    if int(text) >= LARGEST:
        raise ValueError
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if "_" in text or not (math.isfinite(value) and value >= 0):
        raise ValueError
    return value


def _why_no_integer(text: str) -> tuple[str, str]:
    if "," in text:
        return "is not a number: it has a comma", WHOLE
    if text.startswith("-"):
        return "is below zero", "A balance cannot be; correct the row, or remove it."
    if text.isdigit():
        return "is more than a token contract can hold", "Correct the row."
    try:
        float(text)
    except ValueError:
        return "is not a number", WHOLE
    return "is not a whole number", f"{WHOLE} A spreadsheet may have rounded it."


def _why_no_decimal(text: str) -> tuple[str, str]:
    if "," in text:
        remedy = "Write numbers without thousands separators, with a decimal point."
        return "is not a number: it has a comma", remedy
    if text.startswith("-"):
        remedy = "These may be flows: add them up to balances in the query."
        return "is below zero", remedy
    return "is not an amount", "Give a decimal number of tokens of at least 0."
