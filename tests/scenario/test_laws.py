"""What each shock does to a market, and what it leaves alone to the bit."""

import jax
import numpy as np
import pytest

from jaxrisk.engine import _programs
from jaxrisk.keeper import RationalKeeper
from jaxrisk.process import CompoundPoisson
from jaxrisk.scenario import Catalogue
from jaxrisk.scenario._moves import ScheduledMoves
from tests.engine.systems import differences

from .markets import DOUBLE, SHORT, STILL_VENUES, followed, market, ran


FREE = (*DOUBLE, *STILL_VENUES)
JUMPS = "market_model.common_jumps={intensity: 500, mean: -0.05, sd: 0.03}"
STUDENT = "market_model.innovation={kind: student_t, degrees_of_freedom: 2.5}"


def last_price(name: str, *overrides: str) -> np.ndarray:
    """Final prices of every path under a scenario."""
    catalogue = Catalogue(market(*overrides))
    outcome = ran(catalogue.stressed(catalogue.stress(name)))
    return np.asarray(outcome.final_price)


@pytest.mark.parametrize(
    "config",
    ["minimal", pytest.param("black_thursday", marks=pytest.mark.slow)],
)
def test_no_scenario_changes_no_bit_of_a_run(config: str) -> None:
    model = market(*SHORT, name=config)
    catalogue = Catalogue(model)
    assert differences(ran(model.system), ran(catalogue.stressed(catalogue.none))) == {}


@pytest.mark.parametrize("share", [0.1, 0.3, 0.9])
def test_a_drop_takes_its_share_of_the_price_on_every_path(share: float) -> None:
    before = last_price("gas_2x", *FREE)
    after = last_price(f"drop_{100 * share:g}", *FREE)
    assert after[0] == pytest.approx((1 - share) * before[0], rel=1e-12)
    assert np.array_equal(after[1], before[1])


def test_a_drop_of_nothing_changes_no_bit() -> None:
    calm = last_price("gas_1x", *FREE)
    assert np.array_equal(last_price("drop_0+depth_cut_0+freeze_0h", *FREE), calm)
    assert np.array_equal(last_price("volatility_1x+correlation_0", *FREE), calm)


def test_a_rise_is_a_drop_the_other_way() -> None:
    before, after = (last_price(name, *FREE) for name in ("gas_2x", "rise_25"))
    assert after[0] == pytest.approx(1.25 * before[0], rel=1e-12)


def test_a_drop_comes_when_it_is_due() -> None:
    late = "scenarios={late: {drop: 0.4, at_hours: 5}}"
    calm, fallen = (
        followed(market(*FREE, late), name).info.price[:, 0]
        for name in ("gas_1x", "late")
    )
    assert np.array_equal(fallen[:5], calm[:5])
    assert fallen[5:] == pytest.approx(0.6 * calm[5:], rel=1e-12)


def test_a_lost_peg_is_found_again_at_its_own_speed() -> None:
    still = (*FREE, "assets.USDC.peg.volatility=0")
    model = market(*still)
    price = followed(model, "depeg_10").info.price
    decay = float(model.system.prices.decay[1])
    expected = np.log(0.9) * decay ** np.arange(model.config.steps)
    assert np.log(price[:, 1, 0]) == pytest.approx(expected, rel=1e-9)
    assert np.array_equal(price[:, 0], followed(model, "gas_1x").info.price[:, 0])


def test_what_is_pegged_to_an_asset_follows_its_drop() -> None:
    model = market(*SHORT, name="lst_loop_unwind")
    catalogue = Catalogue(model)
    calm, fallen = (
        catalogue.stressed(catalogue.stress(name)).prices
        for name in ("gas_1x", "drop_30")
    )
    assert isinstance(fallen.jumps, ScheduledMoves)
    assert isinstance(calm.jumps, ScheduledMoves)
    own = np.asarray(fallen.jumps.moves[0] - calm.jumps.moves[0])
    names = model.axes.assets
    whole = np.asarray(model.system.prices.lift) @ own
    assert own[names.index("stETH")] == 0
    assert whole[names.index("stETH")] == pytest.approx(np.log(0.7), rel=1e-6)


