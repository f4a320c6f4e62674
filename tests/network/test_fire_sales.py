"""Fire sales: a worked example, laws, and plain sums over entities and assets."""

from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.engine import record
from jaxrisk.network import LeverageTargets, Thresholds
from jaxrisk.validate._contagion import leveraged


seeds = st.integers(0, 10_000)
ENTITIES, ASSETS, PATHS = 4, 3, 2


def of(values: object) -> jax.Array:
    return jnp.asarray(values, np.float64)


_sale = jax.jit(LeverageTargets.sale)
_repeated = jax.jit(LeverageTargets.sales, static_argnames="rounds")
_deleveraged = jax.jit(Thresholds.sales, static_argnames="rounds")


def example() -> LeverageTargets:
    return LeverageTargets(
        assets=of([100.0, 50.0]),
        leverage=of([9.0, 4.0]),
        weight=of([[0.6, 0.4], [0.2, 0.8]]),
        impact=of([1e-3, 2e-3]),
    )


def drawn(seed: int) -> tuple[LeverageTargets, np.ndarray]:
    """Entities of any leverage, and shocks on two paths."""
    rng = np.random.default_rng(seed)
    targets = LeverageTargets(
        assets=of(rng.uniform(1, 100, ENTITIES)),
        leverage=of(rng.uniform(0, 20, ENTITIES)),
        weight=of(rng.dirichlet(np.ones(ASSETS), ENTITIES)),
        impact=of(rng.uniform(0, 1e-3, ASSETS)),
    )
    return targets, rng.uniform(-0.1, 0.02, (ASSETS, PATHS))


Tree = TypeVar("Tree")


def numpy(found: Tree) -> Tree:
    return jax.tree.map(np.asarray, found)


def test_the_example_of_two_banks() -> None:
    with jax.enable_x64(True):
        targets = example()
        sale = _sale(targets, of([[-0.05], [0.0]]))
        every, each = targets.vulnerability_of(sale)
        assert targets.equity == pytest.approx([10.0, 10.0])
    assert sale.sold[:, 0] == pytest.approx([16.6, 12.4])
    assert sale.move[:, 0] == pytest.approx([-0.0166, -0.0248], abs=1e-12)
    assert sale.loss[:, 0] == pytest.approx([1.988, 1.158], abs=1e-12)
    assert every[0] == pytest.approx(0.1573, abs=1e-12)
    assert each[:, 0] == pytest.approx([0.1988, 0.1158])


@given(seeds)
def test_matrices_are_sums_over_entities(seed: int) -> None:
    with jax.enable_x64(True):
        targets, shock = drawn(seed)
        sale = numpy(_sale(targets, of(shock)))
        exposure = np.asarray(targets.indirect_exposure)
    a, b, m, impact = (
        np.asarray(each)
        for each in (targets.assets, targets.leverage, targets.weight, targets.impact)
    )
    for path in range(PATHS):
        sold = np.zeros(ASSETS)
        for i in range(ENTITIES):
            profit = sum(m[i, k] * shock[k, path] for k in range(ASSETS))
            for k in range(ASSETS):
                sold[k] -= m[i, k] * a[i] * b[i] * profit
        assert sale.sold[:, path] == pytest.approx(sold)
        fall = impact * sold
        for i in range(ENTITIES):
            loss = sum(a[i] * m[i, k] * fall[k] for k in range(ASSETS))
            assert sale.loss[i, path] == pytest.approx(loss)
            assert -exposure[i] @ shock[:, path] == pytest.approx(loss)


@given(seeds)
def test_after_a_sale_leverage_is_what_it_was(seed: int) -> None:
    """Debt falls by what is sold; at the prices of the shock, before the sale's own."""
    with jax.enable_x64(True):
        targets, shock = drawn(seed)
        returns = np.asarray(targets.weight) @ shock
    assets, leverage = np.asarray(targets.assets), np.asarray(targets.leverage)
    sold = -(assets * leverage)[:, None] * returns
    after = assets[:, None] * (1 + returns) - sold
    debt = (assets * leverage / (1 + leverage))[:, None] - sold
    assert debt == pytest.approx(leverage[:, None] * (after - debt), abs=1e-9)
    with jax.enable_x64(True):
        total = np.asarray(_sale(targets, of(shock)).sold).sum(axis=0)
    assert total == pytest.approx(sold.sum(axis=0))


@given(seeds)
def test_the_vulnerability_of_all_is_the_sum_of_what_each_does(seed: int) -> None:
    with jax.enable_x64(True):
        targets, shock = drawn(seed)
        every, _ = targets.vulnerability_of(_sale(targets, of(shock)))
        shares = targets.systemicness(of(shock))
    assert np.asarray(shares).sum(axis=0) == pytest.approx(np.asarray(every))


