"""What each mechanism must sell of an asset when prices move, before anybody answers.

One pass from the start: every account, option and position stands as it does before the
first step, prices move at once, and what is sold moves them no further. Moves are
handled as paths are: they are the last axis.
"""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import matmul, total
from .._typing import AssetPath, DealerPath
from ..engine import System
from ..lending import part_below
from ..options import Dealers


Moves = Float[Array, " move"]
"""Log moves of one asset's price from the start."""
Tokens = Float[Array, " move"]


class AbstractForced(eqx.Module):
    """Somebody who must trade when a price moves."""

    @abc.abstractmethod
    def sold(self, system: System, asset: int, moves: Moves) -> Tokens:
        """Net sales of an asset in all, once its log price has moved [token]."""

    def slope(self, system: System, asset: int, moves: Moves) -> Tokens:
        """Derivative of the sales in the log price, blind to thresholds [token]."""
        one = jnp.ones_like(moves)
        return jax.jvp(lambda at: self.sold(system, asset, at), (moves,), (one,))[1]


class Borrowers(AbstractForced):
    """Keepers liquidate, once, all that is below one.

    Oracles show the price at once, keepers take every offer, and none of them waits.
    Debt in the asset is bought to be repaid.
    """

    def sold(self, system: System, asset: int, moves: Moves) -> Tokens:
        """Collateral that keepers get, less debt that they repay [token].

        Who buys an instrument from them sells its delta.
        """
        accounts, listing = system.accounts, system.listing
        prices = moved_prices(system, asset, moves)
        here = listing.from_assets(prices)
        counted = listing.from_assets(counted_prices(system, prices))
        kept, owed = accounts.start(moves.shape[0])
        health = accounts.ratio(accounts.weighted, counted, here)
        part = part_below(accounts, kept, owed, health)
        values = accounts.value(part, counted, here, here)
        closing = system.close_factor.closing(accounts, values, part.members)
        ready = values.health < 1
        seized = accounts.by_account(jnp.where(ready, part.kept * closing.seized, 0))
        repaid = accounts.by_account(jnp.where(ready, part.owed * closing.repaid, 0))
        tokens = total(accounts.keepers, seized) - total(accounts.debt, repaid)
        sold = listing.to_assets(tokens)
        return (sold + hedges_of(system, sold, prices))[asset]


class OptionsDealers(AbstractForced):
    """Dealers hedge to the last token at both prices, whatever their policy.

    Implied volatility moves with the spot as their table has it. Beyond the table's
    nodes nothing is known: NaN.
    """

    def sold(self, system: System, asset: int, moves: Moves) -> Tokens:
        """Change of the options' aggregate delta [token]."""
        dealers = system.dealers
        if asset not in dealers.assets:
            return jnp.zeros_like(moves)
        row = dealers.assets.index(asset)
        still = moved_prices(system, asset, jnp.zeros_like(moves))
        hedge = dealers.init(moved_prices(system, asset, moves)).hedge
        sold = (dealers.init(still).hedge - hedge)[row]
        return jnp.where(_tabulated(system, row, moves), sold, jnp.nan)

    def slope(self, system: System, asset: int, moves: Moves) -> Tokens:
        """The table's own slopes, a smooth curve through them [token].

        The cubic between its values has a slope as well, but where nodes are dense the
        values' rounding is most of its curvature.
        """
        dealers = system.dealers
        if asset not in dealers.assets or not isinstance(dealers, Dealers):
            return super().slope(system, asset, moves)
        row, nodes = dealers.assets.index(asset), dealers.table.nodes
        slopes = dealers.table.values[:, 0, :, :, 1]
        bend = jnp.asarray(jnp.gradient(slopes, axis=-1)) / nodes.spacing[:, None, None]
        seen = _log_prices(system, dealers, asset, moves)
        curves = jnp.stack([slopes, bend], axis=-1)
        found = nodes.at(curves, seen, jnp.zeros_like(seen))[0][row]
        return jnp.where(_tabulated(system, row, moves), found, jnp.nan)


class PerpTraders(AbstractForced):
    """Traders below maintenance are closed, once, at the mark of the moved price."""

    def sold(self, system: System, asset: int, moves: Moves) -> Tokens:
        """What makers hedge of it in a round, and spot legs of shorts [token]."""
        still = moved_prices(system, asset, jnp.zeros_like(moves))
        state = system.perps.init(still)
        price = moved_prices(system, asset, moves)
        return system.perps.liquidate(state, price)[1][asset]


MECHANISMS: dict[str, AbstractForced] = {
    "borrowers": Borrowers(),
    "dealers": OptionsDealers(),
    "perps": PerpTraders(),
}
"""Everybody who is forced to trade, by name."""


def moved_prices(system: System, asset: int, moves: Moves) -> AssetPath:
    """Prices after log moves of an asset, with those that follow it [USD]."""
    prices = system.prices
    start = prices.anchor + matmul(prices.lift, prices.initial)
    return at_start(
        system, jnp.exp(start[:, None] + prices.lift[:, asset][:, None] * moves[None])
    )


def at_start(system: System, price: AssetPath) -> AssetPath:
    """Prices with instruments at their values before the first step [USD]."""
    state = system.instruments.init(price)
    return system.instruments.priced(state, price)


def counted_prices(system: System, price: AssetPath) -> AssetPath:
    """What collateral counts for at these prices before the first step [USD]."""
    if not system.instruments.assets:
        return price
    state = system.instruments.init(price)
    return price * system.instruments.counted(state, price)


def hedges_of(system: System, sold: AssetPath, price: AssetPath) -> AssetPath:
    """What buyers of instruments sell at these prices before the first step [token]."""
    state = system.instruments.init(price)
    return system.instruments.hedged(state, sold, price)


def _log_prices(
    system: System, dealers: Dealers, asset: int, moves: Moves
) -> DealerPath:
    """Log prices that the dealers' table is looked up at."""
    price = moved_prices(system, asset, moves)
    return dealers.init(price).log_price


def _tabulated(system: System, row: int, moves: Moves) -> Array:
    """Whether a move is inside of the dealers' table, if they have one."""
    dealers = system.dealers
    if not isinstance(dealers, Dealers):
        return jnp.ones(moves.shape, bool)
    asset, nodes = dealers.assets[row], dealers.table.nodes
    reach = nodes.spacing[row] * (dealers.table.values.shape[3] - 1)
    place = _log_prices(system, dealers, asset, moves)[row] - nodes.start[row]
    return (place >= 0) & (place <= reach)
