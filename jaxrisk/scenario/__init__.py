"""Stress scenarios: named shocks, recorded days, and the size that a loss takes."""

from ._catalogue import NONE, Catalogue, scenarios_of
from ._compare import compare
from ._errors import ScenarioError
from ._reverse import MOST, Measure, Reversed, reverse
from ._stress import Stress
from ._stressed import stressed


__all__ = [
    "MOST",
    "NONE",
    "Catalogue",
    "Measure",
    "Reversed",
    "ScenarioError",
    "Stress",
    "compare",
    "reverse",
    "scenarios_of",
    "stressed",
]
