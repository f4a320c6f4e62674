"""Reports that several tests look at, each composed once."""

from collections.abc import Iterator
from dataclasses import asdict

import pytest

from jaxrisk.report._blocks import Report, Section
from jaxrisk.report._document import compose
from jaxrisk.report._html import to_html

from .example import example_dataset


def texts(*sections: Section) -> str:
    """All texts of some sections but their pictures, with plain spaces."""
    parts = [asdict(each) for each in sections]
    for part in parts:
        for block in part["blocks"]:
            block.pop("svg", None)
    return "\n".join(_strings(parts)).replace("\N{NO-BREAK SPACE}", " ")


def _strings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for each in part.values():
            yield from _strings(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _strings(each)


@pytest.fixture(scope="session")
def report() -> Report:
    return compose(example_dataset())


@pytest.fixture(scope="session")
def page(report: Report) -> str:
    return to_html(report)
