"""Tables of positions in CSV, as queries of Dune give them: columns by any name."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int64

from .._errors import Fault, suggest
from .._parse import parse_times
from .._source import Column
from ._amounts import decimal_amounts, raw_integers, scales, tokens
from ._batch import Batch, Field
from ._format import AbstractRecordFormat, Wishes
from ._ledger import Ledger
from ._positions import COLLATERAL, DEBT, Place


MARKET = "lending"
SIDES = {
    **dict.fromkeys(("collateral", "supply", "supplied", "deposit"), COLLATERAL),
    **dict.fromkeys(("debt", "borrow", "borrowed", "loan"), DEBT),
}
DECIMALS = "Two tokens have this symbol; rename one of them in the file."
FAR = 100.0  # times the median price of a reserve; farther off is another unit


class _Amounts(NamedTuple):
    """Amounts [token], and the raw ones that they are of, if the file has them."""

    token: list[float]
    raw: list[int] | None = None


class DuneTable(AbstractRecordFormat):
    """A balance a row, with its side; or both sides in two columns.

    Amounts are in tokens, or raw if the file has decimals too. Of rows with a time the
    latest of each balance counts.
    """

    name = "dune"
    about = "table of positions, as queries of Dune give it"
    key = ""
    signature = (
        frozenset({"account", "reserve", "amount"}),
        frozenset({"account", "reserve", "collateral", "debt"}),
        frozenset({"account", "reserve", "side"}),
    )
    fields = (
        Field(
            "account",
            ("account", "borrower", "user", "user_address", "address", "depositor"),
        ),
        Field("reserve", ("reserve", "symbol", "token_symbol", "asset", "token")),
        Field("amount", ("amount", "token_amount"), needed=False),
        Field("side", ("side", "position_side"), needed=False),
        Field("collateral", ("collateral", "collateral_amount"), needed=False),
        Field("debt", ("debt", "debt_amount"), needed=False),
        Field("decimals", ("decimals", "token_decimals"), needed=False),
        Field("market", ("market",), needed=False),
        Field("e_mode", ("e_mode", "emode"), needed=False),
        Field("time", ("time", "block_time", "evt_block_time"), needed=False),
        Field("usd", ("amount_usd", "usd_amount"), needed=False),
    )

    def enter(
        self, batch: Batch, wishes: Wishes, ledger: Ledger, faults: list[Fault]
    ) -> None:
        """One entry a row, or one for each side."""
        ledger.agreement.check(batch, "decimals", DECIMALS, faults, of="reserve")
        times = _times(batch, faults)
        if "amount" in batch.cells and "side" in batch.cells:
            amounts = _amounts(batch, "amount", blanks=False, faults=faults)
            _enter_side(batch, _sides(batch, faults), amounts, times, wishes, ledger)
            _check_prices(batch, amounts.token, ledger)
        elif "collateral" in batch.cells and "debt" in batch.cells:
            for side in (COLLATERAL, DEBT):
                amounts = _amounts(batch, side, blanks=True, faults=faults)
                sides = [side] * len(batch)
                _enter_side(batch, sides, amounts, times, wishes, ledger)
        else:
            problem = "has neither columns amount and side, nor collateral and debt."
            remedy = "Name them with columns: amount=NAME, side=NAME."
            faults.append(Fault(0, "", problem, remedy))


def _enter_side(
    batch: Batch,
    sides: list[str],
    amounts: _Amounts,
    times: Int64[np.ndarray, " row"] | None,
    wishes: Wishes,
    ledger: Ledger,
) -> None:
    def place_of(market: str, mode: str, reserve: str, side: str) -> Place:
        own = wishes.market or market.strip() or MARKET
        return Place(own, wishes.mode(mode), reserve.strip(), side)

    fields = ("market", "e_mode", "reserve")
    places = ledger.places([*map(batch.texts, fields), sides], place_of)
    owners = ledger.owners(batch.texts("account"))
    ledger.add(owners, places, amounts.token, batch.row, times, amounts.raw)


def _amounts(
    batch: Batch, field: str, *, blanks: bool, faults: list[Fault]
) -> _Amounts:
    """Amounts [token], of raw ones by their decimals."""
    if "decimals" not in batch.cells:
        return _Amounts(decimal_amounts(batch, field, blanks=blanks, faults=faults))
    raw = raw_integers(batch, field, faults, blanks=blanks)
    return _Amounts(tokens(raw, scales(batch, "decimals", faults)), raw)


def _sides(batch: Batch, faults: list[Fault]) -> list[str]:
    """The side of each row; collateral where it is no side."""
    texts = batch.texts("side")
    known = {text: SIDES.get(text.strip().casefold(), "") for text in set(texts)}
    for text in (text for text, side in known.items() if not side):
        problem = f"'{text}' is no side of a position."
        faults.append(
            batch.fault(texts.index(text), "side", problem, suggest(text, SIDES))
        )
    return [known[text] or COLLATERAL for text in texts]


def _times(batch: Batch, faults: list[Fault]) -> Int64[np.ndarray, " row"] | None:
    """Nanoseconds since 1970; None if the file has no times."""
    if "time" not in batch.cells:
        return None
    # Whole snapshots have one time.
    kinds, kind = batch.kinds(["time"])
    column = Column(batch.column["time"], np.asarray(kinds.row, np.int64))
    values = pd.Series(list(kinds.texts("time")))
    return parse_times(values, column, units=("s",), faults=faults)[kind]


def _check_prices(batch: Batch, amounts: list[float], ledger: Ledger) -> None:
    """Note amounts whose price is far from that of their reserve: another unit."""
    if "usd" not in batch.cells:
        return
    usd = pd.to_numeric(pd.Series(list(batch.texts("usd"))), errors="coerce")
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.asarray(usd, float) / np.asarray(amounts)
    reserve = np.asarray(batch.texts("reserve"))
    good = np.isfinite(price) & (price > 0)
    for name in np.unique(reserve[good]):
        rows = np.flatnonzero(good & (reserve == name))
        off = np.abs(np.log(price[rows] / np.median(price[rows]))) > np.log(FAR)
        if off.any():
            row = int(rows[np.argmax(off)])
            ledger.notes.append(
                f"line {batch.row[row]}: {amounts[row]:g} {name} worth "
                f"{batch.texts('usd')[row]} USD is more than {FAR:g} times off the "
                f"other rows of {name} (rows like this: {int(off.sum()):,}). "
                "Is the amount in tokens?"
            )
