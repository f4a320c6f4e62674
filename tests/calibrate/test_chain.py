"""The chain behind returns, against sums over all ways through it."""

import itertools

import numpy as np
import pytest

from jaxrisk.calibrate._chain import Chain, rates_of, smooth
from jaxrisk.config._build_prices import _regimes
from jaxrisk.config._market_model import RegimesConfig
from jaxrisk.process import TwoRegimes


STEPS = 8
HOUR = 1 / 8760
# The fourth step comes after two that are missing.
ELAPSED = np.array([1, 1, 1, 3, 1, 1, 1, 1]) * 0.01
CHAIN = Chain((20.0, 35.0), ELAPSED)
LOG_DENSITY = np.random.default_rng(2).normal(0, 1.5, (2, STEPS))


def log_chance(chain: Chain, way: tuple[int, ...]) -> float:
    """Of a way through the regimes, with the returns."""
    value = np.log(chain.share if way[0] else 1 - chain.share)
    for step in range(1, STEPS):
        turn = (chain.leave if way[step - 1] else chain.enter)[step]
        value += np.log(turn if way[step] != way[step - 1] else 1 - turn)
    return float(value + sum(LOG_DENSITY[way[t], t] for t in range(STEPS)))


def ways() -> tuple[np.ndarray, np.ndarray]:
    every = list(itertools.product((0, 1), repeat=STEPS))
    return np.array(every), np.exp([log_chance(CHAIN, way) for way in every])


def test_likelihood_and_chances_are_sums_over_all_ways() -> None:
    every, chance = ways()
    found = smooth(CHAIN, LOG_DENSITY)
    assert found.log_density.sum() == pytest.approx(np.log(chance.sum()))
    weight = chance / chance.sum()
    assert found.stress == pytest.approx(weight @ every)
    turned = weight @ ((every[:, :-1] == 0) & (every[:, 1:] == 1))
    assert found.calm_to_stress == pytest.approx(turned)
    stayed = weight @ ((every[:, :-1] == 1) & (every[:, 1:] == 1))
    assert found.stress_to_stress == pytest.approx(stayed)


def test_slopes_by_rates_are_slopes() -> None:
    def value(logs: np.ndarray) -> float:
        enter, leave = np.exp(logs).tolist()
        return float(
            smooth(Chain((enter, leave), ELAPSED), LOG_DENSITY).log_density.sum()
        )

    at, step = np.log(CHAIN.rates), 1e-5
    slopes = [
        (value(at + move) - value(at - move)) / (2 * step) for move in step * np.eye(2)
    ]
    assert CHAIN.slopes(smooth(CHAIN, LOG_DENSITY)) == pytest.approx(slopes, rel=1e-5)


def test_densities_that_underflow_are_no_harm() -> None:
    far = smooth(CHAIN, LOG_DENSITY - 2_000)
    near = smooth(CHAIN, LOG_DENSITY)
    assert far.stress == pytest.approx(near.stress)
    assert far.log_density == pytest.approx(near.log_density - 2_000)


def test_chances_of_a_step_are_those_of_the_engine() -> None:
    settings = RegimesConfig(enter_stress_per_year=400, leave_stress_per_year=900)
    engine = _regimes(settings, dt=HOUR, dtype=np.dtype(np.float32))
    assert isinstance(engine, TwoRegimes)
    chain = Chain((400.0, 900.0), np.full(2, HOUR))
    assert chain.enter[0] == pytest.approx(float(engine.enter), rel=1e-6)
    assert chain.leave[0] == pytest.approx(float(engine.leave), rel=1e-6)


def test_rates_are_found_again_from_chances() -> None:
    chain = Chain((400.0, 900.0), np.full(2, HOUR))
    rates = rates_of(float(chain.enter[0]), float(chain.leave[0]), HOUR)
    assert rates == pytest.approx((400.0, 900.0))


def test_a_missing_step_is_two_steps_of_the_chain() -> None:
    one = Chain((400.0, 900.0), np.full(1, HOUR))
    two = Chain((400.0, 900.0), np.full(1, 2 * HOUR))
    enter = one.enter * (1 - one.leave) + (1 - one.enter) * one.enter
    assert two.enter == pytest.approx(enter)
