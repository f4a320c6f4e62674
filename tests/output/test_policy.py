"""What policy did, from outcomes to dataset and summary; and nothing without it."""

import dataclasses

import numpy as np
import xarray as xr

from jaxrisk.output import to_dataset
from jaxrisk.output._summary_policy import policy_rows
from jaxrisk.risk import Measures
from tests.risk.outcomes import AXES, STEPS, outcome


PATHS = 400
PARTS = ("breakers", "limits", "waterfall", "factors")
MARKETS = (
    "paused",
    "refused",
    "treasury_paid",
    "module_paid",
    "backstop_paid",
    "socialised",
)
RNG = np.random.default_rng(3)
DID = (
    outcome(PATHS)
    | {name: RNG.random((2, PATHS)).astype(np.float32) for name in MARKETS}
    | {
        name: RNG.uniform(0.8, 0.9, (3, PATHS)).astype(np.float32)
        for name in ("mean_factor", "lowest_factor")
    }
    | {"status": np.zeros(PATHS, np.uint8)}
)


def dataset_of(parts: tuple[str, ...]) -> xr.Dataset:
    axes = dataclasses.replace(AXES, policy=parts)
    measures = Measures(axes, levels=(0.9,), steps=STEPS, step_days=1 / 24)
    measures.push(DID)
    return to_dataset(
        measures.estimates(),
        coordinates=measures.coordinates(),
        attributes=measures.attributes(),
    )


def text(dataset: xr.Dataset, name: str) -> str:
    return f"{name} {float(dataset[name]):.3g}"


def test_every_part_has_its_numbers_and_its_lines() -> None:
    dataset = dataset_of(PARTS)
    for name in MARKETS[1:]:
        total = DID[name].astype(float).sum(axis=0).mean()
        np.testing.assert_allclose(dataset[f"{name}_mean"].sel(scope="total"), total)
    paused = DID["paused"][1].astype(float).mean()
    np.testing.assert_allclose(dataset["paused_mean"].sel(market="compound"), paused)
    lowest = DID["lowest_factor"][2].astype(float).mean()
    found = dataset["lowest_factor_mean"].sel(reserve="compound.USDC")
    np.testing.assert_allclose(found, lowest)
    rows = policy_rows(dataset, text)
    assert [row[0] for row in rows if row[0]] == [
        "paused",
        "limits",
        "insured",
        "factors",
    ]
    assert [row[1] for row in rows if row[0] in ("paused", "factors")] == [
        "aave",
        "aave.WETH",
    ]


def test_a_part_that_is_absent_has_nothing() -> None:
    alone = dataset_of(("limits",))
    assert "refused_mean" in alone
    assert "paused_mean" not in alone
    assert "market" not in alone.coords
    assert [row[0] for row in policy_rows(alone, text)] == ["limits"]
    assert policy_rows(dataset_of(()), text) == []
