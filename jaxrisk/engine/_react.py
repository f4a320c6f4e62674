"""Those who watch the market react to what they have seen up to now."""

import dataclasses

from ..behaviour import NoGas, NoProviders
from ._market import market_price, own_log_price
from ._sight import Sight
from ._state import State
from ._system import System


def react(system: System, state: State) -> State:
    """Governance changes factors and pauses; liquidity comes and goes."""
    decided = system.policy.react(state.policy, Sight(system=system, state=state))
    state = _provide(system, dataclasses.replace(state, policy=decided))
    if isinstance(system.gas, NoGas):
        return state
    seen = system.gas.see(state.gas, market_price(system, state), system.dt)
    return dataclasses.replace(state, gas=seen)


def _provide(system: System, state: State) -> State:
    """Liquidity providers withdraw, or return."""
    if isinstance(system.providers, NoProviders):
        return state
    seen = own_log_price(system, state)
    memory = system.providers.react(state.providers, seen, system.dt)
    return dataclasses.replace(state, providers=memory)
