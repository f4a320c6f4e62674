"""GARCH through the library arch."""

import builtins

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError, Panel, fit_garch

from .markets import HOURS_PER_YEAR, panel, z_scores


TRUTH = {
    "volatility": 0.006 * np.sqrt(HOURS_PER_YEAR),
    "alpha": 0.06,
    "beta": 0.92,
    "degrees_of_freedom": 5.0,
}


def clustered(seed: int, *, steps: int = 5_000, alpha: float = 0.06) -> Panel:
    random = np.random.default_rng(seed)
    shocks = random.standard_t(5, steps + 500) * np.sqrt(3 / 5)
    variance, returns = 1.0, np.empty(steps + 500)
    for step, shock in enumerate(shocks):
        returns[step] = np.sqrt(variance) * shock
        variance = 0.02 + alpha * returns[step] ** 2 + (0.98 - alpha) * variance
    return panel(0.006 * returns[None, 500:])


def test_parameters_are_found_within_their_errors() -> None:
    """Fails for a right fit once in 300 sets of seeds."""
    fits = [fit_garch(clustered(seed), "A") for seed in range(20)]
    scores = np.array([z_scores(fit, TRUTH) for fit in fits])
    assert np.abs(scores).max() < 4.5
    assert np.abs(scores.mean(axis=0)).max() < 3 / np.sqrt(20)
    assert 0.6 < scores.std(axis=0).min() <= scores.std(axis=0).max() < 1.5
    assert 0.3 < np.mean([fit.goodness.p_value for fit in fits]) < 0.8


def test_volatility_is_in_the_units_of_the_package() -> None:
    market = clustered(1)
    doubled = Panel(market.assets, market.end, 2 * market.returns, 3600.0)
    one, two = fit_garch(market, "A"), fit_garch(doubled, "A")
    assert two["volatility"] == pytest.approx(2 * one["volatility"], rel=1e-4)
    shift = market.end.size * np.log(2)
    assert two.log_likelihood == pytest.approx(one.log_likelihood - shift, abs=0.01)


def test_clustering_of_another_kind_is_found() -> None:
    market = clustered(1)
    night = np.where(np.arange(market.end.size) % 24 < 8, 0.3, 1.0)
    daily = Panel(market.assets, market.end, market.returns * night, 3600.0)
    assert fit_garch(daily, "A").goodness.p_value < 1e-6


def test_volatility_that_never_returns_is_infinite() -> None:
    random = np.random.default_rng(3)
    level = np.exp(np.cumsum(random.normal(0, 0.08, 5_000)))
    found = fit_garch(panel(0.001 * (level * random.normal(size=5_000))[None]), "A")
    assert found["volatility"] == np.inf
    assert found["alpha"] + found["beta"] == pytest.approx(1, abs=1e-4)


def test_without_the_library_the_remedy_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def absent(name: str, *args: object, **others: object) -> object:
        if name == "arch":
            raise ImportError(name)
        return real(name, *args, **others)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(CalibrationError, match=r"pip install 'jaxrisk\[calibration\]'"):
        fit_garch(clustered(1, steps=100), "A")
