"""Liquidity providers: depth that leaves when prices move, and returns in a calm."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._typing import AssetPath, PerAsset, RowPath, Scalar
from ._base import AbstractProviders


class ProviderState(eqx.Module):
    """What providers have seen, and how much of them is there."""

    depth: AssetPath  # share of the full depth [ratio]
    variance: AssetPath  # realized [1/year]
    seen: AssetPath  # last price [log]
    entry: AssetPath  # price at which they came in, on average [log]


class Providers(AbstractProviders[ProviderState]):
    r"""Providers withdraw with impermanent loss and realised volatility.

    .. math:: 1 - f^* = \min\left(a\,|IL(p/p_0)|
        + b\,(\sigma/\sigma_0 - 1)^+,\; m\right)

    is the share that wants to be away: of the loss since they came in at :math:`p_0`,
    which follows the price as providers are replaced, and of the volatility of the
    last steps over that of calm times. Depth f goes there a share of the way a step.
    """

    per_loss: PerAsset  # a: share that leaves for a loss of one [ratio]
    per_volatility: PerAsset  # b: share that leaves for twice the volatility [ratio]
    most: PerAsset  # m: share that may be away [ratio], below one
    leaving: PerAsset  # share of the way down made in a step [ratio]
    returning: PerAsset  # share of the way up made in a step [ratio]
    variance: PerAsset  # of calm times [1/year]
    memory: PerAsset  # share of the realized variance that a step leaves [ratio]
    renewal: PerAsset  # share of the providers replaced in a step [ratio]

    def init(self, log_price: AssetPath) -> ProviderState:
        """All there, in a calm."""
        variance = jnp.broadcast_to(self.variance[:, None], log_price.shape)
        return ProviderState(
            depth=jnp.ones_like(log_price),
            variance=variance,
            seen=log_price,
            entry=log_price,
        )

    def react(
        self, state: ProviderState, log_price: AssetPath, dt: Scalar
    ) -> ProviderState:
        """Withdraw or return."""
        recent = (log_price - state.seen) ** 2 / dt
        memory = self.memory[:, None]
        variance = memory * state.variance + (1 - memory) * recent
        excess = jnp.sqrt(variance / self.variance[:, None]) - 1
        loss = -impermanent_loss(log_price - state.entry)
        wanted = self.per_loss[:, None] * loss
        wanted = wanted + self.per_volatility[:, None] * jnp.maximum(excess, 0)
        gap = 1 - jnp.minimum(wanted, self.most[:, None]) - state.depth
        speed = jnp.where(gap < 0, self.leaving[:, None], self.returning[:, None])
        return ProviderState(
            depth=state.depth + speed * gap,
            variance=variance,
            seen=log_price,
            entry=state.entry + self.renewal[:, None] * (log_price - state.entry),
        )

    def onto_venue(self, state: ProviderState, sold: AssetPath) -> AssetPath:
        """Over the share that is there."""
        return sold / state.depth

    def from_venue(self, state: ProviderState, amount: AssetPath) -> AssetPath:
        """Times the share that is there."""
        return amount * state.depth

    def depth(self, state: ProviderState, like: AssetPath) -> RowPath:  # noqa: ARG002
        """Share of the full depth that is there [ratio]."""
        return state.depth


def impermanent_loss(move: Float[Array, "..."]) -> Float[Array, "..."]:
    r"""Worth of a constant-product position over holding its tokens, less one [ratio].

    .. math:: \frac{2\sqrt r}{1 + r} - 1 = \frac{1}{\cosh(x/2)} - 1

    for a price that is r times, or a log move of x from, that at the start.

    Source: Pintail (2019), Uniswap: a good deal for liquidity providers?

    Args:
        move: Log of the price over that at the start.
    """
    return 1 / jnp.cosh(move / 2) - 1
