"""Expressions of a design: arithmetic, and nothing else."""

import numpy as np
import pytest

from jaxrisk.sweep._expression import ExpressionError, computed, names_of


KNOWN = {"a": np.array([1.0, 2.0]), "b.c": np.array([3.0, 5.0])}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a - 0.5", [0.5, 1.5]),
        ("2 * b.c / (a + 1)", [3.0, 10 / 3]),
        ("-a ** 2", [-1, -4]),
        ("min(a, b.c, 1.5)", [1, 1.5]),
        ("max(a, 1.5) + abs(-a)", [2.5, 4]),
        ("sqrt(exp(log(b.c)) ** 2)", [3, 5]),
        ("a < b.c < 4", [True, False]),
        ("not a == 1 or b.c >= 5 and a > 1", [False, True]),
    ],
)
def test_arithmetic_is_done_setting_by_setting(text: str, value: list[float]) -> None:
    np.testing.assert_allclose(np.broadcast_to(computed(text, KNOWN), 2), value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.__class__()",
        "(lambda: 1)()",
        "[a for a in (1,)]",
        "open(a)",
        "a if a else a",
        "'text'",
        "a[0]",
        "a; a",
        "min(a)",
        "sqrt(a, a)",
        "sqrt(x=a)",
        "True",
        "",
        "a +",
        "a" * 2000,
        "(" * 500 + "a" + ")" * 500,
    ],
)
def test_nothing_else_can_be_written(text: str) -> None:
    with pytest.raises(ExpressionError):
        names_of(text)


def test_a_large_power_is_a_number_and_not_a_hang() -> None:
    assert np.isinf(computed("9 ** 9 ** 9 ** 9", {}))


def test_names_are_found_whole() -> None:
    assert names_of("a + b.c * a") == ("a", "b.c")
    with pytest.raises(ExpressionError, match="there is no number d"):
        computed("d", KNOWN)
