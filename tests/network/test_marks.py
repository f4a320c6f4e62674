"""Failures and losses: what is left of what backs an asset, and when."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import Draw, Stream, seed_words
from jaxrisk.network import (
    LEAST,
    Claims,
    ClaimsState,
    FailureSource,
    NoNetwork,
    build_claims,
    build_failures,
    build_spirals,
)


DOUBLE = np.dtype(np.float64)
SINGLE = np.dtype(np.float32)
YEAR = 1.0


def claims(
    *sources: FailureSource,
    receipts: tuple[tuple[int, int], ...] = (),
    dtype: np.dtype = DOUBLE,
) -> Claims:
    """Four assets and three reserves."""
    return build_claims(
        failures=build_failures(sources, assets=4, dtype=dtype),
        spirals=build_spirals((), dtype=dtype),
        receipts=receipts,
        assets=4,
        reserves=3,
        dtype=dtype,
    )


def draw(paths: int, step: int) -> Draw:
    """The numbers of a step."""
    path = jnp.arange(paths, dtype=jnp.uint32)
    return Draw(seed=seed_words(5), path=path, step=jnp.uint32(step))


def left(network: Claims, state: ClaimsState) -> np.ndarray:
    """What still backs every asset [ratio]."""
    nothing = jnp.zeros_like(state.failed)
    return np.exp(np.asarray(network.marked(state, nothing)))


def test_a_source_takes_its_losses_from_all_of_its_assets_at_its_step() -> None:
    """A bridge in step two takes 60 % of one token, and all of another."""
    with jax.enable_x64(True):
        network = claims(FailureSource(losses=((1, 0.6), (3, 1.0)), at=2))
        state, seen = network.init(1), []
        for step in range(4):
            state = network.advance(state, draw(1, step), jnp.float64(0.01))
            seen.append(left(network, state)[:, 0])
    whole, after = [1, 1, 1, 1], [1, 0.4, 1, LEAST]
    np.testing.assert_allclose(seen, [whole, whole, after, after], rtol=1e-12)


@pytest.mark.parametrize(("repeats", "expected"), [(True, 0.9**3), (False, 0.9)])
def test_a_bridge_fails_once_and_validators_again(
    repeats: bool, expected: float
) -> None:
    with jax.enable_x64(True):
        source = FailureSource(losses=((0, 0.1),), hazard=1e3, repeats=repeats)
        network = claims(source)
        state = network.init(5)
        for step in range(3):
            state = network.advance(state, draw(5, step), jnp.float64(YEAR))
        np.testing.assert_allclose(left(network, state)[0], expected, rtol=1e-12)
        backing = network.backing(state, jnp.zeros((4, 5)))
        assert network.claims == (0,)
        np.testing.assert_allclose(backing.lowest[0], expected, rtol=1e-12)
        np.testing.assert_allclose(backing.left[0], expected, rtol=1e-12)


@pytest.mark.parametrize(("hazard", "steps"), [(0.5, 1), (24.0, 8760)])
def test_failures_come_at_their_hazard(hazard: float, steps: int) -> None:
    """Of 2^18 paths in one step; 4 se: right sources fail once in 16,000 seeds.

    The second chance, of an hour, is 2.7e-3; that of rarer ones is tested below.
    """
    paths, dt = 1 << 18, YEAR / steps
    network = claims(FailureSource(losses=((0, 0.5),), hazard=hazard), dtype=SINGLE)
    state = network.advance(network.init(paths), draw(paths, 0), jnp.float32(dt))
    share = float(np.mean(np.asarray(state.strikes[0])))
    expected = -np.expm1(-hazard * dt)
    error = np.sqrt(expected * (1 - expected) / paths)
    assert abs(share - expected) < 4 * error


def test_chances_finer_than_a_single_draw_are_drawn() -> None:
    """A single draw has 32 values below 2^-18: of some 16 such numbers some are one."""
    drawn = jax.jit(lambda: draw(1 << 20, 0).fine_uniform(Stream.FAILURE, 4))()
    found = np.ravel(np.asarray(drawn))
    rare = found[found < 2.0**-18]
    assert found.min() > 0
    assert 4 < rare.size < 36
    assert np.unique(rare).size == rare.size
    assert np.unique(np.floor(rare * 2.0**23)).size < rare.size


def test_a_loss_is_borne_by_receipts_of_its_reserve_alone() -> None:
    """10 % and then 10 % of face value: .9, then .8; it ends at nothing."""
    with jax.enable_x64(True):
        network = claims(receipts=((2, 1), (3, 1)))
        state = network.init(2)
        seen = []
        for share in (0.1, 0.1, 0.9):
            lost = jnp.asarray([[0.5, 0.0], [share, 0.0], [0.2, 0.0]])
            state = network.mark_down(state, lost)
            seen.append(left(network, state))
    np.testing.assert_allclose([each[2, 0] for each in seen], [0.9, 0.8, LEAST])
    np.testing.assert_allclose([each[3, 0] for each in seen], [0.9, 0.8, LEAST])
    assert np.all(np.array(seen)[:, :2, 0] == 1)
    assert np.all(np.array(seen)[:, :, 1] == 1)


def test_the_fundamental_price_knows_failures_and_no_losses() -> None:
    with jax.enable_x64(True):
        source = FailureSource(losses=((2, 0.25),), at=0)
        network = claims(source, receipts=((2, 0),))
        state = network.advance(network.init(1), draw(1, 0), jnp.float64(0.1))
        state = network.mark_down(state, jnp.asarray([[0.4], [0.0], [0.0]]))
        failed = np.exp(np.asarray(network.failed(state, jnp.zeros((4, 1)))))
    np.testing.assert_allclose(failed[2, 0], 0.75, rtol=1e-12)
    np.testing.assert_allclose(left(network, state)[2, 0], 0.75 * 0.6, rtol=1e-12)


def test_no_network_leaves_prices_as_they_are() -> None:
    network, impact = NoNetwork(), jnp.ones((3, 2))
    state = network.init(2)
    assert network.marked(state, impact) is impact
    assert network.failed(state, impact) is impact
    assert network.advance(state, draw(2, 0), jnp.float32(1)) == ()
    assert network.backing(state, impact).lowest.shape == (0, 2)
    assert not network.redeems


@pytest.mark.parametrize(
    ("sources", "receipts", "match"),
    [
        ((FailureSource(losses=((0, 1.5),)),), (), "share"),
        ((FailureSource(losses=((0, 0.5),), hazard=-1.0),), (), "zero or more"),
        ((), ((1, 0), (1, 2)), "two reasons"),
    ],
)
def test_what_cannot_be_is_refused(
    sources: tuple[FailureSource, ...],
    receipts: tuple[tuple[int, int], ...],
    match: str,
) -> None:
    with jax.enable_x64(True), pytest.raises(ValueError, match=match):
        claims(*sources, receipts=receipts)
