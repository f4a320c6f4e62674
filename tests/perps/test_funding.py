"""Funding, holders who unwind, no perpetuals at all, and slopes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.perps import NoPerps, PerpTerms, Rung
from tests.perps.by_hand import OTHER, SPOT, at, build, linear


@pytest.fixture(autouse=True)
def _double() -> object:
    """By hand means exactly."""
    with jax.enable_x64(True):
        yield


def test_funding_follows_the_rule_of_binance() -> None:
    """Interest within the clamp, the premium beyond it, the cap beyond that."""
    rule = build(Rung(0, "long", 2.0, 1e6)).contracts.funding
    premium = jnp.array([[0.0, 0.0003, 0.0006, 0.002, 0.1, -0.0004, -0.002, -0.1]])
    rate = rule.rate(jnp.repeat(premium, 2, axis=0))[0]
    expected = [0.0001, 0.0001, 0.0001, 0.0015, 0.0075, 0.0001, -0.0015, -0.0075]
    assert np.allclose(rate, expected, atol=1e-15)


def test_longs_pay_shorts_pro_rata_of_time() -> None:
    """A premium of zero: a hundredth of a percent in eight hours, an eighth in one."""
    perps = build(Rung(0, "long", 5.0, 1e6), Rung(0, "short", 5.0, 4e5))
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, sold, report = perps.advance(state, at(100.0), jnp.asarray(1 / 8760))
    assert np.allclose(after.balance[:, 0] - state.balance[:, 0], [-12.5, 5.0])
    assert after.cash[0] - state.cash[0] == pytest.approx(7.5)
    assert report.funding[0, 0] == pytest.approx(12.5)
    assert (sold == 0).all()


def test_holders_unwind_both_legs_when_funding_falls_below_what_they_ask() -> None:
    """A tenth of the initial size in a step, until nothing is left."""
    short = Rung(
        0, "short", 2.0, 1e6, delta_neutral=1.0, unwind_below=2e-4, unwind_speed=0.4
    )
    perps = build(short)
    state = perps.init(jnp.asarray(SPOT)[:, None])
    spot, hour = at(100.0), jnp.asarray(1 / 8760)
    flows = []
    for _ in range(4):
        state, sold, _ = perps.advance(state, spot, hour)
        flows.append(sold[0, 0].item())
    # Holders sell spot; makers who sold them the perpetual buy as much at once.
    assert np.allclose(flows, 0, atol=1e-9)
    assert state.open[0, 0] == 0
    slow = build(short, terms=(PerpTerms(0, 0.01, 0.0, arbitrage_decay=1.0), OTHER))
    state = slow.init(jnp.asarray(SPOT)[:, None])
    assert slow.advance(state, spot, hour)[1][0, 0] == pytest.approx(4_000)
    content = build(Rung(0, "short", 2.0, 1e6, delta_neutral=1.0, unwind_speed=0.4))
    after = content.advance(content.init(jnp.asarray(SPOT)[:, None]), spot, hour)[0]
    assert after.open[0, 0] == 1


def test_without_perpetuals_there_is_nothing() -> None:
    none, spot = NoPerps(), at(100.0)
    state = none.init(spot)
    assert not jax.tree.leaves(state)
    for after, sold, report in (
        none.advance(state, spot, jnp.asarray(0.1)),
        none.liquidate(state, spot),
    ):
        assert after == state
        assert np.array_equal(sold, np.zeros((2, 1)))
        assert sum(np.abs(leaf).sum() for leaf in jax.tree.leaves(report)) == 0
    assert not none.in_trouble(state, spot).any()
    assert none.basis(state, spot).shape == none.funding_rate(state, spot).shape


def test_slopes_are_numbers() -> None:
    """Of what a trader owns in the spot price, through a round with deleveraging."""
    perps = build(
        Rung(0, "long", 10.0, 1e6),
        Rung(0, "short", 5.0, 1e6, delta_neutral=0.5),
        book=linear(1e6),
    )
    state = perps.init(jnp.asarray(SPOT)[:, None])

    def owned(spot: jax.Array) -> jax.Array:
        moved, _, _ = perps.advance(state, spot, jnp.asarray(1e-4))
        after, sold, _ = perps.liquidate(moved, spot)
        return after.balance.sum() + sold.sum()

    slope = jax.jit(jax.grad(owned))
    for price in (100.0, 88.0, 80.0):
        assert np.isfinite(slope(at(price))).all()
