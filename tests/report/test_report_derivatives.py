"""What a report says of options dealers and perpetual futures."""

import json
import re

import numpy as np
import pytest

from jaxrisk.output import COORDINATES, SCHEMA
from jaxrisk.report._assumptions import assumptions
from jaxrisk.report._blocks import Report, Section, Table
from jaxrisk.report._derivatives import derivatives
from jaxrisk.report._document import compose
from jaxrisk.report._facts import Facts
from jaxrisk.report._figure_worst import MOST_BINS, steps_together
from jaxrisk.report._html import to_html
from jaxrisk.report._not_modelled import not_modelled
from jaxrisk.report._pdf import to_pdf

from .conftest import texts
from .example import example_dataset
from .example_derivatives import with_derivatives
from .test_report_files import HOSTILE, parsed


TITLES = (
    "Hedging and liquidations through the worst paths",
    "Funding and basis",
    "Gamma of the options market",
)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(with_derivatives())


@pytest.fixture(scope="module")
def pages(facts: Facts) -> list[Section]:
    return derivatives(facts)


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def test_the_example_is_a_result_of_the_schema(facts: Facts) -> None:
    dataset = facts.dataset
    for name in dataset.data_vars:
        assert set(dataset[name].dims) == set(SCHEMA[str(name)].dims), name
    assert set(map(str, dataset.coords)) <= set(COORDINATES)


def test_a_run_of_keepers_alone_has_no_page_of_others(report: Report) -> None:
    assert derivatives(Facts(example_dataset(paths=2_000))) == []
    assert not {each.title for each in report.sections} & set(TITLES)
    assert "sign of the dealers" not in texts(*report.sections)


@pytest.mark.parametrize(
    ("dealers", "perps", "titles"),
    [
        (("WETH",), (), TITLES[::2]),
        ((), ("WETH",), TITLES[:2]),
        (("WETH",), ("WETH",), TITLES),
    ],
)
def test_each_part_has_its_pages(
    dealers: tuple[str, ...], perps: tuple[str, ...], titles: tuple[str, ...]
) -> None:
    found = derivatives(Facts(with_derivatives(dealers=dealers, perps=perps)))
    assert tuple(each.title for each in found) == titles
    text = texts(found[0])
    assert ("Dealers trade the asset" in text) == bool(dealers)
    assert ("Perpetual futures bring spot" in text) == bool(perps)


def test_every_seller_has_a_column_with_errors(pages: list[Section]) -> None:
    (table,) = tables(pages[0])
    assert [cell.split(" [")[0] for cell in table.head] == [
        "Asset",
        "Keepers",
        "Dealers",
        "Perpetuals",
        "Dealers' turnover, all paths",
    ]
    weth, wbtc, link = table.rows
    assert [row[0] for row in table.rows] == ["WETH", "WBTC", "LINK"]
    assert all("±" in cell for cell in weth[1:])
    # Nobody hedges options on LINK, and there is no perpetual on WBTC: exactly zero.
    assert "±" not in link[2]
    assert link[2].strip("\u2007\u2008") == "0"
    assert wbtc[3].strip("\u2007\u2008") == "0"


def test_the_pages_name_the_recorded_paths(pages: list[Section], facts: Facts) -> None:
    page = to_html(Report("", "", "", "", pages))
    assert page.count("data:image/svg") == 4
    text = texts(*pages)
    size = steps_together(facts.dataset.sizes["time"] - 1)
    assert f"One bar holds {size} steps." in text


def test_paths_without_a_loss_are_not_called_worse_than_others(facts: Facts) -> None:
    sentence = "the first ones, no worse than others"
    assert sentence not in texts(*derivatives(facts))
    dataset = facts.dataset.assign(worst_loss=0 * facts.dataset["worst_loss"])
    assert sentence in texts(*derivatives(Facts(dataset)))


def test_funding_tells_measures_with_errors_and_the_tail_of_the_fund(
    pages: list[Section],
) -> None:
    (table,) = tables(pages[1])
    for cell in table.rows[0][1:]:
        assert "±" in cell
    assert any("P(deleveraged > 0)" in cell for cell in table.head)
    assert any("1 % quantile" in cell for cell in table.head)
    text = texts(pages[1])
    assert "The insurance fund pays $130.0k on average" in text
    assert "Its VaR at 99 % is $198" in text


