"""Laws of every venue, and of what they leave behind."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.venue import (
    AbstractVenue,
    ConstantProductVenue,
    InfiniteVenue,
    PowerLawVenue,
    StableSwapVenue,
    build_venues,
)


DOUBLE = np.dtype(np.float64)
MID = 20.0
DEPTH = 5e4  # tokens of every pool, so that one range of trades suits all of them


def one(value: float) -> np.ndarray:
    """The parameter of a single venue."""
    return np.array([value])


def product(fee: float = 0.0) -> ConstantProductVenue:
    """A pool at its initial price."""
    return ConstantProductVenue(
        quote_reserve=jnp.asarray(one(DEPTH * MID)),
        initial_price=jnp.asarray(one(MID)),
        fee=jnp.asarray(one(fee)),
    )


def power(exponent: float) -> PowerLawVenue:
    """An order book that a tenth of the depth moves by 2 % if linear."""
    return PowerLawVenue(
        depth=jnp.asarray(one(DEPTH * MID)),
        move_at_depth=jnp.asarray(one(0.2)),
        exponent=jnp.asarray(one(exponent)),
    )


def stable(fee: float = 0.0) -> StableSwapVenue:
    """An unequal pool."""
    return StableSwapVenue.of(
        one(30.0), one(DEPTH), one(1.3 * DEPTH), one(fee), dtype=DOUBLE
    )


@pytest.fixture(autouse=True)
def _double() -> object:
    """Laws are checked where rounding does not hide them."""
    with jax.enable_x64(True):
        yield


VENUES = {
    "infinite": InfiniteVenue,
    "product": product,
    "linear": lambda: power(1.0),
    "concave": lambda: power(0.6),
    "convex": lambda: power(1.4),
    "stable": stable,
}
FINITE = [name for name in VENUES if name != "infinite"]
every = pytest.mark.parametrize("name", VENUES)
finite = pytest.mark.parametrize("name", FINITE)
few = settings(max_examples=15)
amounts = st.floats(-0.4 * DEPTH, 0.8 * DEPTH)
sales = st.floats(1.0, 0.5 * DEPTH)


def cell(value: float) -> jax.Array:
    """One asset, one path."""
    return jnp.full((1, 1), value)


@jax.jit
def moved(venue: AbstractVenue, inventory: jax.Array) -> jax.Array:
    """Displacement at the mid price of the tests."""
    return venue.displacement(inventory, jnp.full_like(inventory, MID))


@jax.jit
def paid(venue: AbstractVenue, inventory: jax.Array, sold: jax.Array) -> jax.Array:
    """Proceeds at the mid price of the tests."""
    return venue.proceeds(inventory, sold, jnp.full_like(inventory, MID))


@jax.jit
def fits(venue: AbstractVenue, inventory: jax.Array, move: jax.Array) -> jax.Array:
    """Room at the mid price of the tests."""
    return venue.room(inventory, move, jnp.full_like(inventory, MID))


@every
@few
@given(low=amounts, more=st.floats(0, DEPTH))
def test_selling_never_raises_the_price(name: str, low: float, more: float) -> None:
    venue = VENUES[name]()
    assert moved(venue, cell(low + more)) <= moved(venue, cell(low)) + 1e-15


@every
def test_an_empty_inventory_displaces_nothing(name: str) -> None:
    assert abs(moved(VENUES[name](), cell(0.0))[0, 0]) < 1e-15


@finite
@few
@given(inventory=amounts, sold=st.floats(-0.3 * DEPTH, DEPTH))
def test_room_is_the_inverse_of_displacement(
    name: str, inventory: float, sold: float
) -> None:
    venue = VENUES[name]()
    inventory = max(inventory, -0.3 * DEPTH)
    before, after = moved(venue, cell(inventory)), moved(venue, cell(inventory + sold))
    found = fits(venue, cell(inventory), after - before)
    again = moved(venue, cell(inventory) + found)
    assert np.isclose(again, after, rtol=1e-9, atol=1e-9)


def test_a_venue_without_impact_has_room_for_anything() -> None:
    venue = InfiniteVenue()
    assert fits(venue, cell(3.0), cell(-0.1))[0, 0] == np.inf
    assert fits(venue, cell(3.0), cell(0.1))[0, 0] == -np.inf
    assert paid(venue, cell(3.0), cell(-7.0))[0, 0] == -7 * MID


@every
@few
@given(inventory=amounts, sold=sales)
def test_a_sale_gets_a_price_between_the_first_and_the_last(
    name: str, inventory: float, sold: float
) -> None:
    """And a purchase of the same tokens back costs what they brought, without fees."""
    venue = VENUES[name]()
    price = float(paid(venue, cell(inventory), cell(sold))[0, 0]) / sold / MID
    first = float(np.exp(moved(venue, cell(inventory))[0, 0]))
    last = float(np.exp(moved(venue, cell(inventory + sold))[0, 0]))
    assert last * (1 - 1e-9) <= price <= first * (1 + 1e-9)
    back = paid(venue, cell(inventory + sold), cell(-sold))
    assert np.isclose(-back[0, 0], price * sold * MID, rtol=1e-8)


@every
@few
@given(inventory=amounts, sold=sales, share=st.floats(0.01, 0.99))
def test_a_split_sale_brings_what_one_sale_does(
    name: str, inventory: float, sold: float, share: float
) -> None:
    """To rounding where the law has an integral; see the next test for power laws."""
    venue = VENUES[name]()
    whole = paid(venue, cell(inventory), cell(sold))
    part = paid(venue, cell(inventory), cell(share * sold))
    rest = paid(venue, cell(inventory + share * sold), cell((1 - share) * sold))
    # The exponential of a mean is not the mean of exponentials: second order in g.
    tolerance = 0.05 if isinstance(venue, PowerLawVenue) else 2e-6
    assert np.isclose(part + rest, whole, rtol=tolerance)


@few
@given(inventory=st.floats(0, DEPTH), sold=sales)
def test_a_power_law_sale_is_worse_than_its_parts_by_second_order_only(
    inventory: float, sold: float
) -> None:
    """Jensen: by at most an eighth of the squared move, for the mean of two halves."""
    venue = power(1.0)
    half = cell(sold / 2)
    whole = paid(venue, cell(inventory), cell(sold))
    parts = paid(venue, cell(inventory), half) + paid(
        venue, cell(inventory) + half, half
    )
    move = moved(venue, cell(inventory + sold)) - moved(venue, cell(inventory))
    assert 0 <= (parts / whole - 1)[0, 0] + 1e-12 <= (move**2 / 8)[0, 0] + 2e-12


@pytest.mark.parametrize("name", ["product", "stable"])
@few
@given(inventory=amounts, sold=sales, fee=st.floats(1e-4, 0.05))
def test_a_round_trip_loses_the_fee(
    name: str, inventory: float, sold: float, fee: float
) -> None:
    venue = {"product": product, "stable": stable}[name](fee)
    brought = paid(venue, cell(inventory), cell(sold))
    back = paid(venue, cell(inventory + sold), cell(-sold))
    assert brought + back < 0
    assert brought <= paid(VENUES[name](), cell(inventory), cell(sold)) * (1 - fee / 2)


@few
@given(inventory=amounts, sold=sales, fee=st.floats(0, 0.05))
def test_the_product_of_a_pool_never_falls_and_grows_with_the_fee(
    inventory: float, sold: float, fee: float
) -> None:
    """Reserves after a sale, fee left in the pool; and after a purchase."""
    tokens, quote = DEPTH + inventory, DEPTH * MID * DEPTH / (DEPTH + inventory)
    before = tokens * quote
    for trade in (sold, -sold / 2):
        out = float(paid(product(fee), cell(inventory), cell(trade))[0, 0])
        if tokens + trade < 0.01 * DEPTH:
            continue
        after = (tokens + trade) * (quote - out)
        assert after >= before * (1 - 1e-12)
        bare = float(paid(product(), cell(inventory), cell(trade))[0, 0])
        if fee > 1e-6:
            assert after > (tokens + trade) * (quote - bare)


@finite
@pytest.mark.parametrize("inventory", [0.0, 1e-9, -1e-9, 0.3 * DEPTH, -0.3 * DEPTH])
def test_gradients_are_finite_and_true(name: str, inventory: float) -> None:
    """At zero inventory too; away from it, they are those of a small difference."""
    venue = VENUES[name]()

    def total(q: jax.Array, n: jax.Array) -> jax.Array:
        return (
            paid(venue, q, n) + moved(venue, q) + fits(venue, q, -0.01 + 0 * q)
        ).sum()

    at = (cell(inventory), cell(0.1 * DEPTH))
    slope = jax.jit(jax.grad(total, argnums=(0, 1)))(*at)
    assert all(np.isfinite(value).all() for value in slope)
    if abs(inventory) > 1:
        bump = 1e-5 * DEPTH
        rise = total(at[0] + bump, at[1]) - total(at[0] - bump, at[1])
        assert np.isclose(slope[0][0, 0], rise / (2 * bump), rtol=1e-4)


@finite
def test_a_trade_of_nothing_pays_nothing_and_has_a_slope(name: str) -> None:
    venue = VENUES[name]()
    assert paid(venue, cell(0.0), cell(0.0))[0, 0] == 0
    slope = jax.grad(lambda n: paid(venue, cell(0.0), n).sum())(cell(0.0))
    assert np.isclose(slope[0, 0], MID, rtol=1e-6)


@finite
def test_a_pool_that_is_bought_out_still_has_a_price(name: str) -> None:
    at = cell(-3 * DEPTH)
    assert np.isfinite(moved(VENUES[name](), at)).all()
    assert np.isfinite(paid(VENUES[name](), at, cell(-DEPTH))).all()


def test_venues_answer_in_the_order_of_the_assets() -> None:
    """Assets of one kind need not stand together."""
    depth = jnp.asarray(np.array([1e6, 2e6]))
    both = PowerLawVenue(
        depth=depth, move_at_depth=0.1 + 0 * depth, exponent=1 + 0 * depth
    )
    venues = build_venues(
        [(both, [2, 0]), (InfiniteVenue(), [1])],
        permanent_share=np.zeros(3),
        resilience=np.zeros(3),
        dt=1.0,
        dtype=DOUBLE,
    )
    state = venues.init(2)
    sold = jnp.full((3, 2), 1e4)
    after = venues.clear(state, sold, jnp.full((3, 2), MID))
    found = venues.displacement(after, jnp.full((3, 2), MID))[:, 0]
    assert np.allclose(found, [-0.1 * 0.1, 0.0, -0.1 * 0.2])


@pytest.mark.parametrize("rows", [[[0, 1], [1]], [[0], [2]], [[1, 0]]])
def test_every_asset_needs_one_venue(rows: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="asset"):
        build_venues(
            [(InfiniteVenue(), indices) for indices in rows],
            permanent_share=np.zeros(2),
            resilience=np.zeros(2),
            dt=1.0,
            dtype=DOUBLE,
        )


@few
@given(sold=st.floats(-0.3 * DEPTH, DEPTH), share=st.floats(0, 1))
def test_impact_is_split_into_what_stays_and_what_fades(
    sold: float, share: float
) -> None:
    venues = build_venues(
        [(power(0.8), [0])],
        permanent_share=one(share),
        resilience=one(np.log(2.0)),
        dt=1.0,
        dtype=DOUBLE,
    )
    after = venues.clear(venues.init(1), cell(sold), cell(MID))
    move = float(moved(power(0.8), cell(sold))[0, 0])
    assert np.isclose(after.permanent[0, 0], share * move)
    assert np.isclose(after.inventory[0, 0], (1 - share) * sold)
    later = venues.relax(after)
    assert np.isclose(later.inventory[0, 0], (1 - share) * sold / 2)
    assert later.permanent[0, 0] == after.permanent[0, 0]
