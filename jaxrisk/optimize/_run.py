"""From a config to a proposal with its evidence."""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..config import Config, build_system
from ..run import Model
from ..run._provenance import book_facts
from ._check import Check, check
from ._evidence import (
    OF_EVIDENCE,
    Change,
    Price,
    SideStep,
    compared,
    exceeded,
    shadow_prices,
    side_steps,
)
from ._frontier import Knot, frontier
from ._pose import Posed, pose
from ._problem import Problem, Reading
from ._solve import Kept, Solution, Verdict, solve, starts_of
from ._state import SearchState
from ._static import Static, best_static, has_factors


Told = Callable[[str], None]


@dataclass(frozen=True)
class Setting:
    """The proposal in one market: as it is, every account, or under a scenario.

    Attributes:
        name: Which market.
        changes: Measures now and as proposed.
        exceeded: Limits that the proposal does not keep there, by name.
    """

    name: str
    changes: tuple[Change, ...]
    exceeded: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A proposal, and what is known of it.

    Attributes:
        posed: What was asked.
        solution: What the searches found.
        settings: Measures in every market looked at; as it is comes first.
        steps: One governance step to either side.
        prices: What each limit costs.
        touched: Bounds and rules that the proposal touches.
        fresh: Terms of the proposal out of sample.
        frontier: The best point for each limit that was asked for.
        static: The best limits that stay, where factors that move are compared.
        checks: What other methods found.
    """

    posed: Posed
    solution: Solution
    settings: tuple[Setting, ...]
    steps: tuple[SideStep, ...]
    prices: tuple[Price, ...]
    touched: tuple[str, ...]
    fresh: Reading
    frontier: tuple[Knot, ...] = ()
    static: tuple[Static, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def sentence(self) -> str:
        """How the search ended, in a sentence or two."""
        return _sentence(self)


def optimize(
    model: Model,
    *,
    seed: int | None = None,
    states: Sequence[SearchState] = (),
    kept: Kept = lambda _: None,
    told: Told = lambda _: None,
) -> Found:
    """The best parameters of a config, by its section `optimize`.

    Args:
        model: From `jaxrisk.run.prepare`.
        seed: Of the search; the section's if not given.
        states: Of searches that went so far already.
        kept: Told the states of all searches after every iteration.
        told: Told what is done after the search.

    Raises:
        ConfigError: The section asks for what cannot be.
    """
    posed = pose(model, seed=seed)
    section, problem = posed.section, posed.problem
    start, count = posed.effort.seed, section.starts
    starts = starts_of(problem.domain, count, seed=start)
    main = tuple(states[:count])
    solution = solve(problem, posed.effort, starts, states=main, kept=kept)
    main = solution.states[:count]
    draws = {"paths": section.fresh_paths, "seed": start + OF_EVIDENCE}
    knots: tuple[Knot, ...] = ()
    for measure, limits in section.frontier.items():
        knots = frontier(
            problem,
            posed.effort,
            measure,
            limits,
            solution.best.point,
            **draws,
            states=states[count:],
            kept=lambda own: kept((*main, *own)),
            told=told,
        )
    static: tuple[Static, ...] = ()
    if section.compare_static and has_factors(model.config):
        told("the best limits that stay")
        (fresh,) = problem.read(solution.best.point[None], **draws)
        seen = (model.config, problem, fresh)
        static = (best_static(*seen, paths=draws["paths"], seed=draws["seed"]),)
    checks = []
    for method in section.checks:
        told(f"check: {method}")
        points = section.grid_points
        given = (problem, posed.effort, solution, method)
        checks.append(check(*given, points=points, **draws))
    found = _found(model, posed, solution, told)
    return dataclasses.replace(
        found, frontier=knots, static=static, checks=tuple(checks)
    )


def _found(model: Model, posed: Posed, solution: Solution, told: Told) -> Found:
    """All evidence on one set of draws that chose nothing."""
    section, problem, point = posed.section, posed.problem, solution.best.point
    draws = {
        "paths": section.fresh_paths,
        "seed": posed.effort.seed + OF_EVIDENCE,
    }
    settings = []
    for name, other in _markets(model, posed):
        told(f"evidence: {name}")
        changes = compared(other, point, **draws)
        short = exceeded(changes, problem.margin)
        settings.append(Setting(name, changes, tuple(short)))
    told("evidence: a step to either side")
    size = section.governance_step * posed.market.sizes
    steps = side_steps(problem, point, size, **draws)
    told("evidence: shadow prices")
    (fresh,) = problem.read(point[None], **draws)
    return Found(
        posed=posed,
        solution=solution,
        settings=tuple(settings),
        steps=steps,
        prices=shadow_prices(problem, point, **draws),
        touched=tuple(words for words, _ in problem.domain.touched(point)),
        fresh=fresh,
    )


def _markets(model: Model, posed: Posed) -> list[tuple[str, Problem]]:
    """The problem as it is, with every account, and under each scenario."""
    limits = tuple(x for x in posed.problem.limits if "@" not in x.measure.name)
    alone = dataclasses.replace(posed.problem, limits=limits)

    def like(*given: object) -> Problem:
        return dataclasses.replace(alone, sampler=posed.market_of(*given))

    found = [("as it is", like(model))]
    if model.compressed:
        system = build_system(model.config, model.full)
        full = dataclasses.replace(model, book=model.full, system=system)
        found.append(("every account", like(full)))
    names = dict.fromkeys((*posed.section.robust, *posed.section.stress))
    return found + [(name, like(model, name)) for name in names]


def key_of(config: Config, seed: int | None) -> str:
    """Digest of all that sets a search: a checkpoint of another is not gone on from."""
    text = f"{config.hash}{config.optimize}{book_facts(config)}{seed}"
    return hashlib.sha256(text.encode()).hexdigest()


def _sentence(found: Found) -> str:
    solution, problem = found.solution, found.posed.problem
    if solution.verdict is Verdict.NOT_FINITE:
        return (
            "Not finite: no path of the best candidate has a finite number; move"
            " low and high to where the market can be computed."
        )
    if solution.verdict is Verdict.INFEASIBLE:
        return _infeasible(found)
    if solution.verdict is Verdict.FLAT:
        return (
            "Flat: the objective moves with none of these parameters, so that nothing"
            " is proposed; name others, or other terms under maximize."
        )
    ended = solution.states[solution.chosen].sentence
    parts = [f"The search ended as {ended}" if ended else ""]
    if found.touched:
        parts.append(f"The optimum is on a bound or rule: {'; '.join(found.touched)}.")
    if found.settings[0].exceeded:
        names = ", ".join(found.settings[0].exceeded)
        parts.append(
            f"Out of sample it does not keep {names} at"
            f" {100 * problem.confidence:g} % confidence: take more paths."
        )
    return " ".join(filter(None, parts))


def _infeasible(found: Found) -> str:
    """Which limits cannot be kept together, and by how much."""
    excess = found.solution.best.excess
    limits = found.posed.problem.limits
    over = {
        limit.measure.name: float(value)
        for limit, value in zip(limits, excess, strict=True)
        if value > 0
    }
    if not over:
        return "Infeasible: no point was found that keeps all limits on fresh draws."
    least, most = min(over, key=over.__getitem__), max(over, key=over.__getitem__)
    words = ", ".join(f"{name} ({_times(value)})" for name, value in over.items())
    more = "" if len(over) == 1 else f" {least} is violated least, {most} most."
    return (
        "Infeasible: no point within the bounds keeps all limits. Where they are"
        f" exceeded least, these are not kept: {words}.{more} Raise that limit, or let"
        " parameters move further."
    )


def _times(excess: float) -> str:
    """An excess as a multiple of its limit, at the asked confidence."""
    return f"{1 / (1 - excess):.2f} times its limit" if excess < 1 else "unknown"
