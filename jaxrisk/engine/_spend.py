"""How many tokens a sum of money buys, slippage included."""

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int

from .._numerics import safe_divide
from .._typing import AssetPath
from ._market import proceeds
from ._state import State
from ._system import System


_HALVINGS = 24
"""Newton steps, or halvings where a step leaves the bracket: Newton's converge in some
five, and a bracket of which no step is of use is a sixteen-millionth of itself."""


def tokens_for(
    system: System, state: State, spent: AssetPath, *, mid: AssetPath, market: AssetPath
) -> AssetPath:
    """Tokens of every asset whose purchase costs so much [token].

    By guarded Newton steps from where there is no slippage, as constants, and one more
    that carries the derivatives. What a venue cannot sell for the money is not bought.

    Args:
        system: What is fixed.
        state: Before.
        spent: On each asset [USD].
        mid: Prices of the venues without inventory [USD].
        market: Prices at which the next token trades [USD].
    """
    still = lax.stop_gradient((system, state, spent, mid, market))
    found, slope = _solved(*still)
    cost = -proceeds(system, state, -found, mid=mid, market=market)
    return found - safe_divide(cost - spent, slope, otherwise=0.0)


def _solved(
    system: System, state: State, spent: AssetPath, mid: AssetPath, market: AssetPath
) -> tuple[AssetPath, AssetPath]:
    """The root, and the slope of the cost there."""

    def cost(tokens: AssetPath) -> AssetPath:
        return -proceeds(system, state, -tokens, mid=mid, market=market)

    def priced(tokens: AssetPath) -> tuple[AssetPath, AssetPath]:
        return jax.jvp(cost, (tokens,), (jnp.ones_like(tokens),))

    def closer(
        _: Int[Array, ""], now: tuple[AssetPath, AssetPath, AssetPath]
    ) -> tuple[AssetPath, AssetPath, AssetPath]:
        low, high, tokens = now
        paid, slope = priced(tokens)
        low = jnp.where(paid <= spent, tokens, low)
        high = jnp.where(paid <= spent, high, tokens)
        step = tokens - safe_divide(paid - spent, slope, otherwise=jnp.inf)
        inside = (step >= low) & (step <= high)
        return low, high, jnp.where(inside, step, (low + high) / 2)

    # Slippage makes tokens dearer than the next one, never cheaper.
    most = spent / market
    start = (jnp.zeros_like(most), most, most)
    found = lax.fori_loop(0, _HALVINGS, closer, start)[2]
    return lax.stop_gradient((found, priced(found)[1]))
