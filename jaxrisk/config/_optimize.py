"""Optimization: what may move, what for, and what must hold."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict

from ._section import Section
from ._units import Count, Few, OpenRatio, PositiveRatio, Ratio, Seed, Unit


Term: TypeAlias = Literal[
    "capital_efficiency",
    "borrowing_power",
    "borrowed",
    "interest",
    "liquidation_fees",
    "bad_debt",
    "mean_capital_efficiency",
]
"""What a protocol earns, lends, or loses."""

PerUnit = Annotated[float, Unit("a weight, of any sign")]
Most = Annotated[float, Unit("a limit, in USD or as a ratio", low=0, above=True)]
Bound = Annotated[float, Unit("a value that the parameter may take")]
Response = Annotated[
    float, Unit("an elasticity: 0 is a fixed book, 1 the same use of new limits", 0, 10)
]
Change = Annotated[
    float, Unit("a change: 0.03 is 3 percentage points, or 3 %", low=0, above=True)
]


class MovesConfig(Section):
    """How far one parameter may move; what is not given follows from the others."""

    low: Bound | None = None
    """Least value; null for no bound of its own."""
    high: Bound | None = None
    """Greatest value; null for no bound of its own."""
    most_change: Change | None = None
    """Most that it changes now: in percentage points of a ratio (0.03 is 3), else as a
    share of its value; null for that of the section."""


class OptimizeConfig(Section):
    """The best parameters for `jaxrisk optimize`; it changes no run."""

    maximize: Annotated[dict[Term, PerUnit], Field(min_length=1)]
    """Terms and their weights: the objective is their sum. bad_debt is expected, and
    wants a negative weight."""
    limits: Annotated[dict[str, Most], Field(min_length=1)]
    """Measures and the most that each may be: es99 and lar99 (any level), mean,
    liquidated [USD], probability of bad debt [ratio]."""
    parameters: Annotated[dict[str, MovesConfig], Field(min_length=1)]
    """What may move, by dotted path, or by field for every reserve that has it."""
    most_change: Change = 0.03
    """Most that a parameter changes now: one governance decision."""
    governance_step: PositiveRatio = 0.01
    """Step to either side of the proposal that is looked at [ratio, or share]."""
    buffer: Ratio = 0.02
    """Least distance of a loan-to-value below its threshold [ratio]."""
    largest_product: PositiveRatio = 0.999
    """Most that a threshold times one plus its bonus may be [ratio]."""
    elasticity: Response = 0.0
    """Borrowers' response to new limits: 0 keeps their debt, 1 keeps the share of what
    they may borrow that they use."""
    confidence: OpenRatio = 0.95
    """Confidence with which each limit must hold, as far as paths go [ratio]."""
    first_paths: Count = 1024
    """Paths of each run in the first iterations."""
    paths: Count = 8192
    """Paths of each run in the last iterations, and to choose among candidates."""
    fresh_paths: Count = 16_384
    """Paths of the evidence, on draws that the search has not seen."""
    stress: Annotated[tuple[str, ...], Strict(False)] = ("volatility_2x",)
    """Scenarios under which the proposal is looked at as well."""
    robust: Annotated[tuple[str, ...], Strict(False)] = ()
    """Scenarios under which every limit must hold as well: the worst case counts."""
    frontier: Annotated[
        dict[str, Annotated[tuple[Most, ...], Strict(False)]], Field(max_length=1)
    ] = Field(default_factory=dict)
    """Other limits of one measure, for each of which the best point is looked for."""
    compare_static: bool = False
    """Whether factors that move are compared with the best limits that stay, at the
    risk that the proposal has."""
    checks: Annotated[tuple[Literal["cma", "grid"], ...], Strict(False)] = ()
    """Methods without slopes that solve the same problem again; cma needs the extra
    search."""
    grid_points: Few = 5
    """Points of a grid along each parameter."""
    iterations: Count = 60
    """Iterations at most, of each start."""
    starts: Few = 1
    """Where searches start: now, and points spread over what is allowed."""
    seed: Seed = 1
    """Seed of the search; the evidence has one of its own."""
