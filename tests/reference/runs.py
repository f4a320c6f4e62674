"""Suppliers who run on a reserve."""

from .state import Flows, State
from .system import ReferenceSystem


def cash_of(system: ReferenceSystem, state: State, r: int) -> float:
    """Tokens that can leave a reserve."""
    lendable = max(float(state.supplied[r] - state.borrowed[r]), 0.0)
    missing = state.behaviour.runs[r].missing if r in system.runs else 0.0
    return max(lendable - missing, 0.0)


def run(system: ReferenceSystem, state: State, flows: Flows, r: int) -> None:
    """Withdraw what is there, wait for the rest; return in a calm."""
    rule, memory = system.runs[r], state.behaviour.runs[r]
    price = float(state.oracle.price[system.reserves[r].asset])
    used = float(state.borrowed[r] / state.supplied[r]) if state.supplied[r] else 0.0
    running = used >= rule.runs_at or memory.alarm > 0.0
    calm = not running and used < rule.returns_below
    if running:
        wanted = memory.queue + rule.speed * memory.deposits
    else:
        wanted = 0.0 if calm else memory.queue
    wanted = min(wanted, memory.deposits)
    taken = min(wanted, cash_of(system, state, r))
    back = rule.return_speed * memory.away if calm else 0.0
    memory.queue = wanted - taken
    memory.deposits += back - taken
    memory.away += taken - back
    memory.alarm = max(memory.alarm - system.dt, 0.0)
    state.supplied[r] += back - taken
    flows.behaviour.withdrawn[r] += taken * price
    flows.behaviour.returned[r] += back * price
    flows.behaviour.frozen[r] += 1.0 if memory.queue > 0.0 else 0.0
