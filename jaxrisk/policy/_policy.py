"""All parts of a policy together."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._listing import Listing
from .._numerics import matmul
from .._typing import AssetPath, MarketPath, ReservePath, Scalar
from ._base import AbstractPolicy, PolicyReport
from ._breakers import AbstractBreakers, Halts
from ._caps import AbstractCaps
from ._factors import AbstractFactors
from ._limits import AbstractLimits
from ._sight import AbstractSight, Seller
from ._waterfall import AbstractWaterfall, Payments


class InForce(eqx.Module):
    """What holds in a step; no rows where a part is absent."""

    factor: Float[Array, "moving path"]  # over the listed one [ratio]
    halts: Halts
    left: Float[Array, "limited path"]  # of what may be repaid in this step [USD]


class Remembered(eqx.Module):
    """What only the next reaction, or a deficit, asks for."""

    breakers: Any
    factors: Any
    waterfall: Any


class PolicyState(eqx.Module):
    """What holds, and what is remembered: `()` while rounds run, which are on groups.

    A group would otherwise move whole rings of prices in and out.
    """

    in_force: InForce
    remembered: Any


class Policy(AbstractPolicy[PolicyState]):
    """Breakers, limits, caps, a waterfall, and collateral factors."""

    breakers: AbstractBreakers
    limits: AbstractLimits
    caps: AbstractCaps
    waterfall: AbstractWaterfall
    factors: AbstractFactors
    listing: Listing
    dt: Scalar  # [year]

    def init(self, market: AssetPath) -> PolicyState:
        """Nothing has happened yet."""
        prices = jnp.log(market)
        breakers = self.breakers.init(prices)
        factors, factor = self.factors.init(market)
        paths = market.shape[1]
        watched = self._reserves if self.breakers.watches else 0
        still = jnp.zeros((watched, paths), market.dtype)
        none = jnp.zeros((self._markets, paths), market.dtype)
        return PolicyState(
            in_force=InForce(
                factor=factor,
                halts=Halts(liquidations=still, borrowing=still, trading=still),
                left=self.limits.budget(none),
            ),
            remembered=Remembered(
                breakers=breakers,
                factors=factors,
                waterfall=self.waterfall.init(prices[0]),
            ),
        )

    def blank(self, paths: int) -> PolicyReport:
        """Zeros."""

        def rows(count: int, *, there: bool) -> Float[Array, "row path"]:
            return jnp.zeros((count if there else 0, paths), self.dt.dtype)

        by_layer = rows(self._markets, there=self.waterfall.pays)
        return PolicyReport(
            paused=rows(self._markets, there=self.breakers.watches),
            refused=rows(self._markets, there=self.limits.throttles),
            treasury=by_layer,
            module=by_layer,
            backstop=by_layer,
            socialised=by_layer,
            factor=rows(self._reserves, there=self.factors.moves),
        )

    def begun(self, state: PolicyState, paths: int) -> PolicyReport:
        """What is paused, and the factors in force."""
        now = state.in_force
        return eqx.tree_at(
            lambda at: (at.paused, at.factor),
            self.blank(paths),
            (self._paused(now.halts), now.factor),
        )

    def react(self, state: PolicyState, sight: AbstractSight) -> PolicyState:
        """Breakers look, factors are decided, budgets are filled."""
        before = state.remembered
        breakers, halts = before.breakers, state.in_force.halts
        if self.breakers.watches:
            breakers, halts = self.breakers.advance(breakers, jnp.log(sight.price()))
        factors, factor = before.factors, state.in_force.factor
        if self.factors.moves:
            factors, factor = self.factors.advance(factors, sight, self.dt)
        left = state.in_force.left
        if self.limits.throttles:
            left = self.limits.budget(sight.debt())
        return PolicyState(
            in_force=InForce(factor=factor, halts=halts, left=left),
            remembered=Remembered(breakers, factors, before.waterfall),
        )

    def counted(self, state: PolicyState, price: ReservePath) -> ReservePath:
        """Times the factor, if it is for all."""
        if self.factors.for_new_only:
            return price
        return self.counted_for_new(state, price)

    def counted_for_new(self, state: PolicyState, price: ReservePath) -> ReservePath:
        """Times the factor."""
        return price * state.in_force.factor if self.factors.moves else price

    def closed(self, state: PolicyState) -> ReservePath:
        """What breakers say."""
        return state.in_force.halts.closing

    def room_to_borrow(self, state: PolicyState, borrowed: ReservePath) -> ReservePath:
        """Up to the cap; nothing where borrowing is paused."""
        room = self.caps.room_to_borrow(borrowed)
        if not self.breakers.watches:
            return room
        return jnp.where(state.in_force.halts.borrowing > 0, 0, room)

    def tradable(self, state: PolicyState, price: ReservePath) -> ReservePath:
        """Where trading is not paused."""
        if not self.breakers.watches:
            return jnp.ones_like(price)
        return 1 - state.in_force.halts.trading

    def throttle(
        self, state: PolicyState, wanted: MarketPath
    ) -> tuple[PolicyState, MarketPath]:
        """Out of what is left of the step's budgets."""
        share, left = self.limits.throttle(state.in_force.left, wanted)
        return eqx.tree_at(lambda at: at.in_force.left, state, left), share

    def unspent(self, state: PolicyState) -> MarketPath:
        """Where something is left."""
        left = state.in_force.left
        return (left > 0).astype(left.dtype)

    def cover(
        self, state: PolicyState, owing: MarketPath, seller: Seller
    ) -> tuple[PolicyState, Seller, Payments]:
        """Layer by layer."""
        held = state.remembered.waterfall
        held, seller, payments = self.waterfall.cover(held, owing, seller)
        after = eqx.tree_at(lambda at: at.remembered.waterfall, state, held)
        return after, seller, payments

    def in_rounds(self, state: PolicyState) -> tuple[PolicyState, Remembered]:
        """What holds in the step."""
        return PolicyState(state.in_force, remembered=()), state.remembered

    def after_rounds(self, state: PolicyState, resting: Remembered) -> PolicyState:
        """As before the rounds, but for the budgets."""
        return PolicyState(state.in_force, remembered=resting)

    def _paused(self, halts: Halts) -> MarketPath:
        """1 for a market in which no account can be liquidated."""
        if not self.breakers.watches:
            return halts.liquidations
        market = self.listing.market
        open_reserves = matmul(market.T, 1 - halts.liquidations)
        return (open_reserves == 0).astype(halts.liquidations.dtype)

    @property
    def _reserves(self) -> int:
        return self.listing.market.shape[0]

    @property
    def _markets(self) -> int:
        return self.listing.market.shape[1]
