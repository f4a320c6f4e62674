"""Tardis: book_snapshot_5 and book_snapshot_25 in CSV, a book a row."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64

from .._columns import Cells, has_columns, read_columns
from .._content import Content
from .._dollars import DOLLARS
from .._errors import Fault
from .._parse import cell_faults, parse_numbers, parse_times
from .._source import Source
from ._format import AbstractDepthFormat
from ._ladder import QuoteLadder
from ._tokens import Token


_NEEDED = ("exchange", "symbol", "timestamp", "asks[0].price", "bids[0].price")
_LEVEL = re.compile(r"bids\[(\d+)\]\.price")
# Exchanges whose books count contracts worth dollars, not coins.
_CONTRACTS = frozenset(
    {
        *("bitmex", "deribit", "binance-delivery", "okex-swap", "okex-futures"),
        *("huobi-dm", "huobi-dm-swap", "cryptofacilities"),
    }
)

Books = Float64[np.ndarray, "book level"]


class TardisBook(AbstractDepthFormat):
    """`exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,...`."""

    name = "tardis_book_snapshot"
    about = "book_snapshot_5 or book_snapshot_25 of Tardis"

    def recognizes(self, content: Content) -> bool:
        """By the names of the header."""
        return has_columns(content, _NEEDED)

    def read(
        self, content: Content, faults: list[Fault], tokens: Mapping[str, Token]
    ) -> list[QuoteLadder]:
        """The ladders of each symbol: selling down the bids of each book."""
        del tokens  # amounts are in tokens
        levels = sum(bool(_LEVEL.fullmatch(name)) for name in content.names)
        names = [f"bids[{level}]" for level in range(levels)]
        wanted = [f"{name}.{what}" for what in ("price", "amount") for name in names]
        columns = read_columns(content, [*_NEEDED[:4], *wanted], faults)
        if not columns:
            return []
        time = parse_times(*columns["timestamp"], units=("us",), faults=faults)
        price, amount = (
            np.stack([_numbers(columns[f"{name}.{what}"], faults) for name in names], 1)
            for what in ("price", "amount")
        )
        ask = _numbers(columns["asks[0].price"], faults)
        pairs = _pairs(columns["exchange"], columns["symbol"], faults)
        _check_order(columns["bids[0].price"], price, faults)
        if faults:
            return []
        source = Source(content.path, self.name)
        return [
            _ladder(pair, source, time[rows], price[rows], amount[rows], ask[rows])
            for pair, rows in pairs
        ]


def _numbers(cells: Cells, faults: list[Fault]) -> Float64[np.ndarray, " book"]:
    what = "a number above 0"
    return parse_numbers(*cells, within=(1e-18, 1e18), what=what, faults=faults)


def _pairs(
    exchanges: Cells, symbols: Cells, faults: list[Fault]
) -> list[tuple[tuple[str, str], Int64[np.ndarray, " book"]]]:
    """Rows of each pair in dollars."""
    exchange = exchanges[0].astype(str).str.casefold()
    in_contracts = exchange.isin(list(_CONTRACTS)).to_numpy()
    remedy = "Use a book of spot, or of a contract that is counted in coins."
    problem = "counts contracts, which are not coins"
    faults += cell_faults(*exchanges, in_contracts, lambda _: (problem, remedy))
    code, unique = pd.factorize(symbols[0].astype(str))
    known = [_pair(str(symbol)) for symbol in unique]
    strange = np.asarray([pair is None for pair in known], bool)[code]
    problem = f"is no pair in dollars ({', '.join(DOLLARS)})"
    remedy = "Use a pair such as BTCUSDT or ETH-USD."
    faults += cell_faults(*symbols, strange, lambda _: (problem, remedy))
    return [
        (pair, np.flatnonzero(code == number))
        for number, pair in enumerate(known)
        if pair is not None
    ]


def _pair(symbol: str) -> tuple[str, str] | None:
    plain = re.sub(r"[-_/]", "", symbol.upper())
    for dollar in DOLLARS:
        if plain.endswith(dollar) and len(plain) > len(dollar):
            return plain.removesuffix(dollar), dollar
    return None


def _check_order(cells: Cells, price: Books, faults: list[Fault]) -> None:
    """Bids fall from level to level; where they do not, columns were mixed up."""
    with np.errstate(invalid="ignore"):
        rises = np.asarray((np.diff(price, axis=1) >= 0).any(axis=1))
    problem = "is not above the next bids: levels are out of order"
    remedy = "Download the file again."
    faults += cell_faults(*cells, rises, lambda _: (problem, remedy))


def _ladder(
    pair: tuple[str, str],
    source: Source,
    time: Int64[np.ndarray, " book"],
    price: Books,
    amount: Books,
    ask: Float64[np.ndarray, " book"],
) -> QuoteLadder:
    """Books in the order of time; empty, one-sided and crossed ones are left out."""
    order = np.argsort(time, kind="stable")
    with np.errstate(invalid="ignore"):
        usable = (ask > price[:, 0]) & (amount[:, 0] > 0)
    order = order[usable[order]]
    price, amount = price[order], amount[order]
    filled = np.isfinite(price) & np.isfinite(amount)
    sold = np.cumsum(np.where(filled, amount, 0), axis=1)
    proceeds = np.cumsum(np.where(filled, amount * price, 0), axis=1)
    book, level = np.nonzero(filled)
    mid = (price[:, 0] + ask[order]) / 2
    return QuoteLadder(
        asset=pair[0],
        quote=pair[1],
        source=source,
        ladder=book,
        time=time[order][book].view("datetime64[ns]"),
        sold=sold[book, level],
        proceeds=proceeds[book, level],
        mid=mid[book],
        is_book=True,
        left_out=int(time.size - order.size),
    )
