"""The insurance waterfall: who pays, in which order, and that nothing is lost."""

from collections.abc import Iterator

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.policy import NoWaterfall, Waterfall, tokens_for
from tests.policy.by_hand import LinearSeller, column, of


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def waterfall(**changes: object) -> Waterfall:
    """In the first market all layers, in the second dollars alone."""
    whole: dict[str, object] = {
        "cash": of([100.0, 30.0]),
        "tokens": of([20.0, 0.0]),
        "staked": of([300.0, 0.0]),
        "slashed": of([0.3, 0.0]),
        "backstop": of([50.0, 10.0]),
        "fall": of([0.5, 0.5]),
        "token": (1, -1),
        "stake": (1, -1),
    }
    return Waterfall(**(whole | changes))  # type: ignore[arg-type]


def test_layers_pay_in_their_order() -> None:
    rule, seller = waterfall(), LinearSeller(sold=of([0.0]))
    state = rule.init(of([0.0]))
    state, seller, paid = rule.cover(state, column(60.0, 35.0), seller)
    assert np.allclose(paid.treasury, column(60.0, 30.0))
    assert np.allclose(paid.backstop, column(0.0, 5.0))
    assert np.array_equal(state.cash, column(40.0, 0.0))
    # 40 of dollars, 20 tokens at 9.90 on average for 198, then 9.80 falling: 40.83.
    state, seller, paid = rule.cover(state, column(638.0, 0.0), seller)
    assert np.allclose(paid.treasury, column(238.0, 0.0))
    assert np.allclose(paid.module, column(400.0, 0.0))
    sold = 980 - np.sqrt(980**2 - 200 * 400)
    assert np.allclose(seller.sold, 20 + sold)
    assert np.allclose(state.slashable, column(90 - sold, 0.0))
    # What may be slashed of the rest, then the backstop, then suppliers.
    raised = (90 - sold) * (9.8 - sold / 100 - (90 - sold) / 200)
    state, seller, paid = rule.cover(state, column(1000.0, 0.0), seller)
    assert np.allclose(paid.module, column(raised, 0.0))
    assert np.allclose(paid.backstop, column(50.0, 0.0))
    assert np.allclose(paid.left, column(950 - raised, 0.0))
    assert np.allclose(state.slashable, 0)


def test_no_sale_lowers_the_price_further_than_it_may() -> None:
    rule = waterfall(tokens=of([1e6, 0.0]), fall=of([np.log(1.25), 0.0]))
    seller = LinearSeller(sold=of([0.0]))
    _, seller, paid = rule.cover(rule.init(of([0.0])), column(1e6, 0.0), seller)
    # From 10 to 8 by the treasury for 1800, from there to 6.40 by the safety module.
    assert np.allclose(paid.treasury, column(100 + 1800.0, 0.0))
    assert np.allclose(paid.module, column(90 * (8 - 0.45), 0.0))


@settings(max_examples=30)
@given(
    owing=st.lists(st.floats(0, 2000), min_size=3, max_size=3),
    cash=st.floats(0, 500),
    tokens=st.floats(0, 100),
    staked=st.floats(0, 500),
    backstop=st.floats(0, 500),
)
def test_nothing_is_lost_and_nothing_goes_below_zero(
    owing: list[float], cash: float, tokens: float, staked: float, backstop: float
) -> None:
    rule = waterfall(
        cash=of([cash, 0.0]),
        tokens=of([tokens, 0.0]),
        staked=of([staked, 0.0]),
        backstop=of([backstop, 0.0]),
    )
    seller = LinearSeller(sold=of([0.0]))
    state = rule.init(of([0.0]))
    for amount in owing:
        before, sold = state, float(seller.sold[0])
        state, seller, paid = rule.cover(state, column(amount, 0.0), seller)
        for held in (state.cash, state.tokens, state.slashable, state.backstop):
            assert (held >= 0).all()
        total = paid.treasury + paid.module + paid.backstop
        assert np.allclose(total + paid.left, column(amount, 0.0), rtol=1e-12)
        assert (paid.left >= 0).all()
        start, stop = 10 - sold / 100, 10 - float(seller.sold[0]) / 100
        raised = (start + stop) / 2 * 100 * (start - stop)
        spent = float((before.cash - state.cash)[0, 0])
        spent += float((before.backstop - state.backstop)[0, 0])
        assert spent + raised == pytest.approx(float(total[0, 0]), rel=1e-9, abs=1e-9)
        given_up = (before.tokens - state.tokens) + (before.slashable - state.slashable)
        assert float(given_up[0, 0]) == pytest.approx(
            float(seller.sold[0]) - sold, rel=1e-9, abs=1e-9
        )


def test_absence_pays_nothing() -> None:
    assert not NoWaterfall().pays
    seller = LinearSeller(sold=of([0.0]))
    state, _, paid = NoWaterfall().cover((), column(5.0, 5.0), seller)
    assert state == ()
    assert np.array_equal(paid.left, column(5.0, 5.0))


def test_a_sale_has_the_slope_of_the_price_that_it_ends_at() -> None:
    def proceeds(tokens: jax.Array) -> jax.Array:
        return tokens * (10 - tokens / 200)

    wanted = of([400.0])
    sold, slope = jax.jvp(
        lambda sum_: tokens_for(proceeds, sum_, of([900.0])), (wanted,), (of([1.0]),)
    )
    assert np.allclose(proceeds(sold), wanted, rtol=1e-13)
    assert (proceeds(sold) >= wanted).all()
    assert np.allclose(slope, 1 / (10 - sold / 100))
    assert np.array_equal(tokens_for(proceeds, of([0.0]), of([900.0])), [0.0])
    assert np.array_equal(tokens_for(proceeds, of([1e9]), of([900.0])), [900.0])
