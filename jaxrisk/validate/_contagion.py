"""V23: who pays whom in a network of debts, and what fire sales do to the others."""

import math
from collections.abc import Iterator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._listing import Listing
from ..engine import System, record
from ..lending import build_accounts
from ..lending._book import Book
from ..network import LeverageTargets, Recovery, clear
from ..process import AssetModel
from ..venue import InfiniteVenue, PowerLawVenue, build_venues
from ._closed_forms import YEAR
from ._position import FLOAT64, Rules, single_market_book
from ._row import Check
from ._scene import DOLLAR, Scene, gaussian_prices, idle_pool


OWED = ((0.0, 10.0, 5.0), (4.0, 0.0, 8.0), (6.0, 3.0, 0.0))
NETWORKS = (
    ((1.0, 2.0, 2.0), (11.0, 12.0, 9.0)),
    ((1.0, 0.5, 0.2), (10.5, 10.5, 9.0)),
)
"""Assets of three entities, and what each then pays."""

ASSETS, LEVERAGE = np.array([100.0, 50.0]), np.array([9.0, 4.0])
WEIGHT = np.array([[0.6, 0.4], [0.2, 0.8]])
IMPACT = np.array([1e-3, 2e-3])
SHOCK = np.array([-0.05, 0.0])
MOVES, LOSSES, VULNERABILITY = (-0.0166, -0.0248), (-1.988, -1.158), -0.1573
SCALE = 2e-7  # of the shock in the engine: linear up to terms of this size


def contagion() -> Iterator[Check]:
    """Clearing vectors by hand; one round of fire sales, by matrices and by the engine.

    Sources: Eisenberg and Noe (2001), Systemic risk in financial systems; Greenwood,
    Landier and Thesmar (2015), Vulnerable banks.
    """
    with jax.enable_x64(True):
        for assets, paid in NETWORKS:
            yield from _cleared(assets, paid)
        yield from _matrices()
        yield from _first_round()


def _cleared(assets: tuple[float, ...], paid: tuple[float, ...]) -> Iterator[Check]:
    nothing = jnp.zeros((3, 1))
    found = clear(
        jnp.asarray(OWED, FLOAT64),
        jnp.asarray(assets, FLOAT64)[:, None],
        outside=nothing,
        recovery=Recovery(assets=jnp.ones(3), claims=jnp.ones(3)),
    )
    told = ", ".join(f"{each:g}" for each in assets)
    for row, expected in enumerate(paid):
        label = f"paid by entity {row + 1}, assets ({told}) [USD]"
        yield Check(label, expected, found.paid[row, 0].item(), 1e-9)


def _matrices() -> Iterator[Check]:
    targets = _banks()
    sale = targets.sale(jnp.asarray(SHOCK)[:, None])
    aggregate, _ = targets.vulnerability_of(sale)
    for row, expected in enumerate(MOVES):
        label = f"move of asset {row + 1} by fire sales [ratio]"
        yield Check(label, expected, sale.move[row, 0].item(), 1e-9)
    for row, expected in enumerate(LOSSES):
        label = f"equity of bank {row + 1} by fire sales [USD]"
        yield Check(label, expected, -sale.loss[row, 0].item(), 1e-9)
    label = "aggregate vulnerability [ratio]"
    yield Check(label, VULNERABILITY, -aggregate.item(), 1e-9)


def _first_round() -> Iterator[Check]:
    after = record(leveraged(_banks(), SCALE * SHOCK), seed=0, paths=np.arange(1)).info
    for row, expected in enumerate(MOVES):
        price, without = after.price[-1, row, 0], after.fundamental[-1, row, 0]
        move = math.log(price / without) / SCALE
        label = f"move of asset {row + 1} over shock, engine's first round [ratio]"
        yield Check(label, expected, move, 1e-5 * abs(expected))


def _banks() -> LeverageTargets:
    return LeverageTargets(
        assets=jnp.asarray(ASSETS),
        leverage=jnp.asarray(LEVERAGE),
        weight=jnp.asarray(WEIGHT),
        impact=jnp.asarray(IMPACT),
    )


def leveraged(targets: LeverageTargets, shock: np.ndarray) -> System:
    """The engine's twin of leverage targets after a log shock: one step, one round.

    An account at its liquidation threshold T, liquidated to health 1 without a bonus,
    keeps its leverage T/(1-T), and sells A T/(1-T) times its loss. Venues are linear in
    the log price, so that a small shock is the matrices'.
    """
    assets, leverage, weight, impact = (
        np.asarray(each)
        for each in (targets.assets, targets.leverage, targets.weight, targets.impact)
    )
    dt, threshold = 1 / YEAR, leverage / (1 + leverage)
    entities, kinds = weight.shape
    book = Book(
        account=np.arange(entities).astype(str),
        market=np.zeros(entities, np.int64),
        category=np.arange(entities),
        members=np.ones(entities),
        collateral=np.column_stack([assets[:, None] * weight, np.zeros(entities)]),
        debt=np.column_stack([np.zeros_like(weight), assets * threshold]),
    )
    prices = gaussian_prices(
        [
            *(AssetModel(1.0, volatility=0.0, trend=move / dt) for move in shock),
            DOLLAR,
        ],
        np.eye(kinds + 1),
        dt=dt,
        dtype=FLOAT64,
    )
    listing = Listing.of(
        np.arange(kinds + 1),
        np.zeros(kinds + 1, np.int64),
        assets=kinds + 1,
        markets=1,
        dtype=FLOAT64,
    )
    accounts = build_accounts(
        book,
        liquidation_threshold=np.tile(threshold[:, None], kinds + 1),
        liquidation_bonus=np.zeros((entities, kinds + 1)),
        protocol_fee=np.zeros(kinds + 1),
        dtype=FLOAT64,
    )
    venue = PowerLawVenue(
        depth=jnp.asarray(1 / impact),
        move_at_depth=jnp.ones(kinds),
        exponent=jnp.ones(kinds),
    )
    venues = build_venues(
        [(venue, range(kinds)), (InfiniteVenue(), [kinds])],
        permanent_share=np.zeros(kinds + 1),
        resilience=np.zeros(kinds + 1),
        dt=dt,
        dtype=FLOAT64,
    )
    nobody = Scene(
        asset=DOLLAR,
        book=single_market_book(np.ones(1), np.zeros((1, 1))),
        steps=1,
        dt=dt,
        rules=Rules(1.0, target_health=1.0),
    )
    supplied, borrowed = book.totals
    pool = idle_pool(supplied + borrowed, borrowed, FLOAT64)
    return eqx.tree_at(
        lambda at: (at.prices, at.listing, at.accounts, at.pool, at.venues),
        nobody.build(FLOAT64),
        (prices, listing, accounts, pool, venues),
    )
