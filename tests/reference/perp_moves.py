"""Perpetual futures in plain Python: a step, and a round of liquidations."""

from copy import deepcopy

import numpy as np

from .perps import GRADES, Desk, Exchange, PerpFlows, PerpState, Trade
from .system import Vector


def advance_perps(
    exchange: Exchange, state: PerpState, spot: Vector, dt: float
) -> PerpFlows:
    """Time passes: index, funding, holders who leave, makers' hedges."""
    flows = PerpFlows.none(exchange, len(spot))
    exchange.oracle.advance(state.index, dt)
    desk = Desk(exchange, state, spot)
    pay_funding(desk, flows, dt)
    unwind(desk, flows)
    for p, perp in enumerate(exchange.perps):
        left = perp.arbitrage_decay * state.unhedged[p]
        desk.hedge(flows, p, state.unhedged[p] - left)
    return flows


def pay_funding(desk: Desk, flows: PerpFlows, dt: float) -> None:
    """Longs pay shorts, pro rata of time; makers are one more trader."""
    state = desk.state
    due = [
        desk.rate(p) * desk.mark[p] * dt / perp.interval
        for p, perp in enumerate(desk.exchange.perps)
    ]
    for t, trader in enumerate(desk.exchange.traders):
        for i, leg in enumerate(trader.legs):
            state.balance[t] -= desk.tokens(t, i) * due[leg.perp]
            flows.funding[leg.perp] += max(desk.tokens(t, i), 0.0) * due[leg.perp]
    for p, position in enumerate(state.position):
        state.cash -= position * due[p]
        flows.funding[p] += max(position, 0.0) * due[p]


def unwind(desk: Desk, flows: PerpFlows) -> None:
    """Delta-neutral holders whom funding no longer pays buy back, and sell spot."""
    trades = []
    for t, trader in enumerate(desk.exchange.traders):
        for i, leg in enumerate(trader.legs):
            if leg.spot_leg > 0.0 and desk.rate(leg.perp) < trader.unwind_below:
                share = min(trader.unwind_speed, desk.state.open[t][i])
                trades.append(Trade(t, i, share * leg.size))
    price = desk.prices(trades)
    willing = [one for one in trades if desk.equity(one.trader, price) >= 0.0]
    for trade in willing:
        leg = desk.leg(trade)
        gain = trade.tokens * (price[leg.perp] - leg.entry)
        desk.state.balance[trade.trader] += gain
        desk.with_makers(leg.perp, trade.tokens, price[leg.perp])
        desk.reduce(flows, trade)


def perps_in_trouble(exchange: Exchange, state: PerpState, spot: Vector) -> bool:
    """Whether anybody is below maintenance margin."""
    desk = Desk(exchange, state, spot)
    return any(desk.is_failing(t) for t in range(len(exchange.traders)))


def liquidate_perps(exchange: Exchange, state: PerpState, spot: Vector) -> PerpFlows:
    """One round."""
    flows = PerpFlows.none(exchange, len(spot))
    before = deepcopy(state.index)
    desk = Desk(exchange, state, spot)
    failing = [t for t in range(len(exchange.traders)) if desk.is_failing(t)]
    if not failing:
        # Looking is not trading: the index publishes when somebody acts on it.
        state.index = before
        return flows
    whole = desk.orders(dict.fromkeys(failing, 1.0))
    for trade in whole:
        p = desk.leg(trade).perp
        flows.liquidated[p] += abs(trade.tokens) * desk.mark[p]
    price = desk.prices(whole)
    worth = {t: desk.equity(t, price) for t in failing}
    missing = sum(max(-value, 0.0) for value in worth.values())
    fund = state.insurance
    if missing <= fund or exchange.loss_rule == "socialise":
        profits = profits_of_others(desk, failing)
        unpaid = close_in_book(desk, flows, dict.fromkeys(failing, 1.0), price, price)
        if unpaid > 0.0:
            socialise(state, unpaid, profits)
    else:
        part = {t: fund / missing if worth[t] < 0.0 else 1.0 for t in failing}
        deleverage(desk, flows, failing, part, price)
    for p, perp in enumerate(exchange.perps):
        desk.hedge(flows, p, perp.arbitrage * state.unhedged[p])
    return flows


def close_in_book(
    desk: Desk, flows: PerpFlows, part: dict[int, float], sells: Vector, buys: Vector
) -> float:
    """Close parts of traders, balance and all; returns what nobody paid [USD].

    What is left of a balance belongs to the trader, after the fee.
    """
    state = desk.state
    missing = fees = 0.0
    trades = desk.orders(part)
    for t, share in part.items():
        value, fee = share * float(state.balance[t]), 0.0
        for trade in (one for one in trades if one.trader == t):
            leg = desk.leg(trade)
            price = (sells if leg.size > 0.0 else buys)[leg.perp]
            value += trade.tokens * (price - leg.entry)
            rate = desk.exchange.perps[leg.perp].liquidation_fee
            fee += abs(trade.tokens) * price * rate
            desk.with_makers(leg.perp, trade.tokens, price)
            desk.reduce(flows, trade)
        fee = min(fee, max(value, 0.0))
        state.balance[t] = max(value, 0.0) - fee
        missing += max(-value, 0.0)
        fees += fee
    paid = min(missing, state.insurance)
    state.insurance += fees - paid
    flows.insurance_paid += paid
    return missing - paid


