"""Those who watch the market react to what they have seen up to now."""

import dataclasses

from ._sight import Sight
from ._state import State
from ._system import System


def react(system: System, state: State) -> State:
    """Governance changes factors and pauses; liquidity comes and goes."""
    decided = system.policy.react(state.policy, Sight(system=system, state=state))
    return dataclasses.replace(state, policy=decided)
