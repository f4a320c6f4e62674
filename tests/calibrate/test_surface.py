"""Raw SVI: recovered from noisy quotes, checked for arbitrage, refused with reason."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError, RawSvi, Smile, fit_smile, fit_surface
from jaxrisk.data.options import OptionChain, read_options
from jaxrisk.data.prices import Source
from jaxrisk.options import host_price


SNAPSHOT = np.datetime64("2026-01-01T08:00", "ns")
QUARTER = np.timedelta64(90, "D")
TRUTH = RawSvi(a=0.01, b=0.12, rho=-0.35, m=0.05, s=0.15)
TICK = 2e-4  # of the forward: what a price is off by


def chain(
    smiles: Mapping[int, RawSvi],
    *,
    seed: int = 0,
    noise: float = 0.0,
    strikes: int = 31,
) -> OptionChain:
    """Puts and calls at every strike, by days to expiry; prices are off by `noise`."""
    rng = np.random.default_rng(seed)
    parts = []
    for days, svi in smiles.items():
        time = days / 365
        # Strikes as wide as the smile: half of the log range is half a deviation.
        deviation = np.sqrt(svi.variance(np.zeros(1)))[0]
        moneyness = np.linspace(-2.0, 2.0, strikes) * deviation
        clean = np.sqrt(svi.variance(moneyness) / time)
        d1 = -moneyness / (clean * np.sqrt(time)) + clean * np.sqrt(time) / 2
        vega = np.exp(-(d1**2) / 2) / np.sqrt(2 * np.pi) * np.sqrt(time)
        found = clean + noise * rng.standard_normal(strikes) / vega
        for is_call in (False, True):
            parts.append((days, moneyness, found, np.full(strikes, is_call)))
    days = np.concatenate([np.full(part[1].size, part[0]) for part in parts])
    strike = 5e4 * np.exp(np.concatenate([part[1] for part in parts]))
    volatility = np.concatenate([part[2] for part in parts])
    is_call = np.concatenate([part[3] for part in parts])
    forward = np.full(days.size, 5e4)
    price = host_price(forward, strike, days / 365, volatility, is_call)
    return OptionChain(
        asset="BTC",
        source=Source(Path("made-up"), "deribit_snapshot"),
        quoted=np.full(days.size, SNAPSHOT),
        expiry=SNAPSHOT + days * np.timedelta64(24, "h"),
        strike=strike,
        is_call=is_call,
        mark=price / forward,
        volatility=volatility,
        open_interest=np.ones(days.size),
        forward=forward,
        delta=np.full(days.size, np.nan),
        left_out=0,
    )


def fitted(*, seed: int = 0, noise: float = 0.0, strikes: int = 31) -> Smile:
    made = chain({90: TRUTH}, seed=seed, noise=noise, strikes=strikes)
    return fit_smile(made, SNAPSHOT + QUARTER)


def test_without_noise_every_parameter_is_found() -> None:
    smile = fitted()
    assert smile.rmse < 1e-7
    assert asdict(smile.svi) == pytest.approx(asdict(TRUTH), rel=1e-3)
    at = np.linspace(-0.4, 0.4, 9)
    np.testing.assert_allclose(smile.svi.variance(at), TRUTH.variance(at), rtol=1e-5)
    assert smile.fit.window.start == smile.fit.window.end == SNAPSHOT
    assert smile.fit.window.observations == smile.moneyness.size


@pytest.mark.slow
def test_errors_are_as_large_as_they_say() -> None:
    """Over 80 seeds: mean of z within 4 of its errors, spread of 0.75 to 1.35.

    A right fit fails a mean once in 16,000 sets of seeds; the spread of a t of 26
    degrees of freedom is 1.04, and its error 0.08.
    """
    z: dict[str, list[float]] = {}
    covered = []
    for seed in range(80):
        for name, one in fitted(seed=seed, noise=TICK).fit.parameters.items():
            truth = asdict(TRUTH)[name]
            z.setdefault(name, []).append((one.value - truth) / one.error)
            covered.append(one.low < truth < one.high)
    for name, scores in z.items():
        spread = np.std(scores)
        assert abs(np.mean(scores)) < 4 * spread / np.sqrt(80), name
        assert 0.75 < spread < 1.35, name
    assert np.mean(covered) > 0.88


def test_residuals_of_noise_pass_and_residuals_of_another_smile_fail() -> None:
    p_values = [fitted(seed=n, noise=TICK).fit.goodness.p_value for n in range(30)]
    # The test is conservative: of 30 more than 6 are below 0.05 once in 2,000 sets.
    assert np.sum(np.asarray(p_values) < 0.05) <= 6
    bumpy = chain({90: TRUTH})
    wave = 0.01 * np.sin(12 * np.log(bumpy.strike / bumpy.forward))
    other = replace(bumpy, volatility=bumpy.volatility + wave)
    assert fit_smile(other, SNAPSHOT + QUARTER).fit.goodness.p_value < 0.01


def test_a_smile_that_pays_for_butterflies_is_named() -> None:
    """Gatheral and Jacquier's example of Vogt: raw SVI with a negative density."""
    vogt = RawSvi(a=-0.0410, b=0.1331, rho=0.3060, m=0.3586, s=0.4153)
    at = np.linspace(-1.5, 1.5, 301)
    assert vogt.density_factor(at).min() == pytest.approx(-0.05, abs=0.05)
    assert vogt.density_factor(at).min() < 0 < TRUTH.density_factor(at).min()


def test_total_variance_that_falls_with_time_is_named() -> None:
    later = RawSvi(**{**asdict(TRUTH), "a": 0.0})
    surface = fit_surface(chain({90: TRUTH, 180: later}))
    (sentence,) = surface.arbitrage()
    assert "2026-04-01 to 2026-06-30: total variance falls by 0.01, a" in sentence
    rising = RawSvi(**{**asdict(TRUTH), "a": 0.04})
    assert fit_surface(chain({90: TRUTH, 180: rising})).arbitrage() == []


def test_an_expiry_of_too_few_quotes_is_refused_and_the_others_are_not() -> None:
    few, many = chain({30: TRUTH}, strikes=5), chain({90: TRUTH})
    joined = {
        name: np.concatenate([value, vars(many)[name]])
        for name, value in vars(few).items()
        if isinstance(value, np.ndarray)
    }
    both = replace(few, **joined)
    surface = fit_surface(both)
    assert len(surface.smiles) == 1
    (reason,) = surface.refused.values()
    assert "BTC 2026-01-31 has 5 quotes out of the money" in reason
    assert "Leave the expiry out" in reason
    assert reason in surface.lines()
    with pytest.raises(CalibrationError, match="has 5 quotes"):
        fit_surface(few)


def test_the_error_in_volatility_points_is_that_of_the_noise() -> None:
    smile = fitted(seed=3, noise=TICK, strikes=61)
    clean = np.sqrt(TRUTH.variance(smile.moneyness) / smile.time)
    noise = np.sqrt(np.mean((smile.volatility - clean) ** 2))
    assert smile.rmse == pytest.approx(noise, rel=0.25)


def test_real_smiles_are_fitted_to_half_a_volatility_point(shared_data: Path) -> None:
    """Expiries beyond two weeks; nearer ones have quotes minutes or ticks apart."""
    path = sorted((shared_data / "deribit_2026").glob("deribit_options_*.csv.gz"))[0]
    for one in read_options(path):
        surface = fit_surface(one)
        assert surface.rmse < 0.006
        far = [smile for smile in surface.smiles if smile.time > 14 / 365]
        assert len(far) >= 6
        assert max(smile.rmse for smile in far) < 0.006
