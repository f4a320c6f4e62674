"""What one liquidation would take and repay if a keeper filled it wholly.

Two ways to seize. `pro_rata` takes the same share of every collateral token and repays
the same share of every debt, as the fast engine does. `token_by_token` is the
contracts' way: one collateral reserve and one debt reserve a call, the largest of each.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np

from .cohorts import shares_below
from .policy_moves import most_of
from .positions import Position, part_on_offer, whole_position
from .rules import CloseFactorRule, repayable_share, restoring_share
from .state import State
from .system import Account, ReferenceSystem, Vector


@dataclass(frozen=True)
class Plan:
    """A liquidation on offer."""

    row: int
    seized_share: Vector  # [reserve] of the collateral on offer [ratio]
    repaid_share: Vector  # [reserve] of the debt on offer [ratio]
    seized: Vector  # [reserve] fee included [token]
    repaid: Vector  # [reserve] [token]
    sold: Vector  # [reserve] the keeper's share of what is seized [token]
    sold_values: Vector  # [reserve] at market prices [USD]
    bought_values: Vector  # [reserve] what is repaid, at market prices [USD]
    gas: float  # [USD]

    @property
    def revenue(self) -> float:
        """What the keeper's tokens are worth [USD]."""
        return float(self.sold_values.sum())

    @property
    def cost(self) -> float:
        """What the debt costs to repay [USD]."""
        return float(self.bought_values.sum())

    @property
    def margin(self) -> float:
        """Profit before slippage per unit of revenue; minus infinity without any."""
        if self.revenue <= 0.0:
            return -np.inf
        return (self.revenue - self.cost - self.gas) / self.revenue


def shares_pro_rata(
    rule: CloseFactorRule, members: float, position: Position
) -> tuple[float, float]:
    """Shares of the collateral seized and of the debt repaid [ratio]."""
    ceiling = restoring_share(
        rule.target_health, position.weighted, position.debt, position.repayable
    )
    smallest = min(position.debt, position.collateral) / members
    repaid = repayable_share(rule, position.health, smallest, ceiling)
    if repaid * position.debt >= position.repayable:
        return 1.0, position.repayable / position.debt
    seized = repaid * position.debt / position.repayable
    left = position.collateral * (1.0 - seized) / members
    if repaid < 1.0 and 0.0 < left < rule.least_remainder:
        most = 1.0 - rule.least_remainder * members / position.collateral
        seized = max(most, 0.0)
        repaid = seized * position.repayable / position.debt
    return seized, repaid


def values_of_one_pair(
    rule: CloseFactorRule, account: Account, position: Position, pair: tuple[int, int]
) -> tuple[float, float]:
    """Collateral that can be seized and debt repaid of one pair of reserves [USD].

    Args:
        rule: Close-factor rule of the market.
        account: Whose members share the position.
        position: The position at oracle prices.
        pair: The collateral reserve and the debt reserve.
    """
    collateral = position.collateral_values[pair[0]]
    debt = position.debt_values[pair[1]]
    ceiling = restoring_share(
        rule.target_health, position.weighted, position.debt, position.repayable
    )
    smallest = min(collateral, debt) / account.members
    share = repayable_share(rule, position.health, smallest, ceiling)
    limited = position.debt if rule.of_whole_position else debt
    return collateral, min(debt, share * limited)


def shares_of_one_pair(
    rule: CloseFactorRule,
    account: Account,
    position: Position,
    pair: tuple[int, int],
    bonus: float,
) -> tuple[float, float]:
    """Shares of one collateral seized and of one debt repaid [ratio].

    Where a remainder of either would be left that the rule does not allow, the keeper
    repays less, so that the least remainder stays.
    """
    collateral, repaid = values_of_one_pair(rule, account, position, pair)
    debt = position.debt_values[pair[1]]
    if repaid * (1.0 + bonus) >= collateral:
        return 1.0, collateral / (1.0 + bonus) / debt
    least = rule.least_remainder * account.members
    if repaid < debt:
        if debt - repaid < least:
            repaid = max(debt - least, 0.0)
        if collateral - repaid * (1.0 + bonus) < least:
            repaid = max(collateral - least, 0.0) / (1.0 + bonus)
    return repaid * (1.0 + bonus) / collateral, repaid / debt


