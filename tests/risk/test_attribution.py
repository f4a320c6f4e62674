"""Attribution: laws of what each mechanism adds, and errors that are calibrated."""

from collections.abc import Callable

import jax
import numpy as np
import pytest

from jaxrisk.engine import Layout, System
from jaxrisk.options import ImplicitHedging
from jaxrisk.risk import MECHANISMS, Attribution, attribution
from jaxrisk.risk._attributed import MEASURES
from jaxrisk.risk._attribution import Plan
from jaxrisk.risk._contrasts import Contrasts, Estimates
from jaxrisk.validate._hedging import log_contract_scene
from jaxrisk.validate._scene import outcome

from .systems import KIND, cohort, dealers, ladder, system


PATHS, STEPS, SEED = 1024, 6, 5
FEEDBACK = 0.3
NUMBER = {each.name: number for number, each in enumerate(MEASURES)}
LIQUIDATIONS, DEALERS, PERPS, INTERACTION, TOGETHER, IMPACT = range(6)


def attributed(
    market: System,
    *,
    asset: int = 0,
    paths: int = PATHS,
    seed: int = SEED,
    layout: Layout | None = None,
    heard: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Attribution:
    """On one device: a program is compiled for each, and nine take long enough."""
    return attribution(
        market,
        asset=asset,
        paths=paths,
        seed=seed,
        layout=layout,
        devices=jax.local_devices()[:1],
        heard=heard,
    )


@pytest.fixture(scope="module")
def hedged() -> Attribution:
    """A market whose dealers feed back by a known share, and whose book is idle."""
    scene = log_contract_scene(FEEDBACK, ImplicitHedging(), steps=STEPS)
    return attributed(scene.build(KIND))


@pytest.fixture(scope="module")
def mixed() -> Attribution:
    """Leveraged borrowers beside dealers who are short of options."""
    who = dealers(-3000.0, steps=STEPS)
    return attributed(system(book=cohort(0.6), who=who, steps=STEPS))


def test_dealers_of_a_log_contract_amplify_by_one_over_one_less_k(
    hedged: Attribution,
) -> None:
    row = NUMBER["price_sd"]
    expected = 1 / (1 - FEEDBACK)
    assert hedged.amplification[row] == pytest.approx(expected, rel=0.002)
    assert 0 < hedged.amplification_error[row] < 0.002
    # Nobody else is there to amplify it: taken out, or alone, it is all there is.
    added = (expected - 1) * hedged.none[row]
    for table in (hedged.off, hedged.on):
        assert table[row, DEALERS] == pytest.approx(added, rel=0.005)
        assert table[row, INTERACTION] == pytest.approx(0.0, abs=1e-9)


def test_a_mechanism_that_is_not_there_adds_exactly_nothing(
    hedged: Attribution,
) -> None:
    assert hedged.present == {"liquidations", "dealers"}
    for table in (hedged.off, hedged.off_error, hedged.off_changed):
        assert not table[:, PERPS].any()
    for table in (hedged.on, hedged.on_error, hedged.on_changed):
        assert not table[:, PERPS].any()
    # This book is there, and is never liquidated.
    assert not hedged.off[:, LIQUIDATIONS].any()
    assert not hedged.off_error[:, LIQUIDATIONS].any()


@pytest.mark.slow
def test_rows_add_up_with_their_interaction(mixed: Attribution) -> None:
    for table in (mixed.off, mixed.on):
        parts = table[:, [LIQUIDATIONS, DEALERS, PERPS, INTERACTION]].sum(axis=1)
        scale = np.abs(table[:, TOGETHER]) + 1e-12
        assert (np.abs(parts - table[:, TOGETHER]) <= 1e-9 * scale).all()
    assert mixed.off[:, TOGETHER] == pytest.approx(mixed.value - mixed.none)
    # With two mechanisms what one misses the other has: the columns mirror each other.
    assert mixed.off[:, INTERACTION] == pytest.approx(-mixed.on[:, INTERACTION])
    assert mixed.off[NUMBER["liquidated_mean"], INTERACTION] < 0
    assert np.isnan(mixed.on[:, IMPACT]).all()


@pytest.mark.slow
def test_values_and_differences_are_those_of_the_runs(mixed: Attribution) -> None:
    market = system(book=cohort(0.6), who=dealers(-3000.0, steps=STEPS), steps=STEPS)
    whole = outcome(market, paths=PATHS, seed=SEED, devices=1)
    drawdown = whole.drawdown[0].astype(np.float64)
    repaid = whole.repaid.sum(axis=0).astype(np.float64)
    worst = np.sort(drawdown)[-10:].sum() + 0.24 * np.sort(drawdown)[-11]
    expected = {
        "price_sd": np.log(whole.final_price[0].astype(np.float64)).std(ddof=1),
        "drawdown_mean": drawdown.mean(),
        "drawdown_es99": worst / 10.24,
        "liquidated_mean": repaid.mean(),
    }
    for name, value in expected.items():
        assert mixed.value[NUMBER[name]] == pytest.approx(value, rel=1e-9), name
    error = drawdown.std(ddof=1) / np.sqrt(PATHS)
    assert mixed.value_error[NUMBER["drawdown_mean"]] == pytest.approx(error, rel=1e-9)
    # With all off nobody moves the price: it is the fundamental one.
    calm = whole.fundamental_drawdown[0].astype(np.float64)
    row = NUMBER["drawdown_mean"]
    assert mixed.none[row] == pytest.approx(calm.mean(), rel=1e-6)
    paired = (drawdown - calm).std(ddof=1) / np.sqrt(PATHS)
    assert mixed.off_error[row, TOGETHER] == pytest.approx(paired, rel=1e-4)
    assert paired < 0.3 * error


@pytest.mark.slow
def test_pieces_change_no_number(mixed: Attribution) -> None:
    market = system(book=cohort(0.6), who=dealers(-3000.0, steps=STEPS), steps=STEPS)
    heard: list[tuple[int, int]] = []
    again = attributed(
        market,
        layout=Layout(block=512, launch=512),
        heard=lambda done, total: heard.append((done, total)),
    )
    assert np.array_equal(again.off, mixed.off, equal_nan=True)
    assert np.array_equal(again.off_error, mixed.off_error, equal_nan=True)
    assert heard[-1] == (PATHS * again.runs, PATHS * again.runs)
    assert heard == sorted(heard)


@pytest.mark.slow
def test_three_mechanisms_take_nine_runs_and_each_adds_to_the_fall() -> None:
    who = dealers(-3000.0, steps=STEPS)
    found = attributed(system(who=who, perps=ladder(), steps=STEPS))
    assert found.runs == 9
    row = NUMBER["drawdown_es99"]
    assert (found.off[row, [LIQUIDATIONS, DEALERS, PERPS]] > 0).all()
    assert (found.on[row, [LIQUIDATIONS, DEALERS, PERPS]] > 0).all()


def test_every_different_variant_is_run_once() -> None:
    counts = [
        len(Plan.of(frozenset(names)).subsets)
        for names in (["liquidations"], ["liquidations", "perps"], MECHANISMS)
    ]
    assert counts == [2, 4, 8]


@pytest.mark.slow
def test_a_loss_that_no_path_shows_is_not_known_to_be_impossible(
    mixed: Attribution,
) -> None:
    row = NUMBER["bad_debt_probability"]
    assert mixed.value[row] == 0
    assert mixed.value_error[row] > 0.5 / PATHS


def test_too_few_paths_for_a_tail_say_so() -> None:
    rng = np.random.default_rng(0)
    found = _contrasts(rng.lognormal(size=(5, 2, 100)), pieces=1).estimates()
    row = NUMBER["drawdown_es99"]
    assert np.isinf(found.value_error[row]).all()
    assert np.isinf(found.difference_error[row]).all()
    assert np.isfinite(found.value_error[NUMBER["drawdown_mean"]]).all()


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="there are 2 assets"):
        attributed(system(), asset=7)
    empty = _contrasts(
        np.ones((5, 2, 3)), pieces=1, valid=np.array([True] + 2 * [False])
    )
    with pytest.raises(ValueError, match="two are the least"):
        empty.estimates()


