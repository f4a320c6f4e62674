"""The report as one HTML page that needs no network."""

import base64
from dataclasses import asdict
from importlib import resources

import jinja2

from ._blocks import Report


def _data_uri(svg: str) -> str:
    """A picture inside the page; its ids cannot clash with those of another one."""
    encoded = base64.b64encode(svg.encode()).decode()
    return f"data:image/svg+xml;base64,{encoded}"


def to_html(report: Report) -> str:
    """Set a report as HTML.

    All text is escaped by the template engine, and the page forbids scripts and any
    request by its content policy.

    Args:
        report: What to set.

    Returns:
        The page.
    """
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["data_uri"] = _data_uri
    source = (
        resources.files("jaxrisk.report").joinpath("report.html.j2").read_text("utf-8")
    )
    return environment.from_string(source).render(report=asdict(report))