def profits_of_others(desk: Desk, failing: list[int]) -> dict[int, float]:
    """Unrealized profit of every other trader, as far as the trader has it [USD]."""
    profits = {}
    for t in range(len(desk.exchange.traders)):
        equity = desk.equity(t, desk.mark)
        gain = min(equity - float(desk.state.balance[t]), equity)
        if t not in failing and gain > 0.0:
            profits[t] = gain
    return profits


def socialise(state: PerpState, unpaid: float, profits: dict[int, float]) -> None:
    """Take a loss from profits pro rata; what they do not cover is a deficit."""
    whole = sum(profits.values())
    for t, profit in profits.items():
        state.balance[t] -= min(unpaid / whole, 1.0) * profit
    state.deficit += max(unpaid - whole, 0.0)


def deleverage(
    desk: Desk,
    flows: PerpFlows,
    failing: list[int],
    part: dict[int, float],
    whole: Vector,
) -> None:
    """Close a part in the book, and the rest against the other side."""
    margin = {
        t: desk.equity(t, desk.mark) / desk.notional(t)
        for t in range(len(desk.exchange.traders))
        if desk.notional(t) > 0.0
    }
    rest = bankrupt_trades(desk, part, margin)
    places = [
        (p, side) for p in range(len(desk.exchange.perps)) for side in (1.0, -1.0)
    ]
    plans = [plan(desk, rest, failing, margin, p, side) for p, side in places]
    price = desk.prices(desk.orders(part))
    better = np.maximum(price, whole), np.minimum(price, whole)
    close_in_book(desk, flows, part, *better)
    for trade in rest:
        p = desk.leg(trade).perp
        flows.deleveraged[p] += abs(trade.tokens) * desk.mark[p]
        desk.with_makers(p, trade.tokens, trade.price)
        desk.reduce(flows, trade)
        desk.state.open[trade.trader][trade.leg] = 0.0
    for trade in (one for trades in plans for one in trades):
        leg = desk.leg(trade)
        desk.state.balance[trade.trader] += trade.tokens * (trade.price - leg.entry)
        desk.with_makers(leg.perp, trade.tokens, trade.price)
        desk.reduce(flows, trade)


def bankrupt_trades(
    desk: Desk, part: dict[int, float], margin: dict[int, float]
) -> list[Trade]:
    """What the book does not take, at prices that leave its traders with nothing."""
    rest = []
    for trade in desk.orders({t: 1.0 - share for t, share in part.items()}):
        if trade.tokens != 0.0:
            side = 1.0 if trade.tokens > 0.0 else -1.0
            concession = side * margin[trade.trader]
            trade.price = desk.mark[desk.leg(trade).perp] * (1.0 - concession)
            rest.append(trade)
    return rest


def plan(
    desk: Desk,
    rest: list[Trade],
    failing: list[int],
    margin: dict[int, float],
    p: int,
    side: float,
) -> list[Trade]:
    """Who of one side is closed against the bankrupt of the other; best score first.

    What no leg is left for stays with the market makers, who have bought it already.
    """
    bankrupt = [
        one for one in rest if desk.leg(one).perp == p and one.tokens * side < 0.0
    ]
    wanted = sum(abs(one.tokens) for one in bankrupt)
    if wanted == 0.0:
        return []
    mean = sum(abs(one.tokens) * one.price for one in bankrupt) / wanted
    mark = desk.mark[p]
    worse = side * (mark - mean) / mark  # than mark, for those who are closed
    queue: dict[float, list[Trade]] = {}
    for trade in desk.orders(dict.fromkeys(margin, 1.0)):
        leg = desk.leg(trade)
        ours = leg.perp == p and trade.tokens * side > 0.0
        if ours and trade.trader not in failing:
            bearable = margin[trade.trader] / worse if worse > 0.0 else 1.0
            trade.tokens *= min(max(bearable, 0.0), 1.0)
            trade.price = mean
            profit = side * (mark - leg.entry) / leg.entry
            score = round(profit / margin[trade.trader] * GRADES)
            queue.setdefault(score, []).append(trade)
    return served(queue, wanted)


def served(queue: dict[float, list[Trade]], wanted: float) -> list[Trade]:
    """The best first; equals give the same share."""
    trades = []
    for score in sorted(queue, reverse=True):
        level = sum(abs(one.tokens) for one in queue[score])
        share = min(wanted / level, 1.0) if level > 0.0 else 0.0
        for trade in queue[score]:
            trade.tokens *= share
            trades.append(trade)
        wanted = max(wanted - level, 0.0)
    return trades
