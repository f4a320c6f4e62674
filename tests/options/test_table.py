"""The table of deltas: against the sum of every option's, and its laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array
from scipy.special import ndtr

from jaxrisk.options import (
    AbstractMove,
    AbstractSurface,
    DeltaTable,
    FlatSurface,
    OptionBook,
    RawSvi,
    StickyDelta,
    StickyStrike,
    SviSurface,
    black76_delta,
)


SPOT, STEPS, DT = 2000.0, 24, 1 / 8760
BOUND = 1e-4
"""Of the sum of positions without sign: what the table's docstring promises."""
STRIKE = StickyStrike()
SURFACE = SviSurface(
    np.array([24, 720]) * DT,
    (
        RawSvi(a=0.0005, b=0.012, rho=-0.2, m=0.0, s=0.03),
        RawSvi(a=0.02, b=0.08, rho=-0.3, m=0.02, s=0.15),
    ),
)


def book_of(seed: int, expiries: tuple[int, ...] = (6, 24, 200)) -> OptionBook:
    """Sixty options at random."""
    size = 60
    rng = np.random.default_rng(seed)
    return OptionBook(
        strike=SPOT * np.exp(rng.normal(0, 0.1, size)),
        expiry=rng.choice(expiries, size) * DT,
        is_call=rng.random(size) < 0.5,
        position=rng.normal(0, 100, size),
    )


def table_of(
    book: OptionBook,
    surface: AbstractSurface = SURFACE,
    move: AbstractMove = STRIKE,
    levels: tuple[float, ...] = (1.0,),
    dtype: str = "float64",
) -> DeltaTable:
    return DeltaTable.of(
        [book],
        [surface],
        [move],
        spot=np.array([SPOT]),
        steps=STEPS,
        dt=DT,
        levels=np.array(levels),
        dtype=dtype,
    )


def direct(
    book: OptionBook,
    surface: AbstractSurface,
    move: AbstractMove,
    step: int,
    log_price: np.ndarray,
    level: float = 1.0,
) -> np.ndarray:
    """Sum of Black-76 deltas, an option at a time."""
    total = np.zeros(log_price.size)
    for strike, expiry, is_call, position in zip(
        book.strike, book.expiry, book.is_call, book.position, strict=True
    ):
        left = expiry - step * DT
        if left <= 1e-12:
            continue
        moneyness = np.log(np.array([strike]) / SPOT)
        times = np.array([expiry])
        moved = move.volatility(surface, moneyness, times, log_price, step * DT)
        one = black76_delta(
            jnp.asarray(SPOT * np.exp(log_price)),
            jnp.asarray(np.array([strike])),
            jnp.asarray(np.array([left])),
            jnp.asarray(moved.value[0] * level),
            jnp.asarray(np.array([is_call])),
        )
        total += position * np.asarray(one)
    return total


