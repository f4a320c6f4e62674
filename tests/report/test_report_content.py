"""What a report says."""

import json
import math
import re
from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from jaxrisk.output import COORDINATES, SCHEMA
from jaxrisk.report._assumptions import assumptions
from jaxrisk.report._blocks import Answer, Report, Section
from jaxrisk.report._book import accounts, concentration, profile
from jaxrisk.report._calibration import calibration
from jaxrisk.report._checks import checks
from jaxrisk.report._committee import committee
from jaxrisk.report._document import RESULTS, SECTIONS, compose
from jaxrisk.report._facts import Facts
from jaxrisk.report._losses import losses, where
from jaxrisk.report._not_modelled import monitoring_bias

from .conftest import texts
from .example import example_dataset
from .example_config import example_config


def section(report: Report, title: str) -> str:
    """The texts of one section of a report."""
    return texts(*(each for each in report.sections if each.title == title))


def without(dataset: xr.Dataset, prefix: str) -> xr.Dataset:
    return dataset.drop_vars([name for name in dataset if prefix in str(name)])


def test_the_example_is_a_result_of_the_schema() -> None:
    dataset = example_dataset()
    for name in dataset.data_vars:
        assert set(dataset[name].dims) == set(SCHEMA[str(name)].dims), name
    assert set(map(str, dataset.coords)) <= set(COORDINATES)


def test_the_first_page_answers_with_intervals(report: Report) -> None:
    blocks = report.sections[0].blocks
    answer = next(each for each in blocks if isinstance(each, Answer))
    assert len(answer.sentences) == 3
    expected, tail, liquidations = answer.sentences
    assert "95 % interval" in expected.replace("\N{NO-BREAK SPACE}", " ")
    assert "P(bad debt > 0)" in tail
    assert "VaR" in tail
    assert "ES" in tail
    assert "LaR" in liquidations
    for sentence in answer.sentences[:2]:
        assert re.search(r"\$[\d.]+[kMB]? to \$[\d.]+[kMB]?", sentence)


def test_the_first_page_has_one_table_and_one_picture(report: Report) -> None:
    kinds = [each.kind for each in report.sections[0].blocks]
    assert kinds.count("table") == 1
    assert kinds.count("figure") == 1


def test_a_var_of_zero_is_said_in_words_beside_the_chance_of_a_loss() -> None:
    dataset = example_dataset(paths=2_000)
    for name in ("bad_debt_var", "bad_debt_var_low", "bad_debt_var_high"):
        dataset[name] = xr.zeros_like(dataset[name])
    text = texts(committee(Facts(dataset)))
    assert "the 99 % VaR is zero" in text
    assert "P(bad debt > 0)" in text


def test_no_loss_on_any_path_is_a_bound_and_not_a_probability_of_zero() -> None:
    text = texts(committee(Facts(example_dataset(scale=0.0))))
    assert "below 0.015 % (none seen; 95 % confidence)" in text
    assert "No bad debt occurred on any of the 20,000 paths" in text


def test_a_result_without_variables_says_that_nothing_was_measured() -> None:
    full = example_dataset()
    empty = xr.Dataset(coords=full.coords, attrs=full.attrs)
    report = compose(empty)
    # Two markets are a network, whatever was measured.
    assert len(report.sections) == len(RESULTS) + 1 + len(SECTIONS)
    for title in (
        "Distribution of bad debt",
        "Bad debt by market and reserve",
        "Liquidation profile",
        "Accounts that matter most",
        "Concentration",
        "Checks on the numbers",
    ):
        assert "not measured" in section(report, title), title


def test_a_result_without_anything_is_still_a_report() -> None:
    report = compose(xr.Dataset())
    assert "not recorded" in section(report, "Provenance")
    assert "does not hold its config" in section(report, "Assumptions")


@pytest.mark.parametrize(
    ("prefix", "about", "sentence"),
    [
        ("liquidation_profile", profile, "The liquidation profile was not measured."),
        ("account_", accounts, "Losses by account were not measured."),
        ("account_hhi", concentration, "Concentration over accounts was not measured."),
        ("cohort_error", checks, "compressing the book to cohorts was not measured"),
        ("without_feedback", checks, "Amplification was not measured"),
        ("status_count", checks, "Events on single paths were not recorded."),
        ("worst_", checks, "The worst paths were not kept."),
        ("loss_histogram", losses, "The distribution of bad debt was not measured."),
        ("first_deficit", losses, "first realized bad debt was not measured."),
        ("realized_mean", where, "Bad debt by reserve was not measured."),
    ],
)
def test_what_was_not_measured_is_said(
    prefix: str, about: Callable[[Facts], Section], sentence: str
) -> None:
    dataset = without(example_dataset(paths=2_000), prefix)
    assert sentence in texts(about(Facts(dataset)))


