"""Leave a report in a folder."""

from pathlib import Path

import xarray as xr

from ._document import compose
from ._html import to_html
from ._pdf import to_pdf


def write_report(dataset: xr.Dataset, folder: Path) -> None:
    """Write `report.html` and `report.pdf`.

    Both say the same, and draw the same figures. The page is one file that needs no
    network. What the result does not hold is said to be not measured.

    Args:
        dataset: A result, as `jaxrisk.output` builds it.
        folder: Where to write; made if it does not exist.
    """
    report = compose(dataset)
    page, document = to_html(report), to_pdf(report)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text(page, encoding="utf-8")
    (folder / "report.pdf").write_bytes(document)