def test_a_path_that_failed_in_one_run_is_left_out_of_all() -> None:
    rng = np.random.default_rng(1)
    sample = rng.lognormal(size=(5, 2, 500))
    valid = rng.random(500) > 0.1
    broken = np.where(valid, sample, np.nan)
    found = _contrasts(broken, pieces=3, valid=valid)
    kept = _contrasts(np.ascontiguousarray(sample[:, :, valid]), pieces=1)
    assert found.left_out == (~valid).sum()
    assert np.array_equal(found.estimates().difference, kept.estimates().difference)


def _contrasts(
    sample: np.ndarray, *, pieces: int, valid: np.ndarray | None = None
) -> Contrasts:
    """Two runs, and the first less the second."""
    found = Contrasts(
        [each.measured for each in MEASURES], np.array([[1.0, -1.0]]), quantities=5
    )
    counts = np.ones(sample.shape[2], bool) if valid is None else valid
    parts = np.array_split(np.arange(counts.size), pieces)
    for part in parts:
        found.push(sample[:, :, part], counts[part])
    return found


def _correlated(rng: np.random.Generator, paths: int) -> np.ndarray:
    """Skewed quantities of two runs that share most of their draws."""
    common, own = rng.normal(size=(5, 1, paths)), rng.normal(size=(5, 2, paths))
    scale = np.array([0.5, 0.55])[None, :, None]
    sample = np.exp(scale * (0.95 * common + np.sqrt(1 - 0.95**2) * own))
    sample[3] = sample[2] > 1.5
    return sample


