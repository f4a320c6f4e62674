"""Several markets at once: what holds in each of them holds in the worst."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from ._domain import Points
from ._market import Market
from ._problem import AbstractSampler, Limit, Rows


class Several(AbstractSampler):
    """One market as it is, and others by name, on the same draws.

    What is earned is that of the first. Rows of the others bear their names.
    """

    def __init__(self, first: Market, others: Mapping[str, Market]) -> None:
        """Args: the market as it is, and those that limits must hold in as well."""
        self._first, self._others = first, dict(others)

    @property
    def stated_rows(self) -> tuple[str, ...]:
        """Those of the market as it is."""
        return self._first.stated_rows

    def stated(self, points: Points) -> Rows:
        """What is known without a draw: the same in all of them."""
        return self._first.stated(points)

    def drawn(self, points: Points, *, paths: int, seed: int) -> Rows:
        """Rows of all, over the paths that count in each."""
        rows, valid = self._first.all_paths(points, paths=paths, seed=seed)
        found = dict(rows)
        for name, market in self._others.items():
            own, counts = market.all_paths(points, paths=paths, seed=seed)
            found |= {within(row, name): values for row, values in own.items()}
            valid = np.logical_and(valid, counts)
        return {row: values[:, valid] for row, values in found.items()}


def within(name: str, market: str) -> str:
    """A row or a measure of one of the others."""
    return f"{name}@{market}"


def limits_of_all(
    limits: tuple[Limit, ...], others: Mapping[str, Market]
) -> tuple[Limit, ...]:
    """Every limit, and the same in each of the others."""
    more = [
        Limit(
            dataclasses.replace(
                limit.measure,
                name=within(limit.measure.name, name),
                row=within(limit.measure.row, name),
                sentence=f"{limit.measure.sentence}, {name}",
            ),
            limit.most,
        )
        for name in others
        for limit in limits
    ]
    return (*limits, *more)
