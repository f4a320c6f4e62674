"""Options dealers: the delta of their book, and the hedge that follows it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from .option import Option
from .prices import market_prices, mid_prices, venue_of


if TYPE_CHECKING:
    from .state import State
    from .system import ReferenceSystem, Vector


class Delta(Protocol):
    """Delta of a dealer's whole book of options."""

    def __call__(self, elapsed: int, log_price: float, log_level: float) -> float:
        """Delta [token] after so many steps.

        Args:
            elapsed: Steps since the start.
            log_price: Of the underlying over its price at the start [log].
            log_level: Of implied volatility over that at the start [log].
        """
        ...


@dataclass(frozen=True)
class Strip:
    """Options of one volatility at any price; Black and Scholes without rates."""

    options: tuple[Option, ...]
    volatility: float  # at the start [ratio]
    dt: float  # [year]

    def __call__(self, elapsed: int, log_price: float, log_level: float) -> float:
        """Sum over the options that have not expired."""
        return sum(
            option.position * self._delta_of(option, elapsed, log_price, log_level)
            for option in self.options
            if option.expiry > elapsed * self.dt * (1.0 + 1e-9)
        )

    def _delta_of(
        self, option: Option, elapsed: int, log_price: float, log_level: float
    ) -> float:
        left = option.expiry - elapsed * self.dt
        deviation = self.volatility * math.exp(log_level) * math.sqrt(left)
        d1 = (log_price - math.log(option.strike)) / deviation + deviation / 2
        return 0.5 * math.erfc(-d1 / math.sqrt(2)) - (0.0 if option.is_call else 1.0)


@dataclass(frozen=True)
class Dealer:
    """The dealers of one underlying."""

    asset: int
    delta: Delta
    policy: Literal["implicit", "interval", "band"] = "implicit"
    every: int = 1  # steps between two hedges
    band: float = 0.0  # that is not hedged, to either side [token]
    variance: float = 0.5  # realized, at the start [1/year]
    memory: float = 0.9  # share of the variance that a step leaves [ratio]
    weight: float = 0.0  # of realized volatility in implied [ratio]


@dataclass
class Hedge:
    """What a dealer carries."""

    held: float  # [token]
    log_price: float  # seen after the last shock, over that at the start [log]
    variance: float  # [1/year]
    log_level: float = 0.0


def first_hedges(system: "ReferenceSystem", price: "Vector") -> list[Hedge]:
    """Hedged to the last token at the prices of the start."""
    found = []
    for dealer in system.dealers:
        seen = log_over_start(system, dealer, float(price[dealer.asset]))
        held = -dealer.delta(0, seen, 0.0)
        found.append(Hedge(held=held, log_price=seen, variance=dealer.variance))
    return found


def log_over_start(system: "ReferenceSystem", dealer: Dealer, price: float) -> float:
    """Log of a price over that at the start."""
    return math.log(price / system.assets[dealer.asset].initial_price)


def age(system: "ReferenceSystem", state: "State") -> None:
    """The level of implied volatility follows the return of the step."""
    market = market_prices(system, state)
    for dealer, hedge in zip(system.dealers, state.hedges, strict=True):
        seen = log_over_start(system, dealer, float(market[dealer.asset]))
        recent = (seen - hedge.log_price) ** 2 / system.dt
        hedge.variance = dealer.memory * hedge.variance + (1 - dealer.memory) * recent
        hedge.log_price = seen
        hedge.log_level = dealer.weight / 2 * math.log(hedge.variance / dealer.variance)


def hedged(
    system: "ReferenceSystem", state: "State", net: "Vector", *, in_round: bool
) -> list[float]:
    """What every dealer sells [token], behind the net orders of the others."""
    market, mid = market_prices(system, state), mid_prices(system, state)
    sold = []
    for dealer, hedge in zip(system.dealers, state.hedges, strict=True):

        def left(
            amount: float,
            dealer: Dealer = dealer,
            hedge: Hedge = hedge,
            others: "Vector | None" = net,
        ) -> float:
            """What is still to be sold after a sale; without others, none moves."""
            at = float(market[dealer.asset])
            if others is not None:
                orders = amount + float(others[dealer.asset])
                at *= math.exp(moved(system, state, dealer.asset, orders, mid))
            seen = log_over_start(system, dealer, at)
            return dealer.delta(state.step, seen, hedge.log_level) + hedge.held - amount

        sold.append(_answer(dealer, left, state.step, in_round=in_round))
    for hedge, amount in zip(state.hedges, sold, strict=True):
        hedge.held -= amount
    return sold


def moved(
    system: "ReferenceSystem", state: "State", a: int, sold: float, mid: "Vector"
) -> float:
    """Move of an asset's log price by orders on its own venue."""
    asset, inventory = system.assets[a], float(state.inventory[a])
    venue = venue_of(system, state, a)
    before = venue.displacement(inventory, float(mid[a]))
    whole = venue.displacement(inventory + sold, float(mid[a])) - before
    stays = asset.permanent_share * whole
    after = venue.displacement(
        inventory + (1.0 - asset.permanent_share) * sold,
        float(mid[a]) * math.exp(stays),
    )
    return stays + after - before


def _answer(
    dealer: Dealer, left: Callable[[float], float], step: int, *, in_round: bool
) -> float:
    if dealer.policy == "implicit":
        return settled(left)
    if in_round:
        return 0.0
    wish = left(0.0)
    if dealer.policy == "interval":
        return wish if step % dealer.every == 0 else 0.0
    return wish - min(max(wish, -dealer.band), dealer.band)


def settled(left: Callable[[float], float]) -> float:
    """The trade nearest to none after which nothing is left, by bisection."""
    first = left(0.0)
    if first == 0.0:
        return 0.0
    sign = math.copysign(1.0, first)
    inside, outside = 0.0, abs(first)
    while sign * left(sign * outside) > 0.0:
        inside, outside = outside, 2.0 * outside
    for _ in range(200):
        middle = (inside + outside) / 2.0
        if sign * left(sign * middle) > 0.0:
            inside = middle
        else:
            outside = middle
    return sign * inside
