"""Liquidity, utilization and interest of every reserve."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import safe_divide
from .._typing import PerReserve, ReservePath, Scalar


class RateCurve(eqx.Module):
    """Kinked borrow rate on utilization, as Aave and Compound have."""

    base: PerReserve  # [log a year]
    kink: PerReserve  # [ratio]
    slope_below: PerReserve  # [log a year]
    slope_above: PerReserve  # [log a year]

    def borrow_rate(self, utilization: ReservePath) -> ReservePath:
        """Rate [log a year] at a utilization [ratio]."""
        kink = self.kink[:, None]
        below = jnp.minimum(utilization / kink, 1)
        above = safe_divide(jnp.maximum(utilization - kink, 0), 1 - kink, otherwise=0.0)
        rate = self.slope_below[:, None] * below + self.slope_above[:, None] * above
        return self.base[:, None] + rate


class PoolState(eqx.Module):
    """Indices start at one; token amounts include interest."""

    supply_index: ReservePath
    debt_index: ReservePath
    supplied: ReservePath  # [token]
    borrowed: ReservePath  # [token]


class Pool(eqx.Module):
    """The reserves' liquidity."""

    rates: RateCurve
    reserve_factor: PerReserve  # protocol's share of interest [ratio]
    supplied: PerReserve  # [token]
    borrowed: PerReserve  # [token]

    def init(self, paths: int) -> PoolState:
        """The state before the first step."""

        def along(amount: Float[Array, " reserve"]) -> ReservePath:
            return jnp.broadcast_to(amount[:, None], (amount.shape[0], paths))

        one = along(jnp.ones_like(self.supplied))
        return PoolState(
            supply_index=one,
            debt_index=one,
            supplied=along(self.supplied),
            borrowed=along(self.borrowed),
        )

    def accrue(self, state: PoolState, dt: Scalar) -> PoolState:
        """Interest over `dt` [year] at the rates of the utilization before it."""
        borrow, supply = self.rates_at(state)
        on_debt, on_supply = jnp.exp(borrow * dt), jnp.exp(supply * dt)
        return PoolState(
            supply_index=state.supply_index * on_supply,
            debt_index=state.debt_index * on_debt,
            supplied=state.supplied * on_supply,
            borrowed=state.borrowed * on_debt,
        )

    def rates_at(self, state: PoolState) -> tuple[ReservePath, ReservePath]:
        """What borrowers pay and suppliers get at the utilization now [log a year]."""
        utilization = utilization_of(state)
        borrow = self.rates.borrow_rate(utilization)
        return borrow, borrow * utilization * (1 - self.reserve_factor[:, None])


def utilization_of(state: PoolState) -> ReservePath:
    """Borrowed over supplied [ratio], at most one; zero where nothing is supplied."""
    share = safe_divide(state.borrowed, state.supplied, otherwise=0.0)
    return jnp.clip(share, 0, 1)
