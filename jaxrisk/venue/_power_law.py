"""Order books by a power law of impact.

Source: Almgren, Thum, Hauptmann, Li (2005), Direct estimation of equity market impact;
exponents near one for small flows are measured on DEX quotes (docs/numbers.md).
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import mean_over, safe_divide, signed_power
from .._typing import AssetPath, PerAsset
from ._base import AbstractVenue


class PowerLawVenue(AbstractVenue):
    r"""Log price moves by :math:`-Y\, \mathrm{sign}(q) |q\, mid/depth|^\delta`."""

    depth: PerAsset  # [USD] that moves the log price by `move_at_depth`
    move_at_depth: PerAsset  # Y [log]
    exponent: PerAsset  # delta

    def displacement(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:
        """The power law of the inventory in USD over depth."""
        return self._of(self._scaled(inventory, mid))

    def proceeds(
        self, inventory: AssetPath, sold: AssetPath, mid: AssetPath
    ) -> AssetPath:
        """At the exponential of the mean displacement over the trade [USD]."""
        start = self._scaled(inventory, mid)
        stop = self._scaled(inventory + sold, mid)
        return sold * mid * jnp.exp(self._mean(start, stop))

    def room(self, inventory: AssetPath, move: AssetPath, mid: AssetPath) -> AssetPath:
        """Tokens until the log price has moved by `move`, by the inverse of the law."""
        target = self.displacement(inventory, mid) + move
        exponent = 1 / self.exponent[:, None]
        scaled = -signed_power(target / self.move_at_depth[:, None], exponent)
        return scaled * self.depth[:, None] / mid - inventory

    def _scaled(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:
        return inventory * mid / self.depth[:, None]

    def _of(self, scaled: Float[Array, "asset path"]) -> AssetPath:
        return -self.move_at_depth[:, None] * signed_power(
            scaled, jnp.broadcast_to(self.exponent[:, None], scaled.shape)
        )

    def _mean(self, start: AssetPath, stop: AssetPath) -> AssetPath:
        """Mean of the law over a trade, by its antiderivative unless that cancels."""
        width = stop - start
        power = self.exponent[:, None] + 1
        area = jnp.abs(stop) ** power - jnp.abs(start) ** power
        scale = -self.move_at_depth[:, None] / power
        exact = scale * safe_divide(area, width, otherwise=0.0)
        narrow = jnp.abs(width) < 0.05 * jnp.maximum(jnp.abs(start), jnp.abs(stop))
        return jnp.where(narrow, mean_over(self._of, start, stop), exact)
