"""Pages on contagion: each only where the system has the mechanism."""

from dataclasses import replace

from ._behaviour import behaviour
from ._blocks import Section
from ._claims import claims
from ._facts import Facts
from ._failures import failures
from ._network import network_page
from ._obligations import obligations
from ._policy import policy
from ._runs import runs
from ._spirals import spirals


PAGES = (
    failures,
    network_page,
    claims,
    behaviour,
    runs,
    spirals,
    policy,
    obligations,
)


def channels(facts: Facts) -> list[Section]:
    """The pages on what couples markets, and what is meant to stop it.

    Args:
        facts: The result.

    Returns:
        Sections of the report.
    """
    found = [section for page in PAGES for section in page(facts)]
    return [replace(each, new_page=True) for each in found[:1]] + found[1:]
