"""Common and own jumps: the law, known parameters, and what is not there."""

import numpy as np
import pytest
from jaxtyping import Float64
from scipy import stats

from jaxrisk.calibrate import CalibrationError, Panel
from jaxrisk.calibrate._common_jumps import fit_common_jumps
from jaxrisk.calibrate._common_law import Layout, law, levels, mixing
from jaxrisk.calibrate._gradient import evaluate

from ._recovery import assert_p_values_even, assert_recovered, score
from ._simulate import DT, jumps, panel


COMMON = {"intensity": 60.0, "mean": -0.05, "sd": 0.03}
OWN = {"intensity": 50.0, "mean": -0.02, "sd": 0.08}
BETA = np.array([1.0, 0.8])
VOLATILITY = np.array([0.6, 0.9])
TRUTH = {
    "common_intensity": 60.0,
    "common_mean": -0.05,
    "common_sd": 0.03,
    "beta.B": 0.8,
    "volatility.A": 0.6,
    "volatility.B": 0.9,
    "intensity.B": 50.0,
    "mean.B": -0.02,
    "sd.B": 0.08,
    "correlation.A.B": 0.7,
}


def _market(seed: int, count: int, *, degrees: float | None = None) -> Panel:
    """Two assets, of which the second has jumps of its own."""
    draw = np.random.default_rng(seed)
    shock = np.linalg.cholesky([[1, 0.7], [0.7, 1]]) @ draw.normal(size=(2, count))
    if degrees is not None:
        shock *= np.sqrt((degrees - 2) / draw.chisquare(degrees, count))
    returns = VOLATILITY[:, None] * np.sqrt(DT) * shock
    returns += BETA[:, None] * jumps(draw, count, COMMON)
    returns[1] += jumps(draw, count, OWN)
    return panel(returns)


def _parameters(layout: Layout) -> Float64[np.ndarray, " parameter"]:
    return np.random.default_rng(1).normal(0, 0.3, sum(layout.sizes))


def _data(returns: Float64[np.ndarray, "asset step"]) -> dict[str, np.ndarray]:
    return {
        "returns": returns,
        "scale": np.array([1.0, 2.0, 0.5, 1.0]),
        "years": np.asarray(0.5),
        "unit": np.array([0.7, 1.1, 0.9]),
        "log_weight": np.log([0.3, 0.7]),
        "mixing": np.array([2.0, 0.6]),
    }


def test_the_density_is_that_of_the_sum_written_out() -> None:
    """Every case and node a multivariate normal, by SciPy, without any formula."""
    layout = Layout(3, common=True, own=(0, 2))
    at = _parameters(layout)
    returns = np.random.default_rng(2).normal(size=(3, 4))
    data = _data(returns)
    unit = data["unit"]
    place, volatility = at[:3] * unit, np.exp(at[3:6]) * np.sqrt(0.5)
    rows = np.eye(3)
    rows[np.tril_indices(3, -1)] = at[6:9]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    factor = volatility[:, None] * rows
    rate = 0.5 * np.exp(np.append(at[15], at[9:11]))
    chance = np.append(1.0, rate) / (1 + rate.sum())
    loading = (
        6 * unit * np.array([[0, 0, 0], [1, at[18], at[19]], [1, 0, 0], [0, 0, 1]])
    )
    mean = np.array([0.0, at[16], at[11], at[12]])
    sd = np.array([0.0, *np.exp([at[17], at[13], at[14]])])
    expected = np.zeros(4)
    below = np.zeros((3, 4))
    for step in range(4):
        for case in range(4):
            for weight, mix in zip([0.3, 0.7], data["mixing"], strict=True):
                load = loading[case]
                middle = place + load * mean[case]
                spread = mix * data["scale"][step] ** 2 * factor @ factor.T
                spread = spread + sd[case] ** 2 * np.outer(load, load)
                share = chance[case] * weight
                normal = stats.multivariate_normal(middle, spread)
                expected[step] += share * normal.pdf(returns[:, step])
                deviation = np.sqrt(np.diag(spread))
                below[:, step] += share * stats.norm.cdf(
                    returns[:, step], middle, deviation
                )
    np.testing.assert_allclose(evaluate(law(layout), at, data), np.log(expected))
    np.testing.assert_allclose(evaluate(levels(layout), at, data), below)


@pytest.mark.parametrize(("degrees", "far"), [(2.5, 30.0), (4.0, 30.0), (12.0, 6.0)])
def test_the_nodes_make_a_student_t(degrees: float, far: float) -> None:
    weight, variance = mixing(degrees)
    at = np.array([0.0, 1.0, 3.0, far])
    density = weight @ stats.norm.pdf(at, 0, np.sqrt(variance)[:, None])
    scale = np.sqrt((degrees - 2) / degrees)
    exact = stats.t.pdf(at, degrees, scale=scale)
    np.testing.assert_allclose(density, exact, rtol=0.01)
    # What is lost is of steps that come once in a billion.
    assert weight @ variance == pytest.approx(1, abs=0.03)


def test_every_parameter_comes_back_within_its_error() -> None:
    fit = fit_common_jumps(_market(1, 8760))
    scores = {name: score(fit.parameters[name], value) for name, value in TRUTH.items()}
    # Ten scores beyond four: once in 1,600 seeds.
    assert all(abs(value) < 4 for value in scores.values()), scores
    assert fit["beta.A"] == 1
    assert fit.goodness.p_value > 1e-3
    # The first asset has no jumps of its own: none are found, and few are not excluded.
    none = fit.parameters["intensity.A"]
    assert (none.value, none.low, none.high) == (0, 0, pytest.approx(3.0))
    assert "mean.A" not in fit.parameters


@pytest.mark.slow
def test_errors_are_as_large_as_they_say() -> None:
    fits = [fit_common_jumps(_market(seed, 2 * 8760)) for seed in range(24)]
    assert_recovered(fits, TRUTH)
    assert_p_values_even(fits)


@pytest.mark.slow
def test_errors_are_right_under_fat_tailed_shocks() -> None:
    fits = [
        fit_common_jumps(_market(seed, 8760, degrees=4.0), degrees_of_freedom=4.0)
        for seed in range(20)
    ]
    assert_recovered(fits, TRUTH)
    assert_p_values_even(fits)


def test_assets_without_common_jumps_are_refused() -> None:
    draw = np.random.default_rng(4)
    returns = VOLATILITY[:, None] * np.sqrt(DT) * draw.normal(size=(2, 6000))
    returns[1] += jumps(draw, 6000, OWN)
    with pytest.raises(CalibrationError, match=r"a common source raises|unchanged"):
        fit_common_jumps(panel(returns))


def test_one_asset_has_nothing_in_common() -> None:
    with pytest.raises(CalibrationError, match="need two assets"):
        fit_common_jumps(_market(1, 100).of("A"))
