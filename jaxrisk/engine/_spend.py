"""How many tokens a sum of money buys, slippage included."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Int

from .._numerics import any_of, safe_divide
from .._typing import AssetPath
from ._market import proceeds
from ._state import State
from ._system import System


_HALVINGS = 24
"""Newton steps, or halvings where a step leaves the bracket: Newton's converge in some
five, and a bracket of which no step is of use is a sixteen-millionth of itself."""

_CLOSE = 4
"""Units in the last place of an answer that another step may move it by: enough, as one
more step follows, and Newton's steps square what is left."""


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

    def closer(now: Search) -> Search:
        paid, slope = priced(now.tokens)
        low = jnp.where(paid <= spent, now.tokens, now.low)
        high = jnp.where(paid <= spent, now.high, now.tokens)
        step = now.tokens - safe_divide(paid - spent, slope, otherwise=jnp.inf)
        inside = (step >= low) & (step <= high)
        tokens = jnp.where(inside, step, (low + high) / 2)
        # Who has an answer keeps it, whatever the other paths of the block still need.
        tokens = jnp.where(now.open, tokens, now.tokens)
        moved = jnp.abs(tokens - now.tokens) > close * tokens
        return Search(low, high, tokens, open=now.open & moved, turn=now.turn + 1)

    # Slippage makes tokens dearer than the next one, never cheaper.
    most = spent / market
    close = _CLOSE * float(jnp.finfo(most.dtype).eps)
    found = lax.while_loop(
        lambda now: (now.turn < _HALVINGS) & any_of(now.open),
        closer,
        Search(
            jnp.zeros_like(most),
            most,
            most,
            open=most > 0,
            turn=jnp.zeros((), jnp.int32),
        ),
    ).tokens
    return lax.stop_gradient((found, priced(found)[1]))


class Search(NamedTuple):
    """Where the search for a root stands."""

    low: AssetPath
    high: AssetPath
    tokens: AssetPath
    open: Bool[Array, "asset path"]  # not found yet
    turn: Int[Array, ""]
