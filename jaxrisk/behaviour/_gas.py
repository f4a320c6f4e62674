"""Gas that rises with volatility: block space is scarce when everybody trades."""

import abc
from typing import Any, Generic, TypeVar

import equinox as eqx
import jax.numpy as jnp

from .._typing import AssetPath, PerPath, Scalar


Memory = TypeVar("Memory")


class AbstractGas(eqx.Module, Generic[Memory]):
    """What a transaction costs, over what it costs in a calm."""

    @abc.abstractmethod
    def init(self, market: AssetPath) -> Memory:
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def see(self, state: Memory, market: AssetPath, dt: Scalar) -> Memory:
        """See market prices [USD] of a step of `dt` [year]."""

    @abc.abstractmethod
    def multiple(self, state: Memory) -> PerPath:
        """Cost over that in a calm [ratio], one or more."""


class NoGas(AbstractGas[Any]):
    """Gas costs what it costs: the null object."""

    def init(self, market: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def see(self, state: Any, market: AssetPath, dt: Scalar) -> Any:  # noqa: ANN401, ARG002
        """Nothing."""
        return state

    def multiple(self, state: Any) -> PerPath:  # noqa: ANN401, ARG002
        """Of no paths."""
        return jnp.zeros(0)


class GasState(eqx.Module):
    """What block space has seen."""

    variance: PerPath  # realized [1/year]
    seen: PerPath  # last price [log USD]


class VolatileGas(AbstractGas[GasState]):
    r"""Gas follows the realised volatility of one asset.

    .. math:: \min\left(\max\left(1, (\sigma/\sigma_0)^\gamma\right), m\right)
    """

    variance: Scalar  # of calm times [1/year]
    memory: Scalar  # share of the realized variance that a step leaves [ratio]
    exponent: Scalar  # gamma
    most: Scalar  # m [ratio]
    asset: int = eqx.field(static=True)

    def init(self, market: AssetPath) -> GasState:
        """A calm."""
        seen = jnp.log(market[self.asset])
        return GasState(variance=jnp.broadcast_to(self.variance, seen.shape), seen=seen)

    def see(self, state: GasState, market: AssetPath, dt: Scalar) -> GasState:
        """Remember the return of a step."""
        seen = jnp.log(market[self.asset])
        recent = (seen - state.seen) ** 2 / dt
        variance = self.memory * state.variance + (1 - self.memory) * recent
        return GasState(variance=variance, seen=seen)

    def multiple(self, state: GasState) -> PerPath:
        """By the power of volatility over that of a calm."""
        ratio = jnp.maximum(state.variance / self.variance, 1)
        return jnp.minimum(ratio ** (self.exponent / 2), self.most)
