"""From settings to those who act of their own accord. Units are converted here."""

import math
import re
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..behaviour import (
    AbstractBorrowers,
    AbstractGas,
    AbstractProviders,
    AbstractSuppliers,
    Borrowers,
    Carry,
    Levering,
    NoBorrowers,
    NoGas,
    NoProviders,
    NoSuppliers,
    Providers,
    Suppliers,
    TopUp,
    Unwinding,
    VolatileGas,
)
from ..lending._book import Book
from ._behaviour import BorrowersConfig, ProvidersConfig
from ._config import HOURS_PER_YEAR, MINUTES_PER_DAY, MINUTES_PER_HOUR, Config
from ._faults import ConfigError, Fault, Mark
from ._loops import rule_of_account
from ._tables import (
    ReserveNumber,
    asset_of_reserve,
    layout_of,
    loan_to_values,
)


ANY = 2.0
"""A health to aim at where the rule is never applied."""


def build_borrowers(config: Config, book: Book, dtype: np.dtype) -> AbstractBorrowers:
    """The accounts of `book` that act; none where there are none.

    Raises:
        ConfigError: If one of them is a cohort.
    """
    rule = _rules(config, book)
    acting = np.flatnonzero(rule >= 0)
    if config.behaviour is None or not acting.size:
        return NoBorrowers()
    rules = [config.behaviour.borrowers[number] for number in rule[acting]]
    column = _Columns(config, rules, dtype)
    wallets = [one.top_up for one in rules]
    with_collateral = [one is not None and one.by != "repaying" for one in wallets]
    return Borrowers(
        index=jnp.asarray(acting, jnp.int32),
        market=jnp.asarray(np.eye(len(config.markets))[book.market[acting]].T, dtype),
        limited=jnp.asarray(_limited(config, book)[acting], dtype),
        staking=jnp.asarray(_staking(config), dtype),
        top_up=TopUp(
            below=column.of("top_up", "below_health", 0.0),
            to=column.of("top_up", "to_health", ANY),
            speed=column.pace("top_up"),
            wealth=column.of("top_up", "wealth_usd", 0.0),
            with_collateral=jnp.array(with_collateral),
        ),
        unwinding=Unwinding(
            below=column.of("unwind", "below_health", 0.0),
            to=column.of("unwind", "to_health", ANY),
            speed=column.pace("unwind"),
        ),
        levering=Levering(
            above=column.of("lever_up", "above_health", np.inf),
            to=column.of("lever_up", "to_health", ANY),
            speed=column.pace("lever_up"),
        ),
        carry=Carry(
            tolerance=column.of("carry", "tolerance", np.inf),
            speed=column.pace("carry"),
        ),
        assets=len(config.asset_names),
        walks_below=jnp.asarray(
            np.array([one.walks_away_below for one in rules]), dtype
        ),
    )


@dataclass(frozen=True)
class _Columns:
    """Numbers of the rules of those who act, one after the other."""

    config: Config
    rules: list[BorrowersConfig]
    dtype: np.dtype

    def of(self, rule: str, field: str, never: float) -> Float[Array, " actor"]:
        """A number of a rule, and `never` where the rule is not given."""
        given = [getattr(one, rule) for one in self.rules]
        values = [never if one is None else getattr(one, field) for one in given]
        return jnp.asarray(np.array(values, np.float64), self.dtype)

    def pace(self, rule: str) -> Float[Array, " actor"]:
        """Share of a rule's gap that is closed in a step."""
        given = [getattr(one, rule) for one in self.rules]
        hours = [None if one is None else one.hours for one in given]
        paces = [_pace(self.config, each) for each in hours]
        return jnp.asarray(np.array(paces), self.dtype)


def _rules(config: Config, book: Book) -> np.ndarray:
    """The rule of each account, and none of cohorts; see `rule_of_account`."""
    rule = rule_of_account(config, book)
    if config.book.cohorts is not None:
        # Who acts was left single by name; what was merged has a name of its own.
        merged = [bool(re.fullmatch(r"cohort\d+", name)) for name in book.account]
        rule = np.where(merged, -1, rule)
    for number in range(len(config.behaviour.borrowers if config.behaviour else ())):
        if number not in rule:
            reason = (
                "no account that owes has such a name, or a rule before has them all; "
                "correct it, or remove the rule"
            )
            field = f"behaviour.borrowers[{number}].accounts"
            raise ConfigError([Fault(Mark(config.name), field, reason)])
    cohorts = np.flatnonzero((rule >= 0) & (book.spread > 0))
    if cohorts.size:
        name, number = book.account[cohorts[0]], rule[cohorts[0]]
        reason = (
            f"it names {name}, which is a cohort of many, and rules are for single "
            "accounts; name accounts that are not cohorts, or use the full book"
        )
        field = f"behaviour.borrowers[{number}].accounts"
        raise ConfigError([Fault(Mark(config.name), field, reason)])
    return rule


