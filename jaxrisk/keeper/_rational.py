"""The keeper that counts: best offers first, until slippage eats the bonus."""

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from .._numerics import safe_divide, worth
from .._typing import (
    AssetPath,
    Flag,
    PerPath,
    RowFlag,
    RowPath,
    RowReserve,
    Scalar,
)
from ._base import AbstractKeeper, AbstractRoom, Offers


LEAST_FILL = 1e-6
"""Smaller fills are none: rounding leaves them of a spent capital, and each would pay
the gas of a whole liquidation."""


class _Spent(eqx.Module):
    """What the better tiers have booked."""

    sold: AssetPath  # [USD]
    bought: AssetPath  # [USD]
    capital: PerPath  # [USD]


class RationalKeeper(AbstractKeeper):
    """Takes what is profitable after gas, in order of profit, within depth and capital.

    An offer's margin is its profit at market prices after gas, as a share of the sale.
    Offers are taken in `tiers` of equal width below the path's best margin: a tier is
    served until the marginal price has moved by the margin of its worst offer, after
    what the better tiers have taken. The rest waits. A finite number of tiers stands
    for the exact order; `docs/numbers.md` prints the difference.

    Two matrix products an asset side and tier, on rounds in which something binds.
    """

    gas_cost: Float[Array, "*path"]  # [USD a liquidation], of all paths or of each
    capital: Scalar  # [USD]
    tiers: int = eqx.field(static=True)

    def fill(self, offers: Offers, capital: PerPath, *, room: AbstractRoom) -> RowPath:
        """Serve the tiers, best first; all at once where nothing binds."""
        margin = self.margin(offers)
        wanted = offers.ready & (margin > 0)
        best = jnp.where(wanted, margin, 0).max(axis=0)
        everything = wanted.astype(margin.dtype)
        unbound = self._fits(offers, everything, best, capital, room=room)

        def serve() -> RowPath:
            served = self._serve(offers, margin, wanted, best, capital, room=room)
            worth_it = jnp.where(served > LEAST_FILL, served, 0)
            return jnp.where(unbound[None], everything, worth_it)

        return lax.cond(unbound.all(), lambda: everything, serve)

    def margin(self, offers: Offers) -> RowPath:
        """Profit after gas over the market value of the sale [ratio]."""
        revenue = offers.revenue()
        profit = revenue - offers.cost() - self.gas_cost * offers.members
        return safe_divide(profit, revenue, otherwise=-1.0)

    def gas(self, taken: RowFlag, members: Float[Array, "row #path"]) -> PerPath:
        """One liquidation for every member of every account taken [USD]."""
        each = self.gas_cost.reshape(-1)
        return each * jnp.where(taken, members, 0).sum(axis=0)

    def with_gas(self, multiple: PerPath) -> "RationalKeeper":
        """By path."""
        cost = self.gas_cost * multiple
        return eqx.tree_at(lambda at: at.gas_cost, self, cost[None])

    @property
    def initial_capital(self) -> Float[Array, ""]:
        """As configured [USD]."""
        return self.capital

    def _fits(
        self,
        offers: Offers,
        wanted: RowPath,
        best: PerPath,
        capital: PerPath,
        *,
        room: AbstractRoom,
    ) -> Flag:
        """Whether all offers fit at the margin of the last tier."""
        move = -jnp.log1p(-best * (0.5 / self.tiers))
        sold = (offers.sales(wanted) <= room.to_sell(move)).all(axis=0)
        bought = (offers.purchases(wanted) <= room.to_buy(move)).all(axis=0)
        return sold & bought & ((wanted * offers.cost()).sum(axis=0) <= capital)

    def _serve(
        self,
        offers: Offers,
        margin: RowPath,
        wanted: RowFlag,
        best: PerPath,
        capital: PerPath,
        *,
        room: AbstractRoom,
    ) -> RowPath:
        spent = _Spent(
            sold=jnp.zeros_like(room.to_sell(best)),
            bought=jnp.zeros_like(room.to_sell(best)),
            capital=jnp.zeros_like(best),
        )
        # The last tier reaches down to zero, though it is served to half its width.
        least = jnp.arange(self.tiers - 1, -1, -1, dtype=best.dtype) / self.tiers
        served_to = least.at[-1].set(0.5 / self.tiers)

        def serve(
            carry: tuple[RowPath, PerPath, _Spent], tier: tuple[Scalar, Scalar]
        ) -> tuple[tuple[RowPath, PerPath, _Spent], None]:
            filled, above, spent = carry
            bottom = best * tier[0]
            members = wanted & (margin > bottom[None]) & (margin <= above[None])
            move = -jnp.log1p(-best * tier[1])
            share, spent = _take(
                offers, members.astype(margin.dtype), capital, spent, move, room=room
            )
            return (filled + share, bottom, spent), None

        start = (jnp.zeros_like(margin), jnp.full_like(best, jnp.inf), spent)
        return lax.scan(serve, start, (least, served_to))[0][0]


def _take(
    offers: Offers,
    tier: RowPath,
    capital: PerPath,
    spent: _Spent,
    move: PerPath,
    *,
    room: AbstractRoom,
) -> tuple[RowPath, _Spent]:
    """Fill one tier as far as depth and capital go."""
    sales, purchases = offers.sales(tier), offers.purchases(tier)
    sold = _share(room.to_sell(move) - spent.sold, sales)
    bought = _share(room.to_buy(move) - spent.bought, purchases)
    fill = tier * jnp.minimum(
        _mean(offers.collateral, offers.sale_price, offers.listing.from_assets(sold)),
        _mean(offers.debt, offers.purchase_price, offers.listing.from_assets(bought)),
    )
    cost = (fill * offers.cost()).sum(axis=0)
    affordable = _share(capital - spent.capital, cost)
    return fill * affordable[None], _Spent(
        sold=spent.sold + sold * sales,
        bought=spent.bought + bought * purchases,
        capital=spent.capital + affordable * cost,
    )


def _share(
    room: Float[Array, "..."], wanted: Float[Array, "..."]
) -> Float[Array, "..."]:
    # Room may be infinite, and the slope of such a share is not a number; the square of
    # what is wanted may be too small for one.
    short = (room < wanted) & (wanted > 0)
    share = safe_divide(
        jnp.where(short, room, 0), jnp.where(short, wanted, 1), otherwise=0.0
    )
    return jnp.where(short, jnp.maximum(share, 0), 1)


def _mean(
    tokens: RowReserve,
    price: Float[Array, "reserve path"],
    share: Float[Array, "reserve path"],
) -> RowPath:
    """Value-weighted mean of the reserves' shares over what an account holds.

    As one minus the mean of what is missing, so that full shares give exactly one.
    """
    missing = worth(tokens, price * (1 - share))
    return 1 - safe_divide(missing, worth(tokens, price), otherwise=0.0)