@pytest.mark.parametrize(
    ("accounts", "sentence"),
    [
        (40, "every account of the book was simulated by itself"),
        (600, "40 rows for 600"),
    ],
)
def test_a_book_of_cohorts_is_not_said_to_be_of_accounts(
    accounts: int, sentence: str
) -> None:
    dataset = without(example_dataset(paths=2_000), "cohort_error")
    config = json.loads(dataset.attrs["config"])
    config["book"]["cohorts"] = None
    dataset = dataset.assign_attrs(
        config=json.dumps(config), accounts=40, accounts_of_book=accounts
    )
    assert sentence in texts(checks(Facts(dataset)))


def test_no_text_holds_nan_or_infinity_even_where_numbers_do() -> None:
    dataset = without(example_dataset(paths=2_000), "price")
    dataset = without(without(dataset, "drawdown"), "_profile")
    for name in set(dataset.data_vars) - {"bin_low", "bin_high"}:
        if str(name).endswith(("_se", "_low", "_high")):
            dataset[name] = xr.full_like(dataset[name], math.inf)
    for name in ("bad_debt_mean", "covered_mean", "account_health", "seized_mean"):
        dataset[name] = xr.full_like(dataset[name], math.nan)
    found = re.findall(r"[a-z]+", texts(*compose(dataset).sections).lower())
    assert not {"nan", "inf", "infinity"} & set(found)


def test_a_synthetic_book_is_labeled_and_a_real_one_is_not(report: Report) -> None:
    assert report.label == "Synthetic book"
    config = example_config()
    config["book"]["file"] = "book.csv"
    dataset = xr.Dataset(attrs={"config": json.dumps(config)})
    assert compose(dataset).label == ""
    dataset.attrs["book_synthetic"] = 1
    assert compose(dataset).label == "Synthetic book"


def test_every_plain_setting_of_the_config_is_in_the_report(report: Report) -> None:
    text = section(report, "Assumptions")
    for expected in (
        "Student-t shocks",
        "Degrees of freedom 4.5",
        "Intensity 6 a year",
        "volatility multiplier 2",
        "heartbeat 3,600 s",
        "Gas 40 USD",
        "Liquidation threshold [%]",
        "Aave v3.3",
        "ETH correlated",
        "Horizon 7 days; step 60 min",
        "cohorts 256",
        "Rounds 4; precision float32",
    ):
        assert expected in text, expected


def test_a_key_that_the_report_has_never_heard_of_is_printed_as_well() -> None:
    config = example_config()
    config["keeper"]["patience_minutes"] = 7.5
    config["markets"]["aave_v3"]["reserves"]["WETH"]["supply_cap"] = 123.0
    text = texts(assumptions(Facts(xr.Dataset(attrs={"config": json.dumps(config)}))))
    assert "patience 7.5 min" in text
    assert "Supply cap" in text


def test_the_bias_of_hourly_monitoring_is_that_of_broadie_glasserman_and_kou() -> None:
    expected = 1 - np.exp(-0.5826 * 0.9 * np.sqrt(1 / 8760))
    assert np.isclose(monitoring_bias(0.9, 60.0), expected, rtol=1e-12)


def test_provenance_names_what_is_needed_to_run_again(report: Report) -> None:
    text = section(report, "Provenance")
    for expected in ("3fb5c1", "9a20e7", "20,000", "cpu x 2", "0.10.2", "synthetic"):
        assert expected in text, expected


def test_fitted_models_stand_in_the_report_with_their_errors() -> None:
    estimate = {"value": 0.4978, "standard_error": 0.041, "low": 0.42, "high": 0.58}
    fit = {
        "model": "two regimes",
        "of": ["WETH", "WBTC"],
        "start": "2021-05-01T00:00:00Z",
        "end": "2023-11-01T00:00:00Z",
        "observations": 914,
        "p_value": 0.193,
        "parameters": {
            "volatility.WETH": {**estimate, "unit": "ratio a year"},
            "correlation.WETH.WBTC": {**estimate, "unit": "ratio"},
            "floor": {**estimate, "standard_error": None},
        },
    }
    config = example_config()
    config["calibration"] = {"files": [{"name": "ETHUSDT.csv"}], "fits": [fit]}
    facts = Facts(xr.Dataset(attrs={"config": json.dumps(config)}))
    text = texts(calibration(facts))
    for expected in ("0.193", "914", "0.4978 ± 0.041", "0.42 to 0.58", "ETHUSDT.csv"):
        assert expected in text, expected
    assert "correlation.WETH" not in text
    assert "floor" not in text


def test_a_market_model_that_was_not_fitted_is_called_an_assumption() -> None:
    config = json.dumps(example_config())
    text = texts(calibration(Facts(xr.Dataset(attrs={"config": config}))))
    assert "assumption" in text
