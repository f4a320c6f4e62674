"""The market that is shipped is what the command makes of the files it names."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import Choice, Settings, calibrate, read_files, sections_of
from jaxrisk.config import load


CONFIGS = Path(__file__).resolve().parents[2] / "configs"
NAMES = {"ETH": "WETH", "BTC": "WBTC"}
ASSETS = ("WETH", "WBTC", "AAVE", "CRV", "wstETH")
START, END = np.datetime64("2021-05-01", "ns"), np.datetime64("2023-11-01", "ns")


@pytest.mark.slow
def test_the_shipped_market_is_that_of_its_files(shared_data: Path) -> None:
    prices = shared_data / "binance_1h_2021_2023"
    paths = [prices / f"{one}USDT_1h.csv.gz" for one in ("ETH", "BTC", "AAVE", "CRV")]
    paths.append(shared_data / "oneinch_quotes_2023" / "quotes.csv.gz")
    choice = Choice(names=NAMES, assets=ASSETS, start=START, end=END)
    files = read_files(paths, choice, warn=lambda _: None)
    settings = Settings(start=START, end=END)
    found = sections_of(calibrate(files, settings, tell=lambda _: None), files.records)
    config = load(CONFIGS / "aave_v3_ethereum.yaml")
    assert config.calibration is not None
    digests = [file.sha256 for file in config.calibration.files]
    assert digests == [file["sha256"] for file in found["calibration"]["files"]]
    for asset, section in found["assets"].items():
        volatility = config.assets[asset].volatility
        assert volatility == pytest.approx(section["volatility"], rel=2e-3)
    for asset, section in found["venues"].items():
        venue = config.venues[asset].model_dump()
        for name in ("depth_usd", "exponent", "reference_move"):
            assert venue[name] == pytest.approx(section[name], rel=2e-3)
    regimes = config.market_model.regimes
    assert regimes is not None
    for name, value in found["market_model"]["regimes"].items():
        if name != "correlation":
            assert getattr(regimes, name) == pytest.approx(value, rel=1e-2)
    innovation = config.market_model.innovation.model_dump()
    wanted = found["market_model"]["innovation"]
    assert innovation["kind"] == wanted["kind"]
    assert innovation["degrees_of_freedom"] == pytest.approx(
        wanted["degrees_of_freedom"], rel=2e-3
    )
