"""The health factor."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import safe_divide


def health_factor(
    weighted: Float[Array, "..."], debt: Float[Array, "..."]
) -> Float[Array, "..."]:
    r"""Threshold-weighted collateral per unit of debt; below 1 is liquidatable.

    .. math:: H_i = \sum_r T_r p_r C_{ir} \,/\, \sum_r p_r D_{ir}

    An account without debt cannot be liquidated: its health factor is infinite.

    Args:
        weighted: Collateral weighted with its liquidation threshold [USD].
        debt: Debt [USD].

    Returns:
        The health factor [ratio].
    """
    return safe_divide(weighted, debt, otherwise=jnp.inf)
