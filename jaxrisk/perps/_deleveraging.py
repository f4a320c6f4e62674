r"""Auto-deleveraging: traders in profit are closed against those who are bankrupt.

With the fund's F [USD] and the loss L > F that the book would leave, the share F / L of
the bankrupt traders' orders goes to the book. A smaller order is never worth less a
token, so that the share loses at most F / L times L, which is what the fund has. Where
longs and shorts fail together the price moves against one side when the other's order
is cut; no order is then given a worse price than in the whole order.

The rest is closed at prices that leave the bankrupt trader with nothing. With equity E
and notional N at mark prices m, those are

.. math:: b = m (1 \mp \kappa), \qquad \kappa = E / N,

minus for longs: the same concession on every dollar of every leg, which adds up to E.
Of a single leg that is its bankruptcy price, entry less balance over size.

Sources: BitMEX (2016), Auto-deleveraging; Binance, What is auto-deleveraging: opposing
positions by profit times leverage, at the bankruptcy price. Here all opposing legs of
one perpetual and side are closed at the mean price of the bankrupt ones, not at that of
one bankrupt trader each.
"""

import equinox as eqx
import jax.numpy as jnp

from .._numerics import safe_divide
from .._typing import LegPath, PerPath, PerpPath, TraderPath
from ._closing import Closing
from ._losses import AbstractLossRule, Covered
from ._state import PerpState


GRADES = 1e4
"""Scores are compared to four digits: equal positions share, whatever the rounding."""


class AutoDeleveraging(AbstractLossRule):
    """No deficit, ever: market makers take what no leg is left for.

    Compares all legs with each other, [leg, leg, path], on rounds that need it.
    """

    def cover(
        self,
        closing: Closing,
        booked: PerpState,  # noqa: ARG002
        paid: PerPath,
        unpaid: PerPath,
    ) -> Covered:
        """Close a part in the book, and the rest against the other side."""
        share = self._booked_share(closing, paid, unpaid)
        price = self._book_price(closing, share)
        after, paid, _ = closing.settle(share, price)
        return _deleverage(closing, after, share, paid)

    def _booked_share(
        self, closing: Closing, paid: PerPath, unpaid: PerPath
    ) -> TraderPath:
        """Share of every trader's orders that goes to the book."""
        whole = jnp.ones_like(closing.state.balance)
        value = closing.worth(whole, closing.price(closing.orders(whole)))
        covered = safe_divide(paid, paid + unpaid, otherwise=1.0)
        return jnp.where(closing.failing & (value < 0), covered[None], whole)

    def _book_price(self, closing: Closing, share: TraderPath) -> LegPath:
        """The price of the smaller order, or of the whole one where that is better."""
        whole = closing.price(closing.orders(jnp.ones_like(share)))
        part = closing.price(closing.orders(share))
        best = jnp.maximum(whole, part), jnp.minimum(whole, part)
        return jnp.where(closing.accounts.is_long(), *best)


class _Side(eqx.Module):
    """What bankrupt traders leave, as the legs that are opposed to it see it."""

    wanted: LegPath  # of all opposing legs together [token]
    price: LegPath  # at which they are closed [USD]


