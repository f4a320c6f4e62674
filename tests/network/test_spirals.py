"""Mint-and-burn stablecoins: exact numbers, and where every dollar goes."""

import dataclasses
import math

import hypothesis
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.network import (
    LEAST,
    Claims,
    NoNetwork,
    Redeemed,
    SpiralTerms,
    build_claims,
    build_failures,
    build_spirals,
)


DOUBLE = np.dtype(np.float64)
YEAR = 1.0
TERMS = SpiralTerms(stable=1, token=0, supply=100.0, minted=50.0, capacity=20.0)


def claims(*terms: SpiralTerms, assets: int = 3) -> Claims:
    """Spirals alone."""
    return build_claims(
        failures=build_failures((), assets=assets, dtype=DOUBLE),
        spirals=build_spirals(terms, dtype=DOUBLE),
        receipts=(),
        assets=assets,
        reserves=1,
        dtype=DOUBLE,
    )


def redeemed(terms: SpiralTerms, *price: float, dt: float = YEAR) -> Redeemed:
    """One step of redemptions on one path."""
    network = claims(terms)
    market = jnp.asarray(price)[:, None]
    return network.redeem(network.init(1), market, jnp.asarray(dt))


def test_a_step_by_hand() -> None:
    """A tenth of 100 leaves: four are bought at .8, four redeemed, two sold.

    The reserve has 3.2, the capacity is 4; a capitalisation of 100 is diluted by 4 %.
    """
    terms = dataclasses.replace(
        TERMS, reserve=3.2, trigger=0.1, calm=-math.log(0.9), capacity=4.0
    )
    with jax.enable_x64(True):
        end = redeemed(terms, 2.0, 0.8, 7.0)
        spirals = end.state.spirals
        minted = 50 * math.expm1(0.04)
        found = [spirals.supply, spirals.minted, spirals.reserve]
        np.testing.assert_allclose(
            np.ravel(found), [92.0, 50 + minted, 0.0], rtol=1e-12, atol=1e-13
        )
        np.testing.assert_allclose(end.sold[:, 0], [minted, 2.0, 0.0], rtol=1e-12)
        np.testing.assert_allclose(end.report.redeemed, 4.0)
        np.testing.assert_allclose(end.report.defended, 3.2)
        np.testing.assert_allclose(end.state.marked[:, 0], [-0.04, 0.0, 0.0])


def test_a_stablecoin_is_marked_to_what_stands_behind_it() -> None:
    """60 behind 100 - 20 redeemed is .75."""
    terms = dataclasses.replace(TERMS, minted=60.0, calm=1e3)
    with jax.enable_x64(True):
        end = redeemed(terms, 1.0, 1.0, 1.0)
        np.testing.assert_allclose(end.state.marked[1, 0], math.log(0.75), rtol=1e-12)


def test_holders_run_the_faster_the_deeper_the_depeg_and_the_less_is_behind() -> None:
    terms = dataclasses.replace(
        TERMS, capacity=1e9, by_depeg=2.0, by_shortfall=3.0, comfort=1.5
    )
    with jax.enable_x64(True):
        share = []
        for token, stable in ((4.0, 1.0), (4.0, 1.2), (4.0, 0.9), (2.0, 0.9)):
            end = redeemed(terms, token, stable, 1.0, dt=0.1)
            share.append(1 - float(end.state.spirals.supply[0, 0]) / 100)
    expected = [-math.expm1(-rate * 0.1) for rate in (0.0, 0.0, 0.2, 0.2 + 1.5)]
    np.testing.assert_allclose(share, expected, rtol=1e-10, atol=1e-14)


