"""Perpetual futures in plain Python: one path, trader by trader, leg by leg.

Reading order: what is fixed (`Leg`, `Trader`, `Perp`, `Exchange`), what moves
(`PerpState`), prices, the passage of a step (`advance`), a round (`liquidate`).
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from .oracles import InstantOracle, Oracle, OracleState
from .venues import Venue


Vector = npt.NDArray[np.float64]


FURTHEST = 3.0  # log of price over spot beyond which a book does not quote
GRADES = 1e4  # scores are compared to four digits


@dataclass(frozen=True)
class Leg:
    """One position of a trader in one perpetual."""

    perp: int
    size: float  # at the start, longs positive [token]
    entry: float  # [USD]
    spot_leg: float = 0.0  # spot held against a token of a short [ratio]


@dataclass(frozen=True)
class Trader:
    """A margin account; with one leg, an isolated position."""

    legs: tuple[Leg, ...]
    balance: float  # at the start [USD]
    unwind_below: float = -math.inf  # funding rate [ratio an interval]
    unwind_speed: float = 0.0  # of the initial size in a step [ratio]


@dataclass(frozen=True)
class Perp:
    """The rules of one perpetual."""

    asset: int
    book: Venue  # without a fee
    maintenance: float  # [ratio of notional]
    liquidation_fee: float  # [ratio of notional]
    premium_cap: float  # [log]
    arbitrage: float  # [ratio]
    arbitrage_decay: float  # [ratio]
    interval: float  # [year]
    interest: float  # [ratio an interval]
    clamp: float  # [ratio an interval]
    funding_cap: float  # [ratio an interval]


@dataclass(frozen=True)
class Exchange:
    """All that is fixed."""

    perps: tuple[Perp, ...]
    traders: tuple[Trader, ...]
    oracle: Oracle  # its assets are the perpetuals
    insurance: float  # at the start [USD]
    loss_rule: Literal["deleverage", "socialise"]


def no_exchange() -> Exchange:
    """Without perpetuals, nothing trades on it."""
    return Exchange((), (), InstantOracle(), insurance=0.0, loss_rule="deleverage")


@dataclass
class PerpState:
    """All that moves; the functions below change it in place."""

    open: list[list[float]]  # [trader][leg] share of the initial size
    balance: Vector  # [trader] [USD]
    position: Vector  # [perp] of market makers [token]
    cash: float  # of market makers [USD]
    unhedged: Vector  # [perp] of market makers [token]
    insurance: float  # [USD]
    deficit: float  # [USD]
    index: OracleState


@dataclass
class PerpFlows:
    """What happened."""

    sold: Vector  # spot, by asset [token]
    liquidated: Vector  # [perp] at mark [USD]
    deleveraged: Vector  # [perp] at mark [USD]
    flow: Vector  # [perp] spot sold, at spot [USD]
    funding: Vector  # [perp] paid by longs to shorts [USD]
    insurance_paid: float = 0.0  # [USD]

    @classmethod
    def none(cls, exchange: Exchange, assets: int) -> "PerpFlows":
        """Nothing has happened yet."""
        count = len(exchange.perps)
        return cls(
            sold=np.zeros(assets),
            liquidated=np.zeros(count),
            deleveraged=np.zeros(count),
            flow=np.zeros(count),
            funding=np.zeros(count),
        )


def initial_perps(exchange: Exchange, spot: Vector) -> PerpState:
    """All open; makers hold the other side, hedged."""
    position = np.zeros(len(exchange.perps))
    cash = 0.0
    for trader in exchange.traders:
        for leg in trader.legs:
            position[leg.perp] -= leg.size
            cash += leg.size * leg.entry
    own = underlying(exchange, spot)
    return PerpState(
        open=[[1.0] * len(trader.legs) for trader in exchange.traders],
        balance=np.array([trader.balance for trader in exchange.traders]),
        position=position,
        cash=cash,
        unhedged=np.zeros(len(exchange.perps)),
        insurance=exchange.insurance,
        deficit=0.0,
        index=OracleState(price=own.copy(), age=np.zeros_like(own), observed=[own]),
    )


def underlying(exchange: Exchange, spot: Vector) -> Vector:
    """Spot price under every perpetual [USD]."""
    return np.array([spot[perp.asset] for perp in exchange.perps])


def premium(perp: Perp, unhedged: float, spot: float) -> float:
    """Log of a perpetual's price over spot."""
    return min(max(perp.book.displacement(unhedged, spot), -FURTHEST), FURTHEST)


def book_price(perp: Perp, unhedged: float, spot: float) -> float:
    """Price of the next token in the book [USD]."""
    return spot * math.exp(premium(perp, unhedged, spot))


def mark_price(perp: Perp, unhedged: float, spot: float, index: float) -> float:
    """What margin is reckoned at [USD]."""
    over = math.log(book_price(perp, unhedged, spot) / index)
    return index * math.exp(min(max(over, -perp.premium_cap), perp.premium_cap))


