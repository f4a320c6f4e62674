"""Prices seen from the engine: fundamental, mid, market, and per unit of a balance."""

from typing import NamedTuple

import jax.numpy as jnp

from .._typing import AssetPath, PerPath, ReservePath
from ..behaviour import NoGas
from ..keeper import AbstractKeeper, AbstractRoom
from ._state import State
from ._system import System


def mid_price(system: System, state: State) -> AssetPath:
    """Price at which the venues stand without inventory [USD]."""
    marked = system.network.marked(state.network, state.venues.permanent)
    return _priced(system, state, marked)


def market_price(system: System, state: State) -> AssetPath:
    """Price at which the next token trades [USD]."""
    own = system.venues.displacement(state.venues, mid_price(system, state))
    marked = system.network.marked(state.network, state.venues.permanent + own)
    return _priced(system, state, marked)


class Quotes(NamedTuple):
    """What the venues quote, without and with their inventories [USD]."""

    mid: AssetPath
    market: AssetPath

    @classmethod
    def of(cls, system: System, state: State) -> "Quotes":
        """In this state."""
        return cls(mid_price(system, state), market_price(system, state))


def own_log_price(system: System, state: State) -> AssetPath:
    """Log of every price against what its venue quotes it in, over that at the start.

    Of a base asset that is USD, of a pegged one its reference.
    """
    own = system.venues.displacement(state.venues, mid_price(system, state))
    marked = system.network.marked(state.network, state.venues.permanent + own)
    return system.prices.own_move(state.prices) + marked


def fundamental_price(system: System, state: State) -> AssetPath:
    """Price without anybody's impact [USD]."""
    nothing = jnp.zeros_like(state.venues.permanent)
    failed = system.network.failed(state.network, nothing)
    return _priced(system, state, failed)


def _priced(system: System, state: State, impact: AssetPath) -> AssetPath:
    """Prices under log impacts; an instrument's follow from its underlying's [USD]."""
    price = jnp.exp(system.prices.log_price(state.prices, impact))
    return system.instruments.priced(state.instruments, price)


def collateral_price(system: System, state: State, price: AssetPath) -> ReservePath:
    """USD a unit of initial collateral, interest included."""
    return state.pool.supply_index * system.listing.from_assets(price)


def debt_price(system: System, state: State, price: AssetPath) -> ReservePath:
    """USD a unit of initial debt, interest included."""
    return state.pool.debt_index * system.listing.from_assets(price)


class Contract(NamedTuple):
    """What the contracts act on, as oracles have it [USD a unit of the start]."""

    counted: ReservePath  # collateral, as it counts towards health
    seized: ReservePath  # collateral, as it is seized; the same object if it is counted
    debt: ReservePath


def contract(system: System, state: State) -> Contract:
    """Prices of a unit of initial collateral and of initial debt."""
    price = system.oracle.price(state.oracle)
    seized = collateral_price(system, state, price)
    return Contract(
        counted=counted_price(system, state, seized),
        seized=seized,
        debt=debt_price(system, state, price),
    )


def counted_price(system: System, state: State, seized: ReservePath) -> ReservePath:
    """What collateral counts for, from what it is seized at [USD].

    Returns its argument where nothing makes them differ: that is known before a program
    is compiled, and costs nothing (`Accounts.value`).
    """
    return system.policy.counted(state.policy, _valued(system, state, seized))


def price_for_new(system: System, state: State, seized: ReservePath) -> ReservePath:
    """What collateral counts for where more is borrowed against it [USD]."""
    return system.policy.counted_for_new(state.policy, _valued(system, state, seized))


def _valued(system: System, state: State, seized: ReservePath) -> ReservePath:
    """With instruments at their stressed value."""
    if not system.instruments.assets:
        return seized
    oracle = system.oracle.price(state.oracle)
    share = system.instruments.counted(state.instruments, oracle)
    return seized * system.listing.from_assets(share)


def contract_prices(system: System, state: State) -> tuple[ReservePath, ReservePath]:
    """What health depends on: counted collateral and debt, as oracles have it [USD]."""
    prices = contract(system, state)
    return prices.counted, prices.debt


class Room(AbstractRoom):
    """How much the venues take, in this state."""

    system: System
    state: State
    mid: AssetPath
    market: AssetPath

    def to_sell(self, fall: PerPath) -> AssetPath:
        """USD sold until the log price has fallen by `fall`."""
        return self._worth(self.tokens(-fall))

    def to_buy(self, rise: PerPath) -> AssetPath:
        """USD bought until the log price has risen by `rise`."""
        return self._worth(-self.tokens(rise))

    def _worth(self, tokens: AssetPath) -> AssetPath:
        # Without a bound there is no slope: infinity times zero is not a number.
        finite = jnp.isfinite(tokens)
        return jnp.where(finite, jnp.where(finite, tokens, 0) * self.market, tokens)

    def tokens(self, move: PerPath) -> AssetPath:
        """Tokens whose sale moves the log price by `move`; purchases are negative."""
        along = jnp.broadcast_to(move, self.mid.shape[:1] + move.shape)
        tokens = self.system.venues.room(self.state.venues, along, self.mid)
        return self.system.providers.from_venue(self.state.providers, tokens)


def proceeds(
    system: System, state: State, sold: AssetPath, *, mid: AssetPath, market: AssetPath
) -> AssetPath:
    """USD that a net flow of tokens brings; minus what it costs where bought.

    A venue quotes against its own mid; where a reference asset has moved, so has the
    venue's quote: the ratio below is one for assets that follow nothing.
    """
    own = jnp.exp(system.venues.displacement(state.venues, mid))
    onto = system.providers.onto_venue(state.providers, sold)
    paid = system.venues.proceeds(state.venues, onto, mid) * market / (mid * own)
    return system.providers.from_venue(state.providers, paid)


def keepers_of(system: System, state: State) -> AbstractKeeper:
    """The keepers, at what gas costs now."""
    if isinstance(system.gas, NoGas):
        return system.keeper
    return system.keeper.with_gas(system.gas.multiple(state.gas))
