"""Which liquidations on offer are taken, and how much of each."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .prices import mid_prices, venue_of


if TYPE_CHECKING:
    from .plan import Plan
    from .state import State
    from .system import ReferenceSystem, Vector


class Keeper(Protocol):
    """Takes what it likes of the liquidations on offer."""

    @property
    def gas(self) -> float:
        """Cost of one liquidation [USD]."""
        ...

    @property
    def capital(self) -> float:
        """Capital at the start [USD]."""
        ...

    def fills(
        self, system: "ReferenceSystem", state: "State", plans: "list[Plan]"
    ) -> list[float]:
        """The share of every plan that is carried out, in the order of `plans`."""
        ...


@dataclass(frozen=True)
class GreedyKeeper:
    """Takes all that is on offer, wholly."""

    gas: float = 0.0
    capital: float = math.inf

    def fills(
        self,
        system: "ReferenceSystem",  # noqa: ARG002
        state: "State",  # noqa: ARG002
        plans: "list[Plan]",
    ) -> list[float]:
        """Everything."""
        return [1.0 for _ in plans]


@dataclass(frozen=True)
class Tier:
    """Plans that are filled together, until slippage has eaten `edge`."""

    edge: float  # fall of the price, as a share of it [ratio]
    plans: "list[Plan]"


@dataclass
class Booked:
    """What has been promised so far in a round."""

    sold: "Vector"  # [asset] [token]
    bought: "Vector"  # [asset] [token]
    capital: float  # left [USD]


@dataclass(frozen=True)
class RationalKeeper:
    """Takes what pays, in tiers of equal width of margin, the best first."""

    gas: float = 0.0
    capital: float = math.inf
    tiers: int = 4

    def fills(
        self, system: "ReferenceSystem", state: "State", plans: "list[Plan]"
    ) -> list[float]:
        """Tier by tier, until slippage has eaten the tier's least margin.

        A tier books in each asset what fits of it there, also where an account of the
        tier is held back by another asset: that is cautious towards the worse tiers.
        """
        filled = {plan.row: 0.0 for plan in plans}
        booked = nothing_booked(system, state)
        for tier in self.tiers_of([plan for plan in plans if plan.margin > 0.0]):
            sale, purchase = shares_that_fit(system, state, tier, booked)
            fills = [fill_of(system, plan, sale, purchase) for plan in tier.plans]
            affordable = pay(tier.plans, fills, booked)
            for fill, plan in zip(fills, tier.plans, strict=True):
                filled[plan.row] = affordable * fill
                for r, reserve in enumerate(system.reserves):
                    a = reserve.asset
                    booked.sold[a] += sale[a] * plan.sold[r]
                    booked.bought[a] += purchase[a] * plan.repaid[r]
        return [worth_it(filled[plan.row]) for plan in plans]

    def tiers_of(self, plans: "list[Plan]") -> list[Tier]:
        """The plans by tier, best margins first, each tier with its edge."""
        best = max((plan.margin for plan in plans), default=0.0)
        edges = [best * ((self.tiers - 1 - k) / self.tiers) for k in range(self.tiers)]
        members: list[list[Plan]] = [[] for _ in edges]
        for plan in plans:
            tier = next(k for k, edge in enumerate(edges) if plan.margin > edge)
            members[tier].append(plan)
        # Served down to a margin of zero, the last tier would trade at no profit.
        edges[-1] = best * (0.5 / self.tiers)
        tiers = zip(edges, members, strict=True)
        return [Tier(edge=edge, plans=inside) for edge, inside in tiers if inside]


@dataclass(frozen=True)
class SortedKeeper:
    """What tiers approximate: one account after the other, the best margin first.

    Each is filled until the marginal price has moved by the account's own margin, after
    what the better accounts really trade. Equal margins are served in the order given.
    """

    gas: float = 0.0
    capital: float = math.inf

    def fills(
        self, system: "ReferenceSystem", state: "State", plans: "list[Plan]"
    ) -> list[float]:
        """One plan at a time."""
        filled = {plan.row: 0.0 for plan in plans}
        booked = nothing_booked(system, state)
        worthwhile = [plan for plan in plans if plan.margin > 0.0]
        for plan in sorted(worthwhile, key=lambda plan: -plan.margin):
            tier = Tier(edge=plan.margin, plans=[plan])
            sale, purchase = shares_that_fit(system, state, tier, booked)
            fill = fill_of(system, plan, sale, purchase)
            fill *= pay([plan], [fill], booked)
            filled[plan.row] = fill
            for r, reserve in enumerate(system.reserves):
                booked.sold[reserve.asset] += fill * plan.sold[r]
                booked.bought[reserve.asset] += fill * plan.repaid[r]
        return [worth_it(filled[plan.row]) for plan in plans]


def nothing_booked(system: "ReferenceSystem", state: "State") -> Booked:
    """The start of a round."""
    assets = len(system.assets)
    return Booked(sold=np.zeros(assets), bought=np.zeros(assets), capital=state.capital)


def worth_it(fill: float) -> float:
    """A fill that is only what rounding leaves of a spent capital is none."""
    return fill if fill > 1e-6 else 0.0


def pay(plans: "list[Plan]", fills: list[float], booked: Booked) -> float:
    """Take the cost of some fills from the capital; the share that it pays for."""
    cost = sum(fill * plan.cost for fill, plan in zip(fills, plans, strict=True))
    affordable = 1.0 if cost <= booked.capital else booked.capital / cost
    booked.capital = max(booked.capital - affordable * cost, 0.0)
    return affordable


def shares_that_fit(
    system: "ReferenceSystem", state: "State", tier: Tier, booked: Booked
) -> tuple[list[float], list[float]]:
    """Shares of a tier's sales and of its purchases that fit, by asset [ratio]."""
    assets = range(len(system.assets))
    wanted_sale, wanted_purchase = np.zeros(len(assets)), np.zeros(len(assets))
    for plan in tier.plans:
        for r, reserve in enumerate(system.reserves):
            wanted_sale[reserve.asset] += plan.sold[r]
            wanted_purchase[reserve.asset] += plan.repaid[r]
    move = math.log(1.0 - tier.edge)
    down, up = rooms(system, state, move), rooms(system, state, -move)
    return (
        [share_that_fits(wanted_sale[a], down[a] - booked.sold[a]) for a in assets],
        [share_that_fits(wanted_purchase[a], up[a] - booked.bought[a]) for a in assets],
    )


def rooms(system: "ReferenceSystem", state: "State", move: float) -> list[float]:
    """Tokens that each venue takes before its log price has moved by `move`."""
    mid = mid_prices(system, state)
    return [
        venue_of(system, state, a).room(state.inventory[a], move, mid[a])
        for a in range(len(system.assets))
    ]


def share_that_fits(wanted: float, room: float) -> float:
    """Share of `wanted` that `room` holds; all of nothing fits [ratio]."""
    return min(max(room, 0.0) / wanted, 1.0) if wanted > 0.0 else 1.0


def fill_of(
    system: "ReferenceSystem", plan: "Plan", sale: list[float], purchase: list[float]
) -> float:
    """The lesser of what fits of the plan's sales and of its purchases [ratio]."""
    return min(
        weighted_mean(system, sale, plan.sold_values),
        weighted_mean(system, purchase, plan.bought_values),
    )


def weighted_mean(
    system: "ReferenceSystem", shares: list[float], values: "Vector"
) -> float:
    """Mean of shares by asset, weighted by values by reserve; one without value."""
    total = mean = 0.0
    for r, reserve in enumerate(system.reserves):
        total += values[r]
        mean += values[r] * shares[reserve.asset]
    return mean / total if total > 0.0 else 1.0