def test_gamma_says_where_it_turns_or_that_it_does_not(pages: list[Section]) -> None:
    (table,) = tables(pages[2])
    weth, wbtc = (row[-1].replace("\N{NO-BREAK SPACE}", " ") for row in table.rows)
    assert weth == "$1.7k (\N{MINUS SIGN}6.43 %)"
    assert wbtc == "no spot that was looked at"


def test_the_sign_of_dealers_is_called_an_assumption_with_both_meanings(
    facts: Facts,
) -> None:
    text = texts(assumptions(facts))
    assert "sign of the dealers' position is an assumption" in text
    assert "they sell what falls and buy what rises" in text
    assert "they buy what falls and sell what rises" in text
    alone = Facts(with_derivatives(dealers=()))
    assert "sign of the dealers" not in texts(assumptions(alone))


def test_settings_of_both_are_in_the_assumptions(facts: Facts) -> None:
    text = texts(assumptions(facts))
    for expected in (
        "Dealers hedge now and then",
        "Interval 6 h",
        "WETH 2",
        "Open interest [token]",
        "Insurance 200,000 USD",
        "closed at the bankruptcy price",
        "12.5",
        "Account 1",
        "1,250,000",
        "Account 1, LINK",
    ):
        assert expected in text, expected
    assert "{" not in text


@pytest.mark.parametrize(
    ("dealers", "perps", "present", "absent"),
    [
        ((), (), "Hedging of options is not in this run", "Traders open nothing"),
        (("WETH",), (), "Dealers hedge delta alone", "Hedging of options is not"),
        ((), ("WETH",), "Traders open nothing new", "auto-deleveraging are not"),
    ],
)
def test_what_is_not_modelled_follows_what_is_in_the_run(
    dealers: tuple[str, ...], perps: tuple[str, ...], present: str, absent: str
) -> None:
    text = texts(not_modelled(Facts(with_derivatives(dealers=dealers, perps=perps))))
    assert present in text
    assert absent not in text


def test_options_as_collateral_are_spoken_of_where_there_are_some() -> None:
    dataset = with_derivatives()
    said = "sells its delta in the underlying once"
    assert said not in texts(not_modelled(Facts(dataset)))
    config = json.loads(dataset.attrs["config"]) | {"instruments": {"floored": {}}}
    there = dataset.assign_attrs(config=json.dumps(config))
    assert said in texts(not_modelled(Facts(there)))


def test_numbers_that_are_not_there_are_not_printed(facts: Facts) -> None:
    dataset = facts.dataset.copy()
    for name in dataset.data_vars:
        if str(name).endswith(("_se", "_low", "_high")) and name not in (
            "bin_low",
            "bin_high",
        ):
            dataset[name] = dataset[name] * np.inf
    found = re.findall(r"[a-z]+", texts(*derivatives(Facts(dataset))).lower())
    assert not {"nan", "inf", "infinity"} & set(found)
    names = ["recorded_path", "dealer_gamma"]
    without = texts(*derivatives(Facts(facts.dataset.drop_vars(names))))
    assert without.count("The worst paths were not recorded.") == 2


def test_hostile_names_are_shown_and_never_run() -> None:
    dataset = with_derivatives(dealers=("WETH",), perps=("WETH",))
    names = [HOSTILE[0], *dataset["asset"].to_numpy()[1:].tolist()]
    hostile = dataset.assign_coords(asset=names, dealer=[HOSTILE[0]], perp=[HOSTILE[0]])
    report = Report("", "", "", "", derivatives(Facts(hostile)))
    page = to_html(report)
    assert "script" not in parsed(page).tags
    assert "&lt;script&gt;" in page
    assert to_pdf(report).startswith(b"%PDF-")


def test_a_long_path_has_no_more_bars_than_fit() -> None:
    assert steps_together(MOST_BINS) == 1
    for steps in (97, 168, 2016):
        assert -(-steps // steps_together(steps)) <= MOST_BINS


def test_the_whole_report_sets_in_both_forms(facts: Facts) -> None:
    light = facts.dataset.drop_vars(
        ["price", "drawdown", "loss_histogram", "liquidation_profile"]
    )
    report = compose(light)
    page = to_html(report)
    for title in TITLES:
        assert f"<h2>{title}</h2>" in page
    assert to_pdf(report).startswith(b"%PDF-")
