"""Random exchanges, and what is conserved on them."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxrisk.oracle import HeartbeatOracle, InstantOracle
from jaxrisk.perps import (
    Accounts,
    AutoDeleveraging,
    Contracts,
    Funding,
    Grouping,
    PerpReport,
    Perps,
    PerpState,
    SocialisedLoss,
)
from jaxrisk.venue import ConstantProductVenue, PowerLawVenue
from tests.reference import perps as plain
from tests.reference.oracles import HeartbeatOracle as PlainHeartbeat
from tests.reference.oracles import InstantOracle as PlainInstant
from tests.reference.venues import ConstantProduct, PowerLaw


DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)
SPOT = np.array([100.0, 2000.0, 1.0])
"""Prices at the start; nothing trades on the last asset."""
LEGS, TRADERS = 14, 10
ASSETS = (1, 0, 0)
DT = 1 / 8760
ROUNDS = 3


@dataclass(frozen=True)
class Scene:
    """An exchange as both engines see it."""

    perps: Perps
    exchange: plain.Exchange
    open_interest: float  # [USD]


def scene(
    seed: int,
    *,
    rule: str = "deleverage",
    insurance: float = 0.01,
    depth: float = 0.3,
    book: str = "power",
    oracle: str = "instant",
    dtype: np.dtype = DOUBLE,
    order: np.ndarray | None = None,
) -> Scene:
    """Ten traders with fourteen legs in three perpetuals on two assets.

    Args:
        seed: Of sizes, leverage, entries and rules.
        rule: "deleverage" or "socialise".
        insurance: Fund over open interest.
        depth: Of every book over open interest.
        book: "power" or "product".
        oracle: "instant" or "heartbeat".
        dtype: Of the arrays.
        order: In which the traders are listed.
    """
    chance = np.random.default_rng(seed)
    traders = [_trader(chance, at) for at in range(TRADERS)]
    if order is not None:
        traders = [traders[at] for at in order]
    notional = sum(
        abs(leg.size) * SPOT[ASSETS[leg.perp]]
        for trader in traders
        for leg in trader.legs
    )
    rules = [_rules(chance, p, depth * notional, book) for p in range(len(ASSETS))]
    exchange = plain.Exchange(
        perps=tuple(rules),
        traders=tuple(traders),
        oracle=_plain_oracle(oracle),
        insurance=insurance * notional,
        loss_rule="deleverage" if rule == "deleverage" else "socialise",
    )
    return Scene(perps_twin(exchange, len(SPOT), dtype), exchange, notional)


def _trader(chance: np.random.Generator, at: int) -> plain.Trader:
    """The first eight have one leg, the others three."""
    legs = []
    for number in range(1 if at < 8 else 3):
        p = (at // 2 + number) % len(ASSETS)
        spot = SPOT[ASSETS[p]]
        side = 1.0 if at % 3 else -1.0
        side = side if at < 8 else float(chance.choice([-1.0, 1.0]))
        size = side * float(chance.uniform(1e5, 1e6)) / spot
        entry = spot * float(np.exp(chance.normal(0, 0.02)))
        hedged = float(chance.choice([0.0, 1.0])) if side < 0 else 0.0
        legs.append(plain.Leg(p, size, entry, hedged))
    worth = sum(abs(leg.size) * leg.entry for leg in legs)
    loss = sum(leg.size * (leg.entry - SPOT[ASSETS[leg.perp]]) for leg in legs)
    leverage = float(np.exp(chance.uniform(0.5, 2.8)))
    return plain.Trader(
        legs=tuple(legs),
        balance=max(worth / leverage, loss + 0.05 * worth),
        unwind_below=float(chance.choice([-np.inf, -1e-3, 5e-4])),
        unwind_speed=float(chance.uniform(0.05, 0.5)),
    )


def _rules(chance: np.random.Generator, p: int, depth: float, book: str) -> plain.Perp:
    """Terms of one perpetual."""
    venue = PowerLaw(depth, 0.1, float(chance.choice([0.7, 1.0])))
    if book == "product":
        venue = ConstantProduct(5 * depth, SPOT[ASSETS[p]])
    return plain.Perp(
        asset=ASSETS[p],
        book=venue,
        maintenance=float(chance.uniform(0.003, 0.02)),
        liquidation_fee=float(chance.uniform(0, 0.01)),
        premium_cap=float(chance.choice([0.01, 0.05, 1.0])),
        arbitrage=float(chance.choice([0.0, 0.4, 1.0])),
        arbitrage_decay=float(chance.uniform(0, 1)),
        interval=8 / 8760,
        interest=1e-4,
        clamp=5e-4,
        funding_cap=float(chance.choice([0.003, 0.02])),
    )


def _plain_oracle(kind: str) -> plain.Oracle:
    count = np.ones(len(ASSETS))
    if kind == "heartbeat":
        return PlainHeartbeat(deviation=0.01 * count, heartbeat=2.5 / 8760 * count)
    return PlainInstant()


def perps_twin(exchange: plain.Exchange, assets: int, dtype: np.dtype) -> Perps:
    """The same exchange on the device, beside so many assets."""
    underlying = tuple(perp.asset for perp in exchange.perps)
    legs = [leg for trader in exchange.traders for leg in trader.legs]
    owner = [t for t, trader in enumerate(exchange.traders) for _ in trader.legs]

    def legs_of(name: str) -> jax.Array:
        return jnp.asarray([getattr(leg, name) for leg in legs], dtype)

    def traders_of(name: str) -> jax.Array:
        return jnp.asarray([getattr(one, name) for one in exchange.traders], dtype)

    def perps_of(name: str) -> jax.Array:
        return jnp.asarray([getattr(perp, name) for perp in exchange.perps], dtype)

    return Perps(
        accounts=Accounts(
            by_perp=Grouping(tuple(leg.perp for leg in legs), len(underlying)),
            by_trader=Grouping(tuple(owner), len(exchange.traders)),
            size=legs_of("size"),
            entry=legs_of("entry"),
            spot_leg=legs_of("spot_leg"),
            balance=traders_of("balance"),
            unwind_below=traders_of("unwind_below"),
            unwind_speed=traders_of("unwind_speed"),
        ),
        contracts=Contracts(
            by_asset=Grouping(underlying, assets),
            book=_fast_book(exchange, dtype),
            oracle=_fast_oracle(exchange.oracle, dtype),
            funding=Funding(
                interval=perps_of("interval"),
                interest=perps_of("interest"),
                clamp=perps_of("clamp"),
                cap=perps_of("funding_cap"),
            ),
            maintenance=perps_of("maintenance"),
            liquidation_fee=perps_of("liquidation_fee"),
            premium_cap=perps_of("premium_cap"),
            arbitrage=perps_of("arbitrage"),
            arbitrage_decay=perps_of("arbitrage_decay"),
        ),
        losses=(
            AutoDeleveraging()
            if exchange.loss_rule == "deleverage"
            else SocialisedLoss()
        ),
        insurance=jnp.asarray(exchange.insurance, dtype),
    )


def _fast_book(
    exchange: plain.Exchange, dtype: np.dtype
) -> PowerLawVenue | ConstantProductVenue:
    books = [perp.book for perp in exchange.perps]
    products = [book for book in books if isinstance(book, ConstantProduct)]
    if products:
        return ConstantProductVenue(
            quote_reserve=jnp.asarray([one.quote_reserve for one in products], dtype),
            initial_price=jnp.asarray([one.initial_mid for one in products], dtype),
            fee=jnp.zeros(len(products), dtype),
        )
    laws = [book for book in books if isinstance(book, PowerLaw)]
    return PowerLawVenue(
        depth=jnp.asarray([one.depth for one in laws], dtype),
        move_at_depth=jnp.asarray(
            [-np.log1p(-one.reference_move) for one in laws], dtype
        ),
        exponent=jnp.asarray([one.exponent for one in laws], dtype),
    )


def _fast_oracle(
    oracle: plain.Oracle, dtype: np.dtype
) -> HeartbeatOracle | InstantOracle:
    if isinstance(oracle, PlainHeartbeat):
        return HeartbeatOracle(
            deviation=jnp.asarray(oracle.deviation, dtype),
            heartbeat=jnp.asarray(oracle.heartbeat, dtype),
        )
    return InstantOracle()


@jax.jit
def advance(
    perps: Perps, state: PerpState, spot: jax.Array, dt: jax.Array
) -> tuple[PerpState, jax.Array, PerpReport]:
    """Compiled once for exchanges of one structure."""
    return perps.advance(state, spot, dt)


@jax.jit
def in_trouble(perps: Perps, state: PerpState, spot: jax.Array) -> jax.Array:
    """Compiled once for exchanges of one structure."""
    return perps.in_trouble(state, spot)


@jax.jit
def liquidate(
    perps: Perps, state: PerpState, spot: jax.Array
) -> tuple[PerpState, jax.Array, PerpReport]:
    """Compiled once for exchanges of one structure."""
    return perps.liquidate(state, spot)


@jax.jit
def wealth_over_time(perps: Perps, states: PerpState, price: jax.Array) -> jax.Array:
    """All that the exchange owes in a number of states, at any prices [USD]."""
    return jax.vmap(lambda state: _wealth(perps, state, price))(states)


def _wealth(perps: Perps, state: PerpState, price: jax.Array) -> jax.Array:
    accounts = perps.accounts
    tokens = accounts.tokens(state)
    price = jnp.broadcast_to(price[:, None], (price.shape[0], tokens.shape[1]))
    gains = accounts.profit(tokens, accounts.by_perp.spread(price))
    makers = state.cash + (perps.makers_position(state) * price).sum(axis=0)
    owned = state.balance.sum(axis=0) + gains.sum(axis=0) + makers
    return owned + state.insurance - state.deficit


def moves(seed: int, *, steps: int, paths: int, wild: float = 1.0) -> np.ndarray:
    """Prices an hour apart, with a jump now and then, [step, asset, path]."""
    chance = np.random.default_rng(seed)
    sizes = [0.0, -0.15 * wild, 0.1 * wild]
    jump = chance.choice(sizes, size=(steps, 1, paths), p=[0.7, 0.2, 0.1])
    shock = wild * chance.normal(0, 0.02, (steps, len(SPOT), paths)) + jump
    return SPOT[:, None] * np.exp(np.cumsum(shock, axis=0))


@jax.jit
def history(perps: Perps, spots: jax.Array) -> tuple[PerpState, PerpReport]:
    """The start, then the end of every step, and every step's report.

    Rounds run on all paths, also where nobody is in trouble.
    """

    def step(
        state: PerpState, spot: jax.Array
    ) -> tuple[PerpState, tuple[PerpState, PerpReport]]:
        state, _, report = perps.advance(state, spot, jnp.asarray(DT, spot.dtype))

        def again(
            carry: tuple[PerpState, PerpReport], nothing: None
        ) -> tuple[tuple[PerpState, PerpReport], None]:
            after, _sold, more = perps.liquidate(carry[0], spot)
            return (after, jax.tree.map(jnp.add, carry[1], more)), None

        (state, report), _ = lax.scan(again, (state, report), length=ROUNDS)
        return state, (state, report)

    given = jnp.asarray(SPOT, spots.dtype)[:, None]
    start = perps.init(jnp.broadcast_to(given, spots.shape[1:]))
    _, (states, reports) = lax.scan(step, start, spots)
    whole = jax.tree.map(
        lambda one, more: jnp.concatenate([one[None], more]), start, states
    )
    return whole, reports
