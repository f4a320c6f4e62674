"""Gas that rises with volatility, and keepers who leave for it."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._listing import Listing
from jaxrisk._typing import AssetPath, PerPath
from jaxrisk.behaviour import GasState, VolatileGas
from jaxrisk.keeper import AbstractRoom, GreedyKeeper, Offers, RationalKeeper


@pytest.fixture(autouse=True)
def _double() -> object:
    """Where rounding hides nothing."""
    with jax.enable_x64(True):
        yield


def gas() -> VolatileGas:
    """Of the second of two assets; calm at a volatility of 0.5."""
    return VolatileGas(
        variance=jnp.asarray(0.25),
        memory=jnp.asarray(0.5),
        exponent=jnp.asarray(2.0),
        most=jnp.asarray(10.0),
        asset=1,
    )


def multiple(variance: float) -> float:
    """At a realized variance."""
    state = GasState(variance=jnp.array([variance]), seen=jnp.zeros(1))
    return gas().multiple(state).item()


def test_gas_is_a_power_of_volatility_between_bounds() -> None:
    assert multiple(0.25) == multiple(0.01) == 1
    assert multiple(1.0) == pytest.approx(4, rel=1e-12)  # twice, squared
    assert multiple(100.0) == 10


def test_the_variance_is_that_of_its_asset() -> None:
    """A move of 5 % in a day: half of 0.25, and half of 0.05^2 x 365."""
    market = jnp.array([[2000.0], [10.0]])
    state = gas().init(market)
    moved = market * jnp.array([[3.0], [math.exp(0.05)]])
    seen = gas().see(state, moved, jnp.asarray(1 / 365))
    expected = 0.5 * 0.25 + 0.5 * 0.05**2 * 365
    assert seen.variance.item() == pytest.approx(expected, rel=1e-9)


class Anything(AbstractRoom):
    """Takes what is sold."""

    def to_sell(self, fall: PerPath) -> AssetPath:
        """Without a bound."""
        return jnp.full((2, fall.shape[0]), jnp.inf)

    def to_buy(self, rise: PerPath) -> AssetPath:
        """Without a bound."""
        return jnp.full((2, rise.shape[0]), jnp.inf)


def test_keepers_leave_alone_what_does_not_pay_for_its_gas() -> None:
    """Bonuses of 50 and 500 USD; gas of 20 USD, or of 100."""
    tokens = jnp.array([[1050.0, 0.0], [10500.0, 0.0]])
    offers = Offers(
        ready=jnp.ones((2, 2), bool),
        seized=jnp.ones((2, 2)),
        repaid=jnp.ones((2, 2)),
        collateral=tokens,
        debt=jnp.array([[0.0, 1000.0], [0.0, 10000.0]]),
        members=jnp.ones((2, 1)),
        sale_price=jnp.ones((2, 2)),
        purchase_price=jnp.ones((2, 2)),
        listing=Listing.of(
            np.arange(2),
            np.zeros(2, np.int64),
            assets=2,
            markets=1,
            dtype=np.dtype(np.float64),
        ),
    )
    keeper = RationalKeeper(
        gas_cost=jnp.asarray(20.0), capital=jnp.asarray(np.inf), tiers=2
    )
    dear = keeper.with_gas(jnp.array([1.0, 5.0]))
    capital = jnp.full(2, np.inf)
    fill = np.asarray(dear.fill(offers, capital, room=Anything()))
    assert fill.tolist() == [[1.0, 0.0], [1.0, 1.0]]
    paid = dear.gas(jnp.asarray(fill > 0), offers.members)
    assert paid.tolist() == [40.0, 100.0]
    assert GreedyKeeper().with_gas(capital) == GreedyKeeper()
