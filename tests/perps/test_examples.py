"""Liquidation by hand: thresholds, cross margin, the ladder of losses."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.perps import CrossAccount, PerpTerms, Position, Rung, SocialisedLoss
from tests.perps.by_hand import OTHER, SPOT, at, build, linear


@pytest.fixture(autouse=True)
def _double() -> object:
    """By hand means exactly."""
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize("leverage", [2.0, 10.0, 50.0])
@pytest.mark.parametrize("move", [0.0, 0.004])
def test_an_isolated_position_fails_at_its_liquidation_price(
    leverage: float, move: float
) -> None:
    """entry (1 - 1/leverage) / (1 - maintenance) for longs; plus signs for shorts."""
    for sign in (1, -1):
        side = "long" if sign > 0 else "short"
        perps = build(Rung(0, side, leverage, 1e6, entry_move=move))
        state = perps.init(jnp.asarray(SPOT)[:, None])
        threshold = SPOT[0] * (1 + move) * (1 - sign / leverage) / (1 - sign * 0.01)
        good, bad = threshold * (1 + sign * 1e-9), threshold * (1 - sign * 1e-9)
        assert not perps.in_trouble(state, at(good)).item()
        assert perps.in_trouble(state, at(bad)).item()


def test_a_fall_of_one_asset_closes_a_cross_position_in_another() -> None:
    """And leaves an isolated one in that other asset alone, which is listed first."""
    both = (Position(0, "long", 1e6), Position(1, "long", 1e6))
    perps = build(CrossAccount(both, balance=1e5), Rung(1, "long", 10.0, 1e6))
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, sold, report = perps.liquidate(state, at(91.0))
    assert np.array_equal(after.open[:, 0], [1, 0, 0])
    assert report.liquidated[1, 0] == pytest.approx(1e6)
    # Makers hedge at once what they have bought: the cross account moves both spots.
    assert np.allclose(sold[:, 0], [1e4, 1e5])
    assert after.balance[1, 0] == pytest.approx(1e5 - 9e4)


def test_equity_left_pays_the_fee_and_the_rest_is_the_traders() -> None:
    terms = PerpTerms(asset=0, maintenance=0.02, liquidation_fee=0.005)
    perps = build(Rung(0, "long", 10.0, 1e6), terms=(terms, OTHER))
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, _, _ = perps.liquidate(state, at(91.0))
    assert after.insurance[0] == pytest.approx(0.005 * 910_000)
    assert after.balance[0, 0] == pytest.approx(1e4 - 0.005 * 910_000)
    # Where little is left, all of it is the fee.
    after, _, _ = perps.liquidate(state, at(90.2))
    assert after.insurance[0] == pytest.approx(2_000)
    assert after.balance[0, 0] == 0


def test_the_fund_pays_first_and_nobody_is_deleveraged() -> None:
    perps = build(Rung(0, "long", 10.0, 1e6), Rung(0, "short", 5.0, 1e6), insurance=6e4)
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, _, report = perps.liquidate(state, at(85.0))
    assert report.insurance_paid[0] == pytest.approx(5e4)
    assert after.insurance[0] == pytest.approx(1e4)
    assert report.deleveraged[0, 0] == 0
    assert np.array_equal(after.open[:, 0], [0, 1])


def test_beyond_the_fund_the_best_scores_are_closed_at_the_bankruptcy_price() -> None:
    """A fund of a fifth of the loss takes a fifth to the book.

    Of the other four fifths, 8,000 tokens, the short of leverage 10 with the same entry
    gives all of its 3,000, that of leverage 2 gives 5,000 of 10,000, at 90.
    """
    perps = build(
        Rung(0, "long", 10.0, 1e6),
        Rung(0, "short", 2.0, 1e6),
        Rung(0, "short", 10.0, 3e5),
        insurance=1e4,
    )
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, _, report = perps.liquidate(state, at(85.0))
    assert report.insurance_paid[0] == pytest.approx(1e4)
    assert np.allclose(after.open[:, 0], [0, 0.5, 0])
    assert after.open[0, 0] == 0
    assert after.balance[0, 0] == 0
    assert after.balance[1, 0] == pytest.approx(5e5 + 5_000 * 10)
    assert after.balance[2, 0] == pytest.approx(3e4 + 3_000 * 10)
    assert report.deleveraged[0, 0] == pytest.approx(8_000 * 85)
    assert after.deficit[0] == 0


def test_no_order_is_given_a_worse_price_than_in_the_whole_order() -> None:
    """A long and a cross account's short are bankrupt together, in one book.

    A quarter of their orders moves the price less, which is worse for the short: it
    buys at the lower price of the whole order, or the fund could be asked for more
    than it has.
    """
    pair = (Position(0, "short", 2e5), Position(1, "long", 1e6))
    fallen = at(85.0, 8.0)

    def price(spot: float, tokens: float) -> float:
        return spot * np.exp(-0.1 * tokens * spot / 5e6 / 2)

    def missing(sell: float, buy: float, other: float) -> float:
        long = 1e5 + 10_000 * (sell - 100)
        cross = 1e5 - 2_000 * (buy - 100) + 100_000 * (other - 10)
        return -long - cross

    whole = price(85, 8_000)
    fund = missing(whole, whole, price(8, 100_000)) / 4
    perps = build(
        Rung(0, "long", 10.0, 1e6),
        CrossAccount(pair, balance=1e5),
        book=linear(5e6),
        insurance=fund,
    )
    state = perps.init(jnp.asarray(SPOT)[:, None])
    _, _, report = perps.liquidate(state, fallen)
    paid = missing(price(85, 2_000), whole, price(8, 25_000)) / 4
    assert report.insurance_paid[0] == pytest.approx(paid, rel=1e-12)


def test_makers_are_the_last_to_be_deleveraged() -> None:
    """They held shorts of 9,000 against longs of 10,000 and shorts of 1,000."""
    perps = build(Rung(0, "long", 10.0, 1e6), Rung(0, "short", 5.0, 1e5))
    state = perps.init(jnp.asarray(SPOT)[:, None])
    assert perps.makers_position(state)[0, 0] == pytest.approx(-9_000)
    after, sold, _ = perps.liquidate(state, at(85.0))
    assert np.array_equal(after.open[:, 0], [0, 0])
    assert perps.makers_position(after)[0, 0] == 0
    assert after.cash[0] == pytest.approx(9_000 * 100 - 9_000 * 90)
    # The spot that covered the shorts covers nothing now.
    assert sold[0, 0] == pytest.approx(9_000)


def test_a_counterparty_is_not_made_bankrupt() -> None:
    """Its short in one asset is in profit, and its long in another has eaten that.

    It has 10,000 USD left, 0.6 % of its notional; closed at 90 where the mark price is
    85, its short would lose 50,000. It gives as much as its part of the equity bears,
    and makers take what is missing.
    """
    low = PerpTerms(asset=0, maintenance=0.005, liquidation_fee=0.0)
    pair = (Position(0, "short", 1e6), Position(1, "long", 1e6))
    perps = build(
        Rung(0, "long", 10.0, 1e6),
        CrossAccount(pair, balance=1e5),
        terms=(low, PerpTerms(asset=1, maintenance=0.005, liquidation_fee=0.0)),
    )
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, _, _ = perps.liquidate(state, at(85.0, 7.6))
    margin = 10_000 / (850_000 + 760_000)
    closed = margin * 85 / 5
    assert np.allclose(after.open[:, 0], [0, 1 - closed, 1])
    left = after.balance[1, 0] + (1 - closed) * 150_000 - 240_000
    assert left == pytest.approx(10_000 - closed * 50_000)
    assert perps.makers_position(after)[0, 0] == pytest.approx(10_000 * (1 - closed))


def test_a_delta_neutral_short_that_is_deleveraged_sells_its_spot() -> None:
    perps = build(
        Rung(0, "long", 10.0, 1e6),
        Rung(0, "short", 10.0, 1e6, delta_neutral=0.25),
        terms=(PerpTerms(0, 0.01, 0.0, arbitrage=0.0), OTHER),
    )
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, sold, report = perps.liquidate(state, at(85.0))
    assert np.array_equal(after.open[:, 0], [0, 0, 0])
    assert np.allclose(sold[:, 0], [2_500, 0])
    assert report.flow[0, 0] == pytest.approx(2_500 * 85)


def test_a_socialised_loss_is_taken_from_profits() -> None:
    """The book takes all; profits of 15 and 150 kUSD give a fifth and a share each."""
    perps = build(
        Rung(0, "long", 10.0, 1e6),
        Rung(0, "short", 2.0, 1e6),
        Rung(0, "short", 10.0, 1e5),
        insurance=1.7e4,
        losses=SocialisedLoss(),
    )
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, _, _ = perps.liquidate(state, at(85.0))
    assert np.array_equal(after.open[:, 0], [0, 1, 1])
    assert after.balance[1, 0] == pytest.approx(5e5 - 0.2 * 1.5e5)
    assert after.balance[2, 0] == pytest.approx(1e4 - 0.2 * 1.5e4)
    assert after.deficit[0] == 0
    assert after.insurance[0] == 0


def test_one_net_order_moves_the_book_and_arbitrage_brings_it_to_spot() -> None:
    """10,000 tokens into a book of 5 MUSD: a share of 0.18 of depth, hedged by half."""
    terms = PerpTerms(0, 0.02, 0.0, arbitrage=0.5, arbitrage_decay=0.8)
    perps = build(Rung(0, "long", 10.0, 1e6), terms=(terms, OTHER), book=linear(5e6))
    state = perps.init(jnp.asarray(SPOT)[:, None])
    after, sold, _ = perps.liquidate(state, at(91.0))
    assert sold[0, 0] == pytest.approx(5_000)
    scaled = 10_000 * 91 / 5e6
    paid = 91 * np.exp(-0.1 * scaled / 2)
    assert after.balance[0, 0] == pytest.approx(1e5 - 10_000 * (100 - paid))
    assert perps.basis(after, at(91.0))[0, 0] == pytest.approx(-0.1 * scaled / 2)
    after, sold, _ = perps.advance(after, at(91.0), jnp.asarray(1 / 8760))
    assert sold[0, 0] == pytest.approx(1_000)
    assert after.unhedged[0, 0] == pytest.approx(4_000)
