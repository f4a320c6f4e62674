"""Central differences against functions whose derivative is known."""

from collections.abc import Callable

import numpy as np
import pytest

from jaxrisk.sensitivity._measures import Losses, measures, scores
from jaxrisk.sensitivity._sample import Sample
from jaxrisk.sensitivity._tail import Tail
from jaxrisk.sensitivity._tally import Bumps, Tally


PATHS = 4000
Shifted = Callable[[float], np.ndarray]
SIZE = np.random.default_rng(3).exponential(1e6, PATHS)
SIZE[: PATHS // 2] = 0.0


def losses(bad_debt: np.ndarray) -> Losses:
    """Paths that all count."""
    return Losses(bad_debt, 2 * bad_debt, np.ones(bad_debt.size, bool))


def sample(*names: str, bad_debt: np.ndarray = SIZE) -> Sample:
    counted = np.ones(bad_debt.size, bool)
    tails = {
        each.name: Tail.of(bad_debt, counted, each.level)
        for each in measures(names)
        if each.level is not None
    }
    return Sample(bad_debt.size, 1, measures(names), tails)


def tallied(what: Sample, function: Shifted, half: float, *, down: float = 1) -> Tally:
    """Both pairs of a loss that is `function` of a shift."""
    tally = Tally(what, Bumps((down * half, half), ()))
    pairs = [
        (losses(function(-down * h)), losses(function(h))) for h in (half, half / 2)
    ]
    tally.push(pairs)
    return tally


def test_a_straight_line_is_exact_with_either_width() -> None:
    found = tallied(sample("mean", "liquidated"), lambda x: SIZE * (1 + x), 0.1)
    derivative = found.derivative()
    mean = SIZE.mean()
    assert derivative.value == pytest.approx([mean, 2 * mean])
    assert derivative.method.tolist() == ["bump"] * derivative.method.size
    assert derivative.standard_error[0] == pytest.approx(
        SIZE.std(ddof=1) / np.sqrt(PATHS)
    )
    assert derivative.changed.tolist() == [PATHS // 2] * 2


def test_a_cubic_is_extrapolated_to_its_slope() -> None:
    """The wide pair alone is off by h^2 = 25 %."""

    def cubic(x: float) -> np.ndarray:
        return SIZE * (1 + x + 100 * x**3)

    derivative = tallied(sample("mean"), cubic, 0.05).derivative()
    assert derivative.method.tolist() == ["extrapolated"]
    assert derivative.value == pytest.approx([SIZE.mean()])


def test_where_one_side_is_out_of_bounds_a_parabola_is_exact() -> None:
    def parabola(x: float) -> np.ndarray:
        return SIZE * (1 + x + 10 * x**2)

    derivative = tallied(sample("mean"), parabola, 0.1, down=0.0).derivative()
    assert derivative.method.tolist() == ["extrapolated"]
    assert derivative.value == pytest.approx([SIZE.mean()])


def test_a_bias_that_one_width_hides_is_in_its_error() -> None:
    """Without extrapolation on all paths, its size is added to the noise."""

    def cubic(x: float) -> np.ndarray:
        return SIZE * (1 + x + 100 * x**3)

    tally = tallied(sample("mean"), cubic, 0.05)
    # More paths with the wide pair alone.
    tally.push([(losses(cubic(-0.05)), losses(cubic(0.05)))])
    derivative = tally.derivative()
    assert derivative.method.tolist() == ["bump"] * derivative.method.size
    bias = derivative.value[0] - SIZE.mean()
    assert bias == pytest.approx(0.25 * SIZE.mean())
    assert derivative.standard_error[0] > 0.99 * bias


def test_the_slope_of_a_shortfall_is_the_mean_slope_beyond_its_value_at_risk() -> None:
    """If all losses grow in proportion so does the shortfall."""
    at_risk = float(np.quantile(SIZE, 0.9, method="inverted_cdf"))
    what = sample("es90")
    derivative = tallied(what, lambda x: SIZE * (1 + x), 1e-6).derivative()
    shortfall = scores(what.measures, losses(SIZE), what.at_risk).mean()
    tail = SIZE[at_risk <= SIZE]
    assert shortfall == pytest.approx(tail.mean(), rel=1e-3)
    assert derivative.value[0] == pytest.approx(shortfall, rel=2e-3)


def test_a_path_that_fails_in_one_run_is_left_out_of_all() -> None:
    what, bumps = sample("mean"), Bumps((0.1, 0.1), ())
    broken = losses(SIZE * 1.1)
    broken.bad_debt[0], broken.counted[0] = np.nan, False
    tally = Tally(what, bumps)
    tally.push([(losses(SIZE * 0.9), broken)])
    derivative = tally.derivative()
    assert derivative.paths == PATHS - 1
    assert derivative.value[0] == pytest.approx(SIZE[1:].mean())


def test_unknown_measures_are_named() -> None:
    with pytest.raises(ValueError, match="there is no measure es4"):
        measures(["mean", "es4"])
    assert measures(["es999"])[0].level == 0.999


def test_the_error_of_a_shortfall_knows_that_its_value_at_risk_is_an_estimate() -> None:
    """Losses X + x X^2 of exponential X: the slope is c^2 + 2c + 2 beyond c.

    Without what the value at risk adds the spread of the scores is above 1.8.
    """
    chance, scores_of = np.random.default_rng(4), []
    at_risk = np.log(1 / 0.05)
    slope = at_risk**2 + 2 * at_risk + 2
    for _ in range(300):
        size = chance.exponential(1, 4000)
        what = sample("es95", bad_debt=size)
        tally = tallied(what, lambda x, size=size: size + x * size**2, 1e-4)
        found = tally.derivative()
        scores_of.append((found.value[0] - slope) / found.standard_error[0])
    assert abs(np.mean(scores_of)) < 0.2
    assert 0.85 < np.std(scores_of) < 1.2
