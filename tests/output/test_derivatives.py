"""Dealers and perpetuals in a result and in a replay; nothing of them without any."""

import csv
import re
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr

from jaxrisk._random import Draw
from jaxrisk.cli._replay_table import csv_of, table_of
from jaxrisk.engine import StepInfo, Trajectory, initial_state
from jaxrisk.engine._record import Standing
from jaxrisk.engine._state import blank_info
from jaxrisk.output import COORDINATES, REPLAY_SCHEMA, SCHEMA, Result
from jaxrisk.report import write_replay_page
from jaxrisk.run import Model, _replay, replay
from jaxrisk.run._gamma import OptionMarket, gamma_coordinates, gamma_facts
from jaxrisk.run._sales import sales, tail_means, tail_totals
from jaxrisk.run._worst_paths import worst_coordinates, worst_entries

from . import leveraged


STEPS, PATHS = 4, 3
OF_OTHERS = ("hedged", "dealer", "perp", "basis", "insurance", "tail_", "spot_move")
RNG = np.random.default_rng(5)


def info(model: Model) -> StepInfo:
    """A recorded report, with whole dollars so that sums are exact."""
    draw = Draw(
        seed=jnp.zeros(2, jnp.uint32),
        path=jnp.arange(PATHS, dtype=jnp.uint32),
        step=jnp.zeros((), jnp.uint32),
    )
    blank = blank_info(model.system, initial_state(model.system, PATHS), draw)

    def filled(leaf: jax.Array) -> np.ndarray:
        amounts = RNG.integers(-1000, 1000, (STEPS, *leaf.shape))
        return amounts.astype(np.float32)

    made = jax.tree.map(filled, blank)
    return eqx.tree_at(
        lambda at: (at.price, at.turnover, at.basis),
        made,
        (2000 + made.price, np.abs(made.hedged), made.basis / 1e5),
    )


def trajectory(model: Model) -> Trajectory:
    """Recorded paths with this report."""
    nothing, none = jnp.zeros((1, PATHS)), jnp.zeros((0, PATHS))
    standing = Standing(backing=none, utilization=none)
    return Trajectory(
        info=info(model),
        standing=jax.tree.map(lambda leaf: jnp.stack([leaf] * STEPS), standing),
        kept=nothing,
        owed=nothing,
        lost=nothing,
        bad_debt=nothing,
    )


def test_what_everybody_sold_is_what_keepers_dealers_and_perpetuals_sold() -> None:
    found = info(leveraged.model())
    sold = sales(leveraged.model().axes, found)
    together = sold.keepers.copy()
    together[:, 0] += sold.dealers[:, 0] + sold.perps[:, 0]
    np.testing.assert_array_equal(together, found.flow)
    np.testing.assert_array_equal(sold.keepers[:, 1], found.flow[:, 1])


def test_what_is_left_by_rounding_is_nobodys_sale() -> None:
    found = info(leveraged.model())
    flow = np.asarray(found.flow, np.float64)
    flow[:, 0] = others = found.hedged[:, 0] + found.perps.flow[:, 0]
    flow[1, 0] *= 1 + 1e-7
    found = eqx.tree_at(lambda at: at.flow, found, flow)
    assert not sales(leveraged.model().axes, found).keepers[:, 0].any()
    flow[1, 0, 2] = others[1, 2] + 10
    assert sales(leveraged.model().axes, found).keepers[1, 0, 2] == 10


def test_sums_over_the_tail_have_errors() -> None:
    found = info(leveraged.model())
    totals = tail_totals(leveraged.model().axes, found)
    means = tail_means(totals)
    paid = found.perps.insurance_paid.sum(axis=0).astype(float)
    assert means["tail_insurance_paid"] == pytest.approx(paid.mean())
    error = paid.std(ddof=1) / np.sqrt(PATHS)
    assert means["tail_insurance_paid_se"] == pytest.approx(error)
    hedged = found.hedged[:, 0].sum(axis=0).astype(float)
    assert means["tail_dealer_flow"][0] == pytest.approx(hedged.mean())
    for name, values in means.items():
        assert values.ndim == len(SCHEMA[name].dims), name


