"""Attribution by channel: how trouble travels, instead of who trades."""

import dataclasses

import jax
import pytest

from jaxrisk.options import NoDealers
from jaxrisk.oracle import DelayedOracle, InstantOracle
from jaxrisk.risk import CHANNELS, attribution
from jaxrisk.risk._attributed import MEASURES
from jaxrisk.risk._attribution import Plan
from jaxrisk.risk._variants import present, variant

from .systems import cohort, dealers, system


PATHS, STEPS, SEED = 1024, 6, 5
NUMBER = {each.name: number for number, each in enumerate(MEASURES)}


def test_channels_are_there_where_taking_them_away_changes_the_system() -> None:
    market = system()
    assert present(market, CHANNELS) == {"price"}
    everything = dataclasses.replace(
        system(who=dealers(-1.0, steps=4), steps=4),
        oracle=DelayedOracle(steps=2),
    )
    assert present(everything, CHANNELS) == {"price", "oracle", "hedging"}
    bare = variant(everything, ["hedging"], CHANNELS)
    assert isinstance(bare.oracle, InstantOracle)
    assert not isinstance(bare.dealers, NoDealers)
    assert present(bare, CHANNELS) == {"hedging"}
    assert present(bare) == {"liquidations", "dealers"}


def test_price_is_a_channel_and_no_row_of_its_own() -> None:
    plan = Plan.of(frozenset({"price", "oracle"}), CHANNELS)
    assert not plan.flat
    assert plan.runs == len(plan.subsets) == 4
    assert plan.weights.shape == (2 * (len(CHANNELS) + 2), 4)
    assert not plan.weights.sum(axis=1).any()
    assert Plan.of(frozenset({"liquidations"})).flat


@pytest.mark.slow
def test_a_late_oracle_and_impact_add_up_with_their_interaction() -> None:
    market = system(book=cohort(0.6), steps=STEPS)
    late = dataclasses.replace(market, oracle=DelayedOracle(steps=2))
    found = attribution(
        late,
        asset=0,
        paths=PATHS,
        seed=SEED,
        switches=CHANNELS,
        devices=jax.local_devices()[:1],
    )
    assert found.rows[:5] == tuple(CHANNELS)
    assert found.rows[5:] == ("interaction", "all together")
    for table in (found.off, found.on):
        assert table[:, :6].sum(axis=1) == pytest.approx(table[:, 6], abs=1e-6)
    price, oracle = (found.rows.index(name) for name in ("price", "oracle"))
    # Without impact a drawdown is the fundamental one, seen late or not.
    drawdown = NUMBER["drawdown_mean"]
    assert found.off[drawdown, price] > 0
    assert found.on[drawdown, oracle] == pytest.approx(0.0, abs=1e-9)
