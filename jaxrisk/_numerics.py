"""Safe arithmetic, said once."""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float


def matmul(
    left: Float[Array, "..."], right: Float[Array, "..."]
) -> Float[Array, "..."]:
    """Matrix product in full precision: an accelerator's default may be TF32."""
    return jnp.matmul(left, right, precision=lax.Precision.HIGHEST)


def worth(
    tokens: Float[Array, "row reserve *path"], price: Float[Array, "reserve path"]
) -> Float[Array, "row path"]:
    """Tokens at their prices: of rows common to all paths, or of each path's own."""
    if tokens.ndim == 2:
        return matmul(tokens, price)
    # Written out: XLA's CPU code fuses a chain of products, and not a small sum. The
    # barrier keeps it from computing the price again for every row.
    price = lax.optimization_barrier(price)
    terms = [tokens[:, k] * price[k][None] for k in range(price.shape[0])]
    return functools.reduce(jnp.add, terms)


WRITTEN_OUT = 64
"""Terms of a sum in a program; more take minutes to compile."""


def total(
    tokens: Float[Array, "row reserve *path"], share: Float[Array, "row path"]
) -> Float[Array, "reserve path"]:
    """Tokens of a share of every row: of common rows, or of each path's own."""
    if tokens.ndim == 2:
        return matmul(tokens.T, share)
    share = lax.optimization_barrier(share)
    if share.shape[1] == 1:
        # XLA's CPU code for a sum of one column is ten times as slow.
        return matmul(tokens[..., 0].T, share)
    if share.shape[0] > WRITTEN_OUT:
        return (tokens * share[:, None]).sum(axis=0)
    terms = [tokens[k] * share[k][None] for k in range(share.shape[0])]
    return functools.reduce(jnp.add, terms)


def per_path(values: Float[Array, "row *path"]) -> Float[Array, "row #path"]:
    """A number a row, as it broadcasts against the paths."""
    return values[:, None] if values.ndim == 1 else values


def safe_divide(
    numerator: Float[Array, "..."],
    denominator: Float[Array, "..."],
    *,
    otherwise: float,
) -> Float[Array, "..."]:
    """Divide, and return `otherwise` where the denominator is zero.

    The denominator is replaced before dividing, so that the branch not taken
    contributes a zero, and not a NaN, to the gradient.
    """
    is_zero = denominator == 0
    quotient = _divide(numerator, jnp.where(is_zero, 1, denominator))
    return jnp.where(is_zero, otherwise, quotient)


@jax.custom_jvp
def _divide(
    numerator: Float[Array, "..."], denominator: Float[Array, "..."]
) -> Float[Array, "..."]:
    """Divide, with a slope that does not square the denominator: 1e-20 has one."""
    return numerator / denominator


@_divide.defjvp
def _divide_jvp(
    at: tuple[Array, Array], along: tuple[Array, Array]
) -> tuple[Array, Array]:
    quotient = at[0] / at[1]
    return quotient, (along[0] - quotient * along[1]) / at[1]


def signed_power(
    base: Float[Array, "..."], exponent: Float[Array, "..."]
) -> Float[Array, "..."]:
    """sign(base) |base|^exponent, with derivative zero at zero.

    The derivative at zero is infinite for an exponent below one; zero is what a trade
    of nothing contributes.
    """
    is_zero = base == 0
    size = jnp.where(is_zero, 1, jnp.abs(base)) ** exponent
    return jnp.where(is_zero, 0, jnp.sign(base) * size)


def any_of(flags: Bool[Array, "..."]) -> Bool[Array, ""]:
    """Whether any flag is set; XLA's CPU code for `any` is twice as slow as a sum."""
    return flags.astype(jnp.float32).sum() > 0


def any_row(flags: Bool[Array, "row path"]) -> Bool[Array, " path"]:
    """Whether any row is set, by path; see `any_of`."""
    return flags.astype(jnp.float32).sum(axis=0) > 0


_NODES = (
    -0.8611363115940526,
    -0.3399810435848563,
    0.3399810435848563,
    0.8611363115940526,
)
_WEIGHTS = (
    0.3478548451374538,
    0.6521451548625461,
    0.6521451548625461,
    0.3478548451374538,
)


def mean_over(
    function: Callable[[Float[Array, "..."]], Float[Array, "..."]],
    start: Float[Array, "..."],
    stop: Float[Array, "..."],
) -> Float[Array, "..."]:
    """Mean of a function of one number over [start, stop], by four Gauss points.

    Exact for polynomials up to the seventh degree; used where the difference of an
    antiderivative would cancel.
    """
    middle, half = (start + stop) / 2, (stop - start) / 2
    values = [
        weight * function(middle + node * half)
        for node, weight in zip(_NODES, _WEIGHTS, strict=True)
    ]
    return sum(values[1:], values[0]) / 2