def order_price(perp: Perp, unhedged: float, spot: float, sold: float) -> float:
    """Average price of an order [USD]."""
    before = book_price(perp, unhedged, spot)
    after = book_price(perp, unhedged + sold, spot)
    mean = perp.book.proceeds(unhedged, sold, spot) / sold if sold else before
    return min(max(mean, min(before, after)), max(before, after))


def funding_rate(perp: Perp, price: float, index: float) -> float:
    """What longs pay in an interval [ratio of notional]."""
    over = price / index - 1.0
    near = min(max(perp.interest - over, -perp.clamp), perp.clamp)
    return min(max(over + near, -perp.funding_cap), perp.funding_cap)


@dataclass
class Trade:
    """One order of a round: a leg, how much of it, and at what price."""

    trader: int
    leg: int
    tokens: float  # longs positive, sold if so [token]
    price: float = 0.0  # [USD]


class Desk:
    """The exchange at one moment: prices that hold until the moment is over."""

    def __init__(self, exchange: Exchange, state: PerpState, spot: Vector) -> None:
        self.exchange, self.state = exchange, state
        self.spot = underlying(exchange, spot)
        exchange.oracle.publish(state.index, self.spot)
        self.index = state.index.price.copy()
        self.unhedged = state.unhedged.copy()
        given = zip(exchange.perps, self.unhedged, self.spot, self.index, strict=True)
        self.mark = np.array([mark_price(*one) for one in given])

    def rate(self, p: int) -> float:
        """Funding rate of a perpetual [ratio an interval]."""
        perp = self.exchange.perps[p]
        price = book_price(perp, self.unhedged[p], self.spot[p])
        return funding_rate(perp, price, self.index[p])

    def tokens(self, t: int, i: int) -> float:
        """What is open of a leg [token]."""
        return self.state.open[t][i] * self.exchange.traders[t].legs[i].size

    def equity(self, t: int, price: Vector) -> float:
        """Balance and unrealized profit at prices of the perpetuals [USD]."""
        gain = 0.0
        for i, leg in enumerate(self.exchange.traders[t].legs):
            gain += self.tokens(t, i) * (price[leg.perp] - leg.entry)
        return float(self.state.balance[t]) + gain

    def notional(self, t: int) -> float:
        """At mark [USD]."""
        legs = enumerate(self.exchange.traders[t].legs)
        return sum(abs(self.tokens(t, i)) * self.mark[leg.perp] for i, leg in legs)

    def is_failing(self, t: int) -> bool:
        """Below maintenance margin, with something open."""
        needed = 0.0
        for i, leg in enumerate(self.exchange.traders[t].legs):
            margin = self.exchange.perps[leg.perp].maintenance
            needed += abs(self.tokens(t, i)) * self.mark[leg.perp] * margin
        return self.notional(t) > 0.0 and self.equity(t, self.mark) < needed

    def orders(self, share: dict[int, float]) -> list[Trade]:
        """Shares of all legs of some traders."""
        return [
            Trade(t, i, part * self.tokens(t, i))
            for t, part in share.items()
            for i in range(len(self.exchange.traders[t].legs))
        ]

    def prices(self, trades: list[Trade]) -> Vector:
        """Average prices of the net orders in the books [USD]."""
        net = np.zeros(len(self.exchange.perps))
        for trade in trades:
            net[self.leg(trade).perp] += trade.tokens
        given = zip(self.exchange.perps, self.unhedged, self.spot, net, strict=True)
        return np.array([order_price(*one) for one in given])

    def leg(self, trade: Trade) -> Leg:
        """The leg that is traded."""
        return self.exchange.traders[trade.trader].legs[trade.leg]

    def with_makers(self, p: int, tokens: float, price: float) -> None:
        """Market makers buy tokens, or sell them if negative."""
        self.state.position[p] += tokens
        self.state.unhedged[p] += tokens
        self.state.cash -= tokens * price

    def hedge(self, flows: PerpFlows, p: int, tokens: float) -> None:
        """Market makers sell spot against what they hold."""
        self.state.unhedged[p] -= tokens
        self.sell_spot(flows, p, tokens)

    def sell_spot(self, flows: PerpFlows, p: int, tokens: float) -> None:
        """An order in the spot market, which another part of the model executes."""
        flows.sold[self.exchange.perps[p].asset] += tokens
        flows.flow[p] += tokens * self.spot[p]

    def reduce(self, flows: PerpFlows, trade: Trade) -> None:
        """Take tokens off a leg; spot that was held against them is sold."""
        leg = self.leg(trade)
        left = self.state.open[trade.trader][trade.leg] - trade.tokens / leg.size
        self.state.open[trade.trader][trade.leg] = max(left, 0.0)
        self.sell_spot(flows, leg.perp, abs(trade.tokens) * leg.spot_leg)
