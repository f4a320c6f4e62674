"""The report as an A4 PDF, set by Typst."""

import json
from dataclasses import asdict
from importlib import resources

import typst

from ._blocks import Report


def to_pdf(report: Report) -> bytes:
    """Set a report as PDF.

    The report is handed over as one JSON string: the template reads its texts as
    strings, and never as markup. The document holds no date, so that the same report
    is the same file.

    Args:
        report: What to set.

    Returns:
        The file.
    """
    template = resources.files("jaxrisk.report").joinpath("report.typ").read_bytes()
    # A surrogate is half of a character, and no text: JSON for Typst cannot hold it.
    text = json.dumps(asdict(report), ensure_ascii=False)
    clean = text.encode("utf-8", errors="replace").decode("utf-8")
    pages = typst.compile(template, sys_inputs={"report": clean}, format="pdf")
    if not isinstance(pages, bytes):
        raise TypeError("Typst returned no document.")
    return pages
