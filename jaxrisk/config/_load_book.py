"""The book that a config names."""

import dataclasses
import logging

import numpy as np

from ..data._book_file import read_book
from ..data._book_layout import BookLayout
from ..data.books import LIDO_LAYOUT, read_lido_book
from ..lending._book import Book
from ..lending._compress import compress
from ._book import AccountConfig
from ._config import Config
from ._covariance import reserve_covariance
from ._faults import ConfigError, Fault, Mark
from ._loops import stays_single, with_loops
from ._tables import layout_of, liquidation_thresholds, reserve_prices


_LOG = logging.getLogger("jaxrisk.config")


def load_book(config: Config) -> Book:
    """Every account of the config's book, in the layout of the config.

    Raises:
        DataError: If the file cannot be used, with all of its faults.
        ConfigError: If the file's markets are not those of the config, or a loop has
            the name of an account.
    """
    layout = layout_of(config)
    settings = config.book
    if settings.accounts is not None:
        return with_loops(config, _written_out(settings.accounts, layout))
    path = config.folder / (settings.file or "")
    if settings.format == "lido_aave_v2":
        _check_lido(config, layout)
        return with_loops(config, read_lido_book(path))
    book, warnings = read_book(path, layout)
    for warning in warnings:
        _LOG.warning("%s", warning)
    return with_loops(config, book)


def compress_book(config: Config, book: Book) -> Book:
    """`book` in as many cohorts as the config asks for; itself if it asks for none.

    Keepers with a latency keep one clock a row, which members who fall below one at
    different times cannot share: their cohorts have the mean health.

    Raises:
        ConfigError: If the book is of cohorts already, or so few are too few.
    """
    cohorts = book if config.book.cohorts is None else _cohorts(config, book)
    if config.book.cohort_health == "spread" and not config.keeper.latency_minutes:
        return cohorts
    return dataclasses.replace(cohorts, spread=np.zeros_like(cohorts.spread))


def _cohorts(config: Config, book: Book) -> Book:
    where = Mark(config.name)
    if book.spread.any():
        reason = "the book is of cohorts already; leave cohorts out, or name the full"
        raise ConfigError([Fault(where, "book.cohorts", f"{reason} book")])
    try:
        return compress(
            book,
            config.book.cohorts or 0,
            price=reserve_prices(config),
            threshold=liquidation_thresholds(config),
            covariance=reserve_covariance(config),
            alone=stays_single(config, book),
        )
    except ValueError as error:
        raise ConfigError([Fault(where, "book.cohorts", str(error))]) from None


def _written_out(accounts: tuple[AccountConfig, ...], layout: BookLayout) -> Book:
    balances = np.zeros((2, len(accounts), len(layout.reserves)))
    homes = [account.market or layout.markets[0] for account in accounts]
    for row, (account, home) in enumerate(zip(accounts, homes, strict=True)):
        for side, amounts in enumerate((account.collateral, account.debt)):
            for reserve, amount in amounts.items():
                balances[side, row, layout.reserves.index((home, reserve))] = amount
    category = [
        layout.categories.index((home, account.e_mode))
        for account, home in zip(accounts, homes, strict=True)
    ]
    return Book(
        account=np.array([account.account for account in accounts], dtype=str),
        market=np.array([layout.markets.index(home) for home in homes], np.int64),
        category=np.array(category, np.int64),
        members=np.array([account.members for account in accounts]),
        collateral=balances[0],
        debt=balances[1],
    )


def _check_lido(config: Config, layout: BookLayout) -> None:
    if layout == LIDO_LAYOUT:
        return
    reserves = ", ".join(name for _, name in LIDO_LAYOUT.reserves)
    reason = (
        f"the file has one market, {LIDO_LAYOUT.markets[0]}, with the reserves "
        f"{reserves} and no e-mode; let markets have these, in this order"
    )
    raise ConfigError([Fault(Mark(config.name), "markets", reason)])
