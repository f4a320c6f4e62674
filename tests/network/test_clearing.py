"""Clearing of obligations: known networks, laws, and the greatest of all solutions."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.network import Clearing, Recovery, clear, netted
from tests.reference import clearing as plain


PATHS, CLOSE = 6, 1e-9
seeds, sizes = st.integers(0, 10_000), st.sampled_from([1, 2, 5])


@dataclass(frozen=True)
class Network:
    """Entities on a few paths, path axis last."""

    liabilities: np.ndarray
    assets: np.ndarray
    outside: np.ndarray
    recovery_assets: np.ndarray
    recovery_claims: np.ndarray

    def on(self, path: int) -> tuple[np.ndarray, ...]:
        """One path, for the reference."""
        fixed = self.liabilities.ndim == 2
        return (
            self.liabilities if fixed else self.liabilities[..., path],
            self.assets[:, path],
            self.outside[:, path],
            self.recovery_assets,
            self.recovery_claims,
        )


def network(seed: int, size: int, *, costs: bool, moving: bool = False) -> Network:
    """Sparse debts of all sizes, and assets about as large as what is missing."""
    rng = np.random.default_rng(seed)
    shape = (size, size, PATHS) if moving else (size, size)
    owed = rng.lognormal(sigma=1.0, size=shape) * (rng.random(shape) < 0.6)
    owed[np.arange(size), np.arange(size)] = 0.0
    assets = rng.lognormal(sigma=1.5, size=(size, PATHS)) * (rng.random(PATHS) < 0.9)
    kept = rng.uniform(0.3, 1.0, (2, size)) if costs else np.ones((2, size))
    return Network(
        liabilities=owed,
        assets=assets * rng.uniform(0.1, 2.0),
        outside=rng.lognormal(size=(size, PATHS)) * (rng.random((size, 1)) < 0.7),
        recovery_assets=kept[0],
        recovery_claims=kept[1],
    )


_clear = jax.jit(clear)


def cleared(given_: Network, kind: type = np.float64) -> Clearing:
    """By the package, in double precision if not told otherwise, as NumPy arrays."""
    with jax.enable_x64(True):
        found = _clear(
            jnp.asarray(given_.liabilities, kind),
            jnp.asarray(given_.assets, kind),
            outside=jnp.asarray(given_.outside, kind),
            recovery=Recovery(
                assets=jnp.asarray(given_.recovery_assets, kind),
                claims=jnp.asarray(given_.recovery_claims, kind),
            ),
        )
        return jax.tree.map(np.asarray, found)


def owed_of(given_: Network) -> np.ndarray:
    """What each owes to everybody, [entity, path]."""
    inside = given_.liabilities.sum(axis=1)
    return (inside[:, None] if inside.ndim == 1 else inside) + given_.outside


THREE = np.array([[0.0, 10, 5], [4, 0, 8], [6, 3, 0]])


def three(assets: tuple[float, float, float], kept: float = 1.0) -> Network:
    """Three entities, one path."""
    return Network(
        liabilities=THREE,
        assets=np.array(assets)[:, None],
        outside=np.zeros((3, 1)),
        recovery_assets=np.full(3, kept),
        recovery_claims=np.full(3, kept),
    )


@pytest.mark.parametrize(
    ("assets", "paid", "fallen"),
    [
        ((1.0, 2.0, 2.0), (11.0, 12.0, 9.0), (1, 0, 0)),
        ((1.0, 0.5, 0.2), (10.5, 10.5, 9.0), (1, 2, 0)),
        ((9.0, 9.0, 9.0), (15.0, 12.0, 9.0), (0, 0, 0)),
    ],
)
def test_known_networks(
    assets: tuple[float, float, float],
    paid: tuple[float, ...],
    fallen: tuple[int, ...],
) -> None:
    found = cleared(three(assets))
    assert found.paid[:, 0] == pytest.approx(paid, abs=1e-12)
    assert tuple(found.round[:, 0].tolist()) == fallen


def test_costs_by_hand() -> None:
    """Only the first fails: half of 11 is left; the others have enough for that."""
    found = cleared(three((1.0, 20.0, 20.0), kept=0.5))
    assert found.paid[:, 0] == pytest.approx((5.5, 12.0, 9.0))
    assert found.cost[:, 0] == pytest.approx((5.5, 0.0, 0.0))
    # 20 + 5.5 * 10/15 + 3 - 12, and 20 + 5.5 * 5/15 + 8 - 9.
    assert found.equity[:, 0] == pytest.approx((0.0, 14 + 2 / 3, 20 + 5 / 6))


@given(seeds, sizes, st.booleans(), st.booleans())
def test_it_is_the_reference(seed: int, size: int, costs: bool, moving: bool) -> None:
    given_ = network(seed, size, costs=costs, moving=moving)
    found = cleared(given_)
    for path in range(PATHS):
        expected = plain.clear(*given_.on(path))
        for name in ("paid", "equity", "cost"):
            have = getattr(found, name)[:, path]
            assert have == pytest.approx(getattr(expected, name), rel=CLOSE, abs=CLOSE)
        assert np.array_equal(found.defaulted[:, path], expected.defaulted)
        fallen = plain.rounds_of_default(*given_.on(path))
        assert np.array_equal(found.round[:, path], fallen)


@given(seeds, st.booleans())
def test_no_other_solution_pays_anybody_more(seed: int, costs: bool) -> None:
    """Every set of defaulters that its own payments confirm is looked at."""
    given_ = network(seed, 5, costs=costs)
    found = cleared(given_).paid
    for path in range(PATHS):
        solutions = list(clearing_vectors(*given_.on(path)))
        for paid in solutions:
            assert (paid <= found[:, path] * (1 + CLOSE) + CLOSE).all()
        assert any(np.allclose(paid, found[:, path], CLOSE) for paid in solutions)


def clearing_vectors(
    liabilities: np.ndarray,
    assets: np.ndarray,
    outside: np.ndarray,
    kept_assets: np.ndarray,
    kept_claims: np.ndarray,
) -> Iterator[np.ndarray]:
    """All fixed points whose linear equations have one solution."""
    owed = liabilities.sum(axis=1) + outside
    share = liabilities / np.where(owed > 0, owed, 1)[:, None]
    for flags in itertools.product([False, True], repeat=owed.size):
        fallen = np.array(flags)
        matrix = np.eye(owed.size) - (fallen * kept_claims)[:, None] * share.T
        if abs(np.linalg.det(matrix)) < 1e-12:
            continue
        paid = np.linalg.solve(matrix, np.where(fallen, kept_assets * assets, owed))
        short = owed - assets - share.T @ paid > 1e-12 * owed
        if np.array_equal(short, fallen) and (paid > -1e-12).all():
            yield paid


@given(seeds, sizes, st.booleans())
def test_what_is_there_is_paid_out_kept_or_lost_in_bankruptcy(
    seed: int, size: int, costs: bool
) -> None:
    given_ = network(seed, size, costs=costs)
    found = cleared(given_)
    ends = found.share * given_.outside + found.equity + found.cost
    assert ends.sum(axis=0) == pytest.approx(given_.assets.sum(axis=0), rel=CLOSE)
    if not costs:
        assert not found.cost.any()


@given(seeds, sizes, st.booleans())
def test_nobody_pays_more_than_it_owes_or_keeps_what_it_owes(
    seed: int, size: int, costs: bool
) -> None:
    given_ = network(seed, size, costs=costs)
    found, owed = cleared(given_), owed_of(given_)
    paid, equity = found.paid, found.equity
    assert (paid >= 0).all()
    assert (paid <= owed * (1 + CLOSE)).all()
    assert not equity[found.defaulted].any()
    assert paid[~found.defaulted] == pytest.approx(owed[~found.defaulted])
    assert found.shortfall == pytest.approx(owed - paid, abs=CLOSE)


@given(seeds, sizes, st.booleans(), st.floats(0, 3))
def test_more_assets_never_pay_anybody_less(
    seed: int, size: int, costs: bool, more: float
) -> None:
    given_ = network(seed, size, costs=costs)
    richer = Network(**(vars(given_) | {"assets": given_.assets.copy()}))
    richer.assets[seed % size] += more
    before, after = cleared(given_), cleared(richer)
    for name in ("paid", "equity"):
        low, high = getattr(before, name), getattr(after, name)
        assert (high >= low - CLOSE * (1 + low)).all(), name


@given(seeds, st.booleans())
def test_a_name_is_only_a_name(seed: int, costs: bool) -> None:
    given_ = network(seed, 5, costs=costs)
    order = np.random.default_rng(seed).permutation(5)
    moved = Network(
        liabilities=given_.liabilities[order][:, order],
        assets=given_.assets[order],
        outside=given_.outside[order],
        recovery_assets=given_.recovery_assets[order],
        recovery_claims=given_.recovery_claims[order],
    )
    paid = cleared(given_).paid[order]
    assert cleared(moved).paid == pytest.approx(paid, rel=CLOSE, abs=CLOSE)


@given(seeds)
def test_netting_leaves_every_balance_and_only_differences(seed: int) -> None:
    given_ = network(seed, 5, costs=False)
    left = np.asarray(netted(jnp.asarray(given_.liabilities, np.float32)))
    assert left == pytest.approx(plain.net(given_.liabilities), rel=1e-5, abs=1e-6)
    assert not (np.minimum(left, left.T) > 0).any()
    balance = given_.liabilities.sum(axis=0) - given_.liabilities.sum(axis=1)
    assert left.sum(axis=0) - left.sum(axis=1) == pytest.approx(balance, abs=1e-4)


def test_netting_saves_two_who_only_owe_each_other() -> None:
    """With costs, gross debts of 10 and 9 ruin both where a net debt of 1 does not."""
    gross = Network(
        liabilities=np.array([[0.0, 10], [9, 0]]),
        assets=np.array([[0.9], [0.2]]),
        outside=np.zeros((2, 1)),
        recovery_assets=np.full(2, 0.5),
        recovery_claims=np.full(2, 0.5),
    )
    less = Network(**(vars(gross) | {"liabilities": plain.net(gross.liabilities)}))
    assert cleared(gross).cost.sum() > 1
    assert cleared(less).cost[:, 0] == pytest.approx((0.45, 0.0))


def test_who_owes_all_it_gets_does_not_fail_by_rounding() -> None:
    """A ring of debts without any assets: all can pay if all do."""
    ring = np.roll(np.diag([1 / 3, 1 / 3, 1 / 3]), 1, axis=1)
    third = ring + 0.1 * ring.T
    for kind in (np.float32, np.float64):
        found = cleared(
            Network(third, np.zeros((3, 1)), np.zeros((3, 1)), np.ones(3), np.ones(3)),
            kind,
        )
        assert not found.defaulted.any()


@given(seeds, st.booleans())
def test_single_precision_is_close(seed: int, costs: bool) -> None:
    given_ = network(seed, 5, costs=costs)
    single, double = cleared(given_, np.float32), cleared(given_)
    # With costs a default on the edge is a jump, and rounding may decide it.
    same = (single.round == double.round).all(axis=0)
    assert same.sum() >= PATHS - 1
    paid = double.paid[:, same]
    assert single.paid[:, same] == pytest.approx(paid, rel=1e-4, abs=1e-4)


def test_it_can_be_differentiated_backwards() -> None:
    """The slope of all payments in assets, against a bump that changes no default."""
    given_ = network(3, 5, costs=True)
    with jax.enable_x64(True):
        recovery = Recovery(
            assets=jnp.asarray(given_.recovery_assets),
            claims=jnp.asarray(given_.recovery_claims),
        )

        @jax.jit
        def all_paid(assets: jax.Array) -> jax.Array:
            return clear(
                jnp.asarray(given_.liabilities),
                assets,
                outside=jnp.asarray(given_.outside),
                recovery=recovery,
            ).paid.sum()

        assets = jnp.asarray(given_.assets)
        slope = jax.grad(all_paid)(assets)
        bump = jnp.zeros_like(assets).at[0].set(1e-6)
        rise = (all_paid(assets + bump) - all_paid(assets - bump)) / 2e-6
    assert np.isfinite(slope).all()
    assert float(rise) > 0
    assert np.asarray(slope)[0].sum() == pytest.approx(float(rise), rel=1e-6)
