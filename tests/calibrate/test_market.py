"""From prices of a known law to the sections of a config, and what may go wrong."""

from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from jaxrisk.calibrate import (
    Calibration,
    CalibrationError,
    Files,
    Panel,
    Settings,
    calibrate,
    sections_of,
)
from jaxrisk.calibrate import _market as market
from jaxrisk.calibrate._simulated import simulated_returns

from ._simulate import basis
from .markets import (
    CALM,
    HOUR,
    MULTIPLIER,
    START,
    STRESS,
    VOLATILITY,
    engine_market,
    price_series,
    z_scores,
)


DAYS = 300
DEGREES = 6.0
RATES = (12.0, 24.0)
PAIR = ("A", "B")


def files_of(returns: Mapping[str, np.ndarray]) -> Files:
    """Hourly prices with these returns, from 1000 on."""
    prices = []
    for asset, moves in returns.items():
        time = START + np.arange(moves.size + 1) * HOUR
        level = 1000 * np.exp(np.append(0.0, np.cumsum(moves)))
        prices.append(price_series(asset, time, level))
    return Files(prices, [], [], [])


def quiet(files: Files, settings: Settings | None = None) -> Calibration:
    return calibrate(files, settings or Settings(), tell=lambda _: None)


def not_judged(ledger: object, steps: Panel) -> None:
    """Leave out the models that others are judged by, which are slow."""


@pytest.fixture
def _unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market, "_judge", not_judged)


@pytest.fixture(scope="module")
def path() -> Panel:
    """One path of the engine, of two assets with regimes that last weeks."""
    steps = 24 * DAYS
    return engine_market(paths=1, steps=steps, degrees=DEGREES, rates=RATES, seed=5)[0]


@pytest.fixture(scope="module")
def fitted(path: Panel) -> Calibration:
    """The calibration of that path, in which models to judge by are left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(market, "_judge", not_judged)
        return quiet(files_of(dict(zip(PAIR, path.returns, strict=False))))


def test_the_law_of_the_engine_is_found_again(fitted: Calibration) -> None:
    regimes = fitted.chosen.regimes
    assert regimes is not None
    truth = {f"volatility.{name}": VOLATILITY[name] for name in PAIR}
    truth |= {
        "volatility_multiplier": MULTIPLIER,
        "correlation.A.B": float(CALM[0, 1]),
        "stress.correlation.A.B": float(STRESS[0, 1]),
        "enter_stress_per_year": RATES[0],
        "leave_stress_per_year": RATES[1],
    }
    scores = np.array(z_scores(regimes, truth))
    assert np.abs(scores).max() < stats.norm.isf(5e-4 / scores.size)
    # No parameter is so uncertain that anything would pass.
    errors = [
        regimes.parameters[name].error / abs(true) for name, true in truth.items()
    ]
    assert max(errors[:5]) < 0.15


def test_shocks_have_the_degrees_of_their_law_not_of_the_mixture(
    path: Panel, fitted: Calibration
) -> None:
    shocks = fitted.chosen.shocks
    assert shocks is not None
    found = shocks.parameters["degrees_of_freedom"]
    assert abs(found.value - DEGREES) < 4 * found.error
    assert found.error < 1
    mixture = market.fit_student_t(path.of(*PAIR))
    assert mixture["degrees_of_freedom"] < DEGREES - 1.5


def test_sections_have_these_numbers(fitted: Calibration) -> None:
    sections = sections_of(fitted, [])
    chosen = fitted.chosen
    assert chosen.regimes is not None
    assert chosen.shocks is not None
    for name in PAIR:
        value = sections["assets"][name]["volatility"]
        assert value == pytest.approx(chosen.regimes[f"volatility.{name}"], rel=1e-3)
        # That of calm: over both regimes it is higher by a third or more.
        assert value < 0.8 * chosen.volatility[name]["volatility"]
    model = sections["market_model"]
    assert model["innovation"]["degrees_of_freedom"] == pytest.approx(
        chosen.shocks["degrees_of_freedom"], rel=1e-3
    )
    assert 0.7 < model["correlation"]["A"]["B"] < 0.9


def test_what_is_refused_is_recorded_and_stops_nothing(
    path: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three weeks are too few for regimes by days, and for local volatility."""

    def refuse(panel: Panel) -> None:
        raise CalibrationError(f"Kou of {panel.assets[0]} is slow.")

    monkeypatch.setattr(market, "fit_kou", refuse)
    short = {
        name: row[: 24 * 21] for name, row in zip(PAIR, path.returns, strict=False)
    }
    made = quiet(files_of(short))
    assert any("A, B have 21 steps of 86400 s" in reason for reason in made.refused)
    assert any("local volatility needs 672" in reason for reason in made.refused)
    assert {"Kou of A is slow.", "Kou of B is slow."} <= set(made.refused)
    assert made.chosen.regimes is None
    assert made.chosen.shocks is not None
    assert {"realized volatility", "correlation"} <= {fit.model for fit in made.fits}
    model = sections_of(made, [])["market_model"]
    assert "regimes" not in model
    assert 0.7 < model["correlation"]["A"]["B"] < 0.9
    assert steps_of(made).shape == (2, 504)


