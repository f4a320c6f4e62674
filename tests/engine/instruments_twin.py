"""The fast engine's twin of a reference system's instruments."""

import dataclasses

import numpy as np
from jaxtyping import Array, Float
from scipy.interpolate import CubicHermiteSpline

from jaxrisk.engine import State
from jaxrisk.options import (
    AbstractInstruments,
    FlatSurface,
    Instrument,
    Instruments,
    InstrumentState,
    NoInstruments,
    OptionBook,
    StickyStrike,
    Stress,
    ValueTable,
)
from tests import reference as plain
from tests.engine.dealers_twin import of


def instruments_twin(system: plain.ReferenceSystem) -> AbstractInstruments:
    """The same instruments for the fast engine."""
    chosen = system.instruments
    if not chosen:
        return NoInstruments()
    return Instruments(
        fair=_table(system, [one.fair for one in chosen]),
        stressed=_table(system, [one.stressed for one in chosen]),
        price=of([system.assets[one.underlying].initial_price for one in chosen]),
        value=of([system.assets[one.asset].initial_price for one in chosen]),
        variance=of([one.variance for one in chosen]),
        memory=of([one.memory for one in chosen]),
        weight=of([one.weight for one in chosen]),
        assets=tuple(one.asset for one in chosen),
        underlyings=tuple(one.underlying for one in chosen),
    )


def _table(system: plain.ReferenceSystem, worths: list[plain.Worth]) -> ValueTable:
    chosen = [portfolio_of(worth) for worth in worths]
    spots = np.array(
        [system.assets[one.underlying].initial_price for one in system.instruments]
    )
    return ValueTable.of(
        [_instrument(one, spot) for one, spot in zip(chosen, spots, strict=True)],
        [FlatSurface(one.volatility) for one in chosen],
        [StickyStrike()] * len(chosen),
        [
            Stress(np.array(one.moves), np.array(one.factors), one.haircut)
            for one in chosen
        ],
        spot=spots,
        steps=system.steps,
        dt=system.dt,
        levels=np.exp(np.linspace(-1.0, 1.0, 9)),
        dtype="float64",
    )


def portfolio_of(worth: plain.Worth) -> plain.Portfolio:
    """An instrument's parts, or a failure if they are something else."""
    if not isinstance(worth, plain.Portfolio):
        raise TypeError(f"{worth} is no portfolio")
    return worth


def _instrument(one: plain.Portfolio, spot: float) -> Instrument:
    legs = OptionBook(
        strike=spot * np.array([option.strike for option in one.options]),
        expiry=np.array([option.expiry for option in one.options]),
        is_call=np.array([option.is_call for option in one.options], bool),
        position=np.array([option.position for option in one.options]),
    )
    return Instrument(one.units, legs)


@dataclasses.dataclass(frozen=True)
class TabulatedValue:
    """The fast engine's table of one instrument's value, read by NumPy."""

    values: np.ndarray  # [time, level, node, 2] over the underlying at the start
    log_price: np.ndarray  # [node]
    log_level: np.ndarray  # [level]

    def value(self, elapsed: int, log_price: float, log_level: float) -> float:
        """Cubic in the log price, linear in the log level; a line below the nodes."""
        inside, below = self._place(log_price)
        return self._at(elapsed, inside, log_level, slope=0) * np.exp(below)

    def slope(self, elapsed: int, log_price: float, log_level: float) -> float:
        """That of the cubic; below the nodes, of the line; above them, none."""
        inside, below = self._place(log_price)
        if below < 0.0:
            return self.value(elapsed, log_price, log_level)
        if log_price > self.log_price[-1]:
            return 0.0
        return self._at(elapsed, inside, log_level, slope=1)

    def _place(self, log_price: float) -> tuple[float, float]:
        low, high = self.log_price[0], self.log_price[-1]
        return float(np.clip(log_price, low, high)), min(log_price - low, 0.0)

    def _at(
        self, elapsed: int, log_price: float, log_level: float, *, slope: int
    ) -> float:
        found = [
            CubicHermiteSpline(self.log_price, curve[:, 0], curve[:, 1])(
                log_price, slope
            )
            for curve in self.values[elapsed]
        ]
        return float(np.interp(log_level, self.log_level, np.array(found)))


def with_tabulated_values(system: plain.ReferenceSystem) -> plain.ReferenceSystem:
    """The reference system with the fast engine's tables in place of the formulas."""
    chosen = system.instruments
    if not chosen:
        return system
    fair = _tabulated(system, [one.fair for one in chosen])
    stressed = _tabulated(system, [one.stressed for one in chosen])
    return dataclasses.replace(
        system,
        instruments=tuple(
            dataclasses.replace(one, fair=fair[i], stressed=stressed[i])
            for i, one in enumerate(chosen)
        ),
    )


def _tabulated(
    system: plain.ReferenceSystem, worths: list[plain.Worth]
) -> list[TabulatedValue]:
    table = _table(system, worths)
    nodes = table.nodes
    levels = np.arange(table.values.shape[2]) * float(nodes.level_spacing)
    found = []
    for row, one in enumerate(system.instruments):
        spot = system.assets[one.underlying].initial_price
        steps = np.arange(table.values.shape[3]) * float(nodes.spacing[row])
        found.append(
            TabulatedValue(
                values=np.asarray(table.values[row]) / spot,
                log_price=float(nodes.start[row]) + steps,
                log_level=float(nodes.first_level) + levels,
            )
        )
    return found


def level_of_instruments(state: State) -> Float[Array, "instrument path"]:
    """Level of implied volatility [log]; no rows where there are no instruments."""
    if not isinstance(state.instruments, InstrumentState):
        return state.fund[:0]
    return state.instruments.log_level
