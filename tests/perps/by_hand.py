"""Exchanges small enough to be reckoned by hand."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxrisk.oracle import InstantOracle
from jaxrisk.perps import (
    AbstractLossRule,
    AutoDeleveraging,
    CrossAccount,
    Perps,
    PerpTerms,
    Rung,
    build_perps,
)
from jaxrisk.venue import AbstractVenue, InfiniteVenue, PowerLawVenue


SPOT = np.array([100.0, 10.0])
PLAIN = PerpTerms(asset=0, maintenance=0.01, liquidation_fee=0.0)
OTHER = PerpTerms(asset=1, maintenance=0.01, liquidation_fee=0.0)


def build(
    *holders: Rung | CrossAccount,
    terms: tuple[PerpTerms, ...] = (PLAIN, OTHER),
    book: AbstractVenue | None = None,
    insurance: float = 0.0,
    losses: AbstractLossRule | None = None,
) -> Perps:
    """Books take any amount at spot unless another is given."""
    return build_perps(
        holders,
        terms=terms,
        book=book or InfiniteVenue(),
        oracle=InstantOracle(),
        spot=SPOT,
        insurance=insurance,
        losses=losses or AutoDeleveraging(),
        dtype=np.dtype(np.float64),
    )


def linear(depth: float) -> PowerLawVenue:
    """Books in which this many USD move the price by a tenth."""
    return PowerLawVenue(
        depth=jnp.full(2, depth), move_at_depth=jnp.full(2, 0.1), exponent=jnp.ones(2)
    )


def at(first: float, second: float = 10.0) -> jax.Array:
    """Spot prices of one path."""
    return jnp.array([[first], [second]])
