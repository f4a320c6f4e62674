"""What both engines say of those who act of their own accord."""

import numpy as np

from jaxrisk.behaviour import BorrowerState, GasState, ProviderState, SupplierState
from jaxrisk.engine import State, StepInfo
from tests import reference as plain


BORROWERS = ("unwound", "topped_up", "levered")
SUPPLIERS = ("withdrawn", "returned", "frozen")
TOKENS = ("deposits", "queue", "away", "alarm", "missing")


def reported_of_behaviour(
    system: plain.ReferenceSystem, record: plain.StepRecord
) -> dict[str, np.ndarray | float]:
    """From the reference; only of those who are there."""
    memory, flows = record.state.behaviour, record.flows.behaviour
    found: dict[str, np.ndarray | float] = {}
    if system.actors:
        found["wealth"] = np.array(memory.wealth)
        found |= {name: getattr(flows, name) for name in BORROWERS}
    if system.runs:
        rows = sorted(system.runs)
        found |= {name: getattr(flows, name) for name in SUPPLIERS}
        for name in TOKENS:
            found[name] = np.array([getattr(memory.runs[r], name) for r in rows])
    if memory.gas is not None:
        found["gas variance"] = memory.gas.variance
    if system.providers:
        rows = sorted(system.providers)
        found["depth"] = np.array([memory.providers[a].depth for a in rows])
        found["seen"] = np.array([memory.providers[a].seen for a in rows])
    return found


def answered_of_behaviour(
    system: plain.ReferenceSystem, state: State, info: StepInfo
) -> dict[str, np.ndarray]:
    """The same from the fast engine, with a path axis."""
    found: dict[str, np.ndarray] = {}
    if isinstance(state.borrowers, BorrowerState):
        found["wealth"] = np.asarray(state.borrowers.wealth)
        found |= {name: np.asarray(getattr(info.borrowers, name)) for name in BORROWERS}
    if isinstance(state.suppliers, SupplierState):
        rows = sorted(system.runs)
        found |= {name: np.asarray(getattr(info.suppliers, name)) for name in SUPPLIERS}
        for name in TOKENS:
            found[name] = np.asarray(getattr(state.suppliers, name))[rows]
        found["deposits"] *= np.asarray(state.pool.supply_index)[rows]
    if isinstance(state.gas, GasState):
        found["gas variance"] = np.asarray(state.gas.variance)
    if isinstance(state.providers, ProviderState):
        rows = sorted(system.providers)
        found["depth"] = np.asarray(state.providers.depth)[rows]
        found["seen"] = np.asarray(state.providers.seen)[rows]
        inventory = np.asarray(state.venues.inventory)
        # The fast engine counts it at the full depth, the reference in tokens.
        found["inventory"] = inventory * np.asarray(state.providers.depth)
    return found
