"""Reserve parameters: the governance report, the contract's answer, and the config."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jaxrisk.config import Config, load
from jaxrisk.data import DataError, Reserves, config_sections, read_reserves


SHIPPED = Path(__file__).resolve().parents[2] / "configs" / "aave_v3_ethereum.yaml"
REPORT = "aave_v3_params_2023-11/AaveV3Ethereum_20231031_after.json"
RAY = 10**27


def ui_reserve(symbol: str = "WETH", **other: object) -> dict[str, object]:
    """A reserve as getReservesData gives it up to v3.1: all numbers are texts."""
    return {
        "underlyingAsset": "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2",
        "name": "Wrapped Ether",
        "symbol": symbol,
        "decimals": "18",
        "baseLTVasCollateral": "8050",
        "reserveLiquidationThreshold": "8300",
        "reserveLiquidationBonus": "10500",
        "reserveFactor": "1500",
        "usageAsCollateralEnabled": True,
        "borrowingEnabled": True,
        "isActive": True,
        "isFrozen": False,
        "liquidityIndex": "1019183226246012314353486083",
        "priceInMarketReferenceCurrency": "181685499606",
        "variableRateSlope1": "28000000000000000000000000",
        "variableRateSlope2": "800000000000000000000000000",
        "baseVariableBorrowRate": "0",
        "optimalUsageRatio": "800000000000000000000000000",
        "isPaused": False,
        "debtCeiling": "450000000",
        "debtCeilingDecimals": "2",
        "eModeCategoryId": 1,
        "borrowCap": "1400000",
        "supplyCap": "1800000",
        "eModeLtv": 9000,
        "eModeLiquidationThreshold": 9300,
        "eModeLiquidationBonus": 10100,
        "eModeLabel": "ETH correlated",
        **other,
    }


BASE = {
    "marketReferenceCurrencyUnit": "100000000",
    "marketReferenceCurrencyPriceInUsd": "100000000",
    "networkBaseTokenPriceInUsd": "181685499606",
    "networkBaseTokenPriceDecimals": "8",
}


def read(folder: Path, document: object) -> Reserves:
    path = folder / "reserves.json"
    path.write_text(json.dumps(document))
    return read_reserves(path)


@pytest.fixture(scope="module")
def shipped() -> Config:
    return load(SHIPPED)


def test_the_report_has_the_figures_of_the_shipped_config(
    shared_data: Path, shipped: Config
) -> None:
    """All of them; prices in the config are rounded to ten digits."""
    report = read_reserves(shared_data / REPORT)
    assert report.format == "aave_report"
    assert len(report.reserves) == 25
    market = shipped.markets["aave_v3"].model_dump()
    sections = config_sections(report, list(market["reserves"]), e_modes={"1": "ETH"})
    got = sections["markets"]["aave_v3"]
    for symbol, reserve in got["reserves"].items():
        wanted = market["reserves"][symbol]
        assert {name: wanted[name] for name in reserve} == reserve, symbol
    assert got["e_modes"] == {
        name: {**mode, "reserves": list(mode["reserves"])}
        for name, mode in market["e_modes"].items()
    }
    for symbol, asset in sections["assets"].items():
        wanted = shipped.assets[symbol].price_usd
        assert asset["price_usd"] == pytest.approx(wanted, rel=1e-9), symbol
    assert len(sections["assets"]) == 14


def test_what_a_config_does_not_hold_is_in_the_dataclasses(shared_data: Path) -> None:
    reserves = {one.symbol: one for one in read_reserves(shared_data / REPORT).reserves}
    one_inch = reserves["1INCH"]
    assert (one_inch.supply_cap, one_inch.borrow_cap) == (22_000_000, 720_000)
    assert one_inch.debt_ceiling_usd == 4_500_000
    assert reserves["WETH"].debt_ceiling_usd == 0
    assert reserves["USDC"].decimals == 6
    assert not reserves["CRV"].can_be_borrowed
    assert reserves["GHO"].liquidation_bonus == 0
    assert reserves["GHO"].rates is not None
    assert reserves["GHO"].rates.base == 0.03


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda one: [one],
        lambda one: {"0": [one], "1": BASE},
        lambda one: [[one], BASE],
        lambda one: {
            "reservesData": [one],
            "baseCurrencyData": {
                "marketReferenceCurrencyDecimals": 8,
                "marketReferenceCurrencyPriceInUsd": "100000000",
            },
        },
    ],
)
def test_the_answer_of_the_contract_is_read_however_it_is_wrapped(
    tmp_path: Path, wrapped: Callable[[object], object]
) -> None:
    reserves = read(tmp_path, wrapped(ui_reserve()))
    assert reserves.format == "ui_pool"
    sections = config_sections(reserves)
    assert sections == {
        "assets": {"WETH": {"price_usd": 1816.85499606}},
        "markets": {
            "aave_v3": {
                "close_factor": {"kind": "aave_v3"},
                "reserves": {
                    "WETH": {
                        "loan_to_value": 0.805,
                        "liquidation_threshold": 0.83,
                        "liquidation_bonus": 0.05,
                        "reserve_factor": 0.15,
                        "rates": {
                            "base": 0.0,
                            "kink": 0.8,
                            "slope_below": 0.028,
                            "slope_above": 0.8,
                        },
                    }
                },
                "e_modes": {
                    "ETH correlated": {
                        "loan_to_value": 0.9,
                        "liquidation_threshold": 0.93,
                        "liquidation_bonus": 0.01,
                        "reserves": ["WETH"],
                    }
                },
            }
        },
    }
    assert reserves.reserves[0].debt_ceiling_usd == 4_500_000
    assert "add protocol_fee" in str(reserves.notes[0])


def test_prices_in_ether_are_turned_into_dollars(tmp_path: Path) -> None:
    base = {
        "marketReferenceCurrencyUnit": str(10**18),
        "marketReferenceCurrencyPriceInUsd": "180000000000",
    }
    one = ui_reserve(priceInMarketReferenceCurrency=str(5 * 10**17))
    reserves = read(tmp_path, {"0": [one], "1": base})
    assert reserves.reserves[0].price_usd == 900.0


def test_numbers_of_ethers_and_e_modes_of_later_versions_are_read(
    tmp_path: Path,
) -> None:
    mode = {"ltv": "9300", "liquidationThreshold": "9500", "label": "LST"}
    mode["liquidationBonus"] = "10100"
    one = ui_reserve(
        baseLTVasCollateral={"type": "BigNumber", "hex": "0x1f72"},
        eModes=[
            {"id": 1, "collateralEnabled": True, "eMode": mode},
            {"id": 2, "collateralEnabled": False, "eMode": mode},
        ],
    )
    reserves = read(tmp_path, [one])
    assert reserves.reserves[0].loan_to_value == 0.805
    assert reserves.reserves[0].e_modes == ("1",)
    assert reserves.e_modes["1"].loan_to_value == 0.93


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            [ui_reserve(reserveLiquidationThreshold="0.83")],
            "column '[0].reserveLiquidationThreshold': '0.83' is not a whole number",
        ),
        (
            [ui_reserve(baseLTVasCollateral="805000")],
            "805000 is more than 10000 basis points. Is it in another unit?",
        ),
        (
            [ui_reserve(reserveLiquidationBonus="500")],
            "500 is not from 10000 to 20000: 10500 is 5 % on top.",
        ),
        ([ui_reserve(symbol="")], "column '[0].symbol': '' is not a text."),
        ([ui_reserve(optimalUsageRatio=None)], ".optimalUsageRatio': is missing."),
        ([ui_reserve(), "x"], "column '[1]': 'x' is no object."),
        ([ui_reserve(isActive="yes")], "'yes' is not true or false."),
        ({"a": 1}, "no known reserve file starts with"),
    ],
)
def test_a_bad_value_is_refused_with_its_place(
    tmp_path: Path, document: object, sentence: str
) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, document)
    assert sentence in str(error.value)


def test_a_reserve_that_is_not_there_or_is_there_twice_is_refused(
    tmp_path: Path,
) -> None:
    reserves = read(tmp_path, [ui_reserve(), ui_reserve()])
    with pytest.raises(DataError, match="there is no reserve 'WEHT'"):
        config_sections(reserves, ["WEHT"])
    with pytest.raises(DataError, match="two reserves are called 'WETH'"):
        config_sections(reserves)


def test_a_paused_reserve_is_taken_only_if_asked_for(tmp_path: Path) -> None:
    reserves = read(tmp_path, [ui_reserve(), ui_reserve("OLD", isPaused=True)])
    assert list(config_sections(reserves)["assets"]) == ["WETH"]
    assert list(config_sections(reserves, ["OLD"])["assets"]) == ["OLD"]
