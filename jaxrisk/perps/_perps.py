"""Perpetual futures: margin, funding, liquidation, and the spot sales they cause."""

from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax

from .._numerics import any_of, any_row
from .._typing import AssetPath, Flag, PerpPath, Scalar
from ._accounts import Accounts
from ._base import AbstractPerps, PerpReport
from ._closing import Closing
from ._contracts import Contracts
from ._losses import AbstractLossRule, Covered
from ._state import PerpState, Quotes
from ._unwinding import unwind


Tree = TypeVar("Tree")


class Perps(AbstractPerps[PerpState]):
    """The perpetual futures of one exchange, with one insurance fund.

    `advance` and `in_trouble` run on every path and step. Each reads the open share of
    every leg and the balance of every trader once, 4 bytes a leg, trader and path, and
    `advance` writes them once; between are a few operations a leg, two small products
    for the sums over the legs of a perpetual, and slices for those of a trader. Of 40
    legs and 128 paths both take 20 us together on one core, bound by arithmetic: the
    block is in the cache. What a liquidation needs beyond that is computed in rounds
    that have one, and what deleveraging needs in those that have it.
    """

    accounts: Accounts
    contracts: Contracts
    losses: AbstractLossRule
    insurance: Scalar  # at the start [USD]

    def init(self, spot: AssetPath) -> PerpState:
        """All positions open, makers hedged, the index up to date."""
        paths = spot.shape[1]
        accounts = self.accounts
        nothing = jnp.zeros(paths, spot.dtype)
        balance = accounts.balance[:, None]
        invested = (accounts.size * accounts.entry).sum()
        return PerpState(
            open=jnp.ones((accounts.size.shape[0], paths), spot.dtype),
            balance=jnp.broadcast_to(balance, (balance.shape[0], paths)),
            cash=jnp.broadcast_to(invested, paths),
            unhedged=jnp.zeros(
                (self.contracts.maintenance.shape[0], paths), spot.dtype
            ),
            insurance=jnp.broadcast_to(self.insurance, paths),
            deficit=nothing,
            index=self.contracts.oracle.init(self.contracts.spot(spot)),
        )

    def blank(self, spot: AssetPath) -> PerpReport:
        """The report of a step in which nothing has happened yet."""
        return PerpReport.blank(self.contracts.maintenance.shape[0], spot)

    def advance(
        self, state: PerpState, spot: AssetPath, dt: Scalar
    ) -> tuple[PerpState, AssetPath, PerpReport]:
        """Let a step pass.

        The oracle sees the spot price; funding is paid at the premium that is there;
        holders who are not paid enough unwind; then makers hedge what a step lets them.

        Args:
            state: At the end of the last step.
            spot: Market prices of all assets [USD].
            dt: Length of the step [year].

        Returns:
            The state, the spot order flow [token], and the report.
        """
        memory = self.contracts.oracle.advance(state.index, dt)
        state = eqx.tree_at(lambda at: at.index, state, memory)
        quotes = self.contracts.quotes(state, spot)
        state = eqx.tree_at(lambda at: at.index, state, quotes.memory)
        rate = self._rate(quotes)
        state, funding = self._fund(state, quotes, rate, dt)
        after = unwind(self.accounts, self.contracts, state, quotes, rate)
        left = self.contracts.arbitrage_decay[:, None]
        sold = self._spot_legs(state, after) + (1 - left) * after.unhedged
        after = eqx.tree_at(lambda at: at.unhedged, after, left * after.unhedged)
        report = eqx.tree_at(
            lambda at: (at.flow, at.funding),
            self.blank(spot),
            (sold * quotes.spot, funding),
        )
        return after, self.contracts.to_assets(sold), report

    def in_trouble(self, state: PerpState, spot: AssetPath) -> Flag:
        """Paths with a trader whose equity at mark is below maintenance."""
        quotes = self.contracts.quotes(state, spot)
        margin = self.accounts.margin(state, quotes.mark, self.contracts.maintenance)
        return any_row(margin.below)

    def liquidate(
        self, state: PerpState, spot: AssetPath
    ) -> tuple[PerpState, AssetPath, PerpReport]:
        """Close everything of the traders below maintenance, once.

        Their orders of one perpetual meet its book as one net order at one price. What
        remains of a trader's equity pays the fee and is the trader's; what is missing
        is the insurance fund's to pay, and then the loss rule's to find. Spot legs of
        positions that were closed are sold, and makers hedge a share of what they have.

        Args:
            state: Where every path stands.
            spot: Market prices of all assets [USD].

        Returns:
            The state, the spot order flow [token], and the report; on paths without a
            failing trader the state as it was, and zeros.
        """
        quotes = self.contracts.quotes(state, spot)
        margin = self.accounts.margin(state, quotes.mark, self.contracts.maintenance)
        active = any_row(margin.below)
        closing = Closing(
            accounts=self.accounts,
            contracts=self.contracts,
            state=state,
            quotes=quotes,
            margin=margin,
        )
        end = self._close(closing)
        hedged = self.contracts.arbitrage[:, None]
        sold = self._spot_legs(state, end.state) + hedged * end.state.unhedged
        sold = jnp.where(active, sold, 0)
        after = eqx.tree_at(
            lambda at: (at.unhedged, at.index),
            end.state,
            ((1 - hedged) * end.state.unhedged, quotes.memory),
        )
        report = PerpReport(
            liquidated=jnp.where(active, self._failing_notional(closing), 0),
            deleveraged=jnp.where(active, end.deleveraged, 0),
            flow=sold * quotes.spot,
            funding=jnp.zeros_like(sold),
            insurance_paid=jnp.where(active, end.paid, 0),
        )
        return (
            _where(active, after, state),
            self.contracts.to_assets(sold),
            report,
        )

    def basis(self, state: PerpState, spot: AssetPath) -> PerpPath:
        """Log of the perpetual's price over spot."""
        return self.contracts.premium(state.unhedged, self.contracts.spot(spot))

    def funding_rate(self, state: PerpState, spot: AssetPath) -> PerpPath:
        """What longs pay shorts in a funding interval [ratio of notional]."""
        return self._rate(self.contracts.quotes(state, spot))

    def open_interest(self, state: PerpState) -> PerpPath:
        """Tokens that are held long, by traders or makers; as many are held short."""
        tokens = self.accounts.tokens(state)
        net = self.accounts.by_perp.total(tokens)
        return (self.accounts.by_perp.total(jnp.abs(tokens)) + jnp.abs(net)) / 2

    def makers_position(self, state: PerpState) -> PerpPath:
        """Tokens that makers hold: the other side of all legs."""
        return -self.accounts.by_perp.total(self.accounts.tokens(state))

    def _rate(self, quotes: Quotes) -> PerpPath:
        return self.contracts.funding.rate(quotes.price / quotes.index - 1)

    def _fund(
        self, state: PerpState, quotes: Quotes, rate: PerpPath, dt: Scalar
    ) -> tuple[PerpState, PerpPath]:
        """Longs pay shorts for the time that has passed; makers get what legs pay."""
        accounts = self.accounts
        elapsed = dt / self.contracts.funding.interval
        due = rate * quotes.mark * elapsed[:, None]  # on a token [USD]
        paid = accounts.by_trader.total(
            accounts.tokens(state) * accounts.by_perp.spread(due)
        )
        state_after = eqx.tree_at(
            lambda at: (at.balance, at.cash),
            state,
            (state.balance - paid, state.cash + paid.sum(axis=0)),
        )
        return state_after, due * self.open_interest(state)

    def _spot_legs(self, before: PerpState, after: PerpState) -> PerpPath:
        """Spot that goes with the shorts closed in between [token]."""
        held = jnp.abs(self.accounts.size) * self.accounts.spot_leg
        return self.accounts.by_perp.total(held[:, None] * (before.open - after.open))

    def _close(self, closing: Closing) -> Covered:
        """All to the book; where the fund falls short, as the loss rule has it."""
        whole = jnp.ones_like(closing.state.balance)
        price = closing.price(closing.orders(whole))
        booked, paid, unpaid = closing.settle(whole, price)
        nothing = jnp.zeros_like(closing.quotes.mark)
        plain = Covered(state=booked, deleveraged=nothing, paid=paid)
        short = unpaid > 0

        def cover() -> Covered:
            found = self.losses.cover(closing, booked, paid, unpaid)
            return _where(short, found, plain)

        return lax.cond(any_of(short), cover, lambda: plain)

    def _failing_notional(self, closing: Closing) -> PerpPath:
        tokens = jnp.abs(closing.orders(jnp.ones_like(closing.state.balance)))
        return self.accounts.by_perp.total(tokens) * closing.quotes.mark


def _where(active: Flag, new: Tree, old: Tree) -> Tree:
    """`new` on the active paths, `old` on the others; the path is the last axis."""
    return jax.tree.map(
        lambda one, other: jnp.where(
            active.reshape((1,) * (one.ndim - 1) + (-1,)), one, other
        ),
        new,
        old,
    )
