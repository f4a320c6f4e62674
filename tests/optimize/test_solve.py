"""Problems with a known optimum: what is recommended, and how it ends."""

import dataclasses

import numpy as np
import pytest
from scipy import optimize, stats

from jaxrisk.optimize._domain import Points
from jaxrisk.optimize._measures import Measure, limited
from jaxrisk.optimize._problem import Limit, Problem, Rows
from jaxrisk.optimize._search import Effort, search, started
from jaxrisk.optimize._solve import Verdict, best_so_far, solve, starts_of
from jaxrisk.optimize._state import SearchState

from .problems import LENT, SIGMA, Positions, domain, one_reserve, put


EFFORT = Effort(1000, 32_000, iterations=60, seed=5)


def _quantile(level: float, sigma: float) -> float:
    """Of a lognormal price of mean one."""
    return float(np.exp(sigma * stats.norm.ppf(level) - sigma**2 / 2))


def _shortfall(x: float) -> float:
    """Mean of (x - price)+ over the worst 1 %, all of which lose."""
    shares = (np.arange(20_000) + 0.5) / 2e6
    return float(np.mean(x - np.exp(SIGMA * stats.norm.ppf(shares) - SIGMA**2 / 2)))


@pytest.mark.parametrize(
    ("measure", "most"),
    [
        ("mean", put(0.8)),
        ("es99", _shortfall(0.8)),
        ("probability", stats.norm.cdf((np.log(0.8) + SIGMA**2 / 2) / SIGMA)),
        ("lar99", 0.8 - _quantile(0.01, SIGMA)),
    ],
)
@pytest.mark.parametrize("seed", [5, 6000])
def test_the_optimum_of_one_reserve_is_found_within_a_percent(
    measure: str, most: float, seed: int
) -> None:
    problem = one_reserve(measure, most)
    effort = dataclasses.replace(EFFORT, seed=seed, most_paths=128_000)
    found = solve(problem, effort, problem.domain.now[None])
    assert found.verdict is Verdict.OPTIMUM
    np.testing.assert_allclose(found.best.point, 0.8, rtol=0.01)
    fresh = problem.read(found.best.point[None], paths=400_000, seed=99)[0]
    assert fresh.value[1] < most + 3 * fresh.error[1] + 0.02 * most


class _Unlike(Positions):
    """Two reserves of which the second is wilder."""

    def drawn(self, points: Points, *, paths: int, seed: int) -> Rows:
        """Losses of both together."""
        sigma = np.array([0.2, 0.35])[:, None]
        draws = np.random.default_rng(seed).standard_normal((2, paths))
        price = np.exp(sigma * draws - sigma**2 / 2)
        lost = np.maximum(points[:, :, None] - price, 0)
        return {"bad_debt": np.einsum("r,krp->kp", np.array(self.sizes), lost)}


def test_the_optimum_of_two_separable_reserves_is_found_within_a_percent() -> None:
    # Each dollar lent adds the probability that it is lost: both have the same.
    limit = 0.05

    def excess(share: float) -> float:
        return (
            put(_quantile(share, 0.2), 0.2)
            + 2 * put(_quantile(share, 0.35), 0.35)
            - limit
        )

    share = optimize.root_scalar(excess, bracket=(1e-4, 0.5)).root
    problem = Problem(
        domain((0.5, 0.5)),
        _Unlike(sizes=(1.0, 2.0)),
        ((LENT, 1.0),),
        (Limit(limited("mean"), limit),),
        confidence=0.5,
    )
    effort = dataclasses.replace(EFFORT, most_paths=128_000)
    found = solve(problem, effort, problem.domain.now[None])
    expected = [_quantile(share, 0.2), _quantile(share, 0.35)]
    np.testing.assert_allclose(found.best.point, expected, rtol=0.01)


@pytest.mark.slow
def test_a_limit_holds_in_truth_at_the_asked_confidence() -> None:
    most, broken = put(0.8), 0
    problem = dataclasses.replace(one_reserve("mean", most), confidence=0.95)
    for seed in range(100):
        effort = Effort(500, 4000, iterations=40, seed=seed * 2**24)
        found = solve(problem, effort, problem.domain.now[None])
        broken += put(float(found.best.point[0])) > most
    assert broken <= 5


def test_an_optimum_on_a_bound_is_there_and_named() -> None:
    problem = one_reserve("mean", put(0.8), high=0.7)
    found = solve(problem, EFFORT, problem.domain.now[None])
    assert found.best.point[0] == pytest.approx(0.7, abs=1e-9)
    assert [words for words, _ in problem.domain.touched(found.best.point)] == [
        "x0 at its most"
    ]


def test_limits_that_exclude_each_other_are_infeasible_at_the_least_violation() -> None:
    problem = one_reserve("mean", put(0.6), low=0.7)
    problem = dataclasses.replace(
        problem, limits=(*problem.limits, Limit(limited("liquidated"), put(0.98)))
    )
    found = solve(problem, EFFORT, problem.domain.now[None])
    assert found.verdict is Verdict.INFEASIBLE
    assert found.best.point[0] == pytest.approx(0.7, abs=1e-3)
    assert found.best.excess[0] > 0 > found.best.excess[1]


def test_a_start_beyond_the_limits_is_led_back() -> None:
    problem = one_reserve("mean", put(0.8))
    found = solve(problem, EFFORT, np.array([[0.97]]))
    assert found.verdict is Verdict.OPTIMUM
    np.testing.assert_allclose(found.best.point, 0.8, rtol=0.01)


def test_a_flat_objective_is_told_and_nothing_moves() -> None:
    problem = one_reserve("mean", put(0.8))
    nothing = Measure("fees", "fees", "what nobody pays")
    problem = dataclasses.replace(problem, objective=((nothing, 1.0),))
    found = solve(problem, EFFORT, problem.domain.now[None])
    assert found.verdict is Verdict.FLAT
    assert found.best.point == pytest.approx(problem.domain.now)


class _Broken(Positions):
    """Where nothing is finite above 0.7."""

    def drawn(self, points: Points, *, paths: int, seed: int) -> Rows:
        """No path counts where one point is beyond."""
        rows = super().drawn(points, paths=paths, seed=seed)
        return {k: v[:, :0] if points.max() > 0.7 else v for k, v in rows.items()}


def test_candidates_that_are_not_finite_are_left_behind() -> None:
    problem = dataclasses.replace(one_reserve("mean", put(0.8)), sampler=_Broken())
    found = solve(problem, EFFORT, problem.domain.now[None])
    assert found.verdict is Verdict.OPTIMUM
    assert 0.6 < found.best.point[0] <= 0.7
    all_over = dataclasses.replace(problem, domain=domain((0.9,), low=0.8))
    assert solve(all_over, EFFORT, np.array([[0.9]])).verdict is Verdict.NOT_FINITE


def test_a_search_goes_on_from_its_text_to_the_same_end() -> None:
    problem = one_reserve("mean", put(0.8))
    states: list[SearchState] = []
    whole = search(
        problem,
        EFFORT,
        started(problem, EFFORT, problem.domain.now),
        kept=states.append,
    )
    again = search(problem, EFFORT, SearchState.of(states[7].text()))
    assert again.text() == whole.text()
    best = best_so_far(problem, states[:5])
    assert best is not None
    assert best.point == max(step.point for step in states[4].steps)


def test_starts_are_now_and_points_inside() -> None:
    space = domain((0.5, 0.6))
    starts = starts_of(space, 4, seed=1)
    assert starts.shape == (4, 2)
    assert starts[0].tolist() == [0.5, 0.6]
    assert not any(space.broken(each) for each in starts)
