"""The part of a risk oracle that looks ahead: what the next fall would liquidate."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._typing import AssetPath, PerReserve, ReservePath, Scalar
from ._sight import AbstractSight


class AbstractForecast(eqx.Module):
    """Takes something off collateral factors for what may be liquidated soon."""

    @abc.abstractmethod
    def loss(self, sight: AbstractSight, volatility: AssetPath) -> ReservePath:
        """What is taken off [ratio], at these volatilities [ratio a year]."""


class NoForecast(AbstractForecast):
    """Looks at the present alone."""

    def loss(self, sight: AbstractSight, volatility: AssetPath) -> ReservePath:  # noqa: ARG002
        """Nothing; broadcasts over reserves."""
        return jnp.zeros_like(volatility[:1])


class AtRisk(AbstractForecast):
    r"""In proportion to the collateral that a likely fall would liquidate.

    .. math:: d_r\, S_r(k \sigma \sqrt{h})

    with S the share of the reserve's collateral whose accounts are below a health of
    one after all prices have fallen by k standard deviations over a horizon h. Costs
    two health products a step and path.
    """

    slope: PerReserve  # d [ratio of the factor for all collateral at risk]
    deviations: Scalar  # k
    horizon: Scalar  # h [year]

    def loss(self, sight: AbstractSight, volatility: AssetPath) -> ReservePath:
        """The slope times the share."""
        fall = self.deviations * jnp.sqrt(self.horizon) * volatility
        return self.slope[:, None] * sight.at_risk(fall)
