"""A config made ready to run: its books, its system, the names of its axes."""

from contextlib import nullcontext
from dataclasses import dataclass

import jax

from ..config import (
    Config,
    build_options,
    build_system,
    compress_book,
    layout_of,
    load_book,
    marked_assets,
    market_of_reserve,
)
from ..engine import System
from ..lending._book import Book
from ..risk import Axes
from ._gamma import OptionMarket


@dataclass(frozen=True)
class Model:
    """What a run needs.

    Attributes:
        config: The settings.
        full: Every account of the book.
        book: The accounts or cohorts that are simulated.
        system: The engine's view of config and book.
        axes: Names of the rows of outcomes.
        options: The options on each asset that has dealers, in the order of the axis.
    """

    config: Config
    full: Book
    book: Book
    system: System
    axes: Axes
    options: tuple[OptionMarket, ...] = ()

    @property
    def compressed(self) -> bool:
        """Whether cohorts stand for accounts."""
        return self.book.account.size < self.full.account.size


def prepare(config: Config) -> Model:
    """Load the book, compress it, and build the system.

    Raises:
        DataError: If the book file cannot be used.
        ConfigError: If book and config do not fit.
    """
    full = load_book(config)
    book = compress_book(config, full)
    return Model(
        config=config,
        full=full,
        book=book,
        system=_built(config, book),
        axes=axes_of(config),
        options=tuple(
            OptionMarket(book=positions, surface=surface, move=move, start=start)
            for positions, surface, move, start in build_options(config)
        ),
    )


def _built(config: Config, book: Book) -> System:
    """In the config's precision, which JAX has to be asked for where it is double."""
    double = config.engine.precision == "float64"
    with jax.enable_x64(True) if double else nullcontext():
        return build_system(config, book)


def axes_of(config: Config) -> Axes:
    """Names of the rows of outcomes."""
    layout = layout_of(config)
    return Axes(
        markets=layout.markets,
        reserves=tuple(f"{market}.{reserve}" for market, reserve in layout.reserves),
        reserve_market=market_of_reserve(config),
        assets=config.asset_names,
        dealers=() if config.options is None else tuple(config.options.underlyings),
        perps=() if config.perps is None else tuple(config.perps.contracts),
        entities=(
            () if config.obligations is None else tuple(config.obligations.entities)
        ),
        claims=marked_assets(config),
        spirals=tuple(config.spirals or ()),
        lines=() if config.credit is None else tuple(config.credit.lines),
        behaviour=() if config.behaviour is None else config.behaviour.parts,
        policy=() if config.policy is None else config.policy.parts,
    )
