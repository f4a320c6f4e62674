"""A synthetic book: seeded, and drawn from what is published about real ones.

Wallets hold one to four collaterals at a leverage of mostly 1.4 to 1.9 and owe mostly
stablecoins; loops hold staked ether against ether close to the limit; suppliers owe
nothing and fill the reserves that are borrowed. Sizes are heavy-tailed.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from ..lending._book import Book
from ._aave_v3_ethereum import AAVE_V3_ETHEREUM
from ._synthetic_draws import heavy_tailed_shares, pick, significant, split_groups
from ._synthetic_market import SyntheticMarket


LOOP_ACCOUNTS = 0.05  # of all accounts
IDLE_ACCOUNTS = 0.25  # of all accounts
LOOP_DEBT = 0.20  # of all debt, by value
LOOP_HEALTH = (1.03, 1.12)
LARGEST_WALLET = 0.23  # of its reserve's wallets; near a fifth of the whole reserve
LARGEST_OTHER = 0.12  # of a reserve's loops, or of its idle supply
TIGHT = 0.28  # wallets that live near their limit instead of at a leverage
OVER_LIMIT = 0.30  # wallets that prices have carried beyond the loan-to-value limit
LOWEST_HEALTH = 1.02
VOLATILE_DEBT = (0.10, 0.75)  # of wallets of volatile, of stable collateral
MOST_OF_RESERVE = 0.02  # a side holding, of the reserve's wallets
MOST_OF_BORROW_CAP = 0.08  # one account's debt in a reserve, but the deepest stable one
BORROW_CAP_FILLED = 0.95  # at most; what is beyond is owed in the deepest one instead

AccountReserve = Float64[np.ndarray, "account reserve"]


@dataclass(frozen=True)
class Balances:
    """Accounts of one kind, in USD.

    Attributes:
        category: 0 outside, 1 inside the e-mode.
        collateral: Collateral [USD].
        debt: Debt [USD].
    """

    category: int
    collateral: AccountReserve
    debt: AccountReserve


def synthetic_book(
    seed: int, accounts: int, *, market: SyntheticMarket = AAVE_V3_ETHEREUM
) -> Book:
    """Draw a book.

    The same seed gives the same book; NumPy may change its streams between versions,
    so the shipped book is a file.

    Args:
        seed: Seed of every draw.
        accounts: How many accounts, at least 100.
        market: Parameters and sizes.

    Returns:
        A book in `market.layout`; all debts start at a health above 1.01.

    Raises:
        ValueError: If too few accounts are asked for, or a cap is exceeded.
    """
    if accounts < 100:
        raise ValueError(f"accounts ({accounts}) is too few; draw at least 100.")
    rng = np.random.default_rng(seed)
    loops, idle = int(LOOP_ACCOUNTS * accounts), int(IDLE_ACCOUNTS * accounts)
    wallet = _wallets(accounts - loops - idle, market, rng=rng)
    owed = wallet.debt.sum() * LOOP_DEBT / (1 - LOOP_DEBT)
    loop = _loops(loops, owed, market, rng=rng)
    supplier = _suppliers(idle, (wallet, loop), market, rng=rng)
    return _shuffled((wallet, loop, supplier), market, rng=rng)


def _wallets(
    count: int, market: SyntheticMarket, *, rng: np.random.Generator
) -> Balances:
    target = market.wallet_collateral
    main = split_groups(count, target**0.6)
    share = heavy_tailed_shares(main, LARGEST_WALLET, rng=rng)
    collateral = _side_holdings(main, target[main] * share, market, rng=rng)
    owed = _amount_owed(collateral, market, rng=rng)
    is_stable = market.among(market.stable)
    volatile = rng.random(count) < np.where(is_stable[main], *VOLATILE_DEBT[::-1])
    weight = market.debt_weight * (volatile[:, None] != is_stable)
    first = pick(_without(weight, main), rng=rng)
    second = pick(_without(np.where(is_stable, market.debt_weight, 0), main), rng=rng)
    part = np.where(rng.random(count) < 0.2, rng.uniform(0.5, 0.9, count), 1.0)
    cap = market.borrow_cap * market.price
    deepest = np.argmax(_without(np.where(is_stable, cap, 0), main), axis=1)
    debt = np.zeros_like(collateral)
    rows = np.arange(count)
    left = owed
    for reserve, most in ((first, part * owed), (second, owed), (deepest, owed)):
        room = np.inf if reserve is deepest else MOST_OF_BORROW_CAP * cap[reserve]
        borrowed = np.minimum(np.minimum(left, most), room)
        np.add.at(debt, (rows, reserve), borrowed)
        left = left - borrowed
    fits = np.minimum(1, BORROW_CAP_FILLED * cap / np.maximum(debt.sum(0), 1))
    moved = debt * (1 - fits)
    np.add.at(debt, (rows, deepest), moved.sum(axis=1))
    return Balances(0, collateral, debt - moved)


def _side_holdings(
    main: Int64[np.ndarray, " account"],
    value: Float64[np.ndarray, " account"],
    market: SyntheticMarket,
    *,
    rng: np.random.Generator,
) -> AccountReserve:
    """Spread some accounts' collateral over one to three more reserves [USD]."""
    target = market.wallet_collateral
    extra = rng.choice(4, size=main.size, p=[0.60, 0.27, 0.10, 0.03])
    rows = np.arange(main.size)
    collateral = np.zeros((main.size, target.size))
    weight = _without(target, main)
    for holding in range(1, 4):
        side = pick(weight, rng=rng)
        weight[rows, side] = 0
        wanted = value * rng.uniform(0.05, 0.3, main.size) * (extra >= holding)
        collateral[rows, side] = np.minimum(wanted, MOST_OF_RESERVE * target[side])
    collateral[rows, main] = value - collateral.sum(axis=1)
    return collateral


