"""The basis of a peg: exact where it can be, known parameters, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float64
from scipy import stats

from jaxrisk.calibrate import CalibrationError, Estimate, log_basis
from jaxrisk.calibrate._gradient import evaluate
from jaxrisk.calibrate._peg import _refuse_if_too_wide, fit_peg
from jaxrisk.calibrate._peg_law import PegForm, law, levels
from jaxrisk.data import read_prices

from ._recovery import assert_recovered, score
from ._simulate import DT, basis, hours


LAW = {
    "speed": 100.0,
    "volatility": 0.03,
    "intensity": 40.0,
    "mean": -0.01,
    "sd": 0.006,
}
QUIET = {**LAW, "intensity": 0.0}
PLAIN = PegForm(
    reverts=True, noise=True, jumps=False, outliers=False, level=False, growth=False
)


def _covariance(
    year: Float64[np.ndarray, " time"], speed: float, volatility: float
) -> Float64[np.ndarray, "time time"]:
    """Of a basis that starts at zero."""
    apart = np.abs(year[:, None] - year[None])
    total = year[:, None] + year[None]
    decay = np.exp(-speed * apart) - np.exp(-speed * total)
    return volatility**2 * decay / (2 * speed)


def test_the_filter_is_exact_for_a_normal_basis() -> None:
    """Irregular times and noise: the likelihood is that of one normal vector."""
    draw = np.random.default_rng(1)
    year = np.append(0.0, np.cumsum(draw.exponential(2e-3, 30)))
    value = 0.01 * draw.normal(size=31)
    speed, volatility, noise = 80.0, 0.05, 0.003
    data = {"year": year, "basis": value, "unit": np.ones(3)}
    at = np.log([speed, volatility, noise])
    found = evaluate(law(PLAIN), at, data)
    kept = np.exp(-speed * year)
    spread = _covariance(year, speed, volatility) + noise**2 * np.outer(kept, kept)
    spread = spread[1:, 1:] + noise**2 * np.eye(30)
    factor = np.linalg.cholesky(spread)
    white = np.linalg.solve(factor, value[1:] - value[0] * kept[1:])
    exact = stats.norm.logpdf(white).sum() - np.log(np.diag(factor)).sum()
    assert found.sum() == pytest.approx(exact, rel=1e-9)
    first = stats.norm.cdf(value[1], value[0] * kept[1], np.sqrt(spread[0, 0]))
    assert evaluate(levels(PLAIN), at, data)[0] == pytest.approx(first)


def test_a_spike_is_noise_and_a_step_is_a_jump() -> None:
    """The same move: it is the next observation that tells."""
    form = PegForm(
        reverts=True, noise=True, jumps=True, outliers=True, level=False, growth=False
    )
    at = {
        "log_speed": np.log(50.0),
        "log_volatility": np.log(0.01),
        "log_noise": np.log(5e-4),
        "log_odds": np.log(0.01),
        "log_outlier": np.log(0.02),
        "log_intensity": np.log(1.0),
        "mean": 0.0,
        "log_sd": np.log(0.02),
    }
    never = {**at, "log_odds": -40.0}
    spike = np.where(np.arange(40) == 20, -0.03, 0.0)
    step = np.where(np.arange(40) >= 20, -0.03, 0.0)

    def likelihood(
        figures: dict[str, float], value: Float64[np.ndarray, " hour"]
    ) -> float:
        data = {"year": DT * np.arange(40.0), "basis": value, "unit": np.ones(8)}
        point = np.array([figures[name] for name in form.names])
        return float(evaluate(law(form), point, data).sum())

    # Without outliers a spike is two jumps, each of a chance of 1e-4 an hour.
    assert likelihood(at, spike) - likelihood(never, spike) > 5
    assert abs(likelihood(at, step) - likelihood(never, step)) < 1.5


def test_every_parameter_comes_back_within_its_error() -> None:
    fit = fit_peg(hours(4000), basis(2, 4000, LAW, noise=0.001), subject=("A", "USD"))
    truth = {**LAW, "noise": 0.001}
    scores = {name: score(fit.parameters[name], value) for name, value in truth.items()}
    assert all(abs(value) < 4 for value in scores.values()), scores
    assert fit.goodness.p_value > 1e-3
    assert fit.window.step_seconds == 3600
    assert "outlier_share" not in fit.parameters


@pytest.mark.slow
def test_errors_are_as_large_as_they_say() -> None:
    fits = [
        fit_peg(hours(5000), basis(seed, 5000, LAW, noise=0.001), subject=("A", "USD"))
        for seed in range(20)
    ]
    assert_recovered(fits, {**LAW, "noise": 0.001})


@pytest.mark.slow
def test_noise_that_is_not_allowed_for_looks_like_speed() -> None:
    """Hourly noise of a tenth of a percent: a hundredfold speed without its term."""
    value = basis(3, 5000, QUIET, noise=0.001)
    fit = fit_peg(hours(5000), value, subject=("A", "USD"))
    assert abs(score(fit.parameters["speed"], QUIET["speed"])) < 4
    share = np.sum(value[1:] * value[:-1]) / np.sum(value[:-1] ** 2)
    assert -np.log(share) / DT > 4 * QUIET["speed"]
    none = fit.parameters["intensity"]
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(3 / (4999 * DT))


@pytest.mark.slow
def test_bad_quotes_are_no_jumps() -> None:
    value = basis(4, 5000, QUIET, noise=0.0005, outliers=(0.01, 0.01))
    fit = fit_peg(hours(5000), value, subject=("A", "USD"))
    assert fit["intensity"] == 0
    assert abs(score(fit.parameters["outlier_share"], 0.01)) < 4
    assert abs(score(fit.parameters["speed"], QUIET["speed"])) < 4


@pytest.mark.slow
def test_level_and_growth_come_back() -> None:
    count = 5000
    rate = 0.02 + 0.035 * DT * np.arange(count)
    value = basis(5, count, QUIET, noise=0.0005) + rate
    fit = fit_peg(hours(count), value, subject=("A", "B"), growth=True)
    # The level is that at the first observation.
    assert abs(score(fit.parameters["level"], 0.02)) < 4
    assert abs(score(fit.parameters["growth"], 0.035)) < 4
    assert fit.parameters["growth"].error < 0.01
    assert fit["floor"] == pytest.approx(
        np.exp(np.min(value - fit["level"] - fit["growth"] * DT * np.arange(count)))
    )
    assert fit.parameters["floor"].low == 0


@pytest.mark.slow
def test_a_basis_that_wanders_is_refused() -> None:
    """At five percent by construction: four of twenty is met once in 60 seeds."""
    wandering = {**QUIET, "speed": 0.0}
    refused = 0
    for seed in range(20):
        value = basis(100 + seed, 1500, wandering, noise=0.0005)
        try:
            fit_peg(hours(1500), value, subject=("A", "USD"))
        except CalibrationError as error:
            refused += "does not return" in str(error)
    assert refused > 16


@pytest.mark.slow
def test_one_basis_that_wanders_is_refused() -> None:
    value = basis(7, 1500, {**QUIET, "speed": 0.0}, noise=0.0005)
    with pytest.raises(CalibrationError, match="does not return within the window"):
        fit_peg(hours(1500), value, subject=("A", "USD"))


def test_few_and_standing_observations_are_refused() -> None:
    with pytest.raises(CalibrationError, match="there are 99 observations"):
        fit_peg(hours(99), np.zeros(99), subject=("A", "USD"))
    coarse = np.round(basis(8, 500, QUIET), 2)
    with pytest.raises(CalibrationError, match="more than half of the moves are zero"):
        fit_peg(hours(500), coarse, subject=("A", "USD"))


def test_the_reference_is_read_between_its_prices(tmp_path: Path) -> None:
    """At half past the hour it is the geometric mean; beside a gap there is none."""
    reference = tmp_path / "B.csv"
    reference.write_text(
        "time,price\n"
        "2021-01-01T00:00:00,100\n"
        "2021-01-01T01:00:00,121\n"
        "2021-01-01T02:00:00,121\n"
        "2021-01-01T05:00:00,121\n"
    )
    pegged = tmp_path / "A.csv"
    pegged.write_text(
        "time,price\n"
        "2020-12-31T23:30:00,110\n"
        "2021-01-01T00:30:00,110\n"
        "2021-01-01T02:00:00,133.1\n"
        "2021-01-01T03:30:00,133.1\n"
        "2021-01-01T05:30:00,133.1\n"
    )
    (one,), (other,) = read_prices(pegged), read_prices(reference)
    time, value = log_basis(one, other)
    expected = np.array(["2021-01-01T00:30", "2021-01-01T02:00"], "datetime64[ns]")
    np.testing.assert_array_equal(time, expected)
    np.testing.assert_allclose(value, [0, np.log(1.1)], atol=1e-12)
    time, value = log_basis(one)
    np.testing.assert_allclose(value, np.log(one.price))


@pytest.mark.parametrize(("seen", "refused"), [(0.002, True), (0.006, False)])
def test_jumps_that_undo_each_other_are_refused(seen: float, refused: bool) -> None:
    """A hundred jumps of 1 % a year, at a speed of 50: a basis of 1 %."""
    figures = {"speed": 50.0, "volatility": 0.01, "intensity": 100.0, "sd": 0.01}
    estimates = {
        name: Estimate.positive(value, 0.1 * value, "")
        for name, value in figures.items()
    }
    data = {
        "year": np.linspace(0, 1, 1000),
        "basis": np.random.default_rng(9).normal(0, seen, 1000),
    }
    if not refused:
        _refuse_if_too_wide(estimates, data, "A")
        return
    with pytest.raises(CalibrationError, match="undo each other"):
        _refuse_if_too_wide(estimates, data, "A")
