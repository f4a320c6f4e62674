"""The order of the report, from a result to blocks."""

import xarray as xr

from ._assumptions import assumptions
from ._blocks import Report
from ._book import accounts, concentration, profile
from ._calibration import calibration
from ._channels import channels
from ._checks import checks
from ._committee import committee
from ._derivatives import derivatives
from ._facts import Facts
from ._losses import losses, where
from ._not_modelled import not_modelled
from ._prices import prices
from ._provenance import provenance


MARK_LENGTH = 12
RESULTS = (committee, prices, losses, where)
SECTIONS = (
    profile,
    accounts,
    concentration,
    checks,
    assumptions,
    calibration,
    not_modelled,
    provenance,
)


def compose(dataset: xr.Dataset) -> Report:
    """Everything that a report says about a result.

    Args:
        dataset: A result, as `jaxrisk.output` builds it.

    Returns:
        The report, ready to be set as HTML or PDF.
    """
    facts = Facts(dataset)
    parts = [f"Horizon {facts.horizon}", f"{facts.paths:,} paths"]
    if facts.attribute("seed"):
        parts.append(f"seed {facts.attribute('seed')}")
    config_hash = facts.attribute("config_hash").removeprefix("sha256:")
    return Report(
        title=facts.title,
        subtitle=" · ".join(parts),
        mark=config_hash[:MARK_LENGTH] or "not recorded",
        label="Synthetic book" if facts.synthetic else "",
        sections=[
            *(section(facts) for section in RESULTS),
            *derivatives(facts),
            *channels(facts),
            *(section(facts) for section in SECTIONS),
        ],
    )
