"""Measures of entities that owe each other, and none where there are none."""

import dataclasses

import numpy as np
import pytest

from jaxrisk._status import Status
from jaxrisk.risk import Measures

from .outcomes import AXES, STEPS, entities, outcome, part


PATHS, COUNT = 5000, 3
FULL = outcome(PATHS) | entities(PATHS, count=COUNT)
KEPT = FULL["status"] != Status.PRICE_NOT_FINITE
WITH = dataclasses.replace(AXES, entities=("fund", "maker", "treasury"))


def measured(*, cuts: tuple[int, ...] = ()) -> Measures:
    measures = Measures(WITH, levels=(0.9, 0.99), steps=STEPS, step_days=1 / 24)
    for start, stop in zip((0, *cuts), (*cuts, PATHS), strict=True):
        measures.push(part(FULL, start, stop))
    return measures


@pytest.fixture(scope="module")
def estimates() -> dict[str, np.ndarray]:
    return measured().estimates()


@pytest.mark.parametrize("name", ["entity_shortfall", "entity_equity"])
def test_means_have_the_error_of_a_mean(
    estimates: dict[str, np.ndarray], name: str
) -> None:
    values = FULL[name][:, KEPT].astype(float)
    np.testing.assert_allclose(estimates[f"{name}_mean"], values.mean(axis=-1))
    error = values.std(axis=-1, ddof=1) / np.sqrt(KEPT.sum())
    np.testing.assert_allclose(estimates[f"{name}_mean_se"], error)


def test_defaults_by_contagion_are_some_of_all_defaults(
    estimates: dict[str, np.ndarray],
) -> None:
    fallen = FULL["entity_round"][:, KEPT]
    for name, least in (("default", 1), ("contagion", 2)):
        often = (fallen >= least).mean(axis=1)
        np.testing.assert_allclose(estimates[f"entity_{name}_probability"], often)
        assert np.all(estimates[f"entity_{name}_probability_low"] < often)
        assert np.all(estimates[f"entity_{name}_probability_high"] > often)


def test_the_tail_is_that_of_a_loss(estimates: dict[str, np.ndarray]) -> None:
    loss = np.sort(FULL["entity_shortfall"][:, KEPT].astype(float), axis=1)
    worst = int(np.ceil(0.01 * KEPT.sum()))
    close = loss[:, -worst:].mean(axis=1)
    np.testing.assert_allclose(estimates["entity_shortfall_es"][:, 1], close, rtol=0.02)
    at_risk = np.quantile(loss, 0.99, axis=1)
    np.testing.assert_allclose(
        estimates["entity_shortfall_var"][:, 1], at_risk, rtol=0.05
    )


def test_launch_size_changes_no_bit(estimates: dict[str, np.ndarray]) -> None:
    again = measured(cuts=(7, 1000, 1001, 4000)).estimates()
    for name, values in estimates.items():
        assert np.array_equal(values, again[name], equal_nan=True), name


def test_without_entities_nothing_is_said_of_them() -> None:
    measures = Measures(AXES, levels=(0.9,), steps=STEPS, step_days=1 / 24)
    measures.push(FULL | entities(PATHS, count=0))
    assert not [name for name in measures.estimates() if "entity" in name]
    assert "entity" not in measures.coordinates()
    assert measured().coordinates()["entity"].tolist() == list(WITH.entities)
