"""Option files of every shape give one chain; bad ones a sentence that helps."""

import dataclasses
import gzip
import logging
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import DataError
from jaxrisk.data.options import OptionChain, chain_lines, read_options

from . import bad_files
from .option_files import (
    SNAPSHOT,
    csv_text,
    quotes,
    snapshot_row,
    summary_record,
    summary_text,
    tardis_row,
)


TEXTS = {
    "deribit_snapshot": csv_text([snapshot_row(quote) for quote in quotes()]),
    "deribit_summary": summary_text([summary_record(quote) for quote in quotes()]),
    "tardis_options_chain": csv_text([tardis_row(quote) for quote in quotes()]),
}


def chain(path: Path, text: str) -> OptionChain:
    path.write_bytes(gzip.compress(text.encode()))
    (found,) = read_options(path)
    return found


def message(path: Path, text: str | bytes, known: str = "") -> str:
    return bad_files.message(path, text, read_options, known)


@pytest.mark.parametrize("name", TEXTS)
def test_every_shape_gives_the_same_chain(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "jaxrisk.data")
    found = chain(tmp_path / "options.gz", TEXTS[name])
    expected = sorted(quotes(), key=lambda quote: (quote.expiry, quote.strike))
    assert f"read as {name}" in caplog.text
    assert (found.asset, found.source.format) == ("BTC", name)
    assert found.snapshot == SNAPSHOT
    assert found.left_out == 0
    np.testing.assert_array_equal(found.expiry, [quote.expiry for quote in expected])
    np.testing.assert_array_equal(found.strike, [quote.strike for quote in expected])
    np.testing.assert_array_equal(found.is_call, [quote.is_call for quote in expected])
    np.testing.assert_array_equal(found.mark, [quote.mark for quote in expected])
    np.testing.assert_array_equal(found.forward, [quote.forward for quote in expected])
    np.testing.assert_allclose(
        found.volatility, [quote.volatility for quote in expected], atol=5e-5
    )
    np.testing.assert_array_equal(found.open_interest, 10)
    assert np.isnan(found.delta).all() == (name == "deribit_summary")
    assert found.time[0] == pytest.approx((7 + 20 / 24) / 365)
    np.testing.assert_allclose(found.model, found.mark, atol=1e-4)


@pytest.mark.parametrize("name", TEXTS)
def test_lines_for_people_say_the_counts_and_the_units(
    tmp_path: Path, name: str
) -> None:
    lines = "\n".join(chain_lines(chain(tmp_path / "options.gz", TEXTS[name])))
    assert "BTC: 16 options (8 calls), 0 rows left out" in lines
    assert "2020-06-01 12:00, the oldest quote 0 s before" in lines
    assert "2, 2020-06-09 08:00 to 2020-09-25 08:00" in lines
    assert "160 BTC, 1.5 MUSD" in lines


def test_the_last_row_of_an_option_counts_and_none_after_the_snapshot(
    tmp_path: Path,
) -> None:
    first = quotes()[0]
    later = dataclasses.replace(first, mark=first.mark + 0.001)
    latest = dataclasses.replace(first, mark=first.mark + 0.002)
    rows = [tardis_row(quote) for quote in quotes()]
    rows += [tardis_row(latest, 60), tardis_row(later, 30)]
    path = tmp_path / "options.csv"
    path.write_text(csv_text(rows))
    (whole,) = read_options(path)
    assert whole.mark.size == len(quotes())
    assert whole.mark[0] == latest.mark
    assert whole.snapshot == SNAPSHOT + np.timedelta64(60, "s")
    assert whole.time[0] < whole.time[1]
    (early,) = read_options(path, at=SNAPSHOT + np.timedelta64(40, "s"))
    assert early.mark[0] == later.mark
    before = SNAPSHOT - np.timedelta64(1, "s")
    with pytest.raises(DataError, match="has mark, volatility and forward by 2020"):
        read_options(path, at=before)


def test_options_without_a_mark_and_expired_ones_are_left_out_and_counted(
    tmp_path: Path,
) -> None:
    rows = [tardis_row(quote) for quote in quotes()]
    rows[0]["mark_iv"] = ""
    rows[1]["underlying_price"] = ""
    rows[2]["mark_iv"] = 0
    rows[3]["expiration"] = rows[3]["timestamp"]
    found = chain(tmp_path / "options.gz", csv_text(rows))
    assert (found.strike.size, found.left_out) == (12, 4)


