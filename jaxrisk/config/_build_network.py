"""From settings to claims, stablecoins and credit lines. Units are converted here."""

import math
from collections.abc import Iterator

import numpy as np

from ..behaviour import AbstractCredit, build_credit
from ..lending._book import Book
from ..network import (
    AbstractNetwork,
    FailureSource,
    NoNetwork,
    SpiralTerms,
    build_claims,
    build_failures,
    build_spirals,
)
from ._claims import FailureConfig
from ._config import MINUTES_PER_HOUR, Config
from ._faults import ConfigError, Fault, Mark, did_you_mean, shown
from ._spirals import SpiralConfig
from ._tables import layout_of


DAYS_PER_YEAR = 365


def build_network(config: Config, dtype: np.dtype) -> AbstractNetwork:
    """What backs the assets of the config; nothing where nothing can be lost.

    Raises:
        ConfigError: If a stablecoin has less behind it than is outstanding, or a
            failure is set for after the horizon.
    """
    names = list(config.asset_names)
    sources = _sources(config)
    receipts = _receipts(config)
    spirals = config.spirals or {}
    faults = [*_late_failures(config), *_uncovered(config, spirals)]
    if faults:
        raise ConfigError(faults)
    if not (sources or receipts or spirals):
        return NoNetwork()
    return build_claims(
        failures=build_failures(sources, assets=len(names), dtype=dtype),
        spirals=build_spirals(
            [_terms(one, names, stable) for stable, one in spirals.items()],
            dtype=dtype,
        ),
        receipts=receipts,
        assets=len(names),
        reserves=len(layout_of(config).reserves),
        dtype=dtype,
    )


def marked_assets(config: Config) -> tuple[str, ...]:
    """Names of the assets that may be marked, as `AbstractNetwork.claims` has them."""
    names, spirals = config.asset_names, config.spirals or {}
    marked = {names[row] for row, _ in _receipts(config)}
    marked |= set(spirals) | {one.backing_token for one in spirals.values()}
    for name, asset in config.assets.items():
        if asset.failure is not None and asset.failure.loss > 0:
            marked.add(name)
    return tuple(name for name in names if name in marked)


def _sources(config: Config) -> list[FailureSource]:
    """One source for each failure of its own, with all that fails with it."""
    names = list(config.asset_names)
    failures = {
        name: asset.failure
        for name, asset in config.assets.items()
        if asset.failure is not None
    }
    return [
        FailureSource(
            losses=tuple(
                (names.index(other), each.loss)
                for other, each in failures.items()
                if name in (other, each.together_with)
            ),
            hazard=failure.hazard_per_year,
            at=_step(config, failure),
            repeats=failure.repeats,
        )
        for name, failure in failures.items()
        if failure.together_with is None
    ]


def _step(config: Config, failure: FailureConfig) -> int | None:
    """The step at whose end the hour has come."""
    if failure.at_hours is None:
        return None
    steps = failure.at_hours * MINUTES_PER_HOUR / config.step_minutes
    return max(math.ceil(round(steps, 9)) - 1, 0)


def _late_failures(config: Config) -> Iterator[Fault]:
    for name, asset in config.assets.items():
        step = None if asset.failure is None else _step(config, asset.failure)
        if step is not None and step >= config.steps:
            reason = (
                f"the run ends after {config.horizon_days:g} days, before this; bring "
                "it forward, or raise horizon_days"
            )
            field = f"assets.{name}.failure.at_hours"
            yield Fault(Mark(config.name), field, reason)


def _receipts(config: Config) -> list[tuple[int, int]]:
    """Asset and reserve of every receipt."""
    reserves = layout_of(config).reserves
    claims = [asset.claim_on for asset in config.assets.values()]
    return [
        (row, reserves.index((claim.market, claim.reserve or claim.asset)))
        for row, claim in enumerate(claims)
        if claim is not None and claim.kind == "receipt"
    ]


def _terms(settings: SpiralConfig, names: list[str], stable: str) -> SpiralTerms:
    return SpiralTerms(
        stable=names.index(stable),
        token=names.index(settings.backing_token),
        supply=settings.supply_tokens,
        minted=settings.backing_supply_tokens,
        capacity=settings.capacity_usd_per_day * DAYS_PER_YEAR,
        reserve=settings.reserve_usd,
        trigger=settings.defence_from,
        calm=settings.exit_per_day * DAYS_PER_YEAR,
        by_depeg=settings.exit_per_day_by_depeg * DAYS_PER_YEAR,
        by_shortfall=settings.exit_per_day_by_shortfall * DAYS_PER_YEAR,
        comfort=settings.comfortable_coverage,
    )


def _uncovered(config: Config, spirals: dict[str, SpiralConfig]) -> Iterator[Fault]:
    """Stablecoins that would be marked down before anything has happened."""
    for name, one in spirals.items():
        token = config.assets[one.backing_token]
        behind = one.backing_supply_tokens * token.price_usd + one.reserve_usd
        if behind < one.supply_tokens:
            reason = (
                f"{behind:,.6g} USD are behind {one.supply_tokens:,.6g} stablecoins at "
                "the start, so that the price given is not theirs; raise "
                "backing_supply_tokens or reserve_usd, or lower supply_tokens"
            )
            yield Fault(Mark(config.name), f"spirals.{name}.supply_tokens", reason)


def build_lines(
    config: Config, book: Book, dtype: np.dtype
) -> tuple[AbstractCredit, dict[int, float]]:
    """Credit lines, and the limits of their accounts.

    Raises:
        ConfigError: If an account with a line is not in the book, is a part of a
            cohort, or has nothing to lose.
    """
    credit = config.credit
    if credit is None:
        return build_credit((), dtype=dtype), {}
    known = [str(name) for name in book.account]
    faults = list(_faulty_lines(config, book, known))
    if faults:
        raise ConfigError(faults)
    tiers = {
        known.index(name): credit.tiers[tier] for name, tier in credit.lines.items()
    }
    lines = [(row, tier.defaults_per_year) for row, tier in tiers.items()]
    limits = {row: tier.limit for row, tier in tiers.items()}
    return build_credit(lines, dtype=dtype), limits


def _faulty_lines(config: Config, book: Book, known: list[str]) -> Iterator[Fault]:
    lines = {} if config.credit is None else config.credit.lines
    for name in lines:
        if name not in known:
            where = did_you_mean(name, known) if len(known) < 20 else ""
            reason = (
                "no account of the book has this name, or it has become part of a "
                f"cohort; leave book.cohorts out, or correct the name {where}".rstrip()
            )
        elif book.spread[known.index(name)] > 0:
            reason = "it is a cohort, and a line is one account's; name an account"
        elif not book.collateral[known.index(name)].any():
            reason = (
                "it has no collateral, so that any limit would be passed at once; give "
                "it some, however little"
            )
        else:
            continue
        yield Fault(Mark(config.name), f"credit.lines.{name}", reason, shown(name))
