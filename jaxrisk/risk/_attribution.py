r"""What each mechanism adds to a loss: runs without it, and with it alone.

With m(S) a measure of the runs in which the mechanisms S are on, N all of them,

.. math:: \text{one off}_k = m(N) - m(N \setminus k), \qquad
    \text{one on}_k = m(\{k\}) - m(\emptyset)

on the same draws. Mechanisms amplify each other, so neither column adds up to
:math:`m(N) - m(\emptyset)`: what is left is the interaction, a row of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..engine import Layout, System, revisit, workers
from ._attributed import (
    ANY_BAD_DEBT,
    MEASURES,
    QUANTITIES,
    Measure,
    quantities_of,
)
from ._contrasts import Contrasts
from ._shortfall import probability
from ._variants import MECHANISMS, Switches, present, variant, without_impact


AT_ONCE = 2**16
"""Paths that are run in all variants before the next ones; sets memory."""

INTERACTION, TOGETHER, IMPACT = "interaction", "all together", "price impact"
"""Rows below the mechanisms."""

ByMeasure = Float64[np.ndarray, " measure"]
Table = Float64[np.ndarray, "measure row"]
Subset = frozenset[str]


@dataclass(frozen=True)
class Attribution:
    """Every measure with all mechanisms, and what each of them adds.

    Rows are the mechanisms, then `interaction` (what is left of `all together`), `all
    together` (all on less all off) and, unless it is one of them, `price impact` (all
    on less the same trades at no impact; it has no column of its own where it alone is
    on, and is NaN there).

    Attributes:
        measures: What the first axis stands for.
        rows: What the second axis stands for.
        present: Mechanisms that the system has; of others every difference is zero.
        value: All on.
        value_error: Its standard error.
        none: All off.
        none_error: Its standard error.
        amplification: All on over all off [ratio]; infinite over nothing.
        amplification_error: Its standard error, by the delta method.
        off: All on less all but the row's mechanism.
        off_error: Its standard error, paired.
        off_changed: Paths on which these two runs differ in what a measure counts.
        on: The row's mechanism alone less all off.
        on_error: Its standard error, paired.
        on_changed: Paths on which these two runs differ.
        paths: That were counted in every run.
        left_out: That failed in one of them.
        runs: Different systems that were simulated.
    """

    measures: tuple[Measure, ...]
    rows: tuple[str, ...]
    present: Subset
    value: ByMeasure
    value_error: ByMeasure
    none: ByMeasure
    none_error: ByMeasure
    amplification: ByMeasure
    amplification_error: ByMeasure
    off: Table
    off_error: Table
    off_changed: Table
    on: Table
    on_error: Table
    on_changed: Table
    paths: int
    left_out: int
    runs: int


def attribution(
    system: System,
    *,
    asset: int,
    paths: int,
    seed: int,
    switches: Switches = MECHANISMS,
    layout: Layout | None = None,
    devices: Sequence[Any] | None = None,
    heard: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Attribution:
    """Attribute drawdown, bad debt and liquidations to who trades, or to channels.

    Every variant is run on the same draws, and compared path by path. A mechanism that
    the system does not have costs no run, and adds exactly nothing. Memory does not
    grow with the paths.

    Args:
        system: With everything on.
        asset: Whose price and drawdown are measured.
        paths: Of every variant.
        seed: In [0, 2^64).
        switches: What is switched off one by one: `MECHANISMS`, or `CHANNELS`.
        layout: Blocks and launches; chosen for the devices if not given.
        devices: Of `jax.devices()`, where to run; all `workers` if not given.
        heard: Called with the paths done and to do, over all variants.

    Raises:
        ValueError: There is no such asset, or fewer than two paths are left.
    """
    count = system.venues.decay.shape[0]
    if not 0 <= asset < count:
        raise ValueError(
            f"asset is {asset} and there are {count} assets: count them from zero."
        )
    plan = Plan.of(present(system, switches), switches)
    systems = [variant(system, on, switches) for on in plan.subsets]
    if plan.flat:
        systems.append(without_impact(system))
    contrasts = Contrasts(
        [each.measured for each in MEASURES],
        plan.weights,
        quantities=len(QUANTITIES),
    )
    rows = system.accounts.members.shape[0]
    places = tuple(devices or workers())
    shape = layout or Layout.fitting(paths, rows, places)
    size = shape.launch * max(1, AT_ONCE // shape.launch)
    for start in range(0, paths, size):
        chosen = np.arange(start, min(start + size, paths))
        parts = []
        for each in systems:
            outcomes = revisit(
                each, path=chosen, seed=seed, layout=shape, devices=places
            )
            parts.append(quantities_of(outcomes, asset))
            done = start * len(systems) + len(parts) * chosen.size
            heard(done, paths * len(systems))
        valid = np.logical_and.reduce([counts for _, counts in parts])
        contrasts.push(np.stack([known for known, _ in parts], axis=1), valid)
    return plan.read(contrasts)


@dataclass(frozen=True)
class Plan:
    """Which variants to run, and how they are compared.

    Attributes:
        names: Mechanisms that are known.
        present: Those that the system has.
        subsets: Those that are on in each variant.
        flat: Whether one more run, the last, is without impact.
    """

    names: tuple[str, ...]
    present: Subset
    subsets: tuple[Subset, ...]
    flat: bool

    @classmethod
    def of(cls, mechanisms: Subset, switches: Switches = MECHANISMS) -> "Plan":
        """All on, each off, each alone, all off; every different variant once."""
        subsets = [mechanisms]
        for name in switches:
            subsets += [mechanisms - {name}, mechanisms & {name}]
        subsets.append(frozenset())
        return cls(
            names=tuple(switches),
            present=mechanisms,
            subsets=tuple(dict.fromkeys(subsets)),
            flat=without_impact not in switches.values(),
        )

    @property
    def runs(self) -> int:
        """Different systems that are simulated."""
        return len(self.subsets) + self.flat

    @property
    def weights(self) -> Float64[np.ndarray, "contrast run"]:
        """Of every run in the rows of `off`, then of `on`, without impact."""
        whole, nothing = self._run(self.present), self._run(frozenset())
        together = whole - nothing
        off = [whole - self._run(self.present - {name}) for name in self.names]
        on = [self._run(self.present & {name}) - nothing for name in self.names]
        flat = [whole - np.eye(self.runs)[-1]] if self.flat else []
        return np.array(
            [
                *(*off, together - sum(off), together, *flat),
                *(*on, together - sum(on), together),
            ]
        )

    def _run(self, on: Subset) -> Float64[np.ndarray, " run"]:
        return np.eye(self.runs)[self.subsets.index(on)]

    def read(self, contrasts: Contrasts) -> Attribution:
        """Label everything."""
        found = contrasts.estimates()
        rows = (*self.names, INTERACTION, TOGETHER, *([IMPACT] if self.flat else []))
        whole, nothing = (
            self.subsets.index(each) for each in (self.present, frozenset())
        )

        def split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            off, on = np.split(values.astype(np.float64), [len(rows)], axis=1)
            missing = np.full((len(values), len(rows) - on.shape[1]), np.nan)
            return off, np.concatenate([on, missing], axis=1)

        off, on = split(found.difference)
        off_error, on_error = split(found.difference_error)
        off_changed, on_changed = split(found.changed)
        for run, error in enumerate(found.value_error.T):
            # Where nothing was seen the chance is not known to be zero.
            chance = found.value[ANY_BAD_DEBT, run]
            events = np.array(round(chance * contrasts.count))
            seen = probability(events, contrasts.count)
            error[ANY_BAD_DEBT] = seen.standard_error
        ratio = _ratio(
            (found.value[:, whole], found.value_error[:, whole]),
            (found.value[:, nothing], found.value_error[:, nothing]),
            off_error[:, rows.index(TOGETHER)],
        )
        return Attribution(
            measures=MEASURES,
            rows=rows,
            present=self.present,
            value=found.value[:, whole],
            value_error=found.value_error[:, whole],
            none=found.value[:, nothing],
            none_error=found.value_error[:, nothing],
            amplification=ratio[0],
            amplification_error=ratio[1],
            off=off,
            off_error=off_error,
            off_changed=off_changed,
            on=on,
            on_error=on_error,
            on_changed=on_changed,
            paths=contrasts.count,
            left_out=contrasts.left_out,
            runs=self.runs,
        )


def _ratio(
    over: tuple[ByMeasure, ByMeasure],
    under: tuple[ByMeasure, ByMeasure],
    gap_error: ByMeasure,
) -> tuple[ByMeasure, ByMeasure]:
    r"""Ratios of two runs on the same draws, with the delta method's errors.

    .. math:: \mathrm{var}(a - R b) = (1-R)\,\mathrm{var}(a)
        + R(R-1)\,\mathrm{var}(b) + R\,\mathrm{var}(a-b)

    One where both are zero; infinite, with an infinite error, over zero. An error that
    is not known leaves that of the ratio infinite.
    """
    (a, a_error), (b, b_error) = over, under
    some = b != 0
    told = np.isfinite(a_error) & np.isfinite(b_error) & np.isfinite(gap_error)
    a_error, b_error, gap_error = (
        np.where(told, one, 0) for one in (a_error, b_error, gap_error)
    )
    size = np.where(some, b, 1)
    ratio = np.where(some, a / size, np.where(a == 0, 1.0, np.inf))
    known = np.where(some, ratio, 1.0)
    variance = (
        (1 - known) * a_error**2
        + known * (known - 1) * b_error**2
        + known * gap_error**2
    )
    error = np.where(told, np.sqrt(np.maximum(variance, 0)) / np.abs(size), np.inf)
    return ratio, np.where(some, error, np.where(a == 0, 0.0, np.inf))
