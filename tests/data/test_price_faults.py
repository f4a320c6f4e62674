"""What is wrong with a price file is said in a sentence: what, where, why, remedy."""

import gzip
import json
import re
from pathlib import Path

import pytest

from jaxrisk.data import read_prices

from . import bad_files


HEADER = "date,open,high,low,close,volume,ticker\n"
ROW = "2021-04-04 21:00:00,1,9,1,18.1,5,LUNAUSDT\n"
GOOD = HEADER + ROW + ROW.replace("21:", "22:")


def message(path: Path, text: str | bytes, known: str = "") -> str:
    return bad_files.message(path, text, read_prices, known)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.replace("18.1", "-18.1"), "column 'close': '-18.1' is not a price above"),
        (ROW.replace("18.1", "0"), "column 'close': '0.0' is not a price above 0"),
        (ROW.replace("18.1", "inf"), "column 'close': 'inf' is not a price above 0"),
        (ROW.replace("18.1", ""), "column 'close': an empty cell is not a price"),
        (ROW.replace("18.1", "18.1 USD"), "column 'close': '18.1 USD' is not a price"),
        (ROW.replace("18.1", '"1,018.1"'), "'1,018.1' is not a number: it has a comma"),
        (ROW.replace("18.1", "1,018.1"), "has 8 fields, the first row has 7"),
        (ROW.replace("2021", "1921"), "column 'date': '1921-.*' is no time from 2009"),
        (ROW.replace("2021-04-04", "04/04/2021"), "'04/04/2021.*' is no time"),
        (ROW.replace("LUNAUSDT", ""), "column 'ticker': is empty"),
        (ROW[:25], "has 4 fields, the first row has 7. The file is cut off here"),
    ],
)
def test_a_bad_row_is_named_with_its_line_its_value_and_a_remedy(
    tmp_path: Path, row: str, said: str
) -> None:
    text = message(tmp_path / "luna.csv", GOOD + row)
    assert len(text.splitlines()) == 1
    assert "line 4" in text
    assert re.search(said, text)


def test_many_bad_rows_are_listed_up_to_twenty_and_counted(tmp_path: Path) -> None:
    text = message(tmp_path / "luna.csv", HEADER + ROW.replace("18.1", "-1") * 50)
    lines = text.splitlines()
    assert "line 2, column 'close'" in lines[0]
    assert "(the first of 50)" in lines[0]
    assert len(lines) == 20


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv.gz", gzip.compress(b"\n"), "is empty"),
        ("a.csv", HEADER, "is empty: it has no prices"),
        ("a.json", '{"prices": []}', "is empty: it has no prices"),
        ("a.csv", GOOD.encode() + b"2021-\xe9", "line 4: byte 0xe9 is not UTF-8"),
        ("a.csv", GOOD.encode("utf-16"), "line 1: byte 0xff is not UTF-8"),
        ("a.csv.gz", gzip.compress(GOOD.encode())[:-9], "the gzip data end early"),
        ("a.json", '{"prices": [[1, 2], [3', "line 1: the JSON ends early"),
        ("a.json", '{"prices": nothing}', "this is not JSON"),
        ("a.csv", "user,amount\n1,2\n", "no known price file starts with 'user,amount"),
        ("a.csv", "timestamp,ccy,mark\n1704067200,BTC,1\n", "no known price file"),
        ("a.json", '{"coins": {"names": ["crvUSD"]}}', "no known price file"),
        ("ETHBTC-1h.csv", "1704067200000,1,2,3,4,5,6,7,8,9,10,0\n", "are in BTC, not"),
        ("a.csv", GOOD.replace("USDT", "EUR"), "are in EUR, not in dollars"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_says_so(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    text = message(tmp_path / name, text)
    assert len(text.splitlines()) == 1
    assert said in text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.json",
            {"prices": [[1704067200, 2000.0]]},
            "column 'prices[0][0]': '1704067200' is a Unix time, and not in milli",
        ),
        (
            "a.json",
            {"coins": {"x": {"prices": [{"timestamp": 1704067200000, "price": 1.0}]}}},
            "column 'coins['x'].prices[0].timestamp': '1704067200000' is a Unix time",
        ),
        (
            "a.json",
            {"coins": {"x": {"prices": [{"timestamp": 1704067200}]}}},
            "column 'coins['x'].prices[0]': {'timestamp': 1704067200} has no .price",
        ),
        ("a.json", [[44197, 1, 1, 1, 1, 1]], "column '[0][0]': '44197' is no time"),
        ("a.json", [[1704067200000, 1, 1, 1, "x", 1]], "column '[0][4]': 'x' is not"),
    ],
)
def test_a_time_in_the_wrong_unit_or_a_record_of_another_shape_is_named(
    tmp_path: Path, name: str, text: object, said: str
) -> None:
    assert said in message(tmp_path / name, json.dumps(text))


def test_a_format_that_does_not_fit_says_what_is_missing(tmp_path: Path) -> None:
    said = message(tmp_path / "a.csv", GOOD, "kaiko")
    assert "column 'timestamp' is missing" in said
    assert "there is no object" in message(tmp_path / "a.csv", GOOD, "defillama")
    assert "is not Parquet" in message(tmp_path / "a.csv", GOOD, "parquet")


def test_an_unknown_format_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Did you mean 'binance'"):
        read_prices(tmp_path / "a.csv", "binanse")
