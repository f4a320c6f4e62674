"""What a book refuses."""

import dataclasses

import numpy as np
import pytest

from jaxrisk.lending._book import Book


def small_book() -> Book:
    return Book(
        account=np.asarray(["ann", "bob"]),
        market=np.asarray([0, 0]),
        category=np.asarray([0, 1]),
        members=np.asarray([1.0, 2.0]),
        collateral=np.asarray([[1.0, 0.0, 2.0], [3.0, 0.0, 0.0]]),
        debt=np.asarray([[0.0, 5.0, 0.0], [0.0, 7.0, 0.0]]),
    )


def test_totals_are_sums_over_accounts() -> None:
    collateral, debt = small_book().totals
    np.testing.assert_array_equal(collateral, [4.0, 0.0, 2.0])
    np.testing.assert_array_equal(debt, [0.0, 12.0, 0.0])


@pytest.mark.parametrize("field", ["members", "collateral", "debt"])
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1.0])
def test_a_number_that_is_not_finite_or_is_negative_is_named(
    field: str, wrong: float
) -> None:
    book = small_book()
    values = getattr(book, field).copy()
    values[(1,) + (0,) * (values.ndim - 1)] = wrong
    with pytest.raises(ValueError, match=f"{field} of account bob is .*finite"):
        dataclasses.replace(book, **{field: values})


def test_a_row_that_stands_for_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="members of account ann is 0"):
        dataclasses.replace(small_book(), members=np.asarray([0.0, 1.0]))


def test_a_name_that_repeats_is_refused() -> None:
    with pytest.raises(ValueError, match="names repeat"):
        dataclasses.replace(small_book(), account=np.asarray(["ann", "ann"]))
