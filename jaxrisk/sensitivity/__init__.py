"""Sensitivities of the loss to any number of a config, each with its error."""

from ._measures import KNOWN, measures
from ._run import sensitivities
from ._save import check_store, save
from ._table import table


__all__ = ["KNOWN", "check_store", "measures", "save", "sensitivities", "table"]
