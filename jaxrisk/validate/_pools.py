"""V19: what pools pay."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from ..venue import AbstractVenue, ConstantProductVenue, StableSwapVenue
from ..venue._stableswap import marginal_price
from ._position import FLOAT64
from ._row import Check


AMPLIFICATION, STETH, ETHER, SOLD = 30.0, 241_954.0, 235_285.0, 80_000.0


def pool_proceeds() -> Iterator[Check]:
    """Proceeds of one sale to a constant product pool and to a StableSwap pool.

    400 ETH and 1,000,000 USDC, 40 ETH sold; Curve's stETH pool of 19 June 2023 (A = 30,
    fee 4 bp, 235,285 ETH and 241,954 stETH), 80,000 stETH sold.
    """
    with jax.enable_x64(True):
        for fee, literal in ((0.0, 90_909.09), (0.003, 90_661.09)):
            formula = 1e6 * 40 * (1 - fee) / (400 + 40 * (1 - fee))
            label = f"40 ETH for USDC, fee {fee:.1%}"
            yield Check(f"closed form: {label} [USD]", literal, formula, 5.01e-3)
            paid = _proceeds(_constant_product(fee), sold=40.0, mid=2500.0)
            yield Check(f"{label} [USD]", formula, paid, 1e-6 * formula)
        pool = _curve_steth(fee=0.0004)
        paid = _proceeds(pool, sold=SOLD, mid=_mid(pool))
        yield Check("80,000 stETH for ETH [ETH]", 78_925.5, paid, 78_925.5e-6)
        yield _invariant_after_sale()


def _invariant_after_sale() -> Check:
    """The pool's equation, written out, after the same sale without a fee."""
    pool = _curve_steth(fee=0.0)
    token = STETH + SOLD
    ether = ETHER - _proceeds(pool, sold=SOLD, mid=_mid(pool))
    invariant, twice = pool.invariant.item(), 2 * AMPLIFICATION
    left = twice * (token + ether) + invariant
    right = twice * invariant + invariant**3 / (4 * token * ether)
    return Check("StableSwap equation after the sale [ratio]", 1.0, left / right, 1e-12)


def _constant_product(fee: float) -> ConstantProductVenue:
    return ConstantProductVenue(
        quote_reserve=jnp.array([1e6]),
        initial_price=jnp.array([2500.0]),
        fee=jnp.array([fee]),
    )


def _curve_steth(fee: float) -> StableSwapVenue:
    return StableSwapVenue.of(
        np.array([AMPLIFICATION]),
        np.array([STETH]),
        np.array([ETHER]),
        np.array([fee]),
        dtype=FLOAT64,
    )


def _mid(pool: StableSwapVenue) -> float:
    """Reference tokens for a token at zero inventory: proceeds then come in those."""
    return marginal_price(
        pool.amplification, pool.token_balance / pool.invariant
    ).item()


def _proceeds(venue: AbstractVenue, *, sold: float, mid: float) -> float:
    nothing = jnp.zeros((1, 1))
    return venue.proceeds(nothing, nothing + sold, nothing + mid).item()
