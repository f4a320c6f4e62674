"""Small synthetic option files of every shape, from one made-up chain."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from jaxrisk.options import host_price


SNAPSHOT = np.datetime64("2020-06-01T12:00:00", "ns")
EXPIRIES = ("2020-06-09T08:00:00", "2020-09-25T08:00:00")
STRIKES = (8000.0, 9000.0, 9875.0, 11000.0)
FORWARDS = (9500.0, 9700.0)

_SNAPSHOT_NAMES = (
    "timestamp,instrument_name,underlying,underlying_name,option_type,strike,"
    "expiry_datetime,time_to_maturity,bid_price,ask_price,mark_price,mid_price,"
    "futures_price,futures_instrument_name,implied_volatility,delta,vega,"
    "open_interest,volume,bid_ask_spread,currency,index_price,volume_usd"
)
_TARDIS_NAMES = (
    "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,"
    "open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,"
    "mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho"
)
SNAPSHOT_HEADER = _SNAPSHOT_NAMES.split(",")
TARDIS_HEADER = _TARDIS_NAMES.split(",")


@dataclass(frozen=True)
class Quote:
    """One made-up option."""

    expiry: np.datetime64
    strike: float
    is_call: bool
    forward: float
    volatility: float
    mark: float

    @property
    def name(self) -> str:
        """As Deribit writes it."""
        day = datetime.fromisoformat(str(self.expiry.astype("datetime64[s]")))
        kind = "C" if self.is_call else "P"
        return f"BTC-{day.day}{day:%b%y}".upper() + f"-{self.strike:.0f}-{kind}"


def quotes() -> list[Quote]:
    """Puts and calls at two expiries, marked at Black-76 to four digits of a coin."""
    found = []
    for expiry, forward in zip(EXPIRIES, FORWARDS, strict=True):
        date = np.datetime64(expiry, "ns")
        time = (date - SNAPSHOT) / np.timedelta64(365, "D")
        for strike in STRIKES:
            for is_call in (False, True):
                volatility = 0.6 + 0.2 * np.log(strike / forward) ** 2
                at = np.array([[forward, strike, time, volatility]]).T
                price = host_price(at[0], at[1], at[2], at[3], np.array([is_call]))
                mark = round(price.item() / forward, 5)
                found.append(Quote(date, strike, is_call, forward, volatility, mark))
    return found


def _blank(header: Sequence[str]) -> dict[str, object]:
    return dict[str, object](dict.fromkeys(header, ""))


def snapshot_row(quote: Quote) -> dict[str, object]:
    """A row of a snapshot in CSV; volatility as a ratio."""
    return _blank(SNAPSHOT_HEADER) | {
        "timestamp": "2020-06-01T12:00:00.000000+00:00",
        "instrument_name": quote.name,
        "underlying": quote.forward,
        "option_type": "call" if quote.is_call else "put",
        "strike": quote.strike,
        "expiry_datetime": f"{quote.expiry.astype('datetime64[s]')}+00:00",
        "time_to_maturity": 0.1,
        "mark_price": quote.mark,
        "implied_volatility": quote.volatility,
        "delta": 0.5 if quote.is_call else -0.5,
        "open_interest": 10,
        "currency": "BTC",
    }


def tardis_row(quote: Quote, seconds: int = 0) -> dict[str, object]:
    """A row of Tardis, some seconds after the snapshot; volatility in percent."""
    time = SNAPSHOT.astype(np.int64) // 1000 + seconds * 1_000_000
    return _blank(TARDIS_HEADER) | {
        "exchange": "deribit",
        "symbol": quote.name,
        "timestamp": time,
        "local_timestamp": time + 9000,
        "type": "call" if quote.is_call else "put",
        "strike_price": quote.strike,
        "expiration": quote.expiry.astype("datetime64[us]").astype(np.int64),
        "open_interest": 10,
        "mark_price": quote.mark,
        "mark_iv": round(100 * quote.volatility, 4),
        "underlying_index": "SYN.BTC",
        "underlying_price": quote.forward,
        "delta": 0.5 if quote.is_call else -0.5,
    }


def summary_record(quote: Quote) -> dict[str, object]:
    """A record of the book summary; volatility in percent, no delta."""
    return {
        "instrument_name": quote.name,
        "base_currency": "BTC",
        "mark_iv": round(100 * quote.volatility, 2),
        "mark_price": quote.mark,
        "bid_price": None,
        "open_interest": 10,
        "underlying_price": quote.forward,
        "underlying_index": "BTC-9JUN20",
        "creation_timestamp": int(SNAPSHOT.astype(np.int64) // 1_000_000),
    }


def csv_text(rows: list[dict[str, object]]) -> str:
    """Rows with their header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def summary_text(records: list[dict[str, object]]) -> str:
    """The answer of the API."""
    return json.dumps({"jsonrpc": "2.0", "result": records, "usIn": 1, "usOut": 2})
