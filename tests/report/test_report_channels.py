"""What a report says of claims, behaviour, runs, spirals, policy and obligations."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from jaxrisk.output import COORDINATES, SCHEMA
from jaxrisk.report._assumptions import assumptions
from jaxrisk.report._behaviour import behaviour
from jaxrisk.report._blocks import Figure, Report, Section, Table
from jaxrisk.report._channels import channels
from jaxrisk.report._claims import claims
from jaxrisk.report._document import compose
from jaxrisk.report._estimate import Estimate
from jaxrisk.report._facts import Facts
from jaxrisk.report._failures import failures
from jaxrisk.report._figure_channels import LOOKS
from jaxrisk.report._format import PERCENT, ranged
from jaxrisk.report._html import to_html
from jaxrisk.report._not_modelled import not_modelled
from jaxrisk.report._obligations import obligations
from jaxrisk.report._pdf import to_pdf
from jaxrisk.report._policy import policy
from jaxrisk.report._recorded import bad_debt_of, largest, so_far
from jaxrisk.report._runs import runs
from jaxrisk.report._spirals import spirals

from .conftest import texts
from .example import example_dataset
from .example_channels import with_channels
from .test_report_files import HOSTILE, parsed


Page = Callable[[Facts], list[Section]]
TITLES = (
    "Who fails first, and who fails together",
    "The network",
    "Claims and what backs them",
    "Loops, unwinding and depth",
    "Runs of suppliers",
    "Stablecoins and their backing tokens",
    "Brakes and insurance",
    "Entities that owe each other",
)
MECHANISMS: dict[Page, tuple[str, ...]] = {
    failures: ("fails_",),
    claims: ("claim", "worst_backing", "locked_", "leverage_m", "longest"),
    behaviour: (
        *("worst_unwound", "worst_topped", "worst_levered", "worst_depth"),
        *("unwound", "topped", "levered", "lowest_depth", "depth_lost"),
    ),
    runs: ("worst_utilization", "withdrawn"),
    spirals: ("spiral",),
    policy: ("factor", "paused_", "refused_", "socialised_"),
    obligations: ("entity",),
}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(with_channels())


@pytest.fixture(scope="module")
def pages(facts: Facts) -> dict[str, Section]:
    return {page.title: page for page in channels(facts)}


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def without(dataset: xr.Dataset, *prefixes: str) -> xr.Dataset:
    """Without all variables and coordinates that begin so."""
    names = [*dataset.data_vars, *dataset.coords]
    return dataset.drop_vars([n for n in names if str(n).startswith(prefixes)])


def test_the_example_is_a_result_of_the_schema(facts: Facts) -> None:
    dataset = facts.dataset
    for name in dataset.data_vars:
        assert set(dataset[name].dims) == set(SCHEMA[str(name)].dims), name
    assert set(map(str, dataset.coords)) <= set(COORDINATES)


def test_every_channel_has_its_page_and_the_first_begins_a_new_one(
    pages: dict[str, Section],
) -> None:
    assert tuple(pages) == TITLES
    assert [page.new_page for page in pages.values()] == [True] + 7 * [False]


@pytest.mark.parametrize("page", MECHANISMS)
def test_a_page_is_there_only_with_its_mechanism(facts: Facts, page: Page) -> None:
    assert page(Facts(without(facts.dataset, *MECHANISMS[page]))) == []


def test_a_run_of_one_market_without_channels_has_none_of_the_pages() -> None:
    dataset = example_dataset(paths=2_000)
    dataset = dataset.sel(scope=["total", "aave_v3"])
    assert channels(Facts(dataset)) == []


def test_every_page_shows_a_figure_or_a_table_and_says_how_to_read_it(
    pages: dict[str, Section],
) -> None:
    for page in pages.values():
        shown = [each for each in page.blocks if isinstance(each, Figure | Table)]
        assert shown, page.title
        assert all(each.caption.rstrip().endswith(".") for each in shown), page.title


def test_no_two_lines_differ_by_color_alone() -> None:
    assert len({str(dashes) for _, dashes, _ in LOOKS}) == len(LOOKS)


def test_joint_failures_are_set_against_those_of_chance(
    pages: dict[str, Section],
) -> None:
    _, pairs = tables(pages[TITLES[0]])
    assert len(pairs.rows) == 6
    assert pairs.rows[0][1:] == ("3.00 (2.70 to 3.60)", "1", "3")


def test_the_layers_are_told_in_the_order_in_which_they_pay(
    pages: dict[str, Section],
) -> None:
    layers = tables(pages[TITLES[6]])[-1]
    assert [row[0] for row in layers.rows] == [
        "Reserve fund",
        "Treasury",
        "Safety module",
        "Backstop",
        "Left to suppliers",
    ]


def test_a_failure_that_cannot_be_has_no_chance(pages: dict[str, Section]) -> None:
    receipt, staked = tables(pages[TITLES[2]])[0].rows
    assert receipt[1] == "USDC supplied to aave_v3"
    assert receipt[-1] == "\N{EN DASH}"
    assert staked[-1] == "4.00 (3.60 to 4.80)"


def test_what_is_done_by_choice_stands_beside_liquidations(
    pages: dict[str, Section],
) -> None:
    amounts, depth = tables(pages[TITLES[3]])
    assert [cell.split(" [")[0] for cell in amounts.head] == [
        *("Market", "Unwound", "Topped up", "Levered up", "Liquidated")
    ]
    assert all("±" in cell for cell in amounts.rows[0][1:])
    assert all(row[2].startswith("80") for row in depth.rows)


def test_runs_tell_how_long_and_how_often_withdrawals_freeze(
    pages: dict[str, Section],
) -> None:
    (table,) = tables(pages[TITLES[4]])
    assert table.rows[0][-2:] == ("2.50 ± 0.15", "20.0 (18.0 to 24.0)")


def test_amounts_so_far_are_sums_over_rows_and_steps(facts: Facts) -> None:
    given = facts.dataset["worst_repaid"].transpose("worst", "time", "reserve")
    expected = given.to_numpy().sum(axis=2).cumsum(axis=1)
    assert np.allclose(so_far(facts, "worst_repaid"), expected)
    parts = [bad_debt_of(facts, market) for market in facts.markets]
    assert np.allclose(sum(parts), so_far(facts, "worst_realized"))


def test_the_largest_rows_are_named_and_those_of_nothing_are_not(facts: Facts) -> None:
    dataset = facts.dataset.copy(deep=True)
    dataset["worst_withdrawn"][:] = 0
    dataset["worst_withdrawn"].loc[{"reserve": "aave_v3.USDC"}] = 2.0
    dataset["worst_withdrawn"].loc[{"reserve": "aave_v3.DAI"}] = 1.0
    found = largest(Facts(dataset), "worst_withdrawn", at_most=3)
    assert found == ["aave_v3.USDC", "aave_v3.DAI"]


def test_an_interval_of_a_chance_is_not_symmetric() -> None:
    cells = ranged([Estimate(0.0, 0.0, 0.003), Estimate(0.2, 0.18, 0.23)], PERCENT)
    assert cells == ["0 (0 to 0.3)", "20.0 (18.0 to 23.0)"]


def test_what_was_not_recorded_is_said(facts: Facts) -> None:
    text = texts(*channels(Facts(without(facts.dataset, "recorded_path"))))
    assert text.count("The worst paths were not recorded.") == 4


def test_settings_are_in_the_assumptions(facts: Facts) -> None:
    text = texts(assumptions(facts))
    for expected in (
        "Mint-and-burn stablecoins.",
        "Tiers of credit lines.",
        "Loops.",
        "Borrowers who act",
        "Run at utilization [%]",
        "Liquidity providers.",
        "Circuit breakers.",
        "Policy: waterfall.",
        "Collateral factors of aave_v3.",
        "Entities: owes",
    ):
        assert expected in text, expected
    assert "{" not in text


def test_what_is_not_modelled_follows_what_is_in_the_run(facts: Facts) -> None:
    there = texts(not_modelled(facts))
    absent = texts(not_modelled(Facts(example_dataset(paths=2_000))))
    for sentence, other in (
        ("Accounts with a rule follow it", "Accounts do not react"),
        ("Suppliers run from utilization", "No supplier withdraws"),
        ("A claim loses at once", "keeps its value"),
        ("Liquidity providers leave and return", "depth of a venue does not change"),
    ):
        assert sentence in there
        assert other not in there
        assert other in absent
        assert sentence not in absent
    assert "Entities settle once" in there
    assert "Entities settle once" not in absent


def test_numbers_that_are_not_there_are_not_printed(facts: Facts) -> None:
    dataset = facts.dataset.copy()
    for name in dataset.data_vars:
        if re.search(r"(?<!bin)_(se|low|high)$", str(name)):
            dataset[name] = dataset[name] * np.inf
    found = re.findall(r"[a-z]+", texts(*channels(Facts(dataset))).lower())
    assert not {"nan", "inf", "infinity"} & set(found)


def test_hostile_names_are_shown_and_never_run(facts: Facts) -> None:
    first = HOSTILE[0]
    hostile = facts.dataset.assign_coords(
        claim=[first, "b"], entity=[first, "b"], who=[first, "b", "c", "d"]
    )
    report = Report("", "", "", "", channels(Facts(hostile)))
    page = to_html(report)
    assert "script" not in parsed(page).tags
    assert "&lt;script&gt;" in page
    assert to_pdf(report).startswith(b"%PDF-")


def test_a_report_has_the_pages_of_what_its_result_has(facts: Facts) -> None:
    names = [name for name in facts.dataset.data_vars if "fails_" not in str(name)]
    light = facts.dataset.drop_vars(names)
    assert TITLES[0] in [section.title for section in compose(light).sections]
