"""Depth and exponent: recovered from quotes that the engine's own venue would give."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError, fit_depth
from jaxrisk.data.depth import QuoteLadder, read_depth
from jaxrisk.data.prices import Source
from jaxrisk.venue import PowerLawVenue


HOUR = np.timedelta64(1, "h")


def paid(worth: np.ndarray, depth: float, exponent: float) -> np.ndarray:
    """What the engine pays for sales at a mid of one [USD]."""
    with jax.enable_x64(True):
        venue = PowerLawVenue(
            depth=jnp.array([depth]),
            move_at_depth=jnp.array([-np.log(0.98)]),
            exponent=jnp.array([exponent]),
        )
        sold = jnp.asarray(worth)[None]
        return np.asarray(venue.proceeds(0 * sold, sold, jnp.ones_like(sold)))[0]


def quoted(
    seed: int,
    *,
    depth: float = 24e6,
    exponent: float = 0.95,
    noise: float = 5e-4,
    hourly: float = 0.05,
    ladders: int = 17,
) -> QuoteLadder:
    """Twenty quotes an hour; mid and depth of the hour vary, and each quote is off."""
    rng = np.random.default_rng(seed)
    size, got, mid = [], [], []
    for _ in range(ladders):
        worth = np.exp(np.sort(rng.uniform(np.log(5e2), np.log(4e7), 20)))
        price = 2000 * np.exp(rng.normal(0, 0.01))
        proceeds = paid(worth, depth * np.exp(rng.normal(0, hourly)), exponent)
        proceeds = proceeds * np.exp(rng.normal(0, noise, 20))
        size.append(worth / price)
        got.append(proceeds)
        mid.append(np.full(20, (proceeds / size[-1]).max()))
    number = np.repeat(np.arange(ladders), 20)
    return QuoteLadder(
        asset="WETH",
        quote="USDC",
        source=Source(Path("made-up"), "oneinch_quotes"),
        ladder=number,
        time=np.datetime64("2023-11-20", "ns") + number * HOUR,
        sold=np.concatenate(size),
        proceeds=np.concatenate(got),
        mid=np.concatenate(mid),
    )


def test_without_noise_the_venue_is_found_to_the_last_digits() -> None:
    for exponent in (0.5, 1.0, 1.4):
        ladder = quoted(1, exponent=exponent, noise=0, hourly=0)
        # The best mean price stands for the mid, which nobody knows: a hair below it.
        found = fit_depth(ladder)
        assert found.fit["depth_usd"] == pytest.approx(24e6, rel=2e-3)
        assert found.fit["exponent"] == pytest.approx(exponent, rel=1e-3)
        assert found.rmse < 2e-5


def test_the_depth_moves_the_marginal_price_and_half_of_it_the_mean() -> None:
    """At an exponent of one: a sale that lowers the mean price by 2 % is no depth."""
    at_depth = paid(np.array([24e6]), 24e6, 1.0)[0] / 24e6
    assert at_depth == pytest.approx(np.sqrt(0.98))
    twice = paid(np.array([48e6]), 24e6, 1.0)[0] / 48e6
    assert twice == pytest.approx(0.98)


@pytest.mark.slow
@pytest.mark.parametrize("exponent", [None, 0.95])
def test_errors_are_as_large_as_they_say(exponent: float | None) -> None:
    """Over 60 seeds: mean of z within 4 of its errors, spread of 0.75 to 1.3.

    A right fit fails the mean once in 16,000 sets of seeds; a spread of 16 degrees of
    freedom's t is 1.07, and its error 0.1.
    """
    z: dict[str, list[float]] = {}
    covered = []
    for seed in range(60):
        found = fit_depth(quoted(seed), exponent=exponent).fit
        truth = {"depth_usd": 24e6, "exponent": 0.95}
        for name, one in found.parameters.items():
            z.setdefault(name, []).append((one.value - truth[name]) / one.error)
            covered.append(one.low < truth[name] < one.high)
    for name, scores in z.items():
        spread = np.std(scores)
        assert abs(np.mean(scores)) < 4 * spread / np.sqrt(60), name
        assert 0.75 < spread < 1.3, name
    assert np.mean(covered) > 0.87


@pytest.mark.slow
def test_goodness_passes_the_law_and_fails_another() -> None:
    p_values = [fit_depth(quoted(seed)).fit.goodness.p_value for seed in range(40)]
    # Of 40 uniform numbers more than 8 are below 0.05 once in 3,000 sets.
    assert np.sum(np.asarray(p_values) < 0.05) <= 8
    bent = quoted(1, exponent=1.0)
    # A cliff: beyond 10 MUSD every further dollar brings 70 cents.
    lost = 0.3 * np.maximum(bent.worth - 1e7, 0)
    wrong = QuoteLadder(**{**vars(bent), "proceeds": bent.proceeds - lost})
    assert fit_depth(wrong, largest_fall=0.2).fit.goodness.p_value < 0.01


def test_the_last_quote_and_what_was_left_out_are_stated() -> None:
    ladder = quoted(1)
    found = fit_depth(ladder, largest_fall=0.01)
    used = ladder.fall <= 0.01
    assert found.left_out == np.sum(~used) > 0
    assert found.last_quote_usd == ladder.worth[used].max()
    assert found.last_fall <= 0.01
    assert found.fit.window.observations == used.sum()
    text = "\n".join(found.lines())
    assert f"last quote {found.last_quote_usd:,.0f} USD" in text
    assert "is an extrapolation" in text


def test_what_cannot_be_fitted_says_why() -> None:
    with pytest.raises(CalibrationError, match="has 3 ladders of at least 4 quotes"):
        fit_depth(quoted(1, ladders=3))
    flat = QuoteLadder(**{**vars(quoted(1)), "proceeds": quoted(1).worth})
    with pytest.raises(CalibrationError, match="no quote is down by a basis point"):
        fit_depth(flat)
    other = QuoteLadder(**{**vars(quoted(1)), "quote": "WBTC"})
    with pytest.raises(CalibrationError, match="is quoted in WBTC, and a depth is in"):
        fit_depth(other)


@pytest.mark.parametrize(
    ("asset", "low", "high"),
    [("WETH", 22e6, 26e6), ("WBTC", 6.5e6, 8.2e6), ("wstETH", 20e6, 25e6)],
)
def test_real_quotes_give_half_of_the_sale_whose_mean_price_is_down_by_two_percent(
    shared_data: Path, asset: str, low: float, high: float
) -> None:
    (ladder,) = (
        one
        for one in read_depth(shared_data / "oneinch_quotes_2023" / "quotes.csv.gz")
        if (one.asset, one.quote) == (asset, "USDC")
    )
    found = fit_depth(ladder, exponent=1.0, largest_fall=0.025)
    assert low < found.fit["depth_usd"] < high
    near = (ladder.fall > 0.015) & (ladder.fall < 0.025)
    sale = np.median(ladder.worth[near] * 0.02 / ladder.fall[near])
    assert sale == pytest.approx(2 * found.fit["depth_usd"], rel=0.1)
