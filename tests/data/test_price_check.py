"""What is odd about prices is found, and what is not odd is not."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import PriceCheck, check_prices, read_prices


HOURS = 2000
HOUR = 3600
START = 1_609_459_200  # 2021-01-01, [s]


def walk(seed: int = 0, volatility: float = 0.01) -> np.ndarray:
    steps = np.random.default_rng(seed).standard_t(4, HOURS) * volatility
    return 2000 * np.exp(np.cumsum(steps))


def checked(
    folder: Path, price: np.ndarray, hour: np.ndarray | None = None
) -> PriceCheck:
    hours = np.arange(price.size) if hour is None else hour
    lines = [f"{START + HOUR * h},{p}" for h, p in zip(hours, price, strict=True)]
    path = folder / "WETH.csv"
    path.write_text("time,price\n" + "\n".join(lines))
    (series,) = read_prices(path)
    return check_prices(series)


@pytest.mark.parametrize("seed", range(8))
def test_a_clean_walk_with_fat_tails_has_nothing_odd(tmp_path: Path, seed: int) -> None:
    check = checked(tmp_path, walk(seed))
    assert check.step == np.timedelta64(1, "h")
    assert (check.gaps.size, check.ticks.size, check.breaks.size) == (0, 0, 0)
    assert check.warnings() == ()


@pytest.mark.parametrize("places", [[700], [700, 701], [700, 701, 702], [0], [1999]])
def test_a_run_of_bad_ticks_is_named_with_line_time_and_value(
    tmp_path: Path, places: list[int]
) -> None:
    price = walk()
    price[places] *= 0.1
    check = checked(tmp_path, price)
    assert check.ticks.tolist() == places
    said = check.warnings()[0]
    time = np.datetime64(START + HOUR * places[0], "s")
    assert f"line {places[0] + 2}, {str(time).replace('T', ' ')[:16]}" in said
    assert f": {price[places[0]]:g} beside" in said


@pytest.mark.parametrize(("factor", "found"), [(0.8, False), (1.25, True)])
def test_a_tick_is_bad_from_a_tenth_of_volatility_on(
    tmp_path: Path, factor: float, found: bool
) -> None:
    """A tick of size s at a flat place adds 2 s² to the realized variance."""
    price = walk()
    log_price = np.log(price)
    log_price[699:702] = log_price[699]
    variance = np.sum(np.diff(log_price) ** 2)
    log_price[700] += factor * np.sqrt(0.21 * variance / 2)
    assert bool(checked(tmp_path, np.exp(log_price)).ticks.size) is found


def test_bad_ticks_do_not_hide_each_other(tmp_path: Path) -> None:
    price = walk()
    places = np.arange(50, 1950, 200)
    price[places] *= 3
    assert checked(tmp_path, price).ticks.tolist() == places.tolist()


def test_a_crash_that_stays_is_neither_a_tick_nor_another_asset(tmp_path: Path) -> None:
    price = walk()
    price[1000:] *= 0.3
    check = checked(tmp_path, price)
    assert (check.ticks.size, check.breaks.size) == (0, 0)


@pytest.mark.parametrize(
    ("factor", "pause", "found"),
    [
        *((11, 400, True), (1 / 11, 400, True), (8, 400, False)),
        *((120, 1, True), (1 / 120, 1, True), (50, 1, False)),
    ],
)
def test_another_asset_is_a_factor_of_ten_after_a_gap_or_a_hundred_without(
    tmp_path: Path, factor: float, pause: int, found: bool
) -> None:
    price = np.full(HOURS, 10.0) * walk() / walk()
    price[900:] *= factor
    hour = np.arange(HOURS)
    hour[900:] += pause - 1
    check = checked(tmp_path, price, hour)
    assert check.breaks.tolist() == [900] * found
    assert check.gaps.tolist() == [900] * (pause > 1)


def test_a_tick_of_any_size_is_not_another_asset(tmp_path: Path) -> None:
    price = walk()
    price[[700, 701]] *= 1e4
    check = checked(tmp_path, price)
    assert (check.breaks.tolist(), check.ticks.tolist()) == ([], [700, 701])


def test_volatility_is_judged_on_either_side_of_a_break(tmp_path: Path) -> None:
    price = walk()
    price[1000:] *= 1e6
    price[1500] *= 2
    check = checked(tmp_path, price)
    assert (check.breaks.tolist(), check.ticks.tolist()) == ([1000], [1500])


def test_rows_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    hour = np.arange(HOURS)
    hour[5] = 4
    (said,) = checked(tmp_path, walk(), hour).warnings()
    assert said.startswith("line 7, 2021-01-01 04:00: ")
