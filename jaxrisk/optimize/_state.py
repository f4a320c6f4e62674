"""Where a search is: all that its next iteration needs, as JSON."""

import dataclasses
import json
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64

from ._domain import Point


PerLimit = Float64[np.ndarray, " limit"]


@dataclass(frozen=True)
class Step:
    """What one iteration saw.

    Attributes:
        point: Where it looked.
        value: Objective and limited measures there.
        error: Their standard errors.
        paths: Paths of each run.
        step: Largest move, in spans.
    """

    point: list[float]
    value: list[float]
    error: list[float]
    paths: int
    step: float


@dataclass(frozen=True)
class SearchState:
    """Of the augmented Lagrangian.

    Attributes:
        point: Where the next iteration looks.
        multipliers: Of the limits, in slopes of the objective at the start.
        penalty: Weight of a squared excess; zero until a limit is first felt.
        scale: Slope of the objective at the start, over a span; zero before.
        first: First moments of Adam.
        second: Second moments of Adam.
        count: Iterations that they hold.
        heading: Last slope of the Lagrangian.
        step: Largest move, in spans.
        paths: Paths of each run.
        felt: Whether a limit was near, so that slopes of what is drawn are wanted.
        quiet: Iterations in a row whose slope was within its noise.
        runs: Path-runs so far: one is a path from start to horizon.
        steps: All iterations.
        sentence: How it ended; empty while it goes on.
    """

    point: Point
    multipliers: PerLimit
    first: Point
    second: Point
    heading: Point
    step: float
    paths: int
    penalty: float = 0.0
    scale: float = 0.0
    count: int = 0
    felt: bool = False
    quiet: int = 0
    runs: int = 0
    steps: tuple[Step, ...] = field(default=())
    sentence: str = ""

    @classmethod
    def at(cls, point: Point, limits: int, *, step: float, paths: int) -> "SearchState":
        """Before the first iteration."""
        zero = np.zeros_like(point)
        return cls(point, np.zeros(limits), zero, zero, zero, step, paths)

    def text(self) -> str:
        """As JSON."""
        return json.dumps(dataclasses.asdict(self), default=np.ndarray.tolist)

    @classmethod
    def of(cls, text: str) -> "SearchState":
        """From JSON."""
        facts = json.loads(text)
        for name in ("point", "multipliers", "first", "second", "heading"):
            facts[name] = np.array(facts[name], np.float64)
        steps = tuple(Step(**each) for each in facts.pop("steps"))
        return cls(**facts, steps=steps)
