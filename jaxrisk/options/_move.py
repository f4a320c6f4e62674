r"""How implied volatilities move with the spot and with time.

.. math:: \sigma_i(S, t) = \ell\, f(\ln S/S_0)\, \hat\sigma_i(S, t), \qquad
          f(x) = e^{-L \tanh(\beta x / L)}

with the level l a link to realised volatility, and beta the volatility's elasticity to
the spot: it rises by beta per cent where the spot falls by one. The hyperbolic tangent
keeps f inside of `LARGEST_FACTOR` and its inverse, without a kink. Source of the names:
Derman (1999), Regimes of volatility. The forward of every expiry is the spot.
"""

import abc
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._surface import AbstractSurface


PerOption = Float64[np.ndarray, " option"]
Nodes = Float64[np.ndarray, " node"]
Values = Float64[np.ndarray, "option node"]

LARGEST_FACTOR = 4.0
"""e^L: what a move of the spot alone multiplies or divides volatilities by at most."""
_SOON = 1e-9
"""Least time to expiry that a smile is stretched to [year]; a thirtieth of a second."""


@dataclass(frozen=True)
class MovedVolatility:
    """Volatilities at one time, at a level of one.

    Attributes:
        value: By option and spot [ratio].
        by_log_price: Its slope in the log price [ratio].
        by_time: Its slope in the time elapsed [ratio/year].
    """

    value: Values
    by_log_price: Values
    by_time: Values


class AbstractMove(abc.ABC):
    """What volatility an option has once the spot has moved.

    Attributes:
        spot_beta: Elasticity beta [1].
    """

    spot_beta: float

    @abc.abstractmethod
    def smile(
        self,
        surface: AbstractSurface,
        moneyness: PerOption,
        expiry: PerOption,
        log_price: Nodes,
        elapsed: float,
    ) -> MovedVolatility:
        """Volatilities before the factor f; arguments as of `volatility`."""

    def volatility(
        self,
        surface: AbstractSurface,
        moneyness: PerOption,
        expiry: PerOption,
        log_price: Nodes,
        elapsed: float,
    ) -> MovedVolatility:
        """Volatility of every option at every spot, with its slopes.

        Args:
            surface: Volatilities at the start.
            moneyness: Log of strike over spot at the start.
            expiry: Times from the start [year].
            log_price: Log of the spot over that at the start.
            elapsed: Time since the start, not above any expiry [year].
        """
        still = self.smile(surface, moneyness, expiry, log_price, elapsed)
        if self.spot_beta == 0:
            return still
        bound = np.log(LARGEST_FACTOR)
        bend = np.tanh(self.spot_beta * log_price / bound)
        factor = np.exp(-bound * bend)
        pull = -self.spot_beta * (1 - bend**2)
        return MovedVolatility(
            value=factor * still.value,
            by_log_price=factor * (still.by_log_price + pull * still.value),
            by_time=factor * still.by_time,
        )


@dataclass(frozen=True)
class StickyStrike(AbstractMove):
    """Every option keeps the volatility that its strike had at the start."""

    spot_beta: float = 0.0

    def smile(
        self,
        surface: AbstractSurface,
        moneyness: PerOption,
        expiry: PerOption,
        log_price: Nodes,
        elapsed: float,  # noqa: ARG002
    ) -> MovedVolatility:
        """That of the start."""
        fixed = surface.volatility(moneyness, expiry)[:, None]
        value = np.broadcast_to(fixed, (moneyness.size, log_price.size))
        zero = np.zeros_like(value)
        return MovedVolatility(value, zero, zero)


@dataclass(frozen=True)
class StickyDelta(AbstractMove):
    r"""The smile moves with the spot and narrows with the time left.

    .. math:: \hat\sigma_i = \sigma_0\Big(\ln(K_i/S)\sqrt{T_i/\tau},\ T_i\Big)

    with the time left tau: an option of the same standardised moneyness, and so nearly
    of the same delta, has the same volatility.
    """

    spot_beta: float = 0.0

    def smile(
        self,
        surface: AbstractSurface,
        moneyness: PerOption,
        expiry: PerOption,
        log_price: Nodes,
        elapsed: float,
    ) -> MovedVolatility:
        """That of the start at the same standardised moneyness."""
        left = np.maximum(expiry - elapsed, _SOON)[:, None]
        start = expiry[:, None]
        stretch = np.sqrt(start / left)
        at = (moneyness[:, None] - log_price) * stretch
        value, slope = surface.with_slope(at, start)
        return MovedVolatility(
            value=value,
            by_log_price=-slope * stretch,
            by_time=slope * at / (2 * left),
        )
