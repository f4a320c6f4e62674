"""Stress scenarios: named shocks, recorded days, and the size that a loss takes."""

from ._catalogue import NONE, Catalogue
from ._errors import ScenarioError
from ._stress import Stress
from ._stressed import stressed


__all__ = ["NONE", "Catalogue", "ScenarioError", "Stress", "stressed"]
