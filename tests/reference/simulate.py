"""The story of a step, and of a path."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np

from .absorb import absorb
from .behave import behave
from .behaviour import initial_behaviour
from .cascade import cascade, health_of, trade
from .credit import default
from .dealers import age, first_hedges
from .draws import Draws
from .instruments import age_instruments, new_instruments
from .network import initial_network, leave, mark_receipts
from .oracles import OracleState
from .perp_moves import advance_perps
from .perps import initial_perps
from .policy import initial_policy
from .policy_moves import decide, note_rules
from .prices import anchored_price, fundamental_prices, market_prices
from .rates import accrue
from .react import react
from .shock import shock
from .state import Flows, State, StepRecord
from .system import ReferenceSystem


def initial_state(system: ReferenceSystem) -> State:
    """Everything as it was agreed; the oracles have published the initial prices."""
    x = np.array([asset.initial_basis for asset in system.assets])
    price = anchored_price(system, x)
    reserves, cohorts = len(system.reserves), list(system.cohorts)
    share = np.ones((len(system.rows), reserves))
    share[cohorts] = 0.0
    nothing = np.zeros((len(system.accounts), reserves))
    return State(
        step=0,
        x=x,
        regime=0,
        inventory=np.zeros(len(system.assets)),
        permanent=np.zeros(len(system.assets)),
        oracle=OracleState(
            price=price.copy(), age=np.zeros(len(price)), observed=[price.copy()]
        ),
        supply_index=np.ones(len(system.reserves)),
        debt_index=np.ones(len(system.reserves)),
        supplied=np.array([reserve.supplied for reserve in system.reserves]),
        borrowed=np.array([reserve.borrowed for reserve in system.reserves]),
        kept=share.copy(),
        owed=share.copy(),
        unpaid=nothing.copy(),
        lost=nothing.copy(),
        capital=system.keeper.capital,
        fund=np.array([market.reserve_fund for market in system.markets]),
        hedges=first_hedges(system, price),
        instruments=new_instruments(system, price),
        perps=initial_perps(system.exchange, price),
        behaviour=initial_behaviour(system, x, price),
        policy=initial_policy(system, price),
        network=initial_network(system.network, len(system.assets)),
    )


def step(system: ReferenceSystem, state: State, draws: Draws) -> StepRecord:
    """Advance `state` in place, phase by phase, and write down how it ended."""
    flows = Flows.none(system)
    shock(system, state, draws)
    age_instruments(system, state, market_prices(system, state))
    decide(system, state)
    note_rules(system, state, flows)
    react(system, state)
    hedge(system, state, flows)
    redeem(system, state, flows)
    system.oracle.advance(state.oracle, system.dt)
    system.oracle.publish(state.oracle, market_prices(system, state))
    accrue(system, state)
    behave(system, state, flows)
    default(system, state, flows, draws)
    cascade(system, state, flows)
    absorb(system, state, flows)
    mark_receipts(system, state, flows)
    return report(system, state, flows)


def hedge(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Perpetuals pay funding and their makers hedge; dealers answer the shock."""
    market = market_prices(system, state)
    flows.perps.append(advance_perps(system.exchange, state.perps, market, system.dt))
    age(system, state)
    nobody = np.zeros(len(system.assets))
    trade(system, state, flows, nobody, flows.perps[-1].sold, in_round=False)


def redeem(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Stablecoins are burnt and tokens minted; what is sold for it moves prices."""
    if system.network.spirals:
        sold = leave(system, state, flows, market_prices(system, state))
        nobody = np.zeros(len(system.assets))
        trade(system, state, flows, sold, nobody, in_round=True)


def report(system: ReferenceSystem, state: State, flows: Flows) -> StepRecord:
    """Phase 6: write down the step as it ended."""
    return StepRecord(
        state=deepcopy(state),
        flows=flows,
        price=market_prices(system, state),
        fundamental=fundamental_prices(system, state),
        health=np.array([health_of(system, state, row) for row in system.rows]),
    )


def simulate(system: ReferenceSystem, draws: Sequence[Draws]) -> list[StepRecord]:
    """One path: a record of every step, the first after the first shock."""
    state = initial_state(system)
    return [step(system, state, draws[k]) for k in range(system.steps)]