def test_each_coin_has_a_chain(tmp_path: Path) -> None:
    rows = [snapshot_row(quote) for quote in quotes()]
    rows += [row | {"currency": "ETH"} for row in rows[:4]]
    path = tmp_path / "options.csv"
    path.write_text(csv_text(rows))
    assert [(one.asset, one.mark.size) for one in read_options(path)] == [
        ("BTC", 16),
        ("ETH", 4),
    ]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("factor", "in_usd", "said"),
    [
        (100.0, False, "a hundred times too high: percent, read as ratio"),
        (0.01, False, "a hundred times too low: ratio, read as percent"),
        (1.0, True, "marks are in USD, read as coin"),
    ],
)
def test_percent_for_ratio_and_dollars_for_coin_are_found(
    tmp_path: Path, name: str, factor: float, in_usd: bool, said: str
) -> None:
    wrong = [
        dataclasses.replace(
            quote,
            volatility=factor * quote.volatility,
            mark=quote.mark * (quote.forward if in_usd else 1),
        )
        for quote in quotes()
    ]
    text = {
        "deribit_snapshot": lambda: csv_text([snapshot_row(one) for one in wrong]),
        "deribit_summary": lambda: summary_text([summary_record(one) for one in wrong]),
        "tardis_options_chain": lambda: csv_text([tardis_row(one) for one in wrong]),
    }[name]()
    assert said in message(tmp_path / "options", text)


ROW = {
    "deribit_snapshot": (snapshot_row, "2020-06-01T12:00:00.000000+00:00"),
    "tardis_options_chain": (tardis_row, "1591012800000000"),
}


@pytest.mark.parametrize(
    ("name", "column", "value", "said"),
    [
        ("deribit_snapshot", "mark_price", "-0.1", "'-0.1' is not a mark price, 0 or"),
        ("deribit_snapshot", "underlying", "0", "'0.0' is not a forward price above 0"),
        ("deribit_snapshot", "strike", "9,875", "'9,875' is not a number: it has a"),
        ("deribit_snapshot", "strike", "", "an empty cell is no strike"),
        ("deribit_snapshot", "option_type", "swap", "'swap' is no type of option"),
        ("deribit_snapshot", "delta", "50", "'50.0' is not a delta from -1 to 1"),
        ("deribit_snapshot", "expiry_datetime", "9JUN20", "'9JUN20' is no time from"),
        ("deribit_snapshot", "implied_volatility", "-1", "is not a volatility, 0 or"),
        ("tardis_options_chain", "timestamp", "1591012800000", "not in microseconds"),
        ("tardis_options_chain", "expiration", "1591689600", "not in microseconds"),
        ("tardis_options_chain", "open_interest", "-3", "is not an amount, 0 or above"),
    ],
)
def test_a_bad_cell_is_named_with_line_column_and_value(
    tmp_path: Path, name: str, column: str, value: str, said: str
) -> None:
    rows = [ROW[name][0](quote) for quote in quotes()]
    rows[4][column] = value
    text = message(tmp_path / "options.csv", csv_text(rows))
    assert f"line 6, column '{column}': " in text
    assert said in text


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("instrument_name", "BTC-PERPETUAL", "'BTC-PERPETUAL' is no option settled in"),
        ("instrument_name", "BTC-31JUN20-9875-P", "is no option settled in coin"),
        ("mark_price", -1, "'-1.0' is not a mark price"),
        ("creation_timestamp", 1591012800, "not in milliseconds"),
    ],
)
def test_a_bad_record_is_named_with_its_place(
    tmp_path: Path, key: str, value: object, said: str
) -> None:
    records = [summary_record(quote) for quote in quotes()]
    records[4][key] = value
    text = message(tmp_path / "options.json", summary_text(records))
    assert f"column 'result[4].{key}': " in text
    assert said in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (gzip.compress(TEXTS["tardis_options_chain"].encode())[:-9], "data end early"),
        (TEXTS["tardis_options_chain"].split("\n")[0], "is empty: no option has"),
        (TEXTS["tardis_options_chain"][:-60], "The file is cut off here"),
        (summary_text([]), "is empty: no option has"),
        (summary_text([{"instrument_name": "BTC-9JUN20-9875-P"}]), "has no creation_"),
        ("time,price\n2020-06-01,1\n", "no known option file starts with 'time,price"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_says_so(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in message(tmp_path / "options", text)


def test_a_format_that_does_not_fit_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "options"
    text = TEXTS["deribit_snapshot"]
    assert "column 'symbol' is missing" in message(path, text, "tardis_options_chain")
    assert "there is no list under" in message(path, text, "deribit_summary")
    text = TEXTS["deribit_summary"]
    assert "is not CSV" in message(path, text, "deribit_snapshot")
    with pytest.raises(ValueError, match="Did you mean 'deribit_summary'"):
        read_options(path, "deribit_sumary")
