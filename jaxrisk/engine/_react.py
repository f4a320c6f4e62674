"""Those who watch the market react to what they have seen up to now."""

from ._state import State
from ._system import System


def react(system: System, state: State) -> State:  # noqa: ARG001
    """Governance changes factors and pauses; liquidity comes and goes."""
    return state
