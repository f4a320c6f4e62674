"""Points are moved to the nearest that keeps bounds, orderings and the product rule."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.optimize._domain import Ordering, Product

from .problems import domain


# Loan-to-value, threshold, bonus.
BUFFER = Ordering("below the threshold", np.array([1.0, -1.0, 0.0]), -0.02)
HEALS = Product("a liquidation raises health", 1, 2, 1.0)
SPACE = dataclasses.replace(
    domain((0.7, 0.8, 0.05), low=0.0, high=1.5), orderings=(BUFFER,), products=(HEALS,)
)
SHARES = st.floats(-1.0, 2.5)


@given(st.tuples(SHARES, SHARES, SHARES))
@settings(max_examples=200, deadline=None)
def test_the_nearest_point_keeps_every_rule(point: tuple[float, ...]) -> None:
    found = SPACE.nearest(np.maximum(np.array(point), -0.5))
    assert (found >= -1e-12).all()
    assert (found <= 1.5 + 1e-12).all()
    assert found[0] - found[1] <= -0.02 + 1e-6
    assert found[1] * (1 + found[2]) <= 1 + 1e-6


def test_a_point_inside_stays() -> None:
    assert SPACE.nearest(SPACE.now) == pytest.approx(SPACE.now, abs=1e-12)


def test_an_ordering_moves_both_sides_alike() -> None:
    space = dataclasses.replace(SPACE, products=())
    found = space.nearest(np.array([0.82, 0.78, 0.05]))
    assert found == pytest.approx([0.79, 0.81, 0.05], abs=1e-9)


def test_what_is_touched_has_an_outward_normal() -> None:
    words = dict(SPACE.touched(np.array([0.78, 0.8, 0.05])))
    assert set(words) == {"below the threshold"}
    assert words["below the threshold"] == pytest.approx(BUFFER.row)


def test_what_breaks_a_rule_is_named() -> None:
    assert SPACE.broken(np.array([0.98, 0.99, 0.05])) == [
        "below the threshold",
        "a liquidation raises health",
    ]
    assert SPACE.broken(np.array([2.0, 0.9, 0.0]))[0] == "x0 is out of bounds"
