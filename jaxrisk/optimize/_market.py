"""The market as a sampler: from values of parameters to losses of paths."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64

from ..config import Config, Memory, Parameter, shifted, supplied_tokens
from ..engine import Layout, System, revisit, workers
from ..lending._book import Book
from ..risk import counted
from ..run import Model
from ..scenario import Catalogue
from ..sensitivity._relever import relevered
from ..sweep._models import system_of
from ._domain import Point, Points
from ._problem import AbstractSampler, Rows
from ._terms import STATED, borrowing_power, stated_terms


class Market(AbstractSampler):
    """A model whose parameters move, one program for all of their values.

    The hard engine as it is: triggers are not smoothed, and every difference is one of
    whole runs on the same draws. Cohorts stay those of the unchanged book.
    """

    def __init__(
        self,
        model: Model,
        parameters: Sequence[Parameter],
        *,
        elasticity: float,
        launch: int,
        stress: str = "",
    ) -> None:
        """Nothing is simulated yet.

        Args:
            model: The market as it is.
            parameters: Those that move, in the order of points.
            elasticity: Borrowers' response to new limits; zero for a fixed book.
            launch: Paths of a launch: runs of any length share a program.
            stress: A scenario that comes on top; empty for none.
        """
        self._model, self._parameters = model, tuple(parameters)
        self._elasticity, self._stress = elasticity, stress
        self._supplied = supplied_tokens(model.config, model.book)
        rows = model.system.accounts.members.shape[0]
        self._layout = Layout.fitting(launch, rows, workers())
        self._memory: Memory = {}

    @property
    def sizes(self) -> Point:
        """Of each parameter: one for a ratio, else its value."""
        return np.array([parameter.sizes[0] for parameter in self._parameters])

    @property
    def stated_rows(self) -> tuple[str, ...]:
        """What is known without a draw."""
        return STATED

    def stated(self, points: Points) -> Rows:
        """What the book may borrow and owes, and what that earns."""
        each = []
        for point in points:
            config, book = self._setting(point)
            each.append(stated_terms(config, book, self._supplied))
        return {name: np.array([[one[name]] for one in each]) for name in STATED}

    def drawn(self, points: Points, *, paths: int, seed: int) -> Rows:
        """Losses and fees of paths that count at all points."""
        rows, valid = self.all_paths(points, paths=paths, seed=seed)
        return {name: values[:, valid] for name, values in rows.items()}

    def all_paths(
        self, points: Points, *, paths: int, seed: int
    ) -> tuple[Rows, Bool[np.ndarray, " path"]]:
        """The same of every path, and which of them count at all points."""
        chosen = np.arange(paths)
        found = []
        for point in points:
            system = self.system(point)
            parts = revisit(system, path=chosen, seed=seed % 2**64, layout=self._layout)
            power, worth = self._power(point)
            found.append(_joined([_rows(part, power, worth) for part in parts]))
        valid = np.all([each.pop("counted") > 0 for each in found], axis=0)
        rows = {name: np.stack([each[name] for each in found]) for name in found[0]}
        return rows, valid

    def system(self, point: Point) -> System:
        """The engine's view of a setting, under the scenario if there is one."""
        config, book = self._setting(point)
        system = system_of(config, book, self._memory)
        if not self._stress:
            return system
        there = dataclasses.replace(
            self._model, config=config, book=book, system=system
        )
        catalogue = Catalogue(there)
        return catalogue.stressed(catalogue.stress(self._stress))

    def config(self, point: Point) -> Config:
        """The config with other values; not checked again."""
        after = self._model.config
        for parameter, value in zip(self._parameters, point, strict=True):
            size = parameter.sizes[0]
            after = shifted(after, parameter, (value - parameter.values[0]) / size)
        return after

    def _setting(self, point: Point) -> tuple[Config, Book]:
        after = self.config(point)
        book, before = self._model.book, self._model.config
        return after, responded(book, before, after, self._elasticity)

    def _power(self, point: Point) -> tuple[Float64[np.ndarray, " reserve"], float]:
        """Borrowing power by reserve where factors move, and worth of collateral."""
        config, book = self._setting(point)
        if config.policy is None or config.policy.factors is None:
            return np.zeros(0), 0.0
        power = borrowing_power(config, book)
        whole = stated_terms(config, book, self._supplied)
        return power, float(power.sum() / whole["capital_efficiency"])


def responded(book: Book, before: Config, after: Config, elasticity: float) -> Book:
    r"""The book after borrowers have answered to new borrowing limits.

    .. math:: D' = D \left( \frac{\sum_r C_r p_r \, LTV'_r}
        {\sum_r C_r p_r \, LTV_r} \right)^{\epsilon}

    Args:
        book: The accounts under `before`.
        before: The settings that the book comes from.
        after: Settings with other loan-to-values.
        elasticity: 0 for a fixed book, 1 for the same use of the new limits.
    """
    if not elasticity:
        return book
    moved = relevered(book, before, after).debt
    owed = book.debt > 0
    ratio = np.where(owed, moved / np.where(owed, book.debt, 1), 1)
    return dataclasses.replace(book, debt=book.debt * ratio**elasticity)


def _rows(
    outcome: Any,  # noqa: ANN401
    power: Float64[np.ndarray, " reserve"],
    worth: float,
) -> dict[str, Float64[np.ndarray, " path"]]:
    """Numbers of every path by name, in float64."""
    bad = (outcome.realized.astype(np.float64) + outcome.unrealized).sum(axis=0)
    repaid = outcome.repaid.astype(np.float64).sum(axis=0)
    rows = {
        "bad_debt": bad,
        "liquidated": repaid,
        "liquidation_fees": outcome.protocol_fee.astype(np.float64),
    }
    if power.size:
        factor = outcome.mean_factor.astype(np.float64)
        rows["mean_capital_efficiency"] = power @ factor / worth
    finite = np.all([np.isfinite(each) for each in rows.values()], axis=0)
    rows["counted"] = (counted(outcome.status) & finite).astype(np.float64)
    return rows


def _joined(
    parts: list[dict[str, Float64[np.ndarray, " _"]]],
) -> dict[str, Float64[np.ndarray, " path"]]:
    return {name: np.concatenate([each[name] for each in parts]) for name in parts[0]}
