"""Dynamic collateral factors: the formula, its clip, speed and notice."""

from collections.abc import Iterator
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.policy import (
    AtRisk,
    DynamicFactors,
    FixedConcentration,
    ImpliedVolatility,
    ListedFactors,
    LiveConcentration,
    NoForecast,
    RealisedVolatility,
    largest,
)
from tests.policy.by_hand import DT, column, listing, of, sight


INF = float("inf")


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def factors(**changes: Any) -> DynamicFactors:  # noqa: ANN401
    """Three reserves; the first follows its volatility, the second its depth."""
    whole: dict[str, Any] = {
        "base": of([1.0, 1.0, 0.98]),
        "on_volatility": of([0.2, 0.0, 0.0]),
        "calm": of([0.8, 0.8, 0.8]),
        "on_depth": of([0.0, 2.0, 0.0]),
        "on_concentration": of([0.0, 0.0, 0.5]),
        "floor": of([0.7, 0.7, 0.7]),
        "cap": of([1.0, 1.0, 1.0]),
        "speed": of([INF, INF, INF]),
        "volatility": RealisedVolatility(start=of([0.8, 0.5]), memory=of([0.5, 0.5])),
        "concentration": FixedConcentration(of([0.3, 0.3, 0.1])),
        "forecast": NoForecast(),
        "listing": listing(),
        "notice": 0,
        "new_only": False,
    }
    return DynamicFactors(**(whole | changes))


def path_of(
    rule: DynamicFactors, returns: list[float], depth: tuple[float, float] = (0.0, 0.0)
) -> np.ndarray:
    """Factors in force after each of these returns of the first asset."""
    state, _ = rule.init(column(100.0, 1.0))
    price, found = 100.0, []
    for move in returns:
        price *= np.exp(move)
        seen = sight(column(price, 1.0), depth=depth)
        state, factor = rule.advance(state, seen, of(DT))
        found.append(np.asarray(factor)[:, 0])
    return np.array(found)


def test_every_term_of_the_formula() -> None:
    move = 0.1
    variance = 0.5 * 0.64 + 0.5 * move**2 * 365
    first = 1 - 0.2 * (np.sqrt(variance) - 0.8)
    found = path_of(factors(), [move], depth=(0.4, 0.05))[0]
    assert np.allclose(found, [first, 1 - 2 * 0.05, 0.98 - 0.5 * 0.1], rtol=1e-12)


def test_calm_markets_leave_the_base() -> None:
    still = factors(on_concentration=of([0.0, 0.0, 0.0]))
    assert np.array_equal(path_of(still, [0.0] * 3), [[1.0, 1.0, 0.98]] * 3)


def test_a_notice_delays_and_changes_nothing_else() -> None:
    returns = [0.1, -0.3, 0.0, 0.2, 0.05]
    at_once, later = path_of(factors(), returns), path_of(factors(notice=2), returns)
    assert np.array_equal(later[2:], at_once[:-2])
    assert np.array_equal(later[:2], [[1.0, 1.0, 0.98]] * 2)


def test_the_speed_limit_holds_to_the_target() -> None:
    slow = factors(speed=of([0.02, 0.02, 0.02]))
    found = path_of(slow, [0.3, 0.0, 0.0], depth=(0.0, 0.03))
    assert np.allclose(found[:, 1], [0.98, 0.96, 0.94])
    assert np.allclose(found[:, 2], [0.96, 0.94, 0.93])


@settings(max_examples=25)
@given(
    returns=st.lists(st.floats(-0.5, 0.5), min_size=5, max_size=5),
    slope=st.floats(0, 5),
    speed=st.floats(0, 0.2),
    notice=st.integers(0, 2),
)
def test_factors_stay_within_their_clip_and_their_speed(
    returns: list[float], slope: float, speed: float, notice: int
) -> None:
    rule = factors(on_volatility=of([slope] * 3), speed=of([speed] * 3), notice=notice)
    found = np.vstack([[1.0, 1.0, 0.98], path_of(rule, returns)])
    assert (found >= 0.7).all()
    assert (found <= 1.0).all()
    assert (np.abs(np.diff(found, axis=0)) <= speed + 1e-15).all()


def test_implied_volatility_is_the_level_of_the_dealers() -> None:
    rule = factors(
        volatility=ImpliedVolatility(start=of([0.9, 0.5]), underlying=(0, -1)),
        on_volatility=of([0.2, 0.2, 0.2]),
    )
    state, _ = rule.init(column(100.0, 1.0))
    seen = sight(column(1.0, 1.0), level=float(np.log(1.5)))
    _, factor = rule.advance(state, seen, of(DT))
    # Of the second asset .50 is below the .80 that is called calm.
    assert np.allclose(factor[:, 0], [1 - 0.2 * (1.35 - 0.8), 1.0, 0.93])


def test_what_a_forecast_fall_would_liquidate_is_taken_off() -> None:
    ahead = AtRisk(slope=of([0.4, 0.4, 0.4]), deviations=of(2.0), horizon=of(0.01))
    volatility = column(0.8, 0.5)
    # A fall of 2 x .8 x .1; the test's own market puts half of that at risk.
    assert np.allclose(
        ahead.loss(sight(column(1.0, 1.0)), volatility),
        0.4 * 0.16 * column(0.5, 0.25, 0.0),
    )


def test_the_largest_accounts_and_what_is_left_of_them() -> None:
    collateral = np.array([[30.0, 0.0], [10.0, 8.0], [60.0, 8.0]])
    members = np.array([1.0, 1.0, 4.0])
    held = largest(collateral, members, count=2)
    assert np.allclose(held, [[30.0, 0.0], [0.0, 8.0], [15.0, 2.0]])
    live = LiveConcentration(held=of(held[:1] / 100), account=(0,))
    seen = eqx.tree_at(lambda at: at.left, sight(column(1.0, 1.0)), column(0.5))
    assert np.allclose(live.share(seen), column(0.15, 0.0))


def test_every_coefficient_has_a_slope() -> None:
    returns = [0.05, -0.08]

    def last(rule: DynamicFactors) -> jax.Array:
        state, _ = rule.init(column(100.0, 1.0))
        factor = jnp.zeros((3, 1))
        for move in returns:
            seen = sight(column(100.0 * np.exp(move), 1.0), depth=(0.02, 0.02))
            state, factor = rule.advance(state, seen, of(DT))
        return factor.sum()

    names = ("base", "on_volatility", "calm", "on_depth", "on_concentration")
    rule = factors(cap=of([2.0, 2.0, 2.0]))

    def along(values: dict[str, jax.Array]) -> jax.Array:
        changed = [values[name] for name in names]
        return last(
            eqx.tree_at(lambda at: [getattr(at, name) for name in names], rule, changed)
        )

    at = {name: getattr(rule, name) for name in names}
    slopes = jax.grad(along)(at)
    for name in names:
        up, down = ({**at, name: at[name] + by} for by in (1e-6, -1e-6))
        bump = float(along(up) - along(down)) / 2e-6
        assert bump != 0, name
        assert float(slopes[name].sum()) == pytest.approx(bump, rel=1e-5)


def test_listed_factors_have_no_rows() -> None:
    rule = ListedFactors()
    assert not rule.moves
    assert rule.advance((), sight(column(1.0, 1.0)), of(DT))[1].shape == (0, 1)
