"""V24: what holds on every path, whatever is simulated."""

import dataclasses
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from ..engine import Layout, Outcome, System, Trajectory, record
from ..lending._book import Book
from ..oracle import DelayedOracle, InstantOracle
from ..process import AssetModel
from ..venue import (
    ConstantProductVenue,
    InfiniteVenue,
    PowerLawVenue,
    StableSwapVenue,
)
from ._closed_forms import YEAR
from ._exchange import exchange_identities
from ._position import AAVE_V3, AAVE_V3_3, single_market_book
from ._row import Check
from ._scene import Scene, outcome


PATHS, SEED = 192, 5
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
ASSET, DOLLAR = 0, 1
FEE, BONUS, FUND = 0.1, 0.05, 20_000.0


def identities() -> Iterator[Check]:
    """Value is conserved, nothing is negative, and the layout does not matter.

    A violent market, so that every mechanism runs: volatility 2.5 over three days, ten
    accounts under Aave v3.3 rules, a late oracle, a shallow power-law venue, protocol
    fee, reserve fund. Rows about conservation show the largest relative gap over paths.
    """
    for dtype, tolerance in ((FLOAT64, 1e-9), (FLOAT32, 1e-4)):
        with jax.enable_x64(dtype == FLOAT64):
            scene = _scene(dtype)
            found = record(scene.build(dtype), seed=SEED, paths=np.arange(PATHS))
            for quantity, gap in _conserved(scene.book, found).items():
                yield Check(f"{dtype}: {quantity}", 0.0, gap, tolerance)
            yield Check(f"{dtype}: lowest balance", 0.0, _lowest(found), 0.0)
    with jax.enable_x64(True):
        yield _keepers()
        yield from _round_trips()
        yield from _other_books()
    yield from _other_layouts()
    yield from exchange_identities()


def _book() -> Book:
    collateral = np.array([900.0, 350, 40, 12, 5.5, 77, 610, 1.2, 230, 95])
    health = np.array([1.02, 1.10, 1.05, 1.30, 1.08, 1.6, 1.15, 1.01, 1.22, 1.4])
    debt = collateral * 2000 * 0.8 / health
    empty = np.zeros(collateral.size)
    return single_market_book(
        np.concatenate([collateral, empty]), np.concatenate([debt, empty])[:, None]
    )


def _scene(dtype: np.dtype) -> Scene:
    return Scene(
        asset=AssetModel(price=2000.0, volatility=2.5),
        book=_book(),
        steps=72,
        dt=1 / (24 * YEAR),
        bonus=BONUS,
        rules=AAVE_V3_3,
        venue=_power_law(dtype),
        permanent_share=0.3,
        protocol_fee=FEE,
        rounds=4,
        reserve_fund=FUND,
        oracle=DelayedOracle(steps=1),
    )


def _power_law(dtype: np.dtype) -> PowerLawVenue:
    return PowerLawVenue(
        depth=jnp.array([4e6], dtype),
        move_at_depth=jnp.array([0.02], dtype),
        exponent=jnp.array([0.8], dtype),
    )


def _conserved(book: Book, found: Trajectory) -> dict[str, float]:
    """Largest relative gap of every balance that must close, over the paths."""
    info = jax.tree.map(lambda values: np.asarray(values, np.float64), found.info)
    kept, owed = (np.asarray(values, np.float64) for values in (found.kept, found.owed))
    gone = book.collateral[:, ASSET] @ (1 - kept)
    settled = book.debt[:, DOLLAR] @ (1 - owed)
    tokens = (info.seized[:, ASSET] / info.oracle_price[:, ASSET]).sum(axis=0)
    repaid, seized = info.repaid.sum(axis=(0, 1)), info.seized.sum(axis=(0, 1))
    absorbed = info.covered.sum(axis=(0, 1)) + info.realized.sum(axis=(0, 1))
    of_bonus = BONUS * FEE / (1 + BONUS)
    return {
        "collateral gone = seized": _gap(gone, tokens),
        "debt gone = repaid + fund + bad debt": _gap(settled, repaid + absorbed),
        "protocol's fee = its share of bonuses": _gap(
            info.protocol_fee.sum(axis=0), of_bonus * seized
        ),
        "dollars bought = debt repaid": _gap(-info.flow[:, DOLLAR].sum(axis=0), repaid),
    }


