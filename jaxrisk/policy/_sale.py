"""How many tokens raise a sum of money, where the price falls with the sale."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from .._numerics import safe_divide
from .._typing import PerPath


HALVINGS = 24
"""Of the range searched; the Newton steps after them square what error is left."""
POLISH = 3
MORE = 64
"""Units in the last place by which more is sold: what is wanted is raised, and not a
little less, which would be bad debt."""


def tokens_for(
    proceeds: Callable[[PerPath], PerPath], wanted: PerPath, most: PerPath
) -> PerPath:
    """The least sale that raises `wanted` [USD], or `most` where none does [token].

    Args:
        proceeds: What a sale raises [USD]; increasing up to `most`.
        wanted: Nothing is sold where it is zero [USD].
        most: Finite [token].

    Returns:
        Tokens; with the slope of the last Newton step, which is exact.
    """
    enough = proceeds(most) >= wanted
    start = lax.stop_gradient(_halved(proceeds, wanted, most))

    def newton(tokens: PerPath) -> PerPath:
        raised, slope = jax.jvp(proceeds, (tokens,), (jnp.ones_like(tokens),))
        missing = wanted - raised
        step = safe_divide(missing, lax.stop_gradient(slope), otherwise=0.0)
        return jnp.clip(tokens + step, 0, most)

    found = start
    for _ in range(POLISH):
        found = newton(lax.stop_gradient(found))
    found = jnp.minimum(found * (1 + MORE * jnp.finfo(found.dtype).eps), most)
    return jnp.where(wanted > 0, jnp.where(enough, found, most), 0)


def _halved(
    proceeds: Callable[[PerPath], PerPath], wanted: PerPath, most: PerPath
) -> PerPath:
    def halve(_: Array, ends: tuple[PerPath, PerPath]) -> tuple[PerPath, PerPath]:
        low, high = ends
        middle = (low + high) / 2
        short = proceeds(middle) < wanted
        return jnp.where(short, middle, low), jnp.where(short, high, middle)

    low, high = lax.fori_loop(0, HALVINGS, halve, (jnp.zeros_like(most), most))
    return (low + high) / 2