def test_the_worst_paths_start_at_the_prices_of_the_config_with_nothing_traded() -> (
    None
):
    model, found = leveraged.model(), trajectory(leveraged.model())
    entries = worst_entries(model, found, paths=2)
    for name, values in entries.items():
        dims = SCHEMA[name].dims
        assert values.shape[:2] == (2, STEPS + 1), name
        assert values.ndim == len(dims), name
    np.testing.assert_array_equal(entries["worst_price"][:, 0], [[2000.0, 1.0]] * 2)
    np.testing.assert_array_equal(
        entries["worst_price"][1, 1:], found.info.price[:, :, 1]
    )
    for name in ("worst_keeper_flow", "worst_dealer_flow", "worst_insurance_paid"):
        assert not entries[name][:, 0].any(), name
    # Without a premium longs pay the interest of the contract.
    assert entries["worst_funding_rate"][0, 0, 0] == pytest.approx(1e-4)
    assert worst_coordinates(model, 2)["worst"].tolist() == [0, 1]


def test_gamma_is_the_slope_of_delta_and_turns_where_it_is_said_to() -> None:
    entries = gamma_facts(leveraged.model().options)
    (move,) = gamma_coordinates(leveraged.model().options).values()
    spot = leveraged.SPOT * (1 + move)
    tokens = entries["dealer_delta"][0] / spot
    slope = np.gradient(tokens, spot) * spot**2 / 100
    inner = slice(2, -2)
    np.testing.assert_allclose(
        entries["dealer_gamma"][0, inner], slope[inner], atol=0.02 * abs(slope).max()
    )
    zero = float(entries["zero_gamma"][0])
    before, after = np.interp([zero - 5, zero + 5], spot, entries["dealer_gamma"][0])
    assert before < 0 < after


def test_gamma_that_never_turns_has_no_level() -> None:
    book = leveraged.BOOK
    longs = type(book)(book.strike, book.expiry, book.is_call, np.abs(book.position))
    market = leveraged.model().options[0]
    found = gamma_facts(
        [OptionMarket(longs, market.surface, market.move, market.start)]
    )
    assert np.isnan(found["zero_gamma"]).all()
    assert (found["dealer_gamma"] > 0).all()


def test_keepers_alone_add_nothing() -> None:
    model = leveraged.plain_model()
    assert tail_totals(model.axes, info(model)) == {}
    assert worst_coordinates(model, 20) == {}
    assert gamma_facts(model.options) == {}
    assert gamma_coordinates(model.options) == {}


def replayed() -> xr.Dataset:
    """A made-up replay of four steps."""
    found = info(leveraged.model())
    variables = {
        "price": np.abs(found.price[..., 0]),
        "oracle_price": np.abs(found.price[..., 0]),
        "fundamental_price": np.abs(found.fundamental[..., 0]),
        "flow": found.flow[..., 0],
        "repaid": np.zeros((STEPS, 2)),
        "seized": np.zeros((STEPS, 2)),
        "realized": np.zeros((STEPS, 2)),
        "account_kept": np.ones(1),
        "account_bad_debt": np.zeros(1),
        **_replay._derivatives(leveraged.model(), found),
    }
    return _replay.replay_dataset(
        variables,
        coordinates={
            "time": np.arange(1, STEPS + 1) / 24,
            "asset": np.array(["WETH", "USDC"]),
            **_replay._derivative_labels(leveraged.model().axes),
        },
        attributes={
            "title": "<script>",
            "path": 7,
            "seed": "1",
            "config_hash": "c0ffee",
            "status": "ok",
            "explanation": "No event.",
        },
    )


def test_a_replay_tells_who_sold_in_the_table_and_the_csv() -> None:
    dataset = replayed()
    head, *_, total = table_of(dataset).splitlines()
    for title in ("keepers sold", "dealers sold", "perpetuals sold", "insurance paid"):
        assert f"{title} [USD]" in head
    assert f"{float(dataset['dealer_flow'].sum()):,.0f}" in total
    rows = list(csv.DictReader(csv_of(dataset).splitlines()))
    for name, column in (
        ("keeper_flow", "keeper_flow_usd.WETH"),
        ("dealer_flow", "dealer_flow_usd.WETH"),
        ("perp_flow", "perp_flow_usd.WETH"),
        ("basis", "basis.WETH"),
        ("funding_rate", "funding_rate.WETH"),
    ):
        values = dataset[name].to_numpy()[:, 0]
        found = [float(row[column]) for row in rows]
        np.testing.assert_allclose(found, values, rtol=1e-6)
    paid = [float(row["insurance_paid_usd"]) for row in rows]
    np.testing.assert_allclose(paid, dataset["insurance_paid"].to_numpy())


