r"""Losses through common assets: who has to sell, and who holds the same.

Banks in the sources are here whoever holds assets against debt: accounts, funds, loops.
The matrices are the analytic companion of the engine: its first round of liquidations
is theirs in the linear limit.
"""

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from .._numerics import matmul, safe_divide
from .._typing import AssetPath, EntityPath, PerAsset, PerEntity, PerPath


EntityAsset = Float[Array, "entity asset"]


class FireSale(eqx.Module):
    """What a fall of prices sets off."""

    sold: AssetPath  # by everybody [USD]; negative: bought
    move: AssetPath  # of prices, by the sales [ratio]
    loss: EntityPath  # of equity, by the sales [USD]


class LeverageTargets(eqx.Module):
    r"""Entities that sell until their leverage is what it was.

    After returns R on its assets A an entity with debt B times its equity sells
    :math:`-A B R`, pro rata; every asset then moves in proportion to its sales:

    .. math:: F' = -\mathrm{diag}(\ell) \, q, \qquad
        q = -M^\top \mathrm{diag}(A B) M F.

    Sales are linear in the shock: nobody runs out of assets, and after a rise of
    prices all buy.

    Source: Greenwood, Landier and Thesmar (2015), Vulnerable banks.
    """

    assets: PerEntity  # A [USD]
    leverage: PerEntity  # B, debt over equity [ratio]
    weight: EntityAsset  # M, share of an entity's assets [ratio]
    impact: PerAsset  # l, move of a price by a sale [ratio a USD]

    @property
    def equity(self) -> PerEntity:
        """Assets less debt [USD]."""
        return self.assets / (1 + self.leverage)

    @property
    def transmission(self) -> Float[Array, "asset source"]:
        """Moves in the next round by a move of one asset in this one [ratio]."""
        asked = self.weight.T * (self.assets * self.leverage)[None]
        return self.impact[:, None] * matmul(asked, self.weight)

    @property
    def direct_exposure(self) -> EntityAsset:
        """What entities hold: loss by a fall of one asset [USD a unit of return]."""
        return self.assets[:, None] * self.weight

    @property
    def indirect_exposure(self) -> EntityAsset:
        """Loss by the sales that a fall of one asset sets off, in the first round.

        [USD a unit of return]; an entity may have it in assets that it does not hold.
        """
        return matmul(self.direct_exposure, self.transmission)

    def sale(self, shock: AssetPath) -> FireSale:
        """One round: all answer the shock [ratio], prices answer them."""
        returns = matmul(self.weight, shock)
        asked = (self.assets * self.leverage)[:, None] * returns
        sold = -matmul(self.weight.T, asked)
        move = -self.impact[:, None] * sold
        return FireSale(sold=sold, move=move, loss=-matmul(self.direct_exposure, move))

    def sales(self, shock: AssetPath, *, rounds: int) -> FireSale:
        """Several rounds, each the answer to the moves of the one before, added up.

        With the largest eigenvalue of `transmission` below one they converge to
        :math:`(1 - T)^{-1} T F`; from one on they run away.
        """

        def once(at: AssetPath, _: None) -> tuple[AssetPath, FireSale]:
            sale = self.sale(at)
            return sale.move, sale

        _, each = lax.scan(once, shock, length=rounds)
        return FireSale(
            sold=each.sold.sum(axis=0),
            move=each.move.sum(axis=0),
            loss=each.loss.sum(axis=0),
        )

    def vulnerability_of(self, sale: FireSale) -> tuple[PerPath, EntityPath]:
        """Loss by the sales over equity: aggregate, and of each entity [ratio]."""
        every = sale.loss.sum(axis=0) / self.equity.sum()
        return every, sale.loss / self.equity[:, None]

    def systemicness(self, shock: AssetPath) -> EntityPath:
        """Loss of all by the sales of one entity, over all equity, in one round.

        Its sum over entities is the aggregate vulnerability.
        """
        returns = matmul(self.weight, shock)
        sold = -(self.assets * self.leverage)[:, None] * returns
        held = self.direct_exposure.sum(axis=0)
        each_costs = matmul(self.weight, (held * self.impact)[:, None])
        return each_costs * sold / self.equity.sum()


class _Books(eqx.Module):
    """Where entities and prices stand."""

    held: Float[Array, "entity asset path"]  # [USD]
    equity: EntityPath  # [USD]
    price: AssetPath  # over that at the start [ratio]


class Thresholds(eqx.Module):
    r"""Entities that sell only once their leverage is above a limit.

    From leverage :math:`\lambda` (assets over equity) above `limit` an entity sells the
    share of its holdings that brings it to `target`, all of them at most; a sale q of
    an asset at price S moves it by

    .. math:: \Psi(q) = -f (1 - e^{-q / (f D)}), \qquad f = 1 - B / S

    with depth D and a price B below which buyers take all: linear in small sales.
    Sellers lose a share of that on what they sell.

    Source: Cont and Schaanning (2017), Fire sales, indirect contagion and systemic
    stress testing.
    """

    holdings: EntityAsset  # [USD]
    illiquid: PerEntity  # assets that are not sold and do not move [USD]
    equity: PerEntity  # [USD]
    limit: PerEntity  # leverage above which it sells [ratio]
    target: PerEntity  # leverage that it returns to, at most the limit [ratio]
    depth: PerAsset  # D, sale over fall of the price, for small sales [USD]
    floor: PerAsset  # B, over the price at the start [ratio]
    realised: Float[Array, ""]  # share of the fall that sellers lose; 0.5: on average

    def sales(
        self, shock: AssetPath, *, rounds: int
    ) -> tuple[FireSale, Float[Array, "round entity path"]]:
        """All rounds together, and the share of its holdings that each sold in each.

        An entity without equity left sells everything.

        Args:
            shock: First move of prices [ratio].
            rounds: Of sales; without a seller nothing moves any more.
        """
        price = 1 + shock
        held = self.holdings[..., None] * price[None]
        equity = self.equity[:, None] + (held - self.holdings[..., None]).sum(axis=1)

        def once(at: _Books, _: None) -> tuple[_Books, tuple[AssetPath, EntityPath]]:
            return self._round(at)

        start = _Books(held=held, equity=equity, price=price)
        end, (sold, share) = lax.scan(once, start, length=rounds)
        sale = FireSale(
            sold=sold.sum(axis=0), move=end.price / price - 1, loss=equity - end.equity
        )
        return sale, share

    def _round(self, at: _Books) -> tuple[_Books, tuple[AssetPath, EntityPath]]:
        share = self._share(at)
        sold = share[:, None] * at.held
        volume = sold.sum(axis=0)
        reach = jnp.maximum(
            1 - safe_divide(self.floor[:, None], at.price, otherwise=1.0), 0
        )
        pressed = safe_divide(volume, reach * self.depth[:, None], otherwise=0.0)
        move = reach * jnp.expm1(-pressed)
        left = at.held - sold
        kept = left * (1 + move)[None]
        lost = ((left + self.realised * sold) * -move[None]).sum(axis=1)
        books = _Books(held=kept, equity=at.equity - lost, price=at.price * (1 + move))
        return books, (volume, share)

    def _share(self, at: _Books) -> EntityPath:
        """Of its holdings that each sells."""
        liquid = at.held.sum(axis=1)
        total = self.illiquid[:, None] + liquid
        selling = (total > self.limit[:, None] * at.equity) & (liquid > 0)
        excess = total - self.target[:, None] * jnp.maximum(at.equity, 0)
        share = jnp.clip(excess / jnp.where(liquid > 0, liquid, 1), 0, 1)
        return jnp.where(selling, share, 0)
