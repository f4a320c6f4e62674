"""Loops of a config as accounts of its book, and who of the book acts."""

import dataclasses
from fnmatch import fnmatchcase

import numpy as np

from ..behaviour import loop
from ..lending._book import Book
from ._behaviour import BorrowersConfig
from ._config import Config
from ._faults import ConfigError, Fault, Mark
from ._tables import layout_of, reserve_prices


def with_loops(config: Config, book: Book) -> Book:
    """The book, and behind its accounts the loops that the config adds.

    Raises:
        ConfigError: If a loop has the name of an account of the book.
    """
    behaviour = config.behaviour
    if behaviour is None or not behaviour.loops:
        return book
    loops, layout = behaviour.loops, layout_of(config)
    homes = [one.market or layout.markets[0] for one in loops]
    price = reserve_prices(config)
    balances = np.zeros((2, len(loops), len(layout.reserves)))
    for row, (one, home) in enumerate(zip(loops, homes, strict=True)):
        if one.account in book.account:
            reason = "the book has an account of this name; choose another"
            field = f"behaviour.loops[{row}].account"
            raise ConfigError([Fault(Mark(config.name), field, reason, one.account)])
        position = loop(one.equity_usd, one.loan_to_value, one.loops)
        held = layout.reserves.index((home, one.collateral))
        owed = layout.reserves.index((home, one.debt))
        balances[0, row, held] = position.collateral / price[held]
        balances[1, row, owed] = position.debt / price[owed]
    category = [
        layout.categories.index((home, one.e_mode))
        for home, one in zip(homes, loops, strict=True)
    ]
    added = {
        "account": np.array([one.account for one in loops], dtype=str),
        "market": np.array([layout.markets.index(home) for home in homes], np.int64),
        "category": np.array(category, np.int64),
        "members": np.array([one.members for one in loops]),
        "collateral": balances[0],
        "debt": balances[1],
        "spread": np.zeros(len(loops)),
    }
    return dataclasses.replace(
        book,
        **{
            name: np.concatenate([getattr(book, name), new])
            for name, new in added.items()
        },
    )


def rule_of_account(config: Config, book: Book) -> np.ndarray:
    """Which of `behaviour.borrowers` is whose [account]; -1 for no rule.

    The first that names an account is its own. Whoever owes or holds nothing has none.
    """
    found = np.full(book.account.size, -1)
    if config.behaviour is None:
        return found
    markets = list(config.markets)
    for number, rules in reversed(list(enumerate(config.behaviour.borrowers))):
        found[_named(rules, book, markets)] = number
    busy = (book.debt.sum(axis=1) > 0) & (book.collateral.sum(axis=1) > 0)
    return np.where(busy, found, -1)


def stays_single(config: Config, book: Book) -> np.ndarray:
    """Accounts that compression is to leave alone [account]: they act, or are loops."""
    loops = () if config.behaviour is None else config.behaviour.loops
    names = [one.account for one in loops]
    return (rule_of_account(config, book) >= 0) | np.isin(book.account, names)


def _named(rules: BorrowersConfig, book: Book, markets: list[str]) -> np.ndarray:
    """Accounts that a rule names [account]."""
    if rules.accounts == "*":
        named = np.ones(book.account.size, bool)
    else:
        pattern = rules.accounts
        hits = [fnmatchcase(name, pattern) for name in book.account.tolist()]
        named = np.array(hits, bool)
    if rules.market is None:
        return named
    return named & (book.market == markets.index(rules.market))
