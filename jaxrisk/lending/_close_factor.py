"""How much of an account one liquidation may close: one formula, every Aave version.

Sources: Aave v2 and v3 protocol documentation; Aave v3.3 features document (close
factor of the whole position, dust). Health-restoring repayment: Qin, Zhou, Livshits and
Gervais (2021), An empirical study of DeFi liquidations.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import per_path, safe_divide
from .._typing import PerMarket, RowPath
from ._accounts import Accounts, Values


HEALED = 1.0001
"""Health of a member that is not liquidated on: above one by more than rounding."""


class Closing(eqx.Module):
    """What one liquidation may do to each account."""

    seized: RowPath  # share of its collateral [ratio]
    repaid: RowPath  # share of its debt [ratio]
    healing: RowPath  # share of this liquidation that heals [ratio]

    def at_most(self, share: Float[Array, "row #path"], health: RowPath) -> "Closing":
        """The same of accounts of this health, with no more than a share of either."""
        larger = jnp.maximum(self.seized, self.repaid)
        scale = jnp.minimum(safe_divide(share, larger, otherwise=jnp.inf), 1)
        seized, repaid = scale * self.seized, scale * self.repaid
        return Closing(
            seized=seized,
            repaid=repaid,
            healing=healing_share(health, seized, repaid),
        )


class CloseFactor(eqx.Module):
    """Rules of every market: what differs between versions are five numbers.

    ==========  ============  =================  ===============  =================
    version     close_factor  full_below_health  full_below_size  least_remainder
    ==========  ============  =================  ===============  =================
    Aave v2     .5            0                  0                0
    Aave v3     .5            .95                0                0
    Aave v3.3   .5            .95                $2000            $1000
    full        1             0                  0                0
    ==========  ============  =================  ===============  =================

    `target_health` bounds the repayment by what restores that health; infinite: no
    bound.
    """

    close_factor: PerMarket  # [ratio]
    full_below_health: PerMarket  # [ratio]
    full_below_size: PerMarket  # [USD a member]
    least_remainder: PerMarket  # [USD a member]
    target_health: PerMarket  # [ratio]

    def closing(
        self, accounts: Accounts, values: Values, members: Float[Array, "row #path"]
    ) -> Closing:
        """Shares of collateral and debt that a liquidation may take, were it allowed.

        Where collateral binds, all of it is seized: the share is exactly one.

        Args:
            accounts: The book.
            values: Of the rows, or of those of their members that are liquidated.
            members: Real accounts that the values are of.
        """

        def of_account(parameter: PerMarket) -> Float[Array, "row #path"]:
            return accounts.by_row(per_path(parameter[accounts.market]))

        small = of_account(self.full_below_size) * members
        full = (
            (values.health <= of_account(self.full_below_health))
            | (values.debt < small)
            | (values.collateral < small)
        )
        share = jnp.where(full, 1, of_account(self.close_factor))
        share = jnp.minimum(
            share, restoring_share(values, of_account(self.target_health))
        )
        covered = safe_divide(share * values.debt, values.repayable, otherwise=jnp.inf)
        seized = jnp.minimum(1, covered)
        leave = of_account(self.least_remainder) * members
        seized = jnp.where(
            full, seized, _without_dust(seized, leave, values.collateral)
        )
        paid_for = safe_divide(seized * values.repayable, values.debt, otherwise=0.0)
        repaid = jnp.where(seized < covered, paid_for, share)
        return Closing(
            seized=seized,
            repaid=repaid,
            healing=healing_share(values.health, seized, repaid),
        )


def restoring_share(values: Values, target: Float[Array, "row #path"]) -> RowPath:
    r"""Share of debt whose repayment brings the account back to the target health.

    .. math:: r = \frac{h D - W}{h - W/B}, \qquad W = T C,\; B = C / (1+b)

    All of it where no repayment can (h <= W/B: each dollar repaid takes more weighted
    collateral than it is worth), and where the target is infinite.
    """
    finite = jnp.isfinite(target)
    goal = jnp.where(finite, target, 2)
    room = goal - safe_divide(values.weighted, values.repayable, otherwise=0.0)
    repay = safe_divide(goal * values.debt - values.weighted, room, otherwise=jnp.inf)
    share = safe_divide(repay, values.debt, otherwise=1.0)
    return jnp.where(finite & (room > 0), jnp.clip(share, 0, 1), 1)


def healing_share(health: RowPath, seized: RowPath, repaid: RowPath) -> RowPath:
    """Share of a liquidation that heals; all of it where none does."""
    below = jnp.where(health < 1, HEALED - health, 0)
    gain = HEALED * repaid - seized * jnp.where(health < 1, health, 1)
    share = safe_divide(below, jnp.where(gain > 0, gain, 0), otherwise=1.0)
    return jnp.minimum(share, 1)


def _without_dust(
    seized: RowPath, leave: Float[Array, "row #path"], collateral: RowPath
) -> RowPath:
    """Seize less, so that what remains is nothing or at least `leave` [USD]."""
    remainder = (1 - seized) * collateral
    dusty = (remainder > 0) & (remainder < leave)
    most = jnp.maximum(1 - safe_divide(leave, collateral, otherwise=0.0), 0)
    return jnp.where(dusty, jnp.minimum(seized, most), seized)
