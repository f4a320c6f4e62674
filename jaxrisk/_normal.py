r"""The inverse of the normal distribution function, in float32.

.. math:: z = x\,f(w), \qquad x = 2u - 1, \quad w = -\log_2(1 - x^2)

after Giles (Approximating the erfinv function; GPU Computing Gems, 2011): f is smooth
in w near the middle, and in its root far out. Both polynomials and the logarithm are
minimax fits of the authors' own, of as few terms as keep the relative error of z below
a millionth (tests). `lax.erf_inv` is right to the last bit or two and takes 2.5 times
as long on a CPU, most of it for a logarithm that is right where x is tiny, too.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int


_FAR = 7.0
"""Of w: beyond it, one number in 128, f is taken from the root."""

_NEAR_CENTER, _FAR_CENTER = 3.5, 3.75
_NEAR_TERMS = (
    3.315175e-08,
    -5.287126e-07,
    -5.79543e-07,
    7.14091e-05,
    -6.213490e-04,
    -2.6437305e-03,
    2.42357522e-01,
    2.097475529,
)
_FAR_TERMS = (
    3.298214e-06,
    4.93205793e-04,
    -1.587994513e-03,
    2.681219019e-03,
    -4.299861845e-03,
    6.937088445e-03,
    1.181732655,
    4.179552078,
)
_LOG_TERMS = (
    -0.149733186,
    0.235709608,
    -0.24832283,
    0.28686887,
    -0.360263467,
    0.480931163,
    -0.721352458,
    1.442694902,
)
_ROOT_HALF = 0x3F3504F3
"""The bits of a float32 of the square root of a half."""


@partial(jax.jit, static_argnames="root")
def normal_at(
    centered: Float[Array, "..."],
    root: Callable[[Array], Array] = lax.sqrt,
) -> Float[Array, "..."]:
    """Standard normals whose distribution function is (1 + x) / 2.

    Compiled as one piece wherever it is called: an operation at a time, no product is
    fused with a sum, and last bits would differ.

    Args:
        centered: x, float32 inside (-1, 1).
        root: How a square root is taken where this runs; of numbers above `_FAR`.
    """
    w = -_log2((1 - centered) * (1 + centered))
    far = w > _FAR
    at = jnp.where(far, root(w) - _FAR_CENTER, w - _NEAR_CENTER)
    value = jnp.where(far, jnp.float32(_FAR_TERMS[0]), jnp.float32(_NEAR_TERMS[0]))
    for high, low in zip(_FAR_TERMS[1:], _NEAR_TERMS[1:], strict=True):
        value = value * at + jnp.where(far, jnp.float32(high), jnp.float32(low))
    return value * centered


def _log2(value: Float[Array, "..."]) -> Float[Array, "..."]:
    """To 3e-7, of float32 numbers above zero that are not subnormal."""
    bits = lax.bitcast_convert_type(value, jnp.int32)
    exponent: Int[Array, "..."] = (bits - _ROOT_HALF) >> 23
    rest = lax.bitcast_convert_type(bits - (exponent << 23), jnp.float32) - 1
    fraction = jnp.float32(_LOG_TERMS[0])
    for term in _LOG_TERMS[1:]:
        fraction = fraction * rest + jnp.float32(term)
    return exponent.astype(jnp.float32) + fraction * rest