def test_frozen_oracles_go_on_publishing_what_they_did() -> None:
    freeze = "scenarios={stuck: {freeze_hours: 3, at_hours: 4}}"
    model = market(*FREE, freeze, "oracle={kind: instant}")
    info = followed(model, "stuck").info
    assert np.array_equal(info.oracle_price[:4], info.price[:4])
    assert np.array_equal(info.oracle_price[4:7], np.stack([info.price[3]] * 3))
    assert np.array_equal(info.oracle_price[7:], info.price[7:])
    assert (info.price[5:7, 0] != info.price[3, 0]).all()


def test_an_oracle_that_hangs_hides_the_drop() -> None:
    model = market(*FREE, "oracle={kind: instant}")
    info = followed(model, "drop_50+freeze_2h").info
    assert info.oracle_price[:2, 0] == pytest.approx(np.full((2, 4), 2000.0), rel=1e-12)
    assert (info.oracle_price[2:, 0] < 1300).all()
    assert info.repaid[:2].sum() == 0
    assert info.repaid[2].sum() > 0


@pytest.mark.parametrize("law", [JUMPS, STUDENT, "oracle={kind: instant}"])
def test_a_wider_market_is_one_of_a_higher_volatility(law: str) -> None:
    """Jumps are twice as wide too, and means stay as they were."""
    wide = (
        "assets.WETH.volatility=1.5",
        "assets.USDC.peg.volatility=0.04",
        *(["market_model.common_jumps.mean=-0.1"] if law == JUMPS else []),
        *(["market_model.common_jumps.sd=0.06"] if law == JUMPS else []),
    )
    catalogue = Catalogue(market(*FREE, law))
    found = catalogue.stressed(catalogue.stress("volatility_2x")).prices
    expected = market(*FREE, law, *wide).system.prices
    for name in ("scale", "compensation", "cholesky"):
        one, other = getattr(found, name), getattr(expected, name)
        np.testing.assert_allclose(one, other, rtol=1e-9, err_msg=name)
    twice = last_price("volatility_2x", *FREE, law)
    assert twice == pytest.approx(last_price("gas_1x", *FREE, law, *wide), rel=1e-9)


def test_without_volatility_all_paths_are_one() -> None:
    still = "scenarios={still: {volatility: 0}}"
    price = last_price("still", *FREE, JUMPS, still)
    assert isinstance(market(*FREE, JUMPS).system.prices.jumps, CompoundPoisson)
    assert np.ptp(price, axis=1) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert price[0, 0] == pytest.approx(2000.0, rel=1e-9)


def test_gas_is_paid_by_those_who_count_it() -> None:
    for overrides, factor in ((SHORT, 10.0), ((*SHORT, "keeper.gas_usd=0"), 10.0)):
        model = market(*overrides)
        catalogue = Catalogue(model)
        keeper = catalogue.stressed(catalogue.stress("gas_10x")).keeper
        before = model.system.keeper
        assert isinstance(keeper, RationalKeeper)
        assert isinstance(before, RationalKeeper)
        assert float(keeper.gas_cost) == factor * float(before.gas_cost)
    greedy = Catalogue(market(*SHORT, "keeper={kind: greedy}"))
    free = greedy.stressed(greedy.stress("gas_10x")).keeper
    assert free == greedy.stressed(greedy.none).keeper


def test_all_scenarios_run_in_one_program() -> None:
    catalogue = Catalogue(market(*SHORT))
    ran(catalogue.stressed(catalogue.none))
    known = set(_programs._COMPILED)
    for name in ("crash", "turmoil", "peg_run", "freeze_6h", "rise_30"):
        ran(catalogue.stressed(catalogue.stress(name) * 0.7))
    assert set(_programs._COMPILED) == known


def test_a_scenario_keeps_the_precision_of_the_config() -> None:
    for overrides, kind in ((SHORT, "float32"), (DOUBLE, "float64")):
        catalogue = Catalogue(market(*overrides))
        leaves = jax.tree.leaves(catalogue.stressed(catalogue.stress("crash")))
        kinds = {str(leaf.dtype) for leaf in leaves if "float" in str(leaf.dtype)}
        assert kinds == {kind}
