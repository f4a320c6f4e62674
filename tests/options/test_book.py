"""Option books: what dealers have, as an assumed share of what is open."""

import numpy as np
import pytest

from jaxrisk.options import OptionBook


STRIKE = np.array([90.0, 100.0, 110.0])
EXPIRY = np.array([0.1, 0.1, 0.2])
IS_CALL = np.array([False, True, True])
OPEN = np.array([5.0, 7.0, 11.0])


def test_dealers_are_long_the_calls_and_short_the_puts_of_the_assumption() -> None:
    book = OptionBook.from_open_interest(
        STRIKE, EXPIRY, IS_CALL, OPEN, call_share=0.5, put_share=-1.0
    )
    np.testing.assert_array_equal(book.position, [-5.0, 3.5, 5.5])
    share = np.array([0.1, 0.2, 0.3])
    by_option = OptionBook.from_open_interest(
        STRIKE, EXPIRY, IS_CALL, OPEN, call_share=share, put_share=-share
    )
    np.testing.assert_allclose(by_option.position, [-0.5, 1.4, 3.3])


def test_a_book_without_options_has_none() -> None:
    assert OptionBook.empty().strike.size == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"strike": np.zeros(3)}, "strike of option 0 is 0.0"),
        ({"expiry": np.array([0.1, -0.1, 0.2])}, "expiry of option 1 is -0.1"),
        ({"position": np.array([1.0, 2.0, np.nan])}, "position of option 2 is nan"),
        ({"position": np.ones(2)}, "3 of is_call, 2 of position"),
    ],
)
def test_a_book_of_wrong_numbers_is_refused(
    changed: dict[str, np.ndarray], sentence: str
) -> None:
    given = {
        "strike": STRIKE,
        "expiry": EXPIRY,
        "is_call": IS_CALL,
        "position": OPEN,
    } | changed
    with pytest.raises(ValueError, match=sentence):
        OptionBook(**given)


def test_open_interest_and_shares_of_the_wrong_sign_or_size_are_refused() -> None:
    def make(opened: np.ndarray, call: float, put: float) -> None:
        OptionBook.from_open_interest(
            STRIKE, EXPIRY, IS_CALL, opened, call_share=call, put_share=put
        )

    with pytest.raises(ValueError, match=r"open_interest of option 0 is -5\.0"):
        make(-OPEN, 0.0, 0.0)
    with pytest.raises(ValueError, match=r"call_share is 1\.5: dealers cannot be long"):
        make(OPEN, 1.5, 0.0)
    with pytest.raises(ValueError, match="put_share is nan"):
        make(OPEN, 0.0, float("nan"))