def test_the_page_of_a_replay_draws_who_sold(tmp_path: Path) -> None:
    write_replay_page(replayed(), tmp_path / "with")
    names = [str(name) for name in replayed() if name in _replay_only()]
    plain = replayed().drop_vars([name for name in names if "account" not in name])
    write_replay_page(plain.drop_dims(["dealer", "perp"]), tmp_path / "without")
    page = (tmp_path / "with.html").read_text("utf-8")
    assert "of keepers (gray), options dealers (blue) and perpetuals (purple)" in page
    assert "<script>" not in page
    assert "keepers (gray)" not in (tmp_path / "without.html").read_text("utf-8")
    heights = [
        float(re.findall(r'height="([\d.]+)pt"', page)[0])
        for name in ("with", "without")
        for page in [(tmp_path / f"{name}.svg").read_text("utf-8")]
    ]
    assert heights[0] == pytest.approx(heights[1] + 1.5 * 72)


def test_a_replay_of_keepers_alone_has_no_column_of_others() -> None:
    names = [str(name) for name in replayed() if name in _replay_only()]
    dataset = replayed().drop_vars(names)
    assert "sold" not in table_of(dataset)
    assert not {"keeper_flow", "basis"} & set(csv_of(dataset).split("\n")[0].split(","))
    assert (
        _replay._derivatives(leveraged.plain_model(), info(leveraged.plain_model()))
        == {}
    )


def _replay_only() -> set[str]:
    plain = {"price", "oracle_price", "fundamental_price", "flow"}
    return set(REPLAY_SCHEMA) - plain - {"repaid", "seized", "realized"}


@pytest.mark.slow
def test_a_run_holds_all_of_dealers_and_perpetuals_and_a_plain_one_nothing() -> None:
    dataset = leveraged.dataset()
    for name, variable in dataset.variables.items():
        assert variable.attrs["units"] in {"USD", "1", "day"}, name
        assert variable.attrs["long_name"], name
    expected = {
        name
        for name, variable in SCHEMA.items()
        if name.startswith((*OF_OTHERS, "lowest", "highest", "zero_gamma"))
        or "worst" in variable.dims
    }
    assert expected <= set(map(str, dataset.data_vars))
    plain = leveraged.plain_result().to_xarray()
    assert not expected & set(map(str, plain.data_vars))
    assert not {"dealer", "perp", "worst", "spot_move"} & set(map(str, plain.coords))
    assert set(map(str, dataset.coords)) <= set(COORDINATES)
    text, before = leveraged.result().summary(), leveraged.plain_result().summary()
    assert "hedging" in text
    assert "perpetuals" in text
    assert "insurance" in text
    assert not {"hedging", "perpetuals", "insurance"} & set(before.split())


@pytest.mark.slow
def test_the_worst_path_is_the_one_that_a_replay_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_replay, "prepare", lambda _: leveraged.model())
    result: Result = leveraged.result()
    stored = result.to_xarray()
    again = replay(result, int(stored["recorded_path"][0]))
    worst = stored.sel(worst=0).isel(time=slice(1, None))
    for name, of_path in (
        ("worst_price", "price"),
        ("worst_keeper_flow", "keeper_flow"),
        ("worst_dealer_flow", "dealer_flow"),
        ("worst_perp_flow", "perp_flow"),
        ("worst_basis", "basis"),
        ("worst_funding_rate", "funding_rate"),
        ("worst_insurance_paid", "insurance_paid"),
    ):
        values, found = worst[name].to_numpy(), again[of_path].to_numpy()
        np.testing.assert_allclose(values, found, rtol=1e-4, atol=1e-6, err_msg=name)
    assert float(abs(again["dealer_flow"]).sum()) > 0
    assert float(again["perp_liquidated"].sum()) > 0