def _deleverage(
    closing: Closing, after: PerpState, share: TraderPath, paid: PerPath
) -> Covered:
    """Close what the book did not take, at bankruptcy prices."""
    accounts, state, quotes = closing.accounts, closing.state, closing.quotes
    long = accounts.is_long()
    direction = jnp.sign(accounts.size)[:, None]
    kept = accounts.by_trader.spread(jnp.where(closing.failing, 1 - share, 0))
    tokens = kept * jnp.abs(accounts.tokens(state))
    mark = accounts.by_perp.spread(quotes.mark)
    margin = safe_divide(closing.margin.equity, closing.margin.notional, otherwise=0.0)
    margin_of_leg = accounts.by_trader.spread(margin)
    value = tokens * mark * (1 - direction * margin_of_leg)

    by_side = [jnp.where(side, tokens, 0) for side in (long, ~long)]
    worth = [jnp.where(side, value, 0) for side in (long, ~long)]
    left = [accounts.by_perp.total(part) for part in by_side]
    due = [accounts.by_perp.total(part) for part in worth]
    price = [_mean_price(d, t, quotes.mark) for d, t in zip(due, left, strict=True)]
    opposed = _Side(
        wanted=_by_leg(closing, left[1], left[0]),
        price=_by_leg(closing, price[1], price[0]),
    )
    part = _fill(closing, opposed, margin_of_leg)
    taken = part * accounts.tokens(state)
    gone = jnp.abs(taken)
    profit = accounts.profit(taken, opposed.price)
    longs = accounts.by_perp.total(jnp.where(long, 0, gone))  # closed against shorts
    shorts = accounts.by_perp.total(jnp.where(long, gone, 0))
    makers = (left[0] - longs) - (left[1] - shorts)
    cost = (due[0] - longs * price[0]) - (due[1] - shorts * price[1])
    closed = accounts.by_trader.spread(closing.failing)
    state = eqx.tree_at(
        lambda at: (at.open, at.balance, at.cash, at.unhedged),
        after,
        (
            jnp.where(closed, 0, (1 - part) * after.open),
            after.balance + accounts.by_trader.total(profit),
            after.cash - cost.sum(axis=0),
            after.unhedged + makers,
        ),
    )
    deleveraged = (left[0] + left[1]) * quotes.mark
    return Covered(state=state, deleveraged=deleveraged, paid=paid)


def _mean_price(due: PerpPath, tokens: PerpPath, mark: PerpPath) -> PerpPath:
    """Of all tokens of a side [USD]; the mark price if there are none."""
    return jnp.where(tokens > 0, safe_divide(due, tokens, otherwise=0.0), mark)


def _by_leg(closing: Closing, of_longs: PerpPath, of_shorts: PerpPath) -> LegPath:
    accounts = closing.accounts
    spread = accounts.by_perp.spread
    return jnp.where(accounts.is_long(), spread(of_longs), spread(of_shorts))


def _fill(closing: Closing, opposed: _Side, margin: LegPath) -> LegPath:
    """Share of every leg that is closed, best score first.

    No leg gives more than its part of its trader's equity, where the price is worse
    than mark: who pays for the bankrupt is not made bankrupt by it.

    Args:
        closing: Who fails, and the state before.
        opposed: What is to be closed against the legs.
        margin: Equity of a leg's trader [ratio of notional].
    """
    accounts = closing.accounts
    mark = accounts.by_perp.spread(closing.quotes.mark)
    failing = accounts.by_trader.spread(closing.failing)
    direction = jnp.sign(accounts.size)[:, None]
    concession = direction * (mark - opposed.price) / mark
    bearable = safe_divide(margin, concession, otherwise=1.0)
    limit = jnp.where(concession > 0, jnp.clip(bearable, 0, 1), 1)
    limit = jnp.where(failing, 0, limit)
    room = limit * jnp.abs(accounts.tokens(closing.state))
    score = _score(closing, mark, margin)
    before, tied = _ranked(closing, score, room)
    part = safe_divide(opposed.wanted - before, tied, otherwise=0.0)
    return jnp.clip(part, 0, 1) * limit


def _score(closing: Closing, mark: LegPath, margin: LegPath) -> LegPath:
    """Profit over entry notional, times notional over equity; whole grades."""
    accounts = closing.accounts
    entry = accounts.entry[:, None]
    profit = jnp.sign(accounts.size)[:, None] * (mark - entry) / entry
    leverage = safe_divide(jnp.ones_like(margin), margin, otherwise=0.0)
    return jnp.round(profit * leverage * GRADES)


def _ranked(closing: Closing, score: LegPath, room: LegPath) -> tuple[LegPath, LegPath]:
    """Tokens of the legs ahead of each leg, and of those level with it, itself too."""
    accounts = closing.accounts
    long = accounts.is_long()
    rival = (accounts.by_perp.same())[:, :, None] & (long[:, None] == long[None])
    other, room = score[None], room[None]
    ahead = jnp.where(rival & (other > score[:, None]), room, 0).sum(axis=1)
    level = jnp.where(rival & (other == score[:, None]), room, 0).sum(axis=1)
    return ahead, level