def _limited(config: Config, book: Book) -> np.ndarray:
    """Collateral times its loan-to-value limit [account, reserve] [token]."""
    return book.collateral * loan_to_values(config)[book.category]


def _staking(config: Config) -> ReserveNumber:
    """Growth of every reserve's token against what it follows in the end [1/year]."""

    def growth(name: str) -> float:
        asset = config.assets.get(name)
        if asset is None or asset.is_base:
            return 0.0
        rests = asset.rests_on.items()
        return asset.trend + sum(weight * growth(other) for other, weight in rests)

    found = np.array([growth(name) for name in config.asset_names])
    return found[asset_of_reserve(config)]


def build_suppliers(
    config: Config,
    book: Book,
    *,
    supplied: ReserveNumber,
    dtype: np.dtype,
) -> AbstractSuppliers:
    """Suppliers who may run; none where there are none.

    Args:
        config: The settings.
        book: The accounts; their collateral stays.
        supplied: Supply of every reserve [token].
        dtype: Of the arrays on the device.
    """
    behaviour = config.behaviour
    if behaviour is None or not behaviour.suppliers:
        return NoSuppliers()
    passive = np.maximum(supplied - book.totals[0], 0)
    rows = np.zeros((6, supplied.size))
    rows[1] = np.inf
    for row, (market, reserve) in enumerate(layout_of(config).reserves):
        rules = behaviour.suppliers.get(market)
        if rules is None or (rules.reserves and reserve not in rules.reserves):
            continue
        rows[:, row] = (
            rules.share * passive[row],
            rules.run_at_utilization,
            _pace(config, rules.run_hours),
            rules.return_below_utilization,
            _pace(config, rules.return_hours),
            rules.alarm_hours / HOURS_PER_YEAR,
        )
    return Suppliers(*(jnp.asarray(row, dtype) for row in rows))


def build_providers(config: Config, dtype: np.dtype) -> AbstractProviders:
    """Liquidity providers who may leave; none where there are none."""
    behaviour = config.behaviour
    if behaviour is None or not behaviour.providers:
        return NoProviders()
    columns = [
        _provider(config, name, behaviour.providers.get(name))
        for name in config.asset_names
    ]
    return Providers(
        *(jnp.asarray(np.array(row), dtype) for row in zip(*columns, strict=True))
    )


def _provider(
    config: Config, name: str, rules: ProvidersConfig | None
) -> tuple[float, ...]:
    """The numbers of `Providers`, in their order; of a venue that nobody leaves."""
    if rules is None:
        return (0.0, 0.0, 0.5, 0.0, 0.0, 1.0, 0.0, 0.0)
    calm = _calm(config, name, rules.calm_volatility, f"providers.{name}")
    return (
        rules.leave_per_loss,
        rules.leave_per_volatility,
        rules.most,
        _pace(config, rules.leave_hours),
        _pace(config, rules.return_hours),
        calm**2,
        _memory(config, rules.volatility_half_life_hours),
        -math.expm1(-config.step_minutes / (MINUTES_PER_DAY * rules.renewal_days)),
    )


def build_gas(config: Config, dtype: np.dtype) -> AbstractGas:
    """Gas that follows volatility, or does not."""
    gas = None if config.behaviour is None else config.behaviour.gas
    if gas is None:
        return NoGas()
    calm = _calm(config, gas.asset, gas.calm_volatility, "gas")
    return VolatileGas(
        variance=jnp.asarray(calm**2, dtype),
        memory=jnp.asarray(_memory(config, gas.half_life_hours), dtype),
        exponent=jnp.asarray(gas.exponent, dtype),
        most=jnp.asarray(max(gas.most, 1.0), dtype),
        asset=config.asset_names.index(gas.asset),
    )


def _calm(config: Config, name: str, given: float | None, section: str) -> float:
    """Volatility of calm times; the asset's own if not given [ratio a year]."""
    calm = given or config.assets[name].annual_volatility
    if calm:
        return calm
    reason = (
        f"{name} has no volatility of its own to compare with; write calm_volatility "
        "beside it"
    )
    field = f"behaviour.{section}.calm_volatility"
    raise ConfigError([Fault(Mark(config.name), field, reason)])


def _memory(config: Config, half_life_hours: float) -> float:
    """Share of a variance that a step leaves."""
    return 0.5 ** (config.step_minutes / (MINUTES_PER_HOUR * half_life_hours))


def _pace(config: Config, hours: float | None) -> float:
    """Share of a gap that is closed in a step; all of it at once if not given."""
    if hours is None:
        return 1.0
    return min(config.step_minutes / (MINUTES_PER_HOUR * hours), 1.0)
