"""The two files that a report is."""

import base64
import html.parser
import json
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from jaxrisk.output import SCHEMA, to_dataset
from jaxrisk.report import write_report
from jaxrisk.report._blocks import Paragraph, Report, Section, Table
from jaxrisk.report._book import profile
from jaxrisk.report._document import compose
from jaxrisk.report._facts import Facts
from jaxrisk.report._html import to_html
from jaxrisk.report._pdf import to_pdf
from jaxrisk.report._prices import prices

from .example import example_dataset


# Figures take most of the time of a report; what they are drawn from.
DRAWN = [
    "price",
    "drawdown",
    "loss_histogram",
    "liquidation_profile",
    "collateral_share",
    "realized_mean",
]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '#panic("typst runs this") ] } $ x',
    '#import "@preview/nothing:0.1.0": *',
    "{{ 7 * 7 }} {% raw %}",
    "*bold* _under_ `raw` <label> @reference \\ // /* = heading",
    "$\\frac{1}{2}$ \x07 \ud800 名前",
)


class Tags(html.parser.HTMLParser):
    """Collects the tags of a page and what they point to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        links = ("src", "href", "srcset", "action", "data")
        self.targets += [value or "" for name, value in attrs if name in links]


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def hostile_report(text: str) -> Report:
    """A report with a hostile text wherever a name of a config can be."""
    table = Table(text, (text, text), ((text, text),), strong=(0,))
    section = Section(text, [Paragraph(text), table])
    return Report(text, text, text, text, [section, section])


def test_writing_the_same_result_leaves_the_same_two_files_byte_for_byte(
    report: Report, page: str, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "folder"
    write_report(example_dataset(), folder)
    names = sorted(each.name for each in folder.iterdir())
    assert names == ["report.html", "report.pdf"]
    assert (folder / "report.html").read_text("utf-8") == page
    assert (folder / "report.pdf").read_bytes() == to_pdf(report)


def test_a_result_that_went_through_the_schema_is_the_same_report() -> None:
    plain = example_dataset(paths=2_000).drop_vars(DRAWN)
    labeled = to_dataset(
        {str(name): _ordered(plain[name]) for name in plain.data_vars},
        coordinates={str(name): plain[name].to_numpy() for name in plain.coords},
        attributes=plain.attrs,
    )
    assert to_html(compose(labeled)) == to_html(compose(plain))


def _ordered(variable: xr.DataArray) -> np.ndarray:
    return variable.transpose(*SCHEMA[str(variable.name)].dims).to_numpy()


def test_the_page_needs_no_network(page: str) -> None:
    tags = parsed(page)
    assert not {"script", "link", "iframe", "object", "video"} & tags.tags
    assert all(each.startswith(("data:", "#")) for each in tags.targets)
    assert "@import" not in page
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_pictures_need_no_network_either(page: str) -> None:
    pictures = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", page)
    assert len(pictures) >= 6
    for picture in pictures:
        svg = base64.b64decode(picture).decode()
        assert svg.startswith("<svg")
        links = re.findall(r'(?:href|src)="([^"]*)"', svg)
        assert all(link.startswith(("#", "data:")) for link in links)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_never_run(text: str) -> None:
    report = hostile_report(text)
    assert not {"script", "img"} & parsed(to_html(report)).tags
    assert to_pdf(report).startswith(b"%PDF-")


def test_a_hostile_config_name_reaches_both_files_as_text() -> None:
    name = HOSTILE[0] + HOSTILE[2]
    dataset = example_dataset(paths=2_000, name=name)
    config = json.loads(dataset.attrs["config"])
    config["assets"] = {name: {"price_usd": 1.0, "volatility": 0.5}}
    dataset.attrs["config"] = json.dumps(config)
    light = dataset.drop_vars(DRAWN)
    report = compose(light)
    page = to_html(report)
    assert "script" not in parsed(page).tags
    assert "&lt;script&gt;" in page
    assert to_pdf(report).startswith(b"%PDF-")


def test_hostile_names_in_figures_are_drawn_as_they_are() -> None:
    dataset = example_dataset(paths=2_000)
    assets = [*HOSTILE[:5], "$\\frac$", "名", "-->", "USDC"]
    hostile = Facts(dataset.assign_coords(asset=assets))
    for section in (prices(hostile), profile(hostile)):
        page = to_html(Report("", "", "", "", [section]))
        assert "script" not in parsed(page).tags
        assert page.count("data:image/svg") > 0
