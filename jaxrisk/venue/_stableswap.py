"""Curve's StableSwap pool of two coins: a token and its reference.

Source: Egorov (2019), StableSwap: efficient mechanism for stablecoin liquidity. With
S = x + y, D the invariant, a = 2A: a S + D = a D + D^3 / (4 x y).
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int

from .._numerics import mean_over
from .._typing import AssetPath, PerAsset
from ._base import AbstractVenue


LEAST_BALANCE = 1e-3
"""Share of the token balance that cannot be bought."""

_BISECTIONS = 48

_REACHED = 1e-3
"""Newton steps after the bisection, over the invariant, that are no more than rounding;
they are longer where a target is beyond what the pool can reach."""


class StableSwapVenue(AbstractVenue):
    """A pool by its balances at zero inventory, which may be unequal.

    `mid` is the price of the token at those balances: displacement and proceeds are
    relative to the pool's marginal price there.
    """

    amplification: PerAsset  # A
    token_balance: PerAsset  # [token]
    invariant: PerAsset  # D [token]
    fee: PerAsset  # [ratio], of what is received

    @classmethod
    def of(
        cls,
        amplification: np.ndarray,
        token_balance: np.ndarray,
        reference_balance: np.ndarray,
        fee: np.ndarray,
        *,
        dtype: np.dtype,
    ) -> "StableSwapVenue":
        """From balances [token, reference token] at zero inventory."""
        invariant = solve_invariant(amplification, token_balance, reference_balance)
        return cls(
            amplification=jnp.asarray(amplification, dtype),
            token_balance=jnp.asarray(token_balance, dtype),
            invariant=jnp.asarray(invariant, dtype),
            fee=jnp.asarray(fee, dtype),
        )

    def displacement(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:  # noqa: ARG002
        """Log of the marginal price over that at zero inventory."""
        start = self._share(jnp.zeros_like(inventory))
        price = marginal_price(self._amplification, self._share(inventory))
        return jnp.log(price / marginal_price(self._amplification, start))

    def proceeds(
        self, inventory: AssetPath, sold: AssetPath, mid: AssetPath
    ) -> AssetPath:
        """Reference tokens received less the fee, at the worth of one [USD]."""
        start, stop = self._share(inventory), self._share(inventory + sold)
        whole = reference_balance(self._amplification, start) - reference_balance(
            self._amplification, stop
        )
        small = (stop - start) * mean_over(self._marginal, start, stop)
        # The difference of two balances loses digits for a small trade.
        received = jnp.where(jnp.abs(stop - start) < 0.02 * start, small, whole)
        origin = marginal_price(
            self._amplification, self._share(jnp.zeros_like(inventory))
        )
        gross = received * self.invariant[:, None] * mid / origin
        keep = 1 - self.fee[:, None]
        return jnp.where(sold > 0, gross * keep, gross / keep)

    def room(self, inventory: AssetPath, move: AssetPath, mid: AssetPath) -> AssetPath:
        """Tokens until the log price has moved by `move`.

        By bisection and one Newton step from there, which is a constant. Derivatives
        are those of the step, also where rounding takes it out of the bracket; a target
        that cannot be reached has none.
        """
        target = self.displacement(inventory, mid) + move
        below, above = self._bracket(target, mid)
        found = (below + above) / 2
        value, slope = jax.jvp(
            lambda at: self.displacement(at, mid), (found,), (jnp.ones_like(found),)
        )
        slope = lax.stop_gradient(slope)
        sloping = slope != 0
        step = jnp.where(sloping, value - target, 0) / jnp.where(sloping, slope, 1)
        inside = (found - step > below) & (found - step < above)
        end = lax.stop_gradient(jnp.where(inside, found - step, found))
        reached = jnp.abs(step) < _REACHED * self.invariant[:, None]
        step = jnp.where(reached, step, 0)
        return end - (step - lax.stop_gradient(step)) - inventory

    def _bracket(
        self, target: AssetPath, mid: AssetPath
    ) -> tuple[AssetPath, AssetPath]:
        """Inventories of higher and lower price than the target; constants."""
        venue, target, mid = lax.stop_gradient((self, target, mid))
        least = (LEAST_BALANCE - 1) * self.token_balance[:, None]
        low = jnp.broadcast_to(least, target.shape)
        high = jnp.broadcast_to(50 * self.invariant[:, None], target.shape)

        def halve(
            _: Int[Array, ""], bracket: tuple[AssetPath, AssetPath]
        ) -> tuple[AssetPath, AssetPath]:
            below, above = bracket
            middle = (below + above) / 2
            cheaper = venue.displacement(middle, mid) < target
            return jnp.where(cheaper, below, middle), jnp.where(cheaper, middle, above)

        return lax.stop_gradient(lax.fori_loop(0, _BISECTIONS, halve, (low, high)))

    @property
    def _amplification(self) -> Float[Array, "asset 1"]:
        return self.amplification[:, None]

    def _marginal(self, share: AssetPath) -> AssetPath:
        return marginal_price(self._amplification, share)

    def _share(self, inventory: AssetPath) -> AssetPath:
        """Token balance over the invariant."""
        balance = self.token_balance[:, None]
        return (
            jnp.maximum(balance + inventory, LEAST_BALANCE * balance)
            / (self.invariant[:, None])
        )


def reference_balance(
    amplification: Float[Array, "..."], share: Float[Array, "..."]
) -> Float[Array, "..."]:
    r"""Reference balance over D at a token balance over D.

    The positive root of :math:`x^2 + b x = 1/(8 A y)`, b = y + 1/(2A) - 1, in the form
    that does not cancel.
    """
    slope = share + 1 / (2 * amplification) - 1
    root = jnp.sqrt(slope**2 + 1 / (2 * amplification * share))
    stable = 1 / (2 * amplification * share) / (2 * jnp.maximum(slope + root, 1e-30))
    return jnp.where(slope > 0, stable, (root - slope) / 2)


def marginal_price(
    amplification: Float[Array, "..."], share: Float[Array, "..."]
) -> Float[Array, "..."]:
    """Reference tokens for the next token sold, before the fee."""
    reference = reference_balance(amplification, share)
    of_token = 1 / (8 * amplification * reference * share**2)
    of_reference = 1 / (8 * amplification * reference**2 * share)
    return (1 + of_token) / (1 + of_reference)


def solve_invariant(
    amplification: np.ndarray, token: np.ndarray, reference: np.ndarray
) -> np.ndarray:
    """D by Newton's method, on the host in float64."""
    total = token + reference
    invariant = total.astype(np.float64)
    for _ in range(64):
        product = invariant**3 / (4 * token * reference)
        twice = 2 * amplification
        invariant = (
            (twice * total + 2 * product)
            * invariant
            / ((twice - 1) * invariant + 3 * product)
        )
    return invariant
