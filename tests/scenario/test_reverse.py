"""Reverse stress: sizes known in closed form, intervals, and what cannot be found."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jaxrisk.engine import _programs
from jaxrisk.risk._estimate import normal
from jaxrisk.scenario import Reversed, ScenarioError, reverse
from jaxrisk.scenario._reverse import PRECISION, Point, _crossing

from .markets import ALONE, BONUS, COLLATERAL, DEBT, PATHS, PRICE, SEED, market


# As alone, with draws: numbers differ, and the program is the same.
UNSURE = (*ALONE, "assets.WETH.volatility=2")


def size_of(fall: float, unit: float) -> float:
    """How many falls by `unit` make one by `fall`."""
    return math.log1p(-fall) / math.log1p(-unit)


def asked(*overrides: str, name: str = "drop_10", **how: Any) -> Reversed:  # noqa: ANN401
    """A reverse stress of a small market."""
    settings = {"loss": 2e5, "paths": PATHS, "seed": SEED, **how}
    return reverse(market(*overrides), name, **settings)


def asked_alone(loss: float, **how: Any) -> Reversed:  # noqa: ANN401
    """Of one account at prices that stand still but for the scenario."""
    return asked(*ALONE, loss=loss, **how)


@pytest.mark.parametrize("loss", [1e3, 2e5, 1e6])
@pytest.mark.parametrize(("name", "unit"), [("drop_10", 0.1), ("drop_30", 0.3)])
def test_a_size_known_in_closed_form(loss: float, name: str, unit: float) -> None:
    """What is left after the bonus pays the rest of the debt.

    So a fall x costs D - C (1 - x) / (1 + b).
    """
    found = asked_alone(loss, name=name, most=20.0)
    exact = size_of(1 - (DEBT - loss) * (1 + BONUS) / (COLLATERAL * PRICE), unit)
    assert exact <= found.size * (1 + 1e-9)
    assert found.size <= exact * (1 + 1.01 * PRECISION)
    # All paths are one, so that nothing is uncertain.
    assert found.low == found.size == found.high
    fall = 100 * ((1 - unit) ** found.size - 1)
    assert found.words["size"] == f"WETH {fall:+.4g} %"
    assert found.falls == ()


@pytest.mark.parametrize("measure", ["var", "es"])
def test_measures_of_what_is_certain_are_one(measure: str) -> None:
    one, other = asked_alone(2e5, measure=measure, level=0.5), asked_alone(2e5)
    assert one.size == other.size


def test_a_probability_is_reached_where_the_account_is_short() -> None:
    fall = 1 - DEBT * (1 + BONUS) / (COLLATERAL * PRICE)
    found = asked_alone(0.5, measure="probability")
    assert found.size == pytest.approx(size_of(fall, 0.1), rel=1.1 * PRECISION)


def test_the_largest_size_may_not_be_enough() -> None:
    found = asked_alone(1.4e6, most=2.0)
    assert math.isinf(found.size)
    assert found.at.size == 2.0
    assert found.words == {"most": "WETH -19 %"}


def test_there_may_be_nothing_to_do() -> None:
    short = "book.accounts=[{account: a, collateral: {WETH: 1}, debt: {USDC: 2400}}]"
    found = asked(*ALONE, short, loss=100.0)
    assert (found.size, found.low, found.high) == (0.0, 0.0, 0.0)
    assert len(found.points) == 1


def test_the_interval_is_where_the_interval_of_the_loss_is() -> None:
    found = asked(*UNSURE, name="drop_30", loss=2e5)
    assert found.low < found.size < found.high
    by_size = {point.size: point.loss for point in found.points}
    assert by_size[found.low].high >= 2e5 > found.points[0].loss.high
    assert by_size[found.high].low >= 2e5
    assert by_size[found.size].value >= 2e5
    # A size nearer by the precision is not enough.
    below = [size for size in by_size if size < found.size]
    assert by_size[max(below)].value < 2e5


@pytest.mark.slow
def test_more_paths_are_more_certain() -> None:
    few, many = (
        asked(*UNSURE, name="drop_30", loss=2e5, paths=paths) for paths in (64, 1024)
    )
    assert many.high - many.low < 0.5 * (few.high - few.low)
    assert few.low < many.size < few.high


def test_all_sizes_run_in_one_program() -> None:
    asked_alone(1.0, name="drop_10", most=1e-3)
    known = set(_programs._COMPILED)
    assert len(asked_alone(3e5, name="crash").points) > 10
    assert set(_programs._COMPILED) == known


def point(size: float, loss: float) -> Point:
    """A size that was tried."""
    return Point(size, normal(loss, 0.0), 0)


def test_a_larger_size_that_costs_less_is_told() -> None:
    losses = {0.0: 0.0, 1.0: 5.0, 2.0: 3.0, 3.0: 3.0, 4.0: 12.0}
    found = Reversed(
        scenario="x",
        measure="mean",
        level=0.99,
        target=10.0,
        size=4.0,
        low=4.0,
        high=4.0,
        most=4.0,
        points=tuple(point(*pair) for pair in losses.items()),
        words={},
        paths=2,
    )
    assert found.falls == ((1.0, 2.0),)


@pytest.mark.parametrize(
    ("loss", "exact"),
    [
        (lambda size: size, 3.0),
        (lambda size: 100.0 * (size >= 0.7), 0.7),
        # The first of two crossings that the equal steps can tell apart.
        (lambda size: 6 * np.sin(size), math.asin(0.5)),
        (lambda size: 2.0 + 0 * size, math.inf),
        (lambda size: 3.0 + size, 0.0),
    ],
)
def test_the_first_size_that_is_enough(
    loss: Callable[[float], float], exact: float
) -> None:
    found = _crossing(lambda size: float(loss(size)), 3.0, 10.0)
    assert found == pytest.approx(exact, rel=1.1 * PRECISION)
    assert math.isinf(found) or loss(found) >= 3.0


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"loss": 0.0}, "a loss is above zero"),
        ({"loss": math.inf}, "a loss is above zero"),
        ({"loss": 2.0, "measure": "probability"}, "a probability at most 1"),
        ({"name": "nothing"}, "there is no such scenario"),
    ],
)
def test_a_question_that_has_no_answer_is_refused(
    how: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ScenarioError, match=reason):
        asked(*ALONE, **how)
