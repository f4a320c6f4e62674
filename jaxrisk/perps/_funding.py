r"""What longs pay shorts, so that the perpetual stays near its index.

.. math:: F = \mathrm{clip}\big(P + \mathrm{clip}(I - P, \pm c),\; \pm C\big)

with the premium P = price / index - 1, the interest I, the clamp c (0.05 %) and the cap
C. Source: Binance, Introduction to Binance Futures Funding Rates. There P is a mean
over the interval and is paid at its end; here P is that of the step, and the rate is
paid pro rata of time.
"""

import equinox as eqx
import jax.numpy as jnp

from .._typing import PerPerp, PerpPath


class Funding(eqx.Module):
    """The rule of every perpetual."""

    interval: PerPerp  # [year]
    interest: PerPerp  # [ratio an interval]
    clamp: PerPerp  # [ratio an interval]
    cap: PerPerp  # [ratio an interval]

    def rate(self, premium: PerpPath) -> PerpPath:
        """What longs pay in an interval [ratio of notional].

        Args:
            premium: Price over index, less one [ratio].
        """
        clamp, cap = self.clamp[:, None], self.cap[:, None]
        near = jnp.clip(self.interest[:, None] - premium, -clamp, clamp)
        return jnp.clip(premium + near, -cap, cap)
