"""Phase 2: the price that the contracts act on.

Time passes for an oracle once a step (`advance`). It is asked to `publish` after that
and again in every round of the cascade, at the same time.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt


Vector = npt.NDArray[np.float64]


@dataclass
class OracleState:
    """What an oracle remembers."""

    price: Vector  # last published, [asset] [USD/token]
    age: Vector  # since the last publication, [asset] [year]
    observed: list[Vector] = field(default_factory=list)  # oldest first


class Oracle(Protocol):
    """Maps the market price to the published price."""

    def advance(self, state: OracleState, dt: float) -> None: ...

    def publish(self, state: OracleState, market: Vector) -> None: ...


@dataclass(frozen=True)
class InstantOracle:
    """Publishes the market price."""

    def advance(self, state: OracleState, dt: float) -> None: ...

    def publish(self, state: OracleState, market: Vector) -> None:
        state.price = market.copy()


@dataclass(frozen=True)
class HeartbeatOracle:
    """Publishes on a move of `deviation`, or once `heartbeat` has passed."""

    deviation: Vector  # [asset] [ratio]
    heartbeat: Vector  # [asset] [year]

    def advance(self, state: OracleState, dt: float) -> None:
        state.age = state.age + dt

    def publish(self, state: OracleState, market: Vector) -> None:
        for a in range(len(market)):
            moved = abs(market[a] / state.price[a] - 1.0) >= self.deviation[a]
            # A sum of steps may fall an ulp short of the heartbeat that it equals.
            due = state.age[a] >= self.heartbeat[a] * (1.0 - 1e-5)
            if moved or due:
                state.price[a] = market[a]
                state.age[a] = 0.0


@dataclass(frozen=True)
class DelayedOracle:
    """Publishes what it saw `delay` steps ago; until then, the first it saw.

    What it sees last in a step is what it remembers of it; the price at the start is
    the first.
    """

    delay: int  # [step]

    def advance(self, state: OracleState, dt: float) -> None:  # noqa: ARG002
        state.observed.append(state.observed[-1])

    def publish(self, state: OracleState, market: Vector) -> None:
        state.observed[-1] = market.copy()
        then = max(len(state.observed) - 1 - self.delay, 0)
        state.price = state.observed[then].copy()
