"""Other methods, other limits and shadow prices agree with what is known."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from jaxrisk.optimize._check import check
from jaxrisk.optimize._evidence import compared, shadow_prices, side_steps
from jaxrisk.optimize._frontier import frontier, limited_to
from jaxrisk.optimize._search import Effort
from jaxrisk.optimize._solve import Solution, solve
from jaxrisk.optimize._state import SearchState

from .problems import SIGMA, one_reserve, put


EFFORT = Effort(1000, 32_000, seed=11)
PATHS, SEED = 100_000, 2**40
PROBLEM = one_reserve("mean", put(0.8))


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solve(PROBLEM, EFFORT, PROBLEM.domain.now[None])


def test_evolution_finds_the_same_point_with_ten_times_the_runs(
    solution: Solution,
) -> None:
    pytest.importorskip("cma")
    found = check(PROBLEM, EFFORT, solution, "cma", points=5, paths=PATHS, seed=SEED)
    np.testing.assert_allclose(found.candidate.point, 0.8, rtol=0.01)
    assert found.gain[0] < 0.01
    assert found.share < 0.1


def test_a_grid_finds_its_best_cell(solution: Solution) -> None:
    fine = dataclasses.replace(
        PROBLEM,
        domain=dataclasses.replace(
            PROBLEM.domain, low=np.array([0.75]), high=np.array([0.83])
        ),
    )
    found = check(fine, EFFORT, solution, "grid", points=9, paths=PATHS, seed=SEED)
    assert found.candidate.point[0] == pytest.approx(0.8, abs=0.0101)
    assert found.runs == 9 * EFFORT.most_paths


def test_the_shadow_price_is_the_slope_of_the_optimum_in_its_limit() -> None:
    point = np.array([0.8])
    (price,) = shadow_prices(PROBLEM, point, paths=PATHS, seed=SEED)
    # The put's slope is the probability of loss; 1 % of the limit buys that much.
    probability = stats.norm.cdf((np.log(0.8) + SIGMA**2 / 2) / SIGMA)
    expected = 0.01 * put(0.8) / probability
    assert price.binds
    assert price.gain[0] == pytest.approx(expected, abs=3 * price.gain[1])
    assert price.gain[1] < 0.05 * expected
    far = limited_to(PROBLEM, "mean", 10 * put(0.8))
    assert not shadow_prices(far, point, paths=PATHS, seed=SEED)[0].binds


def test_differences_are_paired_and_steps_to_the_side_are_judged() -> None:
    point = np.array([0.8])
    changes = {
        each.name: each for each in compared(PROBLEM, point, paths=PATHS, seed=SEED)
    }
    mean = changes["mean"]
    assert mean.difference[0] == pytest.approx(put(0.8) - put(0.5), rel=0.05)
    assert mean.difference[1] <= mean.proposed[1] + 1e-12
    down, up = side_steps(PROBLEM, point, np.array([0.01]), paths=PATHS, seed=SEED)
    assert (down.value, up.value) == pytest.approx((0.79, 0.81))
    assert down.excess[0] < 0 < up.excess[0]
    assert up.objective == pytest.approx((0.01, 0.0))
    edge = side_steps(
        PROBLEM, np.array([0.99]), np.array([0.01]), paths=PATHS, seed=SEED
    )[1]
    assert edge.broken == ("x0 is out of bounds",)


def test_the_frontier_rises_with_its_limit_and_is_resumed() -> None:
    aims = (0.7, 0.75, 0.8)
    kept: list[tuple[SearchState, ...]] = []
    given = (PROBLEM, EFFORT, "mean", [put(x) for x in aims], PROBLEM.domain.now)
    found = frontier(*given, paths=PATHS, seed=SEED, kept=kept.append)
    np.testing.assert_allclose([knot.point[0] for knot in found], aims, rtol=0.015)
    assert [knot.objective[0] for knot in found] == sorted(
        knot.objective[0] for knot in found
    )
    half = next(each for each in kept if len(each) == 2)
    again = frontier(*given, paths=PATHS, seed=SEED, states=half)
    assert again == found