def at(
    table: DeltaTable, step: int, log_price: np.ndarray, level: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    dtype = table.values.dtype
    x = jnp.asarray(log_price, dtype)[None]
    value, slope = jax.jit(DeltaTable.at)(
        table, jnp.asarray(step), x, jnp.full_like(x, np.log(level))
    )
    assert value.dtype == slope.dtype == dtype
    return np.asarray(value[0]), np.asarray(slope[0])


@pytest.mark.parametrize(
    "move", [StickyStrike(), StickyStrike(1.2), StickyDelta(), StickyDelta(0.5)]
)
@pytest.mark.parametrize("step", [0, 5, 22, 23])
def test_the_table_is_the_sum_of_deltas(move: AbstractMove, step: int) -> None:
    """At spots drawn between the nodes; steps 5 and 23 are one before an expiry."""
    with jax.enable_x64(True):
        book = book_of(1)
        table = table_of(book, move=move)
        x = np.random.default_rng(2).uniform(-0.15, 0.15, 2000)
        found = at(table, step, x)[0]
        expected = direct(book, SURFACE, move, step, x)
        size = np.abs(book.position).sum()
        assert np.abs(found - expected).max() < BOUND * size
        # It is no better than it has to be: the bound is one.
        assert np.abs(expected).max() > 50 * BOUND * size


@pytest.mark.parametrize("move", [StickyStrike(1.2), StickyDelta(0.5)])
def test_at_nodes_the_slope_is_that_of_the_sum(move: AbstractMove) -> None:
    with jax.enable_x64(True):
        book = book_of(3)
        table = table_of(book, move=move)
        x = (table.nodes.start + 100 * table.nodes.spacing).__array__()
        x = x + np.arange(0, 60, 7) * table.nodes.spacing.item()
        step = 1e-6
        up, down = (direct(book, SURFACE, move, 10, x + d) for d in (step, -step))
        slope = at(table, 10, x)[1]
        np.testing.assert_allclose(slope, (up - down) / (2 * step), rtol=1e-5, atol=0.1)


def test_one_option_a_step_before_its_expiry() -> None:
    """The worst of the bound: a deviation of two spacings."""
    with jax.enable_x64(True):
        one = OptionBook(
            np.array([SPOT]), np.array([6 * DT]), np.array([True]), np.ones(1)
        )
        flat = FlatSurface(0.7)
        table = table_of(one, flat)
        x = np.linspace(-0.05, 0.05, 5001)
        found = at(table, 5, x)[0]
        error = np.abs(found - direct(one, flat, StickyStrike(), 5, x)).max()
        assert 1e-6 < error < BOUND


def test_an_expiry_inside_of_a_step_is_smoothed_and_bounded() -> None:
    one = OptionBook(
        np.array([SPOT]), np.array([5.0001 * DT]), np.array([True]), np.ones(1)
    )
    table = table_of(one, FlatSurface(0.7), dtype="float32")
    x = np.linspace(-0.05, 0.05, 501)
    found, slope = at(table, 5, x)
    floor = 2 * table.nodes.spacing.item()
    np.testing.assert_allclose(found, ndtr(x / floor + floor / 2), atol=BOUND)
    assert slope.max() < 0.41 / floor


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("levels", [(1.0,), (0.5, 1.0, 2.0)])
def test_the_slope_is_the_gradient(dtype: str, levels: tuple[float, ...]) -> None:
    with jax.enable_x64(dtype == "float64"):
        table = table_of(book_of(4), levels=levels, dtype=dtype)
        x = jnp.linspace(-0.6, 0.6, 997, dtype=dtype)[None]
        level = jnp.full_like(x, 0.2)

        def value(x: Array) -> Array:
            return table.at(jnp.asarray(7), x, level)[0]

        slope = table.at(jnp.asarray(7), x, level)[1]
        tight = 1e-9 if dtype == "float64" else 2e-4
        forward = jax.jvp(value, (x,), (jnp.ones_like(x),))[1]
        backward = jax.vjp(value, x)[1](jnp.ones_like(x))[0]
        scale = float(jnp.abs(slope).max())
        assert scale > 100
        np.testing.assert_allclose(forward, slope, atol=tight * scale)
        np.testing.assert_allclose(backward, slope, atol=tight * scale)


def test_float32_is_as_good_as_its_digits() -> None:
    book = book_of(5)
    x = np.random.default_rng(6).uniform(-0.15, 0.15, 500)
    single = at(table_of(book, dtype="float32"), 11, x)[0]
    with jax.enable_x64(True):
        double = at(table_of(book), 11, x)[0]
    size = np.abs(book.position).sum()
    np.testing.assert_allclose(single, double, atol=2e-6 * size)


def test_outside_of_the_nodes_delta_is_constant() -> None:
    table = table_of(book_of(7), dtype="float32")
    last = -table.nodes.start.item()
    value, slope = at(table, 3, np.array([-9.0, -last - 0.01, last + 0.01, 9.0]))
    ends = np.asarray(table.values[0, 3, 0][jnp.array([0, 0, -1, -1]), 0])
    np.testing.assert_array_equal(value, ends)
    np.testing.assert_array_equal(slope, 0)


def test_expired_options_count_no_more() -> None:
    """Expiry at the end of step 6: in the slot of 6 steps elapsed there is nothing."""
    table = table_of(book_of(8, expiries=(6,)), dtype="float32")
    held = np.abs(np.asarray(table.values)).max(axis=(0, 2, 3, 4))
    assert (held[:6] > 0).all()
    np.testing.assert_array_equal(held[6:], 0)


def test_a_level_multiplies_every_volatility() -> None:
    with jax.enable_x64(True):
        book = book_of(9)
        table = table_of(book, move=StickyDelta(), levels=(1.0, 2.0, 4.0))
        x = np.linspace(-0.1, 0.1, 301)
        size = np.abs(book.position).sum()
        found = {level: at(table, 4, x, level)[0] for level in (0.5, 1, 2, 3, 4, 9)}
        for level in (1, 2, 4):
            expected = direct(book, SURFACE, StickyDelta(), 4, x, level)
            assert np.abs(found[level] - expected).max() < BOUND * size
        share = np.log(1.5) / np.log(2)
        between = (1 - share) * found[2] + share * found[4]
        np.testing.assert_allclose(found[3], between, atol=1e-9 * size)
        np.testing.assert_array_equal(found[0.5], found[1])
        np.testing.assert_array_equal(found[9], found[4])


def test_a_book_of_nothing_has_no_delta() -> None:
    none = book_of(10)
    none = OptionBook(none.strike, none.expiry, none.is_call, np.zeros(60))
    for book in (OptionBook.empty(), none):
        np.testing.assert_array_equal(table_of(book, dtype="float32").values, 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_long_a_call_and_short_a_put_is_the_underlying(dtype: str) -> None:
    book = book_of(11)
    both = OptionBook(
        strike=np.tile(book.strike, 2),
        expiry=np.full(120, 200 * DT),
        is_call=np.repeat([True, False], 60),
        position=np.concatenate([np.full(60, 3.0), np.full(60, -3.0)]),
    )
    values = table_of(both, dtype=dtype).values
    np.testing.assert_array_equal(values[..., 0], 180)
    np.testing.assert_array_equal(values[..., 1], 0)


def test_dealers_have_their_own_books_and_nodes() -> None:
    books = [book_of(12), book_of(13, expiries=(24,))]
    surfaces, moves = [SURFACE, FlatSurface(1.5)], [StickyStrike(), StickyDelta(1.0)]
    both = DeltaTable.of(
        books,
        surfaces,
        moves,
        spot=np.array([SPOT, SPOT]),
        steps=STEPS,
        dt=DT,
        levels=np.ones(1),
    )
    x = np.linspace(-0.1, 0.1, 50)
    value = both.at(
        jnp.asarray(9),
        jnp.asarray(np.stack([x, x]), "float32"),
        jnp.zeros((2, 50), "float32"),
    )[0]
    assert value.shape == (2, 50)
    with jax.enable_x64(True):
        for row in range(2):
            expected = direct(books[row], surfaces[row], moves[row], 9, x)
            size = np.abs(books[row].position).sum()
            assert np.abs(np.asarray(value[row]) - expected).max() < BOUND * size


@pytest.mark.parametrize("levels", [(), (0.0, 1.0), (2.0, 1.0), (1.0, 2.0, 3.0)])
def test_levels_that_do_not_rise_by_one_ratio_are_refused(
    levels: tuple[float, ...],
) -> None:
    with pytest.raises(ValueError, match="must be above zero and rise by one ratio"):
        table_of(book_of(14), levels=levels)


def test_parts_that_differ_in_number_are_refused() -> None:
    with pytest.raises(ValueError, match="1 books, 1 surfaces, 1 moves and 2 spots"):
        DeltaTable.of(
            [book_of(15)],
            [SURFACE],
            [StickyStrike()],
            spot=np.array([1.0, 2.0]),
            steps=1,
            dt=DT,
            levels=np.ones(1),
        )
