"""What options in the collateral do to losses, on the same draws."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import Draw, seed_words
from jaxrisk.engine import Outcome, System, initial_state
from jaxrisk.engine._nearest import least_health
from jaxrisk.engine._rollout import rollout
from jaxrisk.engine._step import observe, shock
from jaxrisk.risk import system_profile
from tests import reference as plain
from tests.engine.fast_twin import fast_twin


DAY, STEPS, PATHS = 1 / 365, 12, 128
VOLATILITY, SPOT = 0.9, 2000.0
EXPIRY = 30 * DAY
TOKEN = plain.Portfolio(1.0, (), VOLATILITY, DAY)
BONUS = 0.05


def put(strike: float) -> plain.Portfolio:
    """The token, and a put at this share of the price."""
    floor = plain.Option(strike, EXPIRY, is_call=False, position=1.0)
    return plain.Portfolio(1.0, (floor,), VOLATILITY, DAY)


def call(strike: float) -> plain.Portfolio:
    """The token less a call."""
    cap = plain.Option(strike, EXPIRY, is_call=True, position=-1.0)
    return plain.Portfolio(1.0, (cap,), VOLATILITY, DAY)


def asset(price: float, scale: float, depth: float = math.inf) -> plain.Asset:
    venue = plain.Infinite() if math.isinf(depth) else plain.PowerLaw(depth)
    return plain.Asset(
        price, venue, scale=(scale,), compensation=(scale**2 / 2,), permanent_share=0.5
    )


def system_of(
    held: plain.Portfolio | None, *, depth: float = math.inf, haircut: float = 0.0
) -> System:
    """Twenty borrowers with 100 units each; no premium was taken from anybody.

    The token's venue has this depth [USD]; instruments are bought at their price.
    """
    assets = [asset(SPOT, VOLATILITY * math.sqrt(DAY), depth), asset(1.0, 0.0)]
    instruments = []
    if held is not None:
        strict = plain.Portfolio(
            held.units, held.options, held.volatility, held.dt, haircut=haircut
        )
        assets.append(asset(SPOT * held.value(0, 0.0, 0.0), 0.0))
        instruments.append(plain.Instrument(2, 0, held, strict))
    listed = 0 if held is None else 2
    debts = 100 * SPOT * np.linspace(0.55, 0.77, 20)
    return fast_twin(
        plain.ReferenceSystem(
            assets=tuple(assets),
            cholesky=(np.eye(len(assets)),),
            reserves=(
                plain.Reserve(listed, 0, (0.8,), (BONUS,), 1e4, 0.0),
                plain.Reserve(1, 0, (0.0,), (0.0,), 1e8, float(debts.sum())),
            ),
            markets=(plain.Market(plain.FULL),),
            accounts=tuple(
                plain.Account(0, 0, np.array([100.0, 0.0]), np.array([0.0, debt]))
                for debt in debts
            ),
            dt=DAY,
            steps=STEPS,
            jumps=(
                plain.JumpSource(
                    30.0, -0.15, 0.1, loading=(1.0,) + (0.0,) * (len(assets) - 1)
                ),
            ),
            instruments=tuple(instruments),
        )
    )


@eqx.filter_jit
def program(system: System) -> Outcome:
    path = jnp.arange(PATHS, dtype=jnp.uint32)
    return rollout(system, seed_words(3), path)[1]


def run(system: System) -> Outcome:
    """In NumPy."""
    return jax.tree.map(np.asarray, program(system))


def bad_debt(system: System) -> np.ndarray:
    found = run(system)
    return np.asarray(found.realized).sum(axis=0) + np.asarray(found.unrealized).sum(0)


@eqx.filter_jit
def health_at_every_step(system: System) -> jax.Array:
    """Least health of all accounts while nobody liquidates, [step account path]."""
    path = jnp.arange(PATHS, dtype=jnp.uint32)
    state, found = initial_state(system, PATHS), []
    for index in range(4):
        draw = Draw(seed=seed_words(3), path=path, step=jnp.uint32(index))
        state = observe(system, shock(system, state, draw))
        found.append(least_health(system, state))
    return jnp.stack(found)


def test_a_unit_without_options_is_the_token_itself() -> None:
    """Also through impact: buyers sell one token for each unit that they buy.

    The table is off by a millionth of the price, which is more of what is left of a
    debt. Keepers alone are better off: buyers of instruments bear the slippage.
    """
    with jax.enable_x64(True):
        token, unit = run(system_of(None, depth=3e6)), run(system_of(TOKEN, depth=3e6))
    assert token.repaid.sum() > 0
    assert (token.drawdown[0] > 1.01 * token.fundamental_drawdown[0]).any()
    names = set(vars(token)) - {"keeper_profit"}
    for name in sorted(names):
        want, found = vars(token)[name], vars(unit)[name]
        if isinstance(want, np.ndarray):
            rows = slice(None, want.shape[0]) if want.ndim == 2 else slice(None)
            np.testing.assert_allclose(
                found[rows], want, rtol=1e-4, atol=1e-3, err_msg=name
            )
    assert (unit.keeper_profit >= token.keeper_profit - 1e-6).all()
    assert (unit.keeper_profit > token.keeper_profit).any()


@pytest.mark.slow
def test_protective_puts_lower_bad_debt_path_by_path() -> None:
    """The higher the strike the more; above the debt and the bonus nothing is lost."""
    with jax.enable_x64(True):
        bare = bad_debt(system_of(None))
        low, high, floor = (bad_debt(system_of(put(k))) for k in (0.5, 0.6, 0.85))
    assert (bare > 0).mean() > 0.05
    rounding = 1e-6 * bare.max()
    assert (low <= bare + rounding).all()
    assert (high <= low + rounding).all()
    assert bare.sum() > 1.02 * low.sum() > 1.05 * high.sum()
    assert 0.77 * (1 + BONUS) < 0.85
    assert not floor.any()


def test_a_call_sold_never_makes_an_account_healthier() -> None:
    with jax.enable_x64(True):
        token = health_at_every_step(system_of(TOKEN))
        capped = health_at_every_step(system_of(call(1.1)))
        assert (capped <= token * (1 + 1e-6)).all()
        assert (capped < 0.99 * token).any()


def test_a_haircut_lowers_health_by_itself() -> None:
    with jax.enable_x64(True):
        fair = health_at_every_step(system_of(put(0.8)))
        strict = health_at_every_step(system_of(put(0.8), haircut=0.1))
        np.testing.assert_allclose(strict, 0.9 * fair, rtol=1e-9)


def test_forced_sales_of_a_unit_are_those_of_the_token() -> None:
    """Borrowers' collateral is sold through its buyers' hedges.

    The slope of a table that keeps its values monotone is off by 2e-5 between nodes.
    """
    with jax.enable_x64(True):
        token, unit = (
            system_profile(system_of(held, depth=3e6), 0, np.linspace(-0.4, 0.0, 9))
            for held in (None, TOKEN)
        )
    assert (token.flow[0] > 0).any()
    np.testing.assert_allclose(unit.flow[0], token.flow[0], rtol=1e-4)