def _gap(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.max(np.abs(left - right)) / np.max(np.abs(left)))


def _lowest(found: Trajectory) -> float:
    """The lowest of all balances; zero if none is negative."""
    info = found.info
    fund = FUND - np.asarray(info.covered, np.float64).sum(axis=0)
    balances = (found.kept, found.owed, info.seized, info.repaid, info.realized, fund)
    return min(0.0, *(float(np.min(values)) for values in balances))


def _keepers() -> Check:
    """Without impact, keepers earn the bonus less the protocol's share, no more."""
    scene = dataclasses.replace(
        _scene(FLOAT64), venue=InfiniteVenue(), oracle=InstantOracle()
    )
    after = outcome(scene.build(FLOAT64), paths=PATHS, seed=SEED)
    earned = after.seized.sum(axis=0) - after.protocol_fee - after.repaid.sum(axis=0)
    gap = _gap(np.asarray(after.keeper_profit), np.asarray(earned))
    return Check("float64: keepers earn their share of the bonus", 0.0, gap, 1e-9)


def _round_trips() -> Iterator[Check]:
    """What is sold and bought back at once costs nothing where there is no fee."""
    one = np.ones(1)
    venues = {
        "constant product": ConstantProductVenue(
            quote_reserve=jnp.array([1e6]),
            initial_price=jnp.array([2000.0]),
            fee=jnp.array([0.0]),
        ),
        "StableSwap": StableSwapVenue.of(
            30 * one, 600 * one, 500 * one, 0 * one, dtype=FLOAT64
        ),
        "power law": _power_law(FLOAT64),
    }
    nothing = jnp.zeros((1, 1))
    sold, mid = nothing + 100.0, nothing + 2000.0
    for name, venue in venues.items():
        received = venue.proceeds(nothing, sold, mid)
        paid = -venue.proceeds(sold, -sold, mid)
        gap = _gap(np.asarray(received), np.asarray(paid))
        yield Check(f"float64: {name}, sold and bought back", 0.0, gap, 1e-9)


def _other_books() -> Iterator[Check]:
    """The same accounts in another order, and every account cut in two."""
    book = _book()
    collateral, debt = book.collateral[:, ASSET], book.debt[:, DOLLAR]
    turned = single_market_book(collateral[::-1], debt[::-1, None])
    # Half of the rows are empty: the halves of the others fill them.
    first = collateral.size // 2
    halves = single_market_book(
        np.tile(collateral[:first] / 2, 2), np.tile(debt[:first] / 2, 2)[:, None]
    )
    # Version 3.3 treats small accounts differently: halves are not alike under it.
    for label, other, rules in (
        ("accounts in another order", turned, AAVE_V3_3),
        ("every account cut in two", halves, AAVE_V3),
    ):
        scene = dataclasses.replace(_scene(FLOAT64), rules=rules)
        first, second = (
            outcome(each.build(FLOAT64), paths=PATHS, seed=SEED)
            for each in (scene, dataclasses.replace(scene, book=other))
        )
        yield Check(f"float64: {label}", 0.0, _difference(first, second), 1e-9)


def _other_layouts() -> Iterator[Check]:
    system = _scene(FLOAT32).build(FLOAT32)
    base = _run(system, Layout(block=PATHS, launch=PATHS), 1)
    again = _run(system, Layout(block=PATHS, launch=PATHS), 1)
    yield Check("float32: same seed, same numbers", 0.0, _difference(base, again), 0.0)
    devices = min(len(jax.local_devices()), 4)
    other = _run(system, Layout(block=64, launch=64 * devices), devices)
    label = f"float32: blocks of 64 paths, devices: {devices}"
    yield Check(label, 0.0, _difference(base, other), 0.0)


def _run(system: System, layout: Layout, devices: int) -> Outcome:
    return outcome(system, paths=PATHS, seed=SEED, layout=layout, devices=devices)


def _difference(first: Outcome, second: Outcome) -> float:
    """Largest difference between two outcomes, relative to the largest of its kind."""
    pairs = zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True)
    # Without dealers and perpetuals an outcome has axes without rows.
    return max(
        float(np.max(np.abs(np.subtract(one, other, dtype=np.float64))))
        / max(float(np.max(np.abs(one))), 1.0)
        for one, other in pairs
        if one.size
    )
