r"""Borrowers who act: top up, unwind early, lever up again, or walk away.

With collateral C, the same weighted with its threshold W, and debt D [USD], health is
:math:`H = W/D`. All rules aim at a health :math:`H^*`, close a share of the gap a step,
and are decided at the prices that contracts act on.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from .._numerics import matmul, safe_divide, worth
from .._typing import (
    ActorFlag,
    ActorPath,
    ActorReserve,
    AssetPath,
    PerActor,
    PerReserve,
)
from ._base import AbstractBorrowers, BorrowerReport, Holdings, Plan


class Standing(eqx.Module):
    """Where the accounts stand: shares, and what the untouched ones are worth."""

    kept: ActorPath  # share of the initial collateral
    owed: ActorPath  # share of the initial debt
    collateral: ActorPath  # [USD]
    weighted: ActorPath  # collateral times liquidation threshold [USD]
    limit: ActorPath  # what may be borrowed against the collateral [USD]
    debt: ActorPath  # [USD]
    income: ActorPath  # staking and interest on the collateral [USD a year]
    charge: ActorPath  # interest on the debt, and its staking [USD a year]


class BorrowerState(eqx.Module):
    """What the accounts have outside of the market."""

    wealth: ActorPath  # [USD]


class Worth(eqx.Module):
    """What the accounts have and owe now [USD]."""

    collateral: ActorPath
    weighted: ActorPath
    limit: ActorPath
    debt: ActorPath

    @property
    def health(self) -> ActorPath:
        """Health factor; infinite without debt [ratio]."""
        return safe_divide(self.weighted, self.debt, otherwise=jnp.inf)

    @property
    def equity(self) -> ActorPath:
        """Collateral less debt [USD]."""
        return self.collateral - self.debt

    def after(self, *, added: ActorPath, repaid: ActorPath) -> "Worth":
        """With collateral of the same mix added, and debt repaid [USD]."""
        grown = 1 + safe_divide(added, self.collateral, otherwise=0.0)
        return Worth(
            collateral=self.collateral + added,
            weighted=self.weighted * grown,
            limit=self.limit * grown,
            debt=self.debt - repaid,
        )


class TopUp(eqx.Module):
    """Below a health, money from outside: as much as there is."""

    below: PerActor  # health; zero for never
    to: PerActor  # health aimed at
    speed: PerActor  # share of the gap closed in a step [ratio]
    wealth: PerActor  # at the start [USD]
    with_collateral: Bool[Array, " actor"]  # or by repaying debt

    def pays(self, at: Worth, wealth: ActorPath) -> ActorPath:
        """From outside [USD]."""
        target = self.to[:, None]
        repaid = at.debt - at.weighted / target
        needed = target * at.debt - at.weighted
        added = needed * safe_divide(at.collateral, at.weighted, otherwise=0.0)
        gap = jnp.where(self.with_collateral[:, None], added, repaid)
        wanted = self.speed[:, None] * jnp.maximum(gap, 0)
        able = jnp.minimum(wanted, jnp.maximum(wealth, 0))
        return jnp.where(at.health < self.below[:, None], able, 0)


class Unwinding(eqx.Module):
    """Below a health, collateral is sold to repay debt."""

    below: PerActor  # health; zero for never
    to: PerActor  # health aimed at
    speed: PerActor  # share of the gap closed in a step [ratio]

    def sells(self, at: Worth) -> ActorPath:
        """Collateral to sell [USD]."""
        wanted = self.speed[:, None] * jnp.maximum(sale_to(at, self.to), 0)
        return jnp.where(at.health < self.below[:, None], wanted, 0)


class Levering(eqx.Module):
    """Above a health, more is borrowed and collateral is bought with it."""

    above: PerActor  # health; infinite for never
    to: PerActor  # health aimed at
    speed: PerActor  # share of the gap closed in a step [ratio]

    def draws(self, at: Worth) -> ActorPath:
        r"""Debt to take [USD]: to the health aimed at, or the loan-to-value limit L.

        .. math:: x = \min\left(\frac{W - H^* D}{H^* - W/C},
            \frac{L - D}{1 - L/C}\right)
        """
        ratio = safe_divide(at.limit, at.collateral, otherwise=0.0)
        allowed = safe_divide(at.limit - at.debt, 1 - ratio, otherwise=0.0)
        wanted = jnp.minimum(-sale_to(at, self.to), allowed)
        wanted = self.speed[:, None] * jnp.maximum(wanted, 0)
        return jnp.where(at.health > self.above[:, None], wanted, 0)


class Carry(eqx.Module):
    """A position that is held for its yield, and left when that turns.

    The carry is what the collateral yields less what the debt costs [USD a year]; over
    the equity, it is the yield at the position's own leverage.
    """

    tolerance: PerActor  # loss that is borne, over equity [a year]; infinite: any
    speed: PerActor  # share of the debt that goes in a step [ratio]

    def sells(self, at: Worth, carry: ActorPath) -> ActorPath:
        """Collateral to sell [USD]."""
        turned = carry < -self.tolerance[:, None] * at.equity
        return jnp.where(turned, self.speed[:, None] * at.debt, 0)

    def forbids(self, carry: ActorPath) -> ActorFlag:
        """Whether it would not pay to lever up."""
        return jnp.isfinite(self.tolerance)[:, None] & (carry < 0)


class Borrowers(AbstractBorrowers[BorrowerState]):
    """Accounts that act, each with its own rules.

    Moves a share kept and a share owed an actor, and asks six values of each: six
    products of actor x reserve multiply-adds a path. What they do about it is
    computed only in steps in which somebody acts.
    """

    index: Int[Array, " actor"]  # in the book
    market: Float[Array, "market actor"]  # one where an account stands
    limited: ActorReserve  # initial collateral times its loan-to-value limit [token]
    staking: PerReserve  # yield of a token that no borrower pays [log a year]
    top_up: TopUp
    unwinding: Unwinding
    levering: Levering
    carry: Carry
    walks_below: PerActor  # collateral over debt; zero for never [ratio]
    assets: int = eqx.field(static=True)  # how many there are

    @property
    def accounts(self) -> Int[Array, " actor"]:
        """Index in the book."""
        return self.index

    def init(self, market: AssetPath) -> BorrowerState:
        """All of their wealth."""
        wealth = self.top_up.wealth[:, None]
        shape = (wealth.shape[0], market.shape[1])
        return BorrowerState(wealth=jnp.broadcast_to(wealth, shape))

    def blank(self, paths: int) -> BorrowerReport:
        """Of every market."""
        markets = self.market.shape[0]
        return BorrowerReport.blank(markets, self.assets, paths, self.market.dtype)

    def plan(self, state: BorrowerState, at: Holdings) -> Plan:
        """What they want to do now; see `decide`."""
        staking = self.staking[:, None]
        standing = Standing(
            kept=at.kept,
            owed=at.owed,
            collateral=worth(at.collateral, at.price),
            weighted=worth(at.weighted, at.counted),
            limit=worth(self.limited, at.counted_for_new),
            debt=worth(at.debt, at.debt_price),
            income=worth(at.collateral, at.price * (at.earned + staking)),
            charge=worth(at.debt, at.debt_price * (at.charged + staking)),
        )
        return self.decide(state, standing)

    def decide(self, state: BorrowerState, at: Standing) -> Plan:
        """Top up, then unwind or lever up, as health is after that."""
        now = Worth(
            collateral=at.kept * at.collateral,
            weighted=at.kept * at.weighted,
            limit=at.kept * at.limit,
            debt=at.owed * at.debt,
        )
        walked = now.collateral <= self.walks_below[:, None] * now.debt
        paid = jnp.where(walked, 0, self.top_up.pays(now, state.wealth))
        added = jnp.where(self.top_up.with_collateral[:, None], paid, 0)
        now = now.after(added=added, repaid=paid - added)
        carry = at.kept * at.income - at.owed * at.charge
        sold = jnp.maximum(self.unwinding.sells(now), self.carry.sells(now, carry))
        sold = jnp.minimum(sold, jnp.minimum(now.debt, now.collateral))
        sold = jnp.where(walked, 0, sold)
        stays = walked | (sold > 0) | self.carry.forbids(carry)
        drawn = jnp.where(stays, 0, self.levering.draws(now))
        return Plan(
            paid=paid,
            added=safe_divide(added, at.collateral, otherwise=0.0),
            repaid=safe_divide(paid - added, at.debt, otherwise=0.0),
            sold=safe_divide(sold, at.collateral, otherwise=0.0),
            drawn=safe_divide(drawn, at.debt, otherwise=0.0),
        )

    def settle(self, state: BorrowerState, gained: ActorPath) -> BorrowerState:
        """Add to wealth, or take from it."""
        return BorrowerState(wealth=state.wealth + gained)

    def told(
        self,
        *,
        unwound: ActorPath,
        topped_up: ActorPath,
        levered: ActorPath,
        flow: AssetPath,
    ) -> BorrowerReport:
        """By market."""
        return BorrowerReport(
            unwound=matmul(self.market, unwound),
            topped_up=matmul(self.market, topped_up),
            levered=matmul(self.market, levered),
            flow=flow,
        )


def sale_to(at: Worth, target: PerActor) -> ActorPath:
    r"""Collateral whose sale against debt brings health to a target [USD].

    .. math:: x = \frac{H^* D - W}{H^* - W/C}

    from :math:`(W - x W/C) / (D - x) = H^*`. Where health is above the target it is
    negative: so much more debt, and collateral bought with it, brings it down there.
    """
    health = target[:, None]
    threshold = safe_divide(at.weighted, at.collateral, otherwise=0.0)
    gap = health * at.debt - at.weighted
    return safe_divide(gap, health - threshold, otherwise=0.0)
