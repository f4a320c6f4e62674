"""Systems of many settings: a book is read once, whatever the number of settings."""

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from ..config import (
    Config,
    ConfigError,
    build_system,
    compress_book,
    layout_of,
    load_book,
    loan_to_values,
    reserve_prices,
)
from ..engine import System
from ..lending._book import Book
from ..risk import Axes
from ._plan import Plan


OF_THE_BOOK = ("book", "keeper.latency_minutes")
"""Fields that say which rows are simulated: the book, and whether cohorts spread."""


class Books:
    """The books of a sweep, each read once."""

    def __init__(self, plan: Plan) -> None:
        """Nothing is read yet."""
        self._plan = plan
        self._full: dict[Any, Book] = {}
        self._simulated: dict[Any, Book] = {}

    def of(self, config: Config, changes: Mapping[str, Any]) -> Book:
        """The accounts or cohorts that a setting simulates.

        Args:
            config: Of the setting.
            changes: What it changes in the base.

        Raises:
            DataError: If the book file cannot be used.
            ConfigError: If book and config do not fit.
        """
        own = self._plan.cohorts == "own" and config.book.cohorts is not None
        layout = layout_of(config)
        key = (config.book.model_dump_json(), layout)
        if key not in self._full:
            self._full[key] = load_book(config)
        full = self._full[key]
        if own:
            return compress_book(config, full)
        key = (*key, bool(config.keeper.latency_minutes))
        if key not in self._simulated:
            anchor = self._anchor(changes)
            fits = anchor is not None and layout_of(anchor) == layout
            chosen = anchor if anchor is not None and fits else config
            self._simulated[key] = compress_book(chosen, full)
        return self._simulated[key]

    def _anchor(self, changes: Mapping[str, Any]) -> Config | None:
        """The base with the setting's book; None if that is no config."""
        of_book = {
            path: value
            for path, value in changes.items()
            if path.startswith(OF_THE_BOOK)
        }
        try:
            return self._plan.variants(of_book)
        except ConfigError:
            return None


def system_of(config: Config, book: Book) -> System:
    """The system of a setting.

    Raises:
        ConfigError: If config and book do not fit.
    """
    with jax.enable_x64(config.engine.precision == "float64"):
        return build_system(config, book)


def structure_of(system: System) -> tuple[Any, ...]:
    """What two systems share if one program runs both: all but the numbers."""
    leaves, structure = jax.tree.flatten(system)
    kinds = tuple((leaf.shape, str(leaf.dtype), leaf.weak_type) for leaf in leaves)
    return structure, kinds


def capital_efficiency(config: Config, book: Book, axes: Axes) -> np.ndarray:
    r"""What may be borrowed against a book, over what it is worth, by scope [ratio].

    .. math:: \frac{\sum_{ij} p_j \, C_{ij} \, \mathrm{LTV}_{ij}}
        {\sum_{ij} p_j \, C_{ij}}

    over accounts i and reserves j at initial prices p, under the limits of each
    account's category. NaN where there is no collateral.
    """
    worth = book.collateral * reserve_prices(config)
    limit = worth * loan_to_values(config)[book.category]
    amounts = []
    for values in (limit, worth):
        amounts.append(axes.scoped_reserves(values.sum(axis=0)[:, None])[:, 0])
    borrowed, held = amounts
    some = held > 0
    return np.where(some, borrowed / np.where(some, held, 1), np.nan)
