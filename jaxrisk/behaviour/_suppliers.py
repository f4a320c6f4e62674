"""Suppliers who run: out of a reserve that is lent out, or that has lost money."""

import equinox as eqx
import jax.numpy as jnp

from .._numerics import safe_divide
from .._typing import PerReserve, ReserveFlag, ReservePath, Scalar
from ._base import AbstractSuppliers, Liquidity, SupplierReport


class SupplierState(eqx.Module):
    """Where the suppliers' tokens are."""

    deposits: ReservePath  # in the pool, over the supply index [token]
    queue: ReservePath  # wanted out, and not there to be taken [token]
    away: ReservePath  # taken out [token]
    alarm: ReservePath  # time left of an alarm [year]
    missing: ReservePath  # lost, and still counted as supplied [token]


class Suppliers(AbstractSuppliers[SupplierState]):
    """Those who lend and owe nothing, reserve by reserve.

    They run while utilization is at or above a trigger, and for a time after a
    shortfall of their market: in a step a share of what they still have joins the
    queue, and the queue takes what the pool has. At a utilization of one that is
    nothing: withdrawals are frozen. When utilization is back below a level and no alarm
    is left, the queue disperses and a share of what left comes back a step.

    Moves five floats a reserve and path, in and out.
    """

    deposits: PerReserve  # at the start [token]
    runs_at: PerReserve  # utilization [ratio]; infinite for never
    speed: PerReserve  # share of what is left that joins the queue in a step [ratio]
    returns_below: PerReserve  # utilization [ratio]
    return_speed: PerReserve  # share of what is away that comes back in a step [ratio]
    memory: PerReserve  # length of an alarm after a shortfall [year]; zero for none

    def init(self, paths: int) -> SupplierState:
        """All of it deposited."""
        deposits = self.deposits[:, None]
        deposits = jnp.broadcast_to(deposits, (deposits.shape[0], paths))
        nothing = jnp.zeros_like(deposits)
        return SupplierState(
            deposits=deposits,
            queue=nothing,
            away=nothing,
            alarm=nothing,
            missing=nothing,
        )

    def blank(self, paths: int) -> SupplierReport:
        """Of every reserve."""
        reserves = self.deposits.shape[0]
        return SupplierReport.blank(reserves, paths, self.deposits.dtype)

    def cash(self, state: SupplierState, lendable: ReservePath) -> ReservePath:
        """Less what was lost."""
        return jnp.maximum(lendable - state.missing, 0)

    def hear(
        self, state: SupplierState, missing: ReservePath, alarmed: ReserveFlag
    ) -> SupplierState:
        """The alarm starts again with every shortfall."""
        return eqx.tree_at(
            lambda at: (at.missing, at.alarm),
            state,
            (
                state.missing + missing,
                jnp.where(alarmed, self.memory[:, None], state.alarm),
            ),
        )

    def act(
        self, state: SupplierState, at: Liquidity, dt: Scalar
    ) -> tuple[SupplierState, ReservePath, SupplierReport]:
        """Run, wait, or return.

        Args:
            state: Where their tokens are.
            at: Their reserves now.
            dt: Length of the step [year].
        """
        mine = state.deposits * at.supply_index
        used = safe_divide(at.borrowed, at.supplied, otherwise=0.0)
        alarmed = state.alarm > 0
        running = (used >= self.runs_at[:, None]) | alarmed
        calm = ~running & (used < self.returns_below[:, None])
        joined = jnp.minimum(state.queue + self.speed[:, None] * mine, mine)
        waiting = jnp.minimum(state.queue, mine)
        wanted = jnp.where(running, joined, jnp.where(calm, 0, waiting))
        taken = jnp.minimum(wanted, self.cash(state, at.supplied - at.borrowed))
        back = jnp.where(calm, self.return_speed[:, None] * state.away, 0)
        moved = back - taken
        left = wanted - taken
        told = SupplierReport(
            withdrawn=taken * at.price,
            returned=back * at.price,
            frozen=(left > 0).astype(left.dtype),
        )
        state = SupplierState(
            deposits=state.deposits + moved / at.supply_index,
            queue=left,
            away=state.away - moved,
            alarm=jnp.maximum(state.alarm - dt, 0),
            missing=state.missing,
        )
        return state, moved, told
