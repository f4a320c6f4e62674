"""Quotes of 1inch: src,dst,in_amount,out_amount,price,price_impact,timestamp."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64

from .._columns import Cells, has_columns, read_columns
from .._content import Content
from .._errors import Fault
from .._parse import cell_faults, parse_prices, parse_times
from .._source import Source
from ._format import AbstractDepthFormat
from ._ladder import QuoteLadder
from ._tokens import Token


PAUSE = 300 * 10**9  # nanoseconds without a quote of the pair: another ladder begins
AGREES = 1e-3  # by which the file's price may differ from its amounts: rounding

_COLUMNS = ("src", "dst", "in_amount", "out_amount", "price", "timestamp")

Amounts = Float64[np.ndarray, " quote"]


class OneInch(AbstractDepthFormat):
    """Raw amounts as whole numbers, which may be written 8.16e+20."""

    name = "oneinch_quotes"
    about = "quotes of 1inch: what a sale of src would bring in dst"

    def recognizes(self, content: Content) -> bool:
        """By the names of the header."""
        return has_columns(content, _COLUMNS)

    def read(
        self, content: Content, faults: list[Fault], tokens: Mapping[str, Token]
    ) -> list[QuoteLadder]:
        """The ladders of each pair, in the order of the file."""
        columns = read_columns(content, _COLUMNS, faults, as_text=True)
        if not columns:
            return []
        asset, sold = _amounts(columns["src"], columns["in_amount"], tokens, faults)
        quote, got = _amounts(columns["dst"], columns["out_amount"], tokens, faults)
        time = parse_times(*columns["timestamp"], units=("s",), faults=faults)
        price = parse_prices(*columns["price"], blanks=True, faults=faults)
        if not faults:
            _check_prices(columns["price"], price, got / sold, faults)
        if faults:
            return []
        source = Source(content.path, self.name)
        pairs, first, code = np.unique(
            np.stack([asset, quote]), axis=1, return_index=True, return_inverse=True
        )
        return [
            _ladder(
                (str(pairs[0, pair]), str(pairs[1, pair])),
                source,
                *(values[code.ravel() == pair] for values in (time, sold, got)),
            )
            for pair in np.argsort(first)
        ]


def _amounts(
    addresses: Cells, raw: Cells, tokens: Mapping[str, Token], faults: list[Fault]
) -> tuple[np.ndarray, Amounts]:
    """Symbols, and amounts in whole tokens [token]."""
    code, unique = pd.factorize(addresses[0].astype(str).str.casefold())
    known = [tokens.get(str(address)) for address in unique]
    strange = np.asarray([token is None for token in known], bool)[code]
    remedy = "Give its symbol and decimals in tokens=."
    problem = "is an address whose decimals are not known"
    faults += cell_faults(*addresses, strange, lambda _: (problem, remedy))
    symbols = np.asarray([token.symbol if token else "" for token in known], str)
    decimals = np.asarray([token.decimals if token else 0 for token in known])
    whole = [_whole(text) for text in raw[0].fillna("").astype(str)]
    bad = np.asarray([number is None for number in whole], bool)
    faults += cell_faults(*raw, bad, _why_not_raw)
    scaled = [
        float((number or Decimal(1)).scaleb(-int(places)))
        for number, places in zip(whole, decimals[code], strict=True)
    ]
    return symbols[code], np.asarray(scaled, float)


def _whole(text: str) -> Decimal | None:
    """A whole number above zero, to the last digit; None if it is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    is_raw = number.is_finite() and number > 0 and number == number.to_integral_value()
    return number if is_raw else None


def _why_not_raw(text: str) -> tuple[str, str]:
    if "," in text:
        return "is not a number: it has a comma", "Write it without separators."
    remedy = "Give raw amounts, before they are divided by 10^decimals."
    return "is no raw amount: a whole number above 0", remedy


def _check_prices(
    cells: Cells, price: Amounts, of_amounts: Amounts, faults: list[Fault]
) -> None:
    """Whether the decimals of the two tokens give the price that the file says."""
    differs = np.abs(of_amounts / price - 1) > AGREES  # never, where it has no price

    def why(_: str) -> tuple[str, str]:
        found = of_amounts[differs][0]
        remedy = "Correct the decimals of the tokens, or the price."
        return (
            f"is not out_amount over in_amount, {found:.6g} by their decimals",
            remedy,
        )

    faults += cell_faults(*cells, differs, why)


def _ladder(
    pair: tuple[str, str],
    source: Source,
    time: Int64[np.ndarray, " quote"],
    sold: Amounts,
    proceeds: Amounts,
) -> QuoteLadder:
    order = np.argsort(time, kind="stable")
    ladder = np.cumsum(np.diff(time[order], prepend=time[order[:1]]) > PAUSE)
    rank = np.lexsort([sold[order], ladder])
    order, ladder = order[rank], ladder[rank]
    best = np.zeros(int(ladder[-1]) + 1)
    np.maximum.at(best, ladder, proceeds[order] / sold[order])
    return QuoteLadder(
        asset=pair[0],
        quote=pair[1],
        source=source,
        ladder=ladder,
        time=time[order].view("datetime64[ns]"),
        sold=sold[order],
        proceeds=proceeds[order],
        mid=best[ladder],
    )
