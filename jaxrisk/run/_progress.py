"""How a run says where it is, without knowing who listens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Stage:
    """Where a run is.

    Attributes:
        name: What is being done, for a reader.
        done: Paths done in this stage.
        total: Paths of this stage.
    """

    name: str
    done: int
    total: int


Progress: TypeAlias = Callable[[Stage], None]


def silent(stage: Stage) -> None:
    """Say nothing."""
