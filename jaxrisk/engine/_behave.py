"""Suppliers and borrowers act of their own accord."""

from ._state import State, StepInfo
from ._system import System


def behave(
    system: System,  # noqa: ARG001
    state: State,
    info: StepInfo,
) -> tuple[State, StepInfo]:
    """Suppliers withdraw; borrowers top up, unwind or lever up."""
    return state, info