@pytest.mark.usefixtures("_unjudged")
def test_fewer_days_than_a_window_of_the_search_are_fitted_or_refused(
    path: Panel,
) -> None:
    """The longest moving mean of the search is of 168 steps; here are 100."""
    rows = zip(PAIR, path.returns[:, : 24 * 100], strict=False)
    made = quiet(files_of(dict(rows)))
    refused = [reason for reason in made.refused if "regimes" in reason]
    assert (made.chosen.regimes is None) is bool(refused)
    assert made.chosen.shocks is not None


def steps_of(made: Calibration) -> np.ndarray:
    assert made.steps is not None
    return simulated_returns(made.chosen, made.steps, count=made.steps.end.size)


@pytest.mark.usefixtures("_unjudged")
def test_one_asset_has_its_own_jumps_or_fat_tails_not_both(path: Panel) -> None:
    draw = np.random.default_rng(3)
    moves = path.returns[0].copy()
    jumped = slice(100, None, 24 * 20)
    moves[jumped] -= 0.07 + 0.01 * draw.standard_normal(moves[jumped].size)
    files = files_of({"A": moves})
    tails = sections_of(quiet(files), [])
    jumps = sections_of(quiet(files, Settings(jumps=True)), [])
    assert tails["market_model"]["innovation"]["kind"] == "student_t"
    assert jumps["market_model"]["innovation"]["kind"] == "gaussian"
    assert "correlation" not in tails["market_model"]
    plain, jumping = tails["assets"]["A"], jumps["assets"]["A"]
    assert "jumps" not in plain
    assert jumping["jumps"]["intensity"] > 10
    assert jumping["jumps"]["mean"] < 0
    assert jumping["volatility"] < plain["volatility"]


def dollar(seed: int, hours: int) -> np.ndarray:
    law = {"speed": 150.0, "volatility": 0.02, "intensity": 0.0, "mean": 0.0, "sd": 0.1}
    return np.diff(basis(seed, hours + 1, law, noise=2e-4))


@pytest.mark.slow
@pytest.mark.usefixtures("_unjudged")
def test_an_exchange_rate_that_grows_is_fitted_where_it_does(path: Panel) -> None:
    hours = 24 * 150
    moves = path.returns[0, :hours]
    rate = 0.04 / 8760
    files = files_of(
        {
            "WETH": moves,
            "wstETH": moves + dollar(1, hours) + rate,
            "stETH": moves + dollar(2, hours),
        }
    )
    settings = Settings(pegs={"wstETH": "WETH", "stETH": "WETH"})
    made = quiet(files, settings)
    assets = sections_of(made, [])["assets"]
    assert "volatility" in assets["WETH"]
    assert assets["wstETH"]["peg"]["growth"] == pytest.approx(0.04, abs=0.01)
    assert "growth" not in assets["stETH"]["peg"]
    for name in ("wstETH", "stETH"):
        found = made.chosen.pegs[name].parameters
        assert abs(np.log(found["speed"].value / 150)) < 4 * (
            found["speed"].error / found["speed"].value
        )
        assert found["volatility"].value == pytest.approx(0.02, rel=0.2)


@pytest.mark.parametrize(
    ("pegs", "said"),
    [
        ({"USDC": "USD"}, "peg of USDC to USD: USDC has no prices. Known are A"),
        ({"A": "WETH"}, "peg of A to WETH: WETH has no prices"),
        ({"A": "B", "B": "USD"}, "B is pegged itself. Peg A to USD"),
    ],
)
def test_pegs_of_or_to_what_has_no_prices_are_refused(
    path: Panel, pegs: dict[str, str], said: str
) -> None:
    """Without its reference an asset would be fitted to the dollar, unseen."""
    files = files_of(dict(zip("AB", path.returns, strict=False)))
    if "B" not in pegs:
        files = files_of({"A": path.returns[0]})
    with pytest.raises(CalibrationError, match=said):
        quiet(files, Settings(pegs=pegs))


def test_models_to_judge_by_are_fitted_to_every_asset(path: Panel) -> None:
    made = quiet(files_of({"A": path.returns[0, :2_000]}))
    told = [f"{fit.model} of {fit.subject[0]}" for fit in made.fits]
    told += made.refused
    for model in ("GARCH(1,1)", "Merton jump-diffusion", "Kou double-exponential"):
        assert any(model in one and "A" in one for one in told)
    assert made.chosen.jumps is None
