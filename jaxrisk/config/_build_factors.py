"""From settings to dynamic collateral factors. Units are converted here."""

import math

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._listing import Listing
from ..lending._book import Book
from ..policy import (
    AbstractConcentration,
    AbstractFactors,
    AbstractForecast,
    AbstractVolatility,
    AtRisk,
    DynamicFactors,
    FixedConcentration,
    ImpliedVolatility,
    ListedFactors,
    LiveConcentration,
    NoForecast,
    RealisedVolatility,
    largest,
)
from ._build_surface import build_surface
from ._config import HOURS_PER_YEAR, MINUTES_PER_HOUR, Config
from ._factors import (
    ConcentrationConfig,
    FactorConfig,
    FactorsConfig,
    ImpliedVolatilityConfig,
)
from ._tables import AssetNumber, layout_of, reserves_of


STILL = FactorConfig(floor=1.0)
"""Of a reserve that is not named: the factor stays as listed."""


def build_factors(
    config: Config, book: Book, listing: Listing, *, dt: float, dtype: np.dtype
) -> AbstractFactors:
    """The factors that the settings describe; those listed where there are none.

    Args:
        config: The settings.
        book: Accounts, whose largest count as concentration.
        listing: Of the reserves.
        dt: Length of a step [year].
        dtype: Of the arrays on the device.
    """
    settings = None if config.policy is None else config.policy.factors
    if settings is None:
        return ListedFactors()
    each = [
        settings.markets.get(market, {}).get(reserve, STILL)
        for market, reserve in layout_of(config).reserves
    ]

    def column(field: str) -> Float[Array, " reserve"]:
        return jnp.asarray(np.array([getattr(one, field) for one in each]), dtype)

    hours = config.step_minutes / MINUTES_PER_HOUR
    speed = [one.speed_per_hour for one in each]
    limits = np.array([math.inf if one is None else one * hours for one in speed])
    return DynamicFactors(
        base=column("base"),
        on_volatility=column("on_volatility"),
        calm=column("calm_volatility"),
        on_depth=column("on_depth_loss"),
        on_concentration=column("on_concentration"),
        floor=column("floor"),
        cap=column("cap"),
        speed=jnp.asarray(limits, dtype),
        volatility=_volatility(config, settings, dt=dt, dtype=dtype),
        concentration=_concentration(
            config, settings.concentration, each, book, dtype=dtype
        ),
        forecast=_forecast(settings, each, dtype),
        listing=listing,
        notice=round(settings.notice_minutes / config.step_minutes),
        new_only=settings.applies_to == "new_borrowing",
    )


def calm_volatilities(config: Config) -> AssetNumber:
    """Volatility of every asset, that of what it is pegged to included [ratio].

    Of an instrument, that of its underlying.
    """

    def of(name: str) -> float:
        asset = config.assets[name]
        followed = None if asset.peg is None else config.assets.get(asset.peg.reference)
        own = asset.annual_volatility
        return math.hypot(own, 0.0 if followed is None else followed.annual_volatility)

    return np.array([of(name) for name in _roots(config)])


def _roots(config: Config) -> list[str]:
    """Every asset, and of an instrument its underlying."""
    instruments = (config.instruments or {}).values()
    return [*config.assets, *(one.underlying for one in instruments)]


def _volatility(
    config: Config, settings: FactorsConfig, *, dt: float, dtype: np.dtype
) -> AbstractVolatility:
    start, names = calm_volatilities(config), list(config.asset_names)
    measured = settings.volatility
    if isinstance(measured, ImpliedVolatilityConfig):
        options = {} if config.options is None else config.options.underlyings
        dealt, roots = list(options), _roots(config)
        for name, one in options.items():
            month = build_surface(one.surface).volatility(
                np.zeros(1), np.full(1, 30 / 365)
            )
            start[np.array(roots) == name] = float(month[0])
        rows = tuple(dealt.index(name) if name in dealt else -1 for name in roots)
        return ImpliedVolatility(start=jnp.asarray(start, dtype), underlying=rows)
    for name, value in measured.start.items():
        start[names.index(name)] = value
    memory = 0.5 ** (dt * HOURS_PER_YEAR / measured.half_life_hours)
    return RealisedVolatility(
        start=jnp.asarray(start, dtype),
        memory=jnp.asarray(np.full(len(names), memory), dtype),
    )


def _concentration(
    config: Config,
    settings: ConcentrationConfig,
    each: list[FactorConfig],
    book: Book,
    *,
    dtype: np.dtype,
) -> AbstractConcentration:
    held = largest(book.collateral, book.members, count=settings.accounts)
    whole = book.totals[0]
    for row, (one, reserve) in enumerate(zip(each, reserves_of(config), strict=True)):
        given = reserve.supplied if one.float_tokens is None else one.float_tokens
        whole[row] = whole[row] if given is None else given
    share = np.divide(held, whole, out=np.zeros_like(held), where=whole > 0)
    if not settings.live:
        return FixedConcentration(jnp.asarray(share.sum(axis=0), dtype))
    rows = np.flatnonzero(share.any(axis=1))
    return LiveConcentration(
        held=jnp.asarray(share[rows], dtype), account=tuple(int(row) for row in rows)
    )


def _forecast(
    settings: FactorsConfig, each: list[FactorConfig], dtype: np.dtype
) -> AbstractForecast:
    slope = np.array([one.on_risk for one in each])
    if not slope.any():
        return NoForecast()
    ahead = settings.forecast
    return AtRisk(
        slope=jnp.asarray(slope, dtype),
        deviations=jnp.asarray(ahead.deviations, dtype),
        horizon=jnp.asarray(ahead.horizon_hours / HOURS_PER_YEAR, dtype),
    )