def _amount_owed(
    collateral: AccountReserve, market: SyntheticMarket, *, rng: np.random.Generator
) -> Float64[np.ndarray, " account"]:
    """Debt by leverage for most, by closeness to the limit for the others [USD]."""
    count = collateral.shape[0]
    weighted = collateral @ market.liquidation_threshold
    limit = collateral @ market.loan_to_value
    leverage = np.maximum(1.6 * np.exp(0.16 * rng.standard_normal(count)), 1.02)
    tight_health = 1.04 + rng.gamma(2.0, 0.12, count)
    owed = np.where(
        rng.random(count) < TIGHT,
        weighted / tight_health,
        collateral.sum(axis=1) * (1 - 1 / leverage),
    )
    within = np.minimum(owed, limit * rng.uniform(0.93, 1.0, count))
    over = rng.random(count) < OVER_LIMIT
    return np.where(over, np.minimum(owed, weighted / LOWEST_HEALTH), within)


def _loops(
    count: int, owed: float, market: SyntheticMarket, *, rng: np.random.Generator
) -> Balances:
    """Staked ether against ether, in the e-mode, `owed` USD in all."""
    room = market.supply_cap * market.price * market.among(market.looped)
    group = split_groups(count, room**0.6)
    share = heavy_tailed_shares(group, LARGEST_OTHER, rng=rng)
    value = owed * share * (room / room.sum())[group]
    value *= owed / value.sum()
    low, high = LOOP_HEALTH
    health = low + (high - low) * rng.beta(2.0, 2.0, count)
    rows = np.arange(count)
    collateral = np.zeros((count, market.price.size))
    collateral[rows, group] = value * health / market.e_mode_liquidation_threshold
    debt = np.where(market.among((market.loop_debt,)), value[:, None], 0.0)
    return Balances(1, collateral, debt)


def _suppliers(
    count: int,
    borrowers: tuple[Balances, ...],
    market: SyntheticMarket,
    *,
    rng: np.random.Generator,
) -> Balances:
    """Accounts without debt that fill each reserve up to its utilization."""
    held = sum((kind.collateral.sum(axis=0) for kind in borrowers), np.zeros(()))
    owed = sum((kind.debt.sum(axis=0) for kind in borrowers), np.zeros(()))
    needed = np.where(market.utilization > 0, owed, 0.0)
    needed = needed / np.where(market.utilization > 0, market.utilization, 1.0)
    idle = np.maximum(needed - held, 0.02 * market.wallet_collateral)
    room = np.maximum(0.98 * market.supply_cap * market.price - held, 0)
    idle = np.minimum(idle, room)
    group = split_groups(count, idle**0.6)
    share = heavy_tailed_shares(group, LARGEST_OTHER, rng=rng)
    collateral = np.zeros((count, market.price.size))
    collateral[np.arange(count), group] = idle[group] * share
    return Balances(0, collateral, np.zeros_like(collateral))


def _shuffled(
    kinds: tuple[Balances, ...], market: SyntheticMarket, *, rng: np.random.Generator
) -> Book:
    """One book in tokens, its accounts in random order."""
    collateral = np.concatenate([kind.collateral for kind in kinds]) / market.price
    debt = np.concatenate([kind.debt for kind in kinds]) / market.price
    category = np.repeat(
        [kind.category for kind in kinds], [len(kind.debt) for kind in kinds]
    )
    order = rng.permutation(category.size)
    book = Book(
        account=np.asarray([f"a{number:06d}" for number in range(category.size)]),
        market=np.zeros(category.size, np.int64),
        category=category[order].astype(np.int64),
        members=np.ones(category.size),
        collateral=significant(collateral[order]),
        debt=significant(debt[order]),
    )
    _check_caps(book, market)
    return book


def _check_caps(book: Book, market: SyntheticMarket) -> None:
    supplied, borrowed = book.totals
    caps = (market.supply_cap, market.borrow_cap)
    for said, total, cap in zip(
        ("supply", "borrow"), (supplied, borrowed), caps, strict=True
    ):
        over = total > cap
        if over.any():
            where = int(np.argmax(over))
            raise ValueError(
                f"{market.reserves[where]}: {total[where]:,.0f} tokens exceed the "
                f"{said} cap ({cap[where]:,.0f}). Lower wallet_collateral."
            )


def _without(
    weight: Float64[np.ndarray, " *any"], main: Int64[np.ndarray, " account"]
) -> AccountReserve:
    """Weights of each account, zero at its main reserve."""
    spread = np.array(np.broadcast_to(weight, (main.size, weight.shape[-1])))
    spread[np.arange(main.size), main] = 0
    return spread
