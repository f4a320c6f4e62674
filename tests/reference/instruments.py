"""Assets that are portfolios with options on another asset."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .option import Option


if TYPE_CHECKING:
    from .state import State
    from .system import ReferenceSystem, Vector


class Worth(Protocol):
    """What one unit of an instrument is worth, over its underlying at the start."""

    def value(self, elapsed: int, log_price: float, log_level: float) -> float:
        """Value [ratio] after so many steps.

        Args:
            elapsed: Steps since the start.
            log_price: Of the underlying over its price at the start [log].
            log_level: Of implied volatility over that at the start [log].
        """
        ...

    def slope(self, elapsed: int, log_price: float, log_level: float) -> float:
        """Its slope in the log price [ratio]."""
        ...


@dataclass(frozen=True)
class Portfolio:
    """Some of the underlying, and options of one volatility at any price.

    Under stress the least of the values at all moves and factors counts.
    """

    units: float
    options: tuple[Option, ...]
    volatility: float  # at the start [ratio]
    dt: float  # [year]
    moves: tuple[float, ...] = (0.0,)  # of the spot [ratio]
    factors: tuple[float, ...] = (1.0,)  # of volatility
    haircut: float = 0.0

    def value(self, elapsed: int, log_price: float, log_level: float) -> float:
        """The least, less the haircut."""
        return (1.0 - self.haircut) * min(
            self._worth(elapsed, log_price + math.log1p(move), log_level, factor)
            for move in self.moves
            for factor in self.factors
        )

    def slope(self, elapsed: int, log_price: float, log_level: float) -> float:
        """By a central difference."""
        up, down = (
            self.value(elapsed, log_price + bump, log_level) for bump in (1e-5, -1e-5)
        )
        return (up - down) / 2e-5

    def _worth(
        self, elapsed: int, log_price: float, log_level: float, factor: float
    ) -> float:
        spot = math.exp(log_price)
        return self.units * spot + sum(
            option.position
            * _black(
                spot,
                option,
                factor
                * self.volatility
                * math.exp(log_level)
                * math.sqrt(option.expiry - elapsed * self.dt),
            )
            for option in self.options
        )


def _black(spot: float, option: Option, deviation: float) -> float:
    """Black and Scholes without rates."""
    d1 = math.log(spot / option.strike) / deviation + deviation / 2
    call = spot * _normal(d1) - option.strike * _normal(d1 - deviation)
    return call if option.is_call else call - spot + option.strike


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


@dataclass(frozen=True)
class Instrument:
    """An asset whose price follows from that of another."""

    asset: int
    underlying: int
    fair: Worth
    stressed: Worth
    variance: float = 0.5  # realized, at the start [1/year]
    memory: float = 0.9  # share of the variance that a step leaves [ratio]
    weight: float = 0.0  # of realized volatility in implied [ratio]


@dataclass
class Aged:
    """What an instrument carries."""

    log_price: float  # of the underlying after the last shock, over the start [log]
    variance: float  # [1/year]
    log_level: float = 0.0


def new_instruments(system: "ReferenceSystem", price: "Vector") -> list[Aged]:
    """Nothing has moved."""
    return [
        Aged(log_over_start(system, one, price), one.variance)
        for one in system.instruments
    ]


def log_over_start(
    system: "ReferenceSystem", one: Instrument, price: "Vector"
) -> float:
    """Log of the underlying's price over that at the start."""
    start = system.assets[one.underlying].initial_price
    return math.log(float(price[one.underlying]) / start)


def age_instruments(
    system: "ReferenceSystem", state: "State", market: "Vector"
) -> None:
    """The level of implied volatility follows the return of the step."""
    for one, aged in zip(system.instruments, state.instruments, strict=True):
        seen = log_over_start(system, one, market)
        recent = (seen - aged.log_price) ** 2 / system.dt
        aged.variance = one.memory * aged.variance + (1.0 - one.memory) * recent
        aged.log_price = seen
        aged.log_level = one.weight / 2 * math.log(aged.variance / one.variance)


def at_value(system: "ReferenceSystem", state: "State", price: "Vector") -> "Vector":
    """Prices with those of instruments at their values, [asset] [USD/token]."""
    price = price.copy()
    for one, aged in zip(system.instruments, state.instruments, strict=True):
        seen = log_over_start(system, one, price)
        now = one.fair.value(state.step, seen, aged.log_level)
        now *= system.assets[one.underlying].initial_price
        price[one.asset] *= now / system.assets[one.asset].initial_price
    return price


def counted(system: "ReferenceSystem", state: "State", price: "Vector") -> "Vector":
    """What an asset counts for over what it is worth, at a price, [asset] [ratio]."""
    share = np.ones(len(system.assets))
    for one, aged in zip(system.instruments, state.instruments, strict=True):
        seen = log_over_start(system, one, price)
        now = one.fair.value(state.step, seen, aged.log_level)
        share[one.asset] = one.stressed.value(state.step, seen, aged.log_level) / now
    return share


def hedges(
    system: "ReferenceSystem", state: "State", sold: "Vector", market: "Vector"
) -> "Vector":
    """What buyers of instruments sell of the underlyings, [asset] [token]."""
    orders = np.zeros(len(system.assets))
    for one, aged in zip(system.instruments, state.instruments, strict=True):
        seen = log_over_start(system, one, market)
        slope = one.fair.slope(state.step, seen, aged.log_level)
        orders[one.underlying] += sold[one.asset] * slope * math.exp(-seen)
    return orders