def test_redemptions_at_a_constant_capitalisation_dilute_exponentially() -> None:
    """V27: L = L0 exp(U/M), whatever the length of a step."""
    terms = SpiralTerms(
        stable=1, token=0, supply=18.7e9, minted=350e6, capacity=7.42e9, calm=1e9
    )
    capital = 7.42e9 / math.log(6.5e12 / 350e6)
    np.testing.assert_allclose(capital, 0.755e9, rtol=1e-3)
    with jax.enable_x64(True):
        network = claims(terms)
        for steps in (1, 50):
            state = network.init(1)
            for _ in range(steps):
                price = capital / state.spirals.minted
                market = jnp.concatenate([price, jnp.ones((2, 1))])
                state = network.redeem(state, market, jnp.float64(YEAR / steps)).state
            burnt = 18.7e9 - float(state.spirals.supply[0, 0])
            grown = float(state.spirals.minted[0, 0]) / 350e6
            np.testing.assert_allclose(grown, math.exp(burnt / capital), rtol=1e-11)


@hypothesis.settings(deadline=None, max_examples=40)
@hypothesis.given(
    token=st.floats(1e-6, 1e3),
    stable=st.floats(1e-3, 1.2),
    reserve=st.floats(0, 200),
    capacity=st.floats(0, 500),
    rate=st.floats(0, 5),
)
def test_what_leaves_is_bought_redeemed_or_sold_and_paid_for(
    token: float, stable: float, reserve: float, capacity: float, rate: float
) -> None:
    """Burnt stablecoins are paid for, by the reserve or with tokens worth as much."""
    terms = dataclasses.replace(
        TERMS, reserve=reserve, capacity=capacity, calm=rate, trigger=0.01
    )
    with jax.enable_x64(True):
        end = redeemed(terms, token, stable, 1.0)
        spirals = end.state.spirals
        after = [float(x[0, 0]) for x in (spirals.supply, spirals.minted)]
        spent = reserve - float(spirals.reserve[0, 0])
        paid = float(end.report.redeemed[0, 0])
        leaving = -math.expm1(-rate) * 100
        sold = float(end.sold[1, 0])
        np.testing.assert_allclose(100 - after[0], spent / stable + paid, atol=1e-9)
        np.testing.assert_allclose(100 - after[0] + sold, leaving, atol=1e-9)
        worth = 50 * token * math.log(after[1] / 50)
        np.testing.assert_allclose(worth, paid, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(end.sold[0, 0], after[1] - 50, rtol=1e-9, atol=1e-9)
        assert min(spent, paid, sold, spirals.reserve[0, 0]) >= 0
        assert paid <= capacity * (1 + 1e-12)


def test_a_chain_halts_when_dilution_has_left_nothing() -> None:
    """However much wants to be redeemed, prices stay numbers."""
    terms = dataclasses.replace(TERMS, supply=1e12, capacity=1e15, calm=1e3)
    with jax.enable_x64(True):
        network = claims(terms)
        state = network.init(1)
        for _ in range(3):
            price = jnp.exp(state.marked[:1])
            market = jnp.concatenate([price, jnp.ones((2, 1))])
            state = network.redeem(state, market, jnp.float64(YEAR)).state
        np.testing.assert_allclose(state.marked[0, 0], math.log(LEAST), rtol=1e-12)
        np.testing.assert_allclose(state.spirals.minted, 50 / LEAST, rtol=1e-9)


def test_who_has_no_spiral_redeems_nothing() -> None:
    assert not NoNetwork().redeems
    with jax.enable_x64(True):
        assert not claims().redeems
        assert claims(TERMS).redeems


@pytest.mark.parametrize(
    ("terms", "match"),
    [
        ((TERMS, dataclasses.replace(TERMS, stable=2)), "2 parts"),
        ((dataclasses.replace(TERMS, token=1),), "2 parts"),
        ((dataclasses.replace(TERMS, minted=0.0),), "more than zero"),
    ],
)
def test_what_cannot_be_is_refused(terms: tuple[SpiralTerms, ...], match: str) -> None:
    with jax.enable_x64(True), pytest.raises(ValueError, match=match):
        claims(*terms)
