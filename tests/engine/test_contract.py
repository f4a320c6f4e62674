"""What every part keeps to: one trace, its precision, and a derivative."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._listing import Listing
from jaxrisk._random import Draw, seed_words
from jaxrisk.keeper import (
    AbstractKeeper,
    AbstractLatency,
    AbstractRoom,
    FixedLatency,
    GreedyKeeper,
    NoLatency,
    Offers,
    RationalKeeper,
)
from jaxrisk.lending import Accounts, CloseFactor, Values
from jaxrisk.oracle import (
    AbstractOracle,
    DelayedOracle,
    HeartbeatOracle,
    InstantOracle,
)
from jaxrisk.process import (
    AbstractInnovation,
    AbstractJumps,
    AbstractRegimes,
    CompoundPoisson,
    Gaussian,
    NoJumps,
    OneRegime,
    StudentT,
    TwoRegimes,
)
from jaxrisk.venue import (
    AbstractVenue,
    ConstantProductVenue,
    InfiniteVenue,
    PowerLawVenue,
    StableSwapVenue,
)


PATHS = 4
Use = Callable[..., jax.Array]
Part = tuple[Callable[[np.dtype], Any], Use]


def along(parameter: jax.Array, values: list[float]) -> jax.Array:
    """One row of numbers, in the precision of a parameter."""
    return jnp.asarray(np.array([values]), parameter.dtype)


def of(value: float, dtype: np.dtype) -> jax.Array:
    """A parameter of one asset or market."""
    return jnp.asarray(np.array([value]), dtype)


def draws() -> Draw:
    """The numbers of the third step."""
    path = jnp.arange(PATHS, dtype=jnp.uint32)
    return Draw(seed=seed_words(1), path=path, step=jnp.uint32(3))


def publish(oracle: AbstractOracle[Any], price: jax.Array) -> jax.Array:
    """What contracts read a day later, after a fall of 3 %."""
    memory = oracle.advance(oracle.init(price), jnp.asarray(0.003, price.dtype))
    return oracle.price(oracle.publish(memory, 0.97 * price))


def trade(venue: AbstractVenue, price: jax.Array) -> jax.Array:
    """A sale and a purchase, from an empty and a used inventory."""
    inventory = along(price, [0.0, 0.0, 30.0, -30.0])
    sold = along(price, [20.0, -20.0, 5.0, 0.0])
    move = venue.displacement(inventory, price)
    return venue.proceeds(inventory, sold, price) + move


def shock(innovation: AbstractInnovation, price: jax.Array) -> jax.Array:
    """A shock of the size of the price."""
    return innovation.shock(price, jnp.full_like(price[:, 0], 0.02), draws())


def regime(regimes: AbstractRegimes, price: jax.Array) -> jax.Array:
    """The regime, as a number."""
    start = jnp.array([0, 1, 0, 1], jnp.int32)
    return price * regimes.step(start, draws()).astype(price.dtype)[None]


def jump(jumps: AbstractJumps, price: jax.Array) -> jax.Array:
    """The price, with jumps added."""
    return jumps.add(price, draws())


def wait(latency: AbstractLatency, price: jax.Array) -> jax.Array:
    """The price where an account is ready."""
    breached = price > 0
    clock = latency.tick(latency.init(price), breached)
    ready = latency.ready(clock, breached)
    clock = latency.restart(clock, ready, ~breached)
    return jnp.where(latency.ready(clock, breached), price, 0)


def close(rule: CloseFactor, price: jax.Array) -> jax.Array:
    """What may be seized and repaid at four levels of health."""
    debt = along(price, [80.0, 85.0, 95.0, 110.0]) * price
    values = Values(
        weighted=80 * price, collateral=100 * price, repayable=95 * price, debt=debt
    )
    closing = rule.closing(
        single_account(price.dtype), values, jnp.full((1, 1), 2, price.dtype)
    )
    return closing.seized + closing.repaid


def single_account(dtype: np.dtype) -> Accounts:
    """One account of two members."""
    row = jnp.ones((1, 1), dtype)
    return Accounts(
        collateral=row,
        debt=row,
        weighted=row,
        repayable=row,
        keepers=row,
        members=jnp.full(1, 2, dtype),
        market=jnp.zeros(1, jnp.int32),
        width=jnp.zeros(0, dtype),
    )


PARTS: dict[str, Part] = {
    "instant": (lambda _: InstantOracle(), publish),
    "heartbeat": (
        lambda dtype: HeartbeatOracle(
            deviation=of(0.02, dtype), heartbeat=of(0.01, dtype)
        ),
        publish,
    ),
    "delayed": (lambda _: DelayedOracle(steps=1), publish),
    "infinite": (lambda _: InfiniteVenue(), trade),
    "constant_product": (
        lambda dtype: ConstantProductVenue(
            quote_reserve=of(1e4, dtype),
            initial_price=of(10.0, dtype),
            fee=of(0.003, dtype),
        ),
        trade,
    ),
    "power_law": (
        lambda dtype: PowerLawVenue(
            depth=of(1e4, dtype), move_at_depth=of(0.1, dtype), exponent=of(0.7, dtype)
        ),
        trade,
    ),
    "stableswap": (
        lambda dtype: StableSwapVenue.of(
            np.array([30.0]),
            np.array([900.0]),
            np.array([1100.0]),
            np.array([4e-4]),
            dtype=dtype,
        ),
        trade,
    ),
    "gaussian": (lambda _: Gaussian(), shock),
    "student_t": (lambda dtype: StudentT.of(4.5, dtype), shock),
    "one_regime": (lambda _: OneRegime(), regime),
    "two_regimes": (
        lambda dtype: TwoRegimes(enter=of(0.1, dtype)[0], leave=of(0.3, dtype)[0]),
        regime,
    ),
    "no_jumps": (lambda _: NoJumps(), jump),
    "jumps": (
        lambda dtype: CompoundPoisson.of(
            np.ones((1, 1)),
            np.array([2.0]),
            np.array([-0.1]),
            np.array([0.05]),
            dtype=dtype,
        ),
        jump,
    ),
    "no_latency": (lambda _: NoLatency(), wait),
    "latency": (lambda dtype: FixedLatency(steps=of(0.0, dtype)[0]), wait),
    "close_factor": (
        lambda dtype: CloseFactor(
            *(of(x, dtype) for x in (0.5, 0.95, 2.0, 1.0, np.inf))
        ),
        close,
    ),
    "restore": (
        lambda dtype: CloseFactor(*(of(x, dtype) for x in (1.0, 0.0, 0.0, 0.0, 1.05))),
        close,
    ),
}


class WideRoom(AbstractRoom):
    """As much as the price, in two assets."""

    depth: jax.Array

    def to_sell(self, fall: jax.Array) -> jax.Array:
        """In proportion to the fall."""
        return self.depth * fall[None]

    def to_buy(self, rise: jax.Array) -> jax.Array:
        """In proportion to the rise."""
        return self.depth * rise[None]


def offer(keeper: AbstractKeeper, price: jax.Array) -> jax.Array:
    """What a keeper takes of two offers that are too large for the venues."""
    share, unit = jnp.ones((2, PATHS), price.dtype), jnp.eye(2, dtype=price.dtype)
    both = jnp.concatenate([price, price])
    offers = Offers(
        ready=both > 0,
        seized=share,
        repaid=share,
        collateral=unit * 1.1,
        debt=unit[::-1],
        members=share[:, :1],
        sale_price=both,
        purchase_price=both,
        listing=Listing.of(
            np.arange(2), np.zeros(2, int), assets=2, markets=1, dtype=price.dtype
        ),
    )
    capital = jnp.full(PATHS, 1e3, price.dtype)
    fill = keeper.fill(offers, capital, room=WideRoom(depth=50 + 0 * both))
    return (fill + keeper.gas(fill > 0, share[:, :1])[None])[:1]


PARTS["greedy"] = (lambda _: GreedyKeeper(), offer)
PARTS["rational"] = (
    lambda dtype: RationalKeeper(
        gas_cost=of(0.01, dtype)[0], capital=of(1e3, dtype)[0], tiers=2
    ),
    offer,
)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("name", PARTS)
def test_a_part_keeps_its_precision_its_trace_and_its_derivative(
    name: str, wide: bool
) -> None:
    """Derivatives by its own numbers and by the price are finite."""
    make, use = PARTS[name]
    dtype = np.dtype(np.float64 if wide else np.float32)
    traces = 0

    def total(inputs: tuple[Any, jax.Array]) -> tuple[jax.Array, jax.Array]:
        nonlocal traces
        traces += 1
        answer = use(*inputs)
        return answer.sum(), answer

    with jax.enable_x64(wide):
        part = make(dtype)
        price = jnp.full((1, PATHS), 10, dtype)
        slope = eqx.filter_jit(eqx.filter_value_and_grad(total, has_aux=True))
        (_, answer), grads = slope((part, price))
        slope((part, 1.5 * price))
        assert traces == 1
        assert answer.dtype == dtype
        assert np.isfinite(answer).all()
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(grads))
