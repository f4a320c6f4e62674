"""Who pays what a reserve fund could not, in which order, before suppliers do."""

import abc
from typing import Generic, NamedTuple, TypeVar

import equinox as eqx
import jax.numpy as jnp

from .._typing import MarketPath, PerMarket, PerPath
from ._sight import Seller


Memory = TypeVar("Memory")


class Payments(NamedTuple):
    """What each layer pays in a step [USD]."""

    treasury: MarketPath
    module: MarketPath
    backstop: MarketPath
    left: MarketPath  # that no layer pays


class AbstractWaterfall(eqx.Module, Generic[Memory]):
    """Layers behind the reserve fund."""

    @property
    @abc.abstractmethod
    def pays(self) -> bool:
        """Whether there are any: known before a program is compiled."""

    @abc.abstractmethod
    def init(self, paths: PerPath) -> Memory:
        """Every path at the start; `paths` is anything by path."""

    @abc.abstractmethod
    def cover(
        self, state: Memory, owing: MarketPath, seller: Seller
    ) -> tuple[Memory, Seller, Payments]:
        """Pay what is owing [USD], as far as the layers go."""


class NoWaterfall(AbstractWaterfall[tuple[()]]):
    """Suppliers bear what the reserve fund does not pay."""

    @property
    def pays(self) -> bool:
        """None."""
        return False

    def init(self, paths: PerPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def cover(
        self, state: tuple[()], owing: MarketPath, seller: Seller
    ) -> tuple[tuple[()], Seller, Payments]:
        """Nothing."""
        nothing = jnp.zeros_like(owing)
        return state, seller, Payments(nothing, nothing, nothing, owing)


class WaterfallState(eqx.Module):
    """What the layers still hold."""

    cash: MarketPath  # of the treasury [USD]
    tokens: MarketPath  # of the treasury [token]
    slashable: MarketPath  # of the safety module [token]
    backstop: MarketPath  # [USD]


class Waterfall(AbstractWaterfall[WaterfallState]):
    """Treasury in dollars, its tokens, slashed tokens, and a backstop, in this order.

    Tokens are sold into their own venue, at a price that falls with the sale and stays
    where the sale leaves it; no sale lowers it by more than `fall`. Markets sell one
    after the other, in their order. What a sale raises above what is owing, which is
    rounding, goes to the treasury. Of what was staked at the start at most `slashed` is
    sold along a path. Suppliers bear the rest.

    Source: Aave (2020), Aavenomics: safety module, slashing and backstop.
    """

    cash: PerMarket  # [USD]
    tokens: PerMarket  # [token]
    staked: PerMarket  # [token]
    slashed: PerMarket  # [ratio]
    backstop: PerMarket  # [USD]
    fall: PerMarket  # [log]
    token: tuple[int, ...] = eqx.field(static=True)
    """Asset of the treasury's tokens, by market; -1 where it has none."""
    stake: tuple[int, ...] = eqx.field(static=True)
    """Asset that is staked, by market; -1 where there is no safety module."""

    @property
    def pays(self) -> bool:
        """Some."""
        return True

    def init(self, paths: PerPath) -> WaterfallState:
        """All layers full."""

        def along(amount: PerMarket) -> MarketPath:
            return jnp.broadcast_to(amount[:, None], (amount.size, paths.size))

        return WaterfallState(
            cash=along(self.cash),
            tokens=along(self.tokens),
            slashable=along(self.staked * self.slashed),
            backstop=along(self.backstop),
        )

    def cover(
        self, state: WaterfallState, owing: MarketPath, seller: Seller
    ) -> tuple[WaterfallState, Seller, Payments]:
        """Layer by layer; none goes below zero."""
        from_cash = jnp.minimum(state.cash, owing)
        owing = owing - from_cash
        seller, tokens, raised = self._sold(seller, self.token, state.tokens, owing)
        from_tokens = jnp.minimum(raised, owing)
        owing = owing - from_tokens
        seller, stake, slashed = self._sold(seller, self.stake, state.slashable, owing)
        module = jnp.minimum(slashed, owing)
        owing = owing - module
        backstop = jnp.minimum(state.backstop, owing)
        over = (raised - from_tokens) + (slashed - module)
        after = WaterfallState(
            cash=state.cash - from_cash + over,
            tokens=state.tokens - tokens,
            slashable=state.slashable - stake,
            backstop=state.backstop - backstop,
        )
        payments = Payments(
            treasury=from_cash + from_tokens,
            module=module,
            backstop=backstop,
            left=owing - backstop,
        )
        return after, seller, payments

    def _sold(
        self,
        seller: Seller,
        assets: tuple[int, ...],
        available: MarketPath,
        wanted: MarketPath,
    ) -> tuple[Seller, MarketPath, MarketPath]:
        """Sell of one layer, market by market: tokens, and what they raise [USD]."""
        nothing = jnp.zeros_like(wanted[0])
        sold, raised = [nothing] * len(assets), [nothing] * len(assets)
        for market, asset in enumerate(assets):
            if asset >= 0:
                fall = jnp.zeros_like(nothing) + self.fall[market]
                seller, sold[market], raised[market] = seller.sell(
                    asset, wanted[market], available[market], fall
                )
        return seller, jnp.stack(sold), jnp.stack(raised)
