"""Recorded days: prices follow the record, and files that do not fit are told."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.config import ConfigError, load
from jaxrisk.data import DataError, read_prices
from jaxrisk.scenario import Catalogue, ScenarioError
from jaxrisk.scenario._replay import moves_along

from .markets import CONFIGS, DOUBLE, STILL_VENUES, followed, market


DAY = (*DOUBLE[1:], *STILL_VENUES, "horizon_days=1")
RECORD = CONFIGS / "market" / "synthetic_crash.csv"


def replay(**changes: object) -> str:
    """An override with a replay of the synthetic day."""
    window = {"start": "2030-01-01", "end": "2030-01-02", "noise": "false"}
    of = {"WETH": RECORD, "USDC": RECORD}
    prices = ", ".join(f"{name}: {path}" for name, path in of.items())
    fields = {"prices": f"{{{prices}}}", **window, **changes}
    inner = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"scenarios={{day: {{replay: {{{inner}}}}}}}"


def recorded(hours: int) -> np.ndarray:
    """Prices of the record over those at its start, [asset hour]."""
    found = np.stack([one.price for one in read_prices(RECORD)])
    return found[:, : hours + 1] / found[:, :1]


def test_without_noise_prices_are_the_record_to_rounding() -> None:
    info = followed(market(*DAY, replay()), "day").info
    start = np.array([[2000.0], [1.0]])
    expected = start * recorded(24)[:, 1:]
    for path in range(info.price.shape[2]):
        np.testing.assert_allclose(info.price[:, :, path].T, expected, rtol=1e-9)


def test_with_noise_paths_move_about_the_record() -> None:
    model = market(*DAY, replay(noise="true"))
    calm = followed(model, "gas_1x").info.price
    moved = followed(model, "day").info.price
    ratio = np.log(moved / calm)
    expected = np.log(recorded(24)[:, 1:].T)
    assert ratio[..., 0] == pytest.approx(expected, abs=1e-9)
    assert np.ptp(moved[-1, 0]) > 1


def test_between_prices_the_log_price_is_a_straight_line() -> None:
    model = market(*DAY, replay(), "step_minutes=30")
    price = followed(model, "day").info.price[:, 0, 0]
    middle = np.sqrt(price[1:-2:2] * price[3::2])
    assert price[2::2] == pytest.approx(middle, rel=1e-9)


def test_half_a_record_is_half_of_its_logs() -> None:
    catalogue = Catalogue(market(*DAY, replay()))
    day = catalogue.stress("day")
    assert (day * 0.5).moves == pytest.approx(day.moves / 2)
    assert day.moves.sum(axis=0)[0] == pytest.approx(np.log(recorded(24)[0, -1]))


def test_after_the_window_nothing_is_added() -> None:
    moves = Catalogue(market(*DAY, replay(end="2030-01-01T06:00"))).stress("day").moves
    assert (moves[:6, 0] != 0).all()
    assert (moves[6:] == 0).all()


def test_what_follows_an_asset_is_recorded_beyond_it() -> None:
    """A chain of two claims, of which the middle one is not recorded."""
    rng = np.random.default_rng(2)
    logs = {0: rng.normal(size=5), 2: rng.normal(size=5)}
    logs = {asset: log - log[0] for asset, log in logs.items()}
    lift = np.array([[1.0, 0, 0], [1, 1, 0], [1, 1, 1]])
    decay = np.array([1.0, 0.8, 0.5])
    moves = moves_along(logs, lift, decay, 4)
    own, seen = np.zeros(3), []
    for move in moves:
        own = decay * own + move
        seen.append(lift @ own)
    found = np.array(seen).T
    assert found[0] == pytest.approx(logs[0][1:])
    assert found[1] == pytest.approx(logs[0][1:])
    assert found[2] == pytest.approx(logs[2][1:])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"end": "2030-02-01"}, "has WETH from 2030-01-01T00:00 to 2030-01-03T00:00"),
        ({"start": "2029-12-31"}, "which is not all of the window"),
        ({"end": "2030-01-01T00:10"}, "is shorter than a step of 60 minutes"),
        ({"prices": "{WETH: nowhere.csv}"}, "there is no such file of prices of WETH"),
    ],
)
def test_a_record_that_does_not_fit_is_told(
    changes: dict[str, object], reason: str
) -> None:
    overrides = (*DAY, "horizon_days=60") if "2030-02" in str(changes) else DAY
    model = market(*overrides, replay(**changes))
    with pytest.raises(ScenarioError, match=reason):
        Catalogue(model).stress("day")


def test_a_file_of_others_is_told(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("time,LINK,UNI\n2030-01-01,1,2\n2030-01-03,1,2\n")
    model = market(*DAY, replay(prices=f"{{WETH: {file}}}"))
    with pytest.raises(ScenarioError, match="has no WETH, but LINK, UNI"):
        Catalogue(model).stress("day")
    file.write_text("time,WETH\n2030-01-01,many\n")
    with pytest.raises(DataError, match="many"):
        Catalogue(model).stress("day")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"start": "yesterday"}, "this is no time; write 2020-03-12"),
        ({"start": "2030-01-05"}, "the window ends before it starts"),
        ({"start": "'2030-01-01T00:00+02:00'"}, "times are UTC"),
        ({"prices": "{DOGE: a.csv}"}, "there is no such asset"),
        ({"prices": "{}"}, "must not be empty"),
    ],
)
def test_a_window_that_cannot_be_is_a_fault_of_the_config(
    changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason):
        load(CONFIGS / "minimal.yaml", (replay(**changes),))


def test_files_move_with_the_config_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    child = tmp_path / "deeper" / "child.yaml"
    above = CONFIGS.resolve() / "stress.yaml"
    child.write_text(f"extends: {above}\nname: child\n")
    config = load(child)
    one = (config.scenarios or {})["made_up_day"].replay
    assert one is not None
    assert (config.folder / one.prices["WETH"]).resolve() == RECORD.resolve()


def test_black_thursday_as_it_was(shared_data: Path) -> None:
    """ETH 194.61 to 86.00 on 12 and 13 March 2020."""
    file = shared_data / "binance_1h_2017_2021" / "Binance_ETHUSDT_1h.csv.gz"
    if not file.is_file():
        pytest.skip(f"{file.name} is absent")
    window = {"start": "2020-03-12", "end": "2020-03-14", "prices": f"{{WETH: {file}}}"}
    model = market(*DAY[:-1], "horizon_days=2", replay(**window))
    price = followed(model, "day").info.price[:, 0, 0]
    assert price.min() / 2000.0 == pytest.approx(0.5, abs=0.1)
