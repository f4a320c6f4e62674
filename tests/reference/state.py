"""What moves along a path, and what is written down at the end of each step."""

from dataclasses import dataclass, field

import numpy as np

from .behaviour import BehaviourFlows, BehaviourState
from .dealers import Hedge
from .instruments import Aged
from .network import NetworkState
from .oracles import OracleState
from .perps import PerpFlows, PerpState
from .policy import PolicyFlows, PolicyState
from .system import ReferenceSystem, Vector


@dataclass
class State:
    """All that moves along a path; the phases change it in place."""

    step: int  # steps begun
    x: Vector  # [asset] cumulative log return, or basis
    regime: int
    inventory: Vector  # [asset] [token]
    permanent: Vector  # [asset] [log price]
    oracle: OracleState
    supply_index: Vector  # [reserve]
    debt_index: Vector  # [reserve]
    supplied: Vector  # [reserve] [token]
    borrowed: Vector  # [reserve] [token]
    kept: Vector  # [row, reserve] share of the account's collateral still there
    owed: Vector  # [row, reserve] share of the account's debt still owed
    unpaid: Vector  # [account, reserve] share of the debt to be written off now
    lost: Vector  # [account, reserve] share of the debt written off
    capital: float  # of the keepers [USD]
    fund: Vector  # [market] [USD]
    hedges: list[Hedge]  # [dealer]
    instruments: list[Aged]  # [instrument]
    perps: PerpState
    behaviour: BehaviourState
    policy: PolicyState
    network: NetworkState
    first_seen: dict[int, int] = field(default_factory=dict)  # row: step


@dataclass
class Flows:
    """What happened during one step."""

    seized: Vector  # [reserve], fee included [token]
    seized_usd: Vector  # [reserve] at oracle prices [USD]
    fee: Vector  # [reserve] [token]
    repaid: Vector  # [reserve] [token]
    repaid_usd: Vector  # [reserve] at oracle prices [USD]
    sold: Vector  # [asset], net of purchases [token]
    flow_usd: Vector  # [asset] the same at market prices before it trades [USD]
    deficit: Vector  # [reserve] written off, before the fund pays [token]
    realized: Vector  # [reserve] after the fund has paid [USD]
    covered: Vector  # [market] paid by the fund [USD]
    hedged: Vector  # [dealer] net sales, at market prices before they are made [USD]
    turnover: Vector  # [dealer] sales and purchases together [USD]
    perps: list[PerpFlows]  # of the shock, and of every round
    behaviour: BehaviourFlows
    policy: PolicyFlows
    redeemed: Vector  # [spiral] stablecoins burnt for minted tokens [USD]
    defended: Vector  # [spiral] spent by the reserve [USD]
    defaulted: Vector  # [line] debt at default [USD]
    protocol_fee: float = 0.0  # at oracle prices [USD]
    proceeds: float = 0.0  # of the keepers' trades [USD]
    gas: float = 0.0  # [USD]
    keeper_profit: float = 0.0  # [USD]

    @classmethod
    def none(cls, system: ReferenceSystem) -> "Flows":
        """Nothing has happened yet."""
        reserves = len(system.reserves)
        return cls(
            seized=np.zeros(reserves),
            seized_usd=np.zeros(reserves),
            fee=np.zeros(reserves),
            repaid=np.zeros(reserves),
            repaid_usd=np.zeros(reserves),
            sold=np.zeros(len(system.assets)),
            flow_usd=np.zeros(len(system.assets)),
            deficit=np.zeros(reserves),
            realized=np.zeros(reserves),
            covered=np.zeros(len(system.markets)),
            hedged=np.zeros(len(system.dealers)),
            turnover=np.zeros(len(system.dealers)),
            perps=[],
            behaviour=BehaviourFlows.none(system),
            policy=PolicyFlows.none(system),
            redeemed=np.zeros(len(system.network.spirals)),
            defended=np.zeros(len(system.network.spirals)),
            defaulted=np.zeros(len(system.lines)),
        )


@dataclass(frozen=True)
class StepRecord:
    """A step as it ended: copies, to be compared with another engine's."""

    state: State
    flows: Flows
    price: Vector  # [asset] market price [USD/token]
    fundamental: Vector  # [asset] [USD/token]
    health: Vector  # [row] at the oracle price
