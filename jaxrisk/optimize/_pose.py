"""From the section `optimize` of a config to a problem."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..config import Config, ConfigError, Fault, Mark, Parameter, Variants, parameters
from ..config._optimize import MovesConfig, OptimizeConfig
from ..run import Model
from ._domain import Domain, Ordering, Product
from ._market import Market
from ._measures import limited
from ._problem import Limit, Problem
from ._search import Effort
from ._several import Several, limits_of_all
from ._terms import term


@dataclass(frozen=True)
class Posed:
    """A problem of a config.

    Attributes:
        section: What was asked.
        market: Draws what parameters do, as things are.
        market_of: The same of another model, or under a scenario.
        problem: What is asked, without names of sections.
        effort: How much each search may do.
    """

    section: OptimizeConfig
    market: Market
    market_of: Callable[..., Market]
    problem: Problem
    effort: Effort

    @property
    def borrowers(self) -> str:
        """Their response, in words."""
        if not self.section.elasticity:
            return "fixed book: borrowers keep their debt, whatever the limits"
        return (
            f"elasticity {self.section.elasticity:g}: debt follows what may be"
            " borrowed, collateral stays"
        )


def pose(model: Model, *, seed: int | None = None) -> Posed:
    """The problem that a config's section `optimize` asks.

    Raises:
        ConfigError: There is no such section, or it asks for what cannot be.
    """
    config = model.config
    section = config.optimize
    if section is None:
        reason = "there is no such section; add maximize, limits and parameters"
        raise ConfigError([Fault(Mark(config.name), "optimize", reason)])
    limits = []
    for name, most in section.limits.items():
        try:
            limits.append(Limit(limited(name), most))
        except ValueError as error:
            raise _refused(config, f"limits.{name}", str(error)) from None
    moves = _moves(config, section)
    chosen = tuple(parameter for parameter, _ in moves)
    launch = min(section.first_paths, section.paths)

    def market_of(other: Model, stress: str = "") -> Market:
        return Market(
            other,
            chosen,
            elasticity=section.elasticity,
            launch=launch,
            stress=stress,
        )

    market = market_of(model)
    others = {name: market_of(model, name) for name in section.robust}
    _check_names(config, section)
    if "mean_capital_efficiency" in section.maximize and not (
        config.policy and config.policy.factors
    ):
        reason = "no factors move here; write capital_efficiency, or add policy.factors"
        raise _refused(config, "maximize.mean_capital_efficiency", reason)
    problem = Problem(
        domain=_domain(config, section, moves),
        sampler=Several(market, others) if others else market,
        objective=tuple((term(name), w) for name, w in section.maximize.items()),
        limits=limits_of_all(tuple(limits), others),
        confidence=section.confidence,
    )
    effort = Effort(
        first_paths=launch,
        most_paths=section.paths,
        iterations=section.iterations,
        seed=section.seed if seed is None else seed,
    )
    return Posed(section, market, market_of, problem, effort)


def _check_names(config: Config, section: OptimizeConfig) -> None:
    """Refuse a frontier of what is not limited, and a method that is not installed.

    Raises:
        ConfigError: Naming the field.
    """
    for name in section.frontier:
        if name not in section.limits:
            reason = f"it has no limit; known: {', '.join(section.limits)}"
            raise _refused(config, f"frontier.{name}", reason)
    if "cma" in section.checks and importlib.util.find_spec("cma") is None:
        reason = (
            "the package cma is not installed; install it with"
            " pip install 'jaxrisk[search]', or leave cma out"
        )
        raise _refused(config, "checks", reason)


def _moves(
    config: Config, section: OptimizeConfig
) -> list[tuple[Parameter, MovesConfig]]:
    """Every parameter that is named, once, and how far it may move."""
    found: dict[str, tuple[Parameter, MovesConfig]] = {}
    for name, moves in section.parameters.items():
        try:
            known = parameters(config, name)
        except ConfigError as error:
            reason = error.faults[0].reason
            raise _refused(config, f"parameters.{name}", reason) from None
        for each in known:
            if len(each.paths) > 1 or each.whole_steps:
                reason = (
                    "several numbers at once, and times in whole steps, cannot be"
                    " chosen; name one number"
                )
                raise _refused(config, f"parameters.{name}", reason)
            found.setdefault(each.name, (each, moves))
    return list(found.values())


def _domain(
    config: Config,
    section: OptimizeConfig,
    moves: list[tuple[Parameter, MovesConfig]],
) -> Domain:
    names = [parameter.name for parameter, _ in moves]
    now = np.array([parameter.values[0] for parameter, _ in moves])
    size = np.array([parameter.sizes[0] for parameter, _ in moves])
    room = np.array([parameter.room for parameter, _ in moves]).T
    reach = (now - room[0] * size, now + room[1] * size)
    change = size * [x.most_change or section.most_change for _, x in moves]
    low = np.maximum(now - change, reach[0])
    high = np.minimum(now + change, reach[1])
    for index, (_, own) in enumerate(moves):
        low[index] = low[index] if own.low is None else max(low[index], own.low)
        high[index] = high[index] if own.high is None else min(high[index], own.high)
    width = size * [parameter.half_width for parameter, _ in moves]
    orderings, products = _rules(config, section, names, low, high)
    domain = Domain(tuple(names), now, low, high, width, reach, orderings, products)
    _check(config, domain)
    return domain


def _rules(
    config: Config,
    section: OptimizeConfig,
    names: list[str],
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[tuple[Ordering, ...], tuple[Product, ...]]:
    """Rules between parameters; bounds are narrowed where the other side stays."""
    variants, orderings, products = Variants(config), [], []
    homes = dict.fromkeys(name.rpartition(".")[0] for name in names)
    buffer, most = section.buffer, section.largest_product
    for home in homes:
        at = {
            field: names.index(f"{home}.{field}") if f"{home}.{field}" in names else -1
            for field in ("loan_to_value", "liquidation_threshold", "liquidation_bonus")
        }
        stays = {field: variants.number(f"{home}.{field}") for field in at}
        limit, threshold, bonus = at.values()
        own_limit, own_threshold, own_bonus = stays.values()
        if own_limit is None or own_threshold is None or own_bonus is None:
            continue
        if limit >= 0 and threshold >= 0:
            row = np.zeros(len(names))
            row[limit], row[threshold] = 1, -1
            words = f"{home}: loan_to_value {buffer:g} below liquidation_threshold"
            orderings.append(Ordering(words, row, -buffer))
        elif limit >= 0:
            high[limit] = min(high[limit], own_threshold - buffer)
        elif threshold >= 0:
            low[threshold] = max(low[threshold], own_limit + buffer)
        if threshold >= 0 and bonus >= 0:
            words = f"{home}: liquidation_threshold * (1 + bonus) at most {most:g}"
            products.append(Product(words, threshold, bonus, most))
        elif threshold >= 0:
            high[threshold] = min(high[threshold], most / (1 + own_bonus))
        elif bonus >= 0:
            high[bonus] = min(high[bonus], most / own_threshold - 1)
    return tuple(orderings), tuple(products)


def _check(config: Config, domain: Domain) -> None:
    """Refuse a domain without a point.

    Raises:
        ConfigError: Naming what excludes what.
    """
    empty = np.flatnonzero(domain.low > domain.high)
    if empty.size:
        index = int(empty[0])
        reason = (
            f"it would have to be at least {domain.low[index]:g} and at most"
            f" {domain.high[index]:g} by its bounds, most_change, buffer and"
            " largest_product; widen one of them"
        )
        raise _refused(config, f"parameters.{domain.names[index]}", reason)
    broken = domain.broken(domain.nearest(domain.now))
    if broken:
        reason = f"no point within the bounds keeps a rule ({broken[0]}); widen them"
        raise _refused(config, "parameters", reason)


def _refused(config: Config, field: str, reason: str) -> ConfigError:
    return ConfigError([Fault(Mark(config.name), f"optimize.{field}", reason)])
