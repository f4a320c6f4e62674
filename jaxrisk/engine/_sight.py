"""What the engine shows to policy."""

import jax.numpy as jnp

from .._numerics import safe_divide, total, worth
from .._typing import AccountPath, AssetPath, DealerPath, MarketPath, ReservePath
from ..lending import part_below
from ..policy import AbstractSight
from ._market import collateral_price, debt_price, market_price, mid_price
from ._state import State
from ._system import System


class Sight(AbstractSight):
    """The state after the shock of a step, and what oracles said before it."""

    system: System
    state: State

    def price(self) -> AssetPath:
        """Market price [USD]."""
        return market_price(self.system, self.state)

    def depth_loss(self) -> AssetPath:
        """What inventory takes off the price [log], and the share of depth gone."""
        system, state = self.system, self.state
        own = system.venues.displacement(state.venues, mid_price(system, state))
        loss = jnp.maximum(-own, 0)
        left = system.providers.depth(state.providers, loss)
        return loss + (1 - left) if left.shape[0] else loss

    def implied_level(self) -> DealerPath:
        """As dealers had it after the last step [log]."""
        return self.state.dealers.log_level

    def kept(self) -> AccountPath:
        """Both rows of a cohort together [ratio]."""
        return self.system.accounts.by_account(self.state.kept)

    def debt(self) -> MarketPath:
        """At the oracle's last prices [USD]."""
        price = self.system.oracle.price(self.state.oracle)
        each = self.system.listing.from_assets(price) * self.state.pool.borrowed
        return self.system.listing.to_markets(each)

    def at_risk(self, fall: AssetPath) -> ReservePath:
        """At the thresholds as listed: a factor does not answer to itself."""
        system, state = self.system, self.state
        accounts, down = system.accounts, system.listing.from_assets(jnp.exp(-fall))
        price = system.oracle.price(state.oracle)
        collateral = down * collateral_price(system, state, price)
        debt = down * debt_price(system, state, price)
        health = accounts.ratio(accounts.weighted, collateral, debt)
        part = part_below(accounts, state.kept, state.owed, health)
        breached = accounts.by_row(worth(accounts.weighted, collateral))
        breached = state.edge * breached < accounts.by_row(worth(accounts.debt, debt))
        below = accounts.by_account(jnp.where(breached, part.kept, 0))
        whole = total(accounts.collateral, accounts.by_account(state.kept))
        return safe_divide(total(accounts.collateral, below), whole, otherwise=0.0)