@pytest.mark.parametrize(("paths", "pilot"), [(3000, 8192), (3000, 1000)])
def test_errors_are_those_of_replications(
    paths: int, pilot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anchored on all of the paths, or on a pilot of a third of them."""
    monkeypatch.setattr("jaxrisk.risk._contrasts.PILOT", pilot)
    count, rng = 400, np.random.default_rng(7)
    found = [
        _contrasts(_correlated(rng, paths), pieces=4).estimates() for _ in range(count)
    ]
    _calibrated([each.difference[:, 0] for each in found], found, _differences)
    _calibrated([each.value[:, 0] for each in found], found, _values)


def _differences(found: Estimates) -> np.ndarray:
    return found.difference_error[:, 0]


def _values(found: Estimates) -> np.ndarray:
    return found.value_error[:, 0]


def _calibrated(
    numbers: list[np.ndarray],
    found: list[Estimates],
    error_of: Callable[[Estimates], np.ndarray],
) -> None:
    """The spread of replications is the error that each of them states.

    A deviation over 400 replications is off by 3.5 %; a bound of 16 % fails for right
    errors once in 100,000 times. Tails lean: a shortfall of 30 paths gets 10 % more.
    """
    spread = np.std(numbers, axis=0, ddof=1)
    stated = np.sqrt(np.mean([error_of(each) ** 2 for each in found], axis=0))
    ratio = stated / spread
    for each, value in zip(MEASURES, ratio, strict=True):
        bound = 0.26 if "es99" in each.name else 0.16
        assert abs(value - 1) < bound, (each.name, value)


@pytest.mark.slow
def test_paired_errors_of_runs_are_those_of_replications() -> None:
    """Two hundred seeds of a tiny market against what each seed says of itself."""
    scene = log_contract_scene(FEEDBACK, ImplicitHedging(), steps=2)
    market = scene.build(KIND)
    found = [attributed(market, paths=256, seed=seed) for seed in range(200)]
    for name in ("price_sd", "drawdown_mean"):
        row = NUMBER[name]
        spread = np.std([each.off[row, DEALERS] for each in found], ddof=1)
        stated = np.mean([each.off_error[row, DEALERS] for each in found])
        # A deviation over 200 replications is off by 5 %.
        assert stated == pytest.approx(spread, rel=0.22), name