def shares(
    system: ReferenceSystem, account: Account, position: Position
) -> tuple[Vector, Vector]:
    """Shares of every collateral seized and of every debt repaid, [reserve]."""
    reserves = len(system.reserves)
    rule = system.markets[account.market].close_factor
    if system.seizure == "pro_rata":
        seized, repaid = shares_pro_rata(rule, account.members, position)
        return np.full(reserves, seized), np.full(reserves, repaid)
    # Of a token that is not held all is gone: an account is empty when all tokens are.
    seized_shares = np.where(position.collateral_tokens > 0.0, 0.0, 1.0)
    repaid_shares = np.zeros(reserves)
    taken = int(np.argmax(position.collateral_values))
    paid = int(np.argmax(position.debt_values))
    bonus = system.reserves[taken].bonus[account.category]
    if position.collateral == 0.0:
        return seized_shares, repaid_shares
    seized_shares[taken], repaid_shares[paid] = shares_of_one_pair(
        rule, account, position, (taken, paid), bonus
    )
    return seized_shares, repaid_shares


def keeper_share(bonus: float, protocol_fee: float) -> float:
    """Share of the seized tokens that is the keeper's; the fee is on the bonus."""
    return (1.0 + bonus * (1.0 - protocol_fee)) / (1.0 + bonus)


def members_on_offer(system: ReferenceSystem, state: State, row: int) -> float:
    """Real accounts that a liquidation of a row is about."""
    account = system.account_of(row)
    members = system.accounts[account].members
    if account not in system.cohorts:
        return members
    if not system.is_fresh(row):
        fresh = len(system.accounts) + system.cohorts.index(account)
        return members * (1.0 - float(state.owed[fresh, 0]))
    whole = whole_position(system, state, row, state.oracle.price)
    return members * shares_below(system, state, row, whole.health)[1]


def gas_of(system: ReferenceSystem, state: State) -> float:
    """What one liquidation costs now [USD]."""
    if system.gas is None or state.behaviour.gas is None:
        return system.keeper.gas
    return system.keeper.gas * state.behaviour.gas.multiple(system.gas)


def plan_of(system: ReferenceSystem, state: State, row: int, market: Vector) -> Plan:
    """The liquidation of a row, decided at oracle prices, valued at `market`."""
    position = part_on_offer(system, state, row, state.oracle.price)
    owner = dataclasses.replace(
        system.accounts[system.account_of(row)],
        members=members_on_offer(system, state, row),
    )
    seized_share, repaid_share = shares(system, owner, position)
    largest = max(float(seized_share.max()), float(repaid_share.max()))
    scale = min(most_of(system, owner.market) / largest, 1.0) if largest > 0.0 else 1.0
    seized_share, repaid_share = scale * seized_share, scale * repaid_share
    seized = position.collateral_tokens * seized_share
    repaid = position.debt_tokens * repaid_share
    sold = np.zeros(len(system.reserves))
    sold_values, bought_values = np.zeros_like(sold), np.zeros_like(sold)
    for r, reserve in enumerate(system.reserves):
        bonus = reserve.bonus[owner.category]
        sold[r] = seized[r] * keeper_share(bonus, reserve.protocol_fee)
        sold_values[r] = sold[r] * market[reserve.asset]
        bought_values[r] = repaid[r] * market[reserve.asset]
    return Plan(
        row=row,
        seized_share=seized_share,
        repaid_share=repaid_share,
        seized=seized,
        repaid=repaid,
        sold=sold,
        sold_values=sold_values,
        bought_values=bought_values,
        gas=gas_of(system, state) * owner.members,
    )