@given(seeds)
def test_many_rounds_are_the_geometric_series(seed: int) -> None:
    with jax.enable_x64(True):
        targets, shock = drawn(seed)
        matrix = np.asarray(targets.transmission)
        gain = np.abs(np.linalg.eigvals(matrix)).max()
        calm = LeverageTargets(
            assets=targets.assets,
            leverage=targets.leverage,
            weight=targets.weight,
            impact=targets.impact * 0.5 / gain,
        )
        matrix = np.asarray(calm.transmission)
        sales = _repeated(calm, of(shock), rounds=80)
        one = _repeated(calm, of(shock), rounds=1)
    limit = np.linalg.solve(np.eye(ASSETS) - matrix, matrix @ shock)
    assert np.asarray(sales.move) == pytest.approx(limit, rel=1e-9)
    assert np.asarray(one.move) == pytest.approx(matrix @ shock)


def thresholds(targets: LeverageTargets, *, limit: float) -> Thresholds:
    """The same entities, with a limit on assets over equity."""
    held = targets.direct_exposure
    return Thresholds(
        holdings=held,
        illiquid=jnp.zeros_like(targets.assets),
        equity=targets.equity,
        limit=(1 + targets.leverage) * limit,
        target=1 + targets.leverage,
        depth=1 / targets.impact,
        floor=jnp.zeros_like(targets.impact),
        realised=of(1.0),
    )


def test_without_room_below_the_limit_a_small_shock_is_that_of_leverage_targets() -> (
    None
):
    shock = np.array([[-1e-7], [-2e-7]])
    with jax.enable_x64(True):
        targets = example()
        linear = _repeated(targets, of(shock), rounds=3)
        found, _ = _deleveraged(thresholds(targets, limit=1.0), of(shock), rounds=3)
    for name in ("sold", "move", "loss"):
        expected = np.asarray(getattr(linear, name))
        assert np.asarray(getattr(found, name)) == pytest.approx(expected, rel=1e-4)


def test_within_its_limit_nobody_sells() -> None:
    with jax.enable_x64(True):
        room = thresholds(example(), limit=1.5)
        small, none = _deleveraged(room, of([[-0.01], [0.0]]), rounds=3)
        large, share = numpy(_deleveraged(room, of([[-0.08], [0.0]]), rounds=3))
    assert not none.any()
    assert not small.sold.any()
    assert not small.loss.any()
    # 4.8 of 10 are lost: leverage 95.2 / 5.2 is above 15; the other's stays at 5.4.
    assert share[0, 0, 0] == pytest.approx((95.2 - 10 * 5.2) / 95.2)
    assert share[0, 1, 0] == 0
    assert large.sold[0, 0] > 0


@given(seeds)
def test_nobody_sells_more_than_it_has_and_no_price_falls_below_its_floor(
    seed: int,
) -> None:
    with jax.enable_x64(True):
        targets, shock = drawn(seed)
        deep = thresholds(targets, limit=1.01)
        hard = Thresholds(
            **(vars(deep) | {"floor": of([0.7, 0.0, 0.9]), "depth": deep.depth / 1e3})
        )
        sale, share = _deleveraged(hard, of(shock), rounds=6)
    share, move = np.asarray(share), np.asarray(sale.move)
    assert (share >= 0).all()
    assert (share <= 1).all()
    assert (move <= 0).all()
    price = (1 + shock) * (1 + move)
    lowest = np.minimum(np.array([0.7, 0.0, 0.9])[:, None], 1 + shock)
    assert (price >= lowest - 1e-12).all()
    held = np.asarray(targets.direct_exposure).sum(axis=0)[:, None]
    assert (np.asarray(sale.sold) <= held * (1 + np.maximum(shock, 0)) + 1e-9).all()
    assert (np.asarray(sale.loss) >= -1e-9).all()


@given(seeds)
def test_more_lost_on_what_is_sold_is_more_lost(seed: int) -> None:
    with jax.enable_x64(True):
        targets, shock = drawn(seed)
        whole = thresholds(targets, limit=1.01)
        half = Thresholds(**(vars(whole) | {"realised": of(0.5)}))
        losses = [
            np.asarray(_deleveraged(each, of(shock), rounds=6)[0].loss)
            for each in (half, whole)
        ]
    assert (losses[0] <= losses[1] + 1e-12).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_first_round_of_liquidations_is_that_of_the_matrices(seed: int) -> None:
    """One shape of system, so that the engine is compiled once."""
    with jax.enable_x64(True):
        targets, shock = drawn(seed)
        small = -1e-6 * np.abs(shock[:, 0])
        after = record(leveraged(targets, small), seed=0, paths=np.arange(1)).info
        sale = numpy(_sale(targets, of(small[:, None])))
    move = np.log(after.price[-1, :ASSETS, 0] / after.fundamental[-1, :ASSETS, 0])
    # A log price is known to 1e-16 or so.
    assert move == pytest.approx(sale.move[:, 0], rel=1e-5, abs=1e-15)
    assert (move < -1e-12).all()
    assert after.flow[-1, :ASSETS, 0] == pytest.approx(sale.sold[:, 0], rel=1e-5, abs=0)
