"""From settings to options dealers. Units are converted here."""

from typing import TypeAlias

import jax.numpy as jnp
import numpy as np

from ..options import (
    AbstractDealers,
    AbstractHedging,
    AbstractMove,
    AbstractSurface,
    BandHedging,
    Dealers,
    DeltaTable,
    ImplicitHedging,
    IntervalHedging,
    NoDealers,
    OptionBook,
)
from ._build_surface import build_move, build_surface
from ._config import MINUTES_PER_DAY, MINUTES_PER_HOUR, Config
from ._option_positions import option_positions
from ._options import (
    AtOnceHedgingConfig,
    HedgingConfig,
    IntervalHedgingConfig,
)
from ._remembered import depends_on
from ._surface import MoveConfig


OptionParts: TypeAlias = tuple[OptionBook, AbstractSurface, AbstractMove, float]

ONE_LEVEL = np.ones(1)
LEVELS = np.exp(np.linspace(-1.0, 1.5, 9))
"""Multiples of implied volatility that are tabulated where it follows realized."""


@depends_on("name", "assets", "options", "horizon_days", "step_minutes")
def build_dealers(config: Config, *, dt: float, dtype: np.dtype) -> AbstractDealers:
    """The dealers that the settings describe; nobody where there are none.

    Args:
        config: The settings.
        dt: Length of a step [year].
        dtype: Of the arrays on the device.

    Raises:
        DataError: If a file of quotes cannot be used.
        ConfigError: If it has not the coin that it should have.
    """
    options = config.options
    if options is None:
        return NoDealers()
    names = list(options.underlyings)
    settings = list(options.underlyings.values())
    moves = [one.move for one in settings]
    books = [option_positions(config, options, name) for name in names]
    price = np.array([config.assets[name].price_usd for name in names])
    weight = np.array([move.realized_weight for move in moves])
    table = DeltaTable.of(
        books,
        [build_surface(one.surface) for one in settings],
        [build_move(move) for move in moves],
        spot=price,
        steps=config.steps,
        dt=dt,
        levels=LEVELS if weight.any() else ONE_LEVEL,
        dtype=dtype.name,
    )
    variance = [
        realized_volatility(config, name, move) ** 2
        for name, move in zip(names, moves, strict=True)
    ]
    left = [variance_memory(config, move) for move in moves]
    columns = (price, np.array(variance), np.array(left), weight)
    start, realized, memory, share = (jnp.asarray(one, dtype) for one in columns)
    return Dealers(
        table=table,
        hedging=_hedging(config, options.hedging, books, dtype),
        price=start,
        variance=realized,
        memory=memory,
        weight=share,
        assets=tuple(list(config.assets).index(name) for name in names),
    )


def build_options(config: Config) -> list[OptionParts]:
    """Book, surface, move and spot at the start [USD] of every underlying.

    Raises:
        DataError: If a file of quotes cannot be used.
        ConfigError: If it has not the coin that it should have.
    """
    options = config.options
    if options is None:
        return []
    return [
        (
            option_positions(config, options, name),
            build_surface(one.surface),
            build_move(one.move),
            config.assets[name].price_usd,
        )
        for name, one in options.underlyings.items()
    ]


def realized_volatility(config: Config, underlying: str, move: MoveConfig) -> float:
    """Of the underlying at the start, a year [ratio]; one where nothing follows it."""
    if not move.realized_weight:
        return 1.0
    own = config.assets[underlying].annual_volatility
    return own if move.realized_volatility is None else move.realized_volatility


def variance_memory(config: Config, move: MoveConfig) -> float:
    """Share of realized variance that a step leaves [ratio]."""
    return 0.5 ** (_days(config) / move.half_life_days)


def _days(config: Config) -> float:
    """Length of a step [day]."""
    return config.step_minutes / MINUTES_PER_DAY


def _hedging(
    config: Config, settings: HedgingConfig, books: list[OptionBook], dtype: np.dtype
) -> AbstractHedging:
    if isinstance(settings, AtOnceHedgingConfig):
        return ImplicitHedging()
    if isinstance(settings, IntervalHedgingConfig):
        minutes = settings.every_hours * MINUTES_PER_HOUR
        # A derivative by the interval may look at a step less: more often is not.
        return IntervalHedging(every=max(round(minutes / config.step_minutes), 1))
    gross = np.array([np.abs(book.position).sum() for book in books])
    tokens = 0.0 if settings.tokens is None else settings.tokens
    width = tokens if settings.share is None else settings.share
    band = np.full_like(gross, tokens) if settings.share is None else width * gross
    return BandHedging(band=jnp.asarray(band, dtype))
