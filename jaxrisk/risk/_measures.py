"""From launches of path outcomes to the estimates of a result."""

import math
from collections.abc import Sequence

import numpy as np

from .._status import Status
from ._axes import Axes
from ._behaviour_tally import BehaviourTally
from ._claim_tally import ClaimTally
from ._entity_tally import EntityTally
from ._failure_order import FailureTally, failure_times
from ._histogram import LOSS_EDGES, RATIO_EDGES, Histogram
from ._loss_tally import LossTally
from ._moments import Accumulator
from ._perp_tally import PerpTally
from ._rows import Outcome, Rows, counted, judged, rows, sections
from ._tail import Identities, Tail


QUANTILES = np.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
"""Quantiles reported of what is not a loss."""

WORST = 20
"""Worst paths reported by number."""

TAIL = 0.01
"""Share of paths that `tail_paths` are the worst of [ratio]."""

FOLLOWED = 2**20
"""First paths, among which tail paths are found: enough to choose some to replay."""

_SCALARS = ("keeper_profit", "protocol_fee", "insurance_paid")


class Measures:
    """Every estimate of a run, streamed: push outcomes in path order, then read.

    The numbers do not depend, to the last bit, on how the paths are cut into launches.
    Memory does not grow with the number of paths: a megabyte at most for each level of
    the two losses in every scope, see `Window`, and a megabyte for the rest.
    """

    def __init__(
        self,
        axes: Axes,
        *,
        levels: Sequence[float],
        steps: int,
        step_days: float,
    ) -> None:
        """Start without a path.

        Args:
            axes: What the rows of outcomes stand for.
            levels: Confidence levels of VaR and ES [ratio].
            steps: Steps of a path; the `first_deficit` of a path that has none.
            step_days: Length of a step [day].
        """
        self._axes = axes
        self._levels = tuple(levels)
        self._steps, self._step_days = steps, step_days
        self._sections = sections(axes)
        self._accumulator = Accumulator(
            max(section.stop for section in self._sections.values())
        )
        self._losses = {
            name: LossTally(len(axes.scopes), levels=levels)
            for name in ("bad_debt", "liquidated")
        }
        self._perps = PerpTally(len(axes.perps), levels=levels)
        self._entities = EntityTally(len(axes.entities), levels=levels)
        self._behaviour = BehaviourTally(axes)
        self._order = FailureTally((*axes.markets, *axes.entities))
        self._claims = ClaimTally(len(axes.claims), len(axes.lines))
        self._worst = Tail(WORST)
        self._most_liquidated = Tail(WORST)
        self._followed = Tail(math.ceil(FOLLOWED * TAIL))
        self._drawdowns = {
            name: Histogram(len(axes.assets), RATIO_EDGES)
            for name in ("drawdown", "fundamental_drawdown")
        }
        self._loss_sizes = Histogram(1, LOSS_EDGES)
        self._deficit_times = Histogram(1, step_days * np.arange(steps + 1.0))
        self._status = np.zeros(len(Status), np.int64)

    @property
    def paths(self) -> int:
        """Paths pushed so far."""
        return int(self._status.sum())

    @property
    def failed_paths(self) -> int:
        """Paths that were counted and left out of every estimate."""
        return int(self._status[~counted(np.arange(self._status.size))].sum())

    def push(self, outcome: Outcome) -> None:
        """Add the next paths.

        Args:
            outcome: Numbers of each path, path axis last, as the engine returns them.
        """
        measured = rows(self._axes, outcome)
        block = np.concatenate(list(measured.values()))
        status = judged(outcome["status"], block)
        valid = counted(status)
        path = np.arange(self.paths, self.paths + status.size)[valid]
        self._accumulator.push(block, valid)
        measured = {name: row[:, valid] for name, row in measured.items()}
        self._count(measured, path)
        self._entities.push(measured, outcome, valid)
        self._count_failures(outcome, valid)
        self._count_deficits(outcome["first_deficit"][valid])
        self._status += np.bincount(status, minlength=self._status.size)

    def _count(self, measured: Rows, path: Identities) -> None:
        for name, tally in self._losses.items():
            tally.push(measured[name])
        for name, histogram in self._drawdowns.items():
            histogram.push(measured[name])
        self._perps.push(measured)
        self._behaviour.push(measured)
        self._claims.push(measured)
        total, first = measured["bad_debt"][0], path < FOLLOWED
        self._worst.push(total, path)
        self._most_liquidated.push(measured["liquidated"][0], path)
        self._followed.push(total[first], path[first])
        self._loss_sizes.push(total[total > 0][None])

    def _count_failures(self, outcome: Outcome, valid: np.ndarray) -> None:
        times = failure_times(
            outcome["market_first_deficit"], outcome["entity_round"], steps=self._steps
        )
        self._order.push(times[:, valid])

    def _count_deficits(self, step: np.ndarray) -> None:
        happened = step[step < self._steps]
        self._deficit_times.push(self._step_days * (happened[None] + 0.5))

    def estimates(self) -> dict[str, np.ndarray]:
        """Entries of the dataset, by the names of the output schema."""
        return {
            **self._means(),
            **self._loss_estimates(),
            **self._distributions(),
            **self._perps.estimates(),
            **self._entities.estimates(),
            **self._behaviour.estimates(),
            **self._order.estimates(),
            **self._claims.estimates(),
            "status_count": self._status.copy(),
        }

    def coordinates(self) -> dict[str, np.ndarray]:
        """Labels of the axes of `estimates`."""
        return {
            "scope": np.asarray(self._axes.scopes),
            "level": np.asarray(self._levels),
            "reserve": np.asarray(self._axes.reserves),
            "asset": np.asarray(self._axes.assets),
            "quantile": QUANTILES,
            "bin": np.arange(LOSS_EDGES.size - 1),
            "rank": np.arange(self._worst.worst()[0].size),
            "status": np.asarray([code.name.lower() for code in Status]),
            **self._derivatives(),
            **self._order.coordinates(),
        }

    def _derivatives(self) -> dict[str, np.ndarray]:
        """Labels of what not every system has; none where there is none."""
        axes = self._axes
        named = {
            "dealer": axes.dealers,
            "perp": axes.perps,
            "entity": axes.entities,
            "claim": axes.claims,
            "spiral": axes.spirals,
            "line": axes.lines,
            "market": axes.markets if "breakers" in axes.policy else (),
        }
        return {axis: np.asarray(names) for axis, names in named.items() if names}

    def attributes(self) -> dict[str, int]:
        """Counts that describe the run as a whole."""
        without = (
            self.paths - self.failed_paths - int(self._losses["bad_debt"].events[0])
        )
        return {
            "paths": self.paths,
            "failed_paths": self.failed_paths,
            "paths_without_bad_debt": without,
        }

    @property
    def worst_paths(self) -> Identities:
        """The worst paths by total bad debt; by liquidations where there is no more."""
        loss, path = self._worst.worst()
        _, active = self._most_liquidated.worst()
        losing = path[loss > 0]
        return np.concatenate([losing, active[~np.isin(active, losing)]])[:WORST]

    def tail_paths(self, *, at_most: int | None = None) -> Identities:
        """Paths with the largest total bad debt: the worst 1 %, of the first million.

        Args:
            at_most: Take this many ranks, evenly spaced, where there are more.

        Returns:
            Path numbers, the worst first; at least one where any path was pushed.
        """
        tail = self._followed.share(TAIL)
        if at_most is None or tail.size <= at_most:
            return tail
        return tail[(np.arange(at_most) * tail.size) // at_most]

    def _means(self) -> dict[str, np.ndarray]:
        estimate = self._accumulator.moments().estimate()
        entries = {}
        for name, section in self._sections.items():
            if section.start == section.stop:
                continue
            part = 0 if name in _SCALARS else slice(None)
            for entry, numbers in estimate.variables(f"{name}_mean").items():
                entries[entry] = np.asarray(numbers[section][part])
        return entries

    def _loss_estimates(self) -> dict[str, np.ndarray]:
        entries = {}
        for name, tally in self._losses.items():
            at_risk = "bad_debt_var" if name == "bad_debt" else "liquidations_at_risk"
            entries |= {
                **tally.probability().variables(f"{name}_probability", interval=True),
                **tally.value_at_risk().variables(at_risk, interval=True),
                **tally.expected_shortfall().variables(f"{name}_es"),
            }
        worst_loss, worst_path = self._worst.worst()
        return {**entries, "worst_loss": worst_loss, "worst_path": worst_path}

    def _distributions(self) -> dict[str, np.ndarray]:
        entries = {}
        for name, histogram in self._drawdowns.items():
            entries |= histogram.quantile(QUANTILES).variables(name, interval=True)
        deficit = self._deficit_times.quantile(QUANTILES)
        times = deficit.variables("time_to_first_deficit", interval=True)
        return {
            **entries,
            **{name: numbers[0] for name, numbers in times.items()},
            "loss_histogram": self._loss_sizes.counts[0].copy(),
            "bin_low": LOSS_EDGES[:-1],
            "bin_high": LOSS_EDGES[1:],
        }
