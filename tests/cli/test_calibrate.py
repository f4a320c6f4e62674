"""`jaxrisk calibrate`: what it writes, how it ends, and nothing by halves."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from jaxrisk import calibrate
from jaxrisk.config import load

from .conftest import Jaxrisk


DAYS = 520
DAILY = ("--step-minutes", "1440")
CHILD = """\
extends: market.yaml
name: child
horizon_days: 7
step_minutes: 1440
assets: {WETH: {price_usd: 2000}, BTC: {price_usd: 40000}}
oracle: {kind: instant}
venues: {WETH: {kind: infinite}, BTC: {kind: infinite}}
keeper: {kind: rational, gas_usd: 25}
markets:
  one:
    close_factor: {kind: aave_v3}
    reserves:
      WETH: {loan_to_value: 0.8, liquidation_threshold: 0.83, liquidation_bonus: 0.05}
      BTC: {loan_to_value: 0.7, liquidation_threshold: 0.8, liquidation_bonus: 0.05}
book: {accounts: [{account: a, collateral: {WETH: 1}, debt: {BTC: 0.02}}]}
"""
Calibrate = Callable[..., Result]


def table(path: Path, days: int = DAYS) -> Path:
    """Daily prices of two assets that move together."""
    draw = np.random.default_rng(7)
    shock = draw.standard_normal((2, days)) / np.sqrt(draw.chisquare(5, days) / 3)
    shock[1] = 0.8 * shock[0] + 0.6 * shock[1]
    price = 1000 * np.exp(np.cumsum(0.03 * shock, axis=1))
    first = np.datetime64("2022-01-01")
    rows = [
        f"{first + day},{one:.6g},{two:.6g}" for day, (one, two) in enumerate(price.T)
    ]
    path.write_text("\n".join(["time,ETH,BTC", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def fitted(jaxrisk: Jaxrisk, tmp_path: Path) -> Calibrate:
    """Calibrate to the table, with more words."""

    def run(*words: str) -> Result:
        path = tmp_path / "prices.csv"
        if not path.exists():
            table(path)
        out = () if "--out" in words else ("--out", str(tmp_path / "market.yaml"))
        return jaxrisk("calibrate", str(path), *DAILY, *out, *words)

    return run


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no fit but the first ones: how a command ends does not hang on them."""
    from jaxrisk.calibrate import _market

    def not_judged(ledger: object, steps: object) -> None:
        pass

    monkeypatch.setattr(_market, "_judge", not_judged)


@pytest.mark.usefixtures("_quick")
def test_a_config_can_extend_what_is_written(fitted: Calibrate, tmp_path: Path) -> None:
    said = fitted("--names", "ETH=WETH")
    assert said.exit_code == 0, said.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "market.pdf",
        "market.yaml",
        "prices.csv",
    ]
    assert (tmp_path / "market.pdf").read_bytes().startswith(b"%PDF")
    (tmp_path / "child.yaml").write_text(CHILD, encoding="utf-8")
    config = load(tmp_path / "child.yaml")
    assert 0.4 < (config.assets["WETH"].volatility or 0) < 0.8
    assert 0.7 < config.market_model.correlation["WETH"]["BTC"] < 0.9
    assert config.calibration is not None
    assert config.calibration.files[0].name == "prices.csv"
    assert "realized volatility: WETH; 519 observations" in said.stdout
    assert "volatility of BTC" in said.stderr


@pytest.mark.usefixtures("_quick")
def test_backtest_has_a_line_for_asset_model_and_level(
    fitted: Calibrate, tmp_path: Path
) -> None:
    said = fitted("--backtest")
    lines = said.stdout.splitlines()
    start = lines.index("value at risk of one day, fitted to the year before it")
    rows = [line.split() for line in lines[start + 2 :]]
    assert len(rows) == 2 * 4 * 3
    assert {(row[0], row[1]) for row in rows} >= {
        ("ETH", "Historical"),
        ("BTC", "ExponentialStudentT"),
    }
    for _, _, level, beyond, expected, kupiec, christoffersen in rows:
        share = 1 - float(level.strip("%")) / 100
        assert float(expected) == pytest.approx(share * (519 - 365), abs=0.06)
        assert int(beyond) < 40
        assert 0 <= float(kupiec) <= 1
        assert 0 <= float(christoffersen) <= 1
    assert (tmp_path / "market.yaml").exists()


@pytest.mark.usefixtures("_quick")
def test_a_backtest_of_too_few_days_says_so_and_loses_nothing(
    fitted: Calibrate, tmp_path: Path
) -> None:
    table(tmp_path / "prices.csv", 200)
    said = fitted("--backtest")
    assert said.exit_code == 0
    assert "ETH      not tested: 199 returns leave 0 days" in said.stdout
    assert (tmp_path / "market.yaml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "31.10.2023"), "--from: '31.10.2023' is no date. Write it as"),
        (("--to", "soon"), "--to: 'soon' is no date"),
        (("--from", "2030-01-01"), "ETH has 0 prices in the window"),
        (("--out", "market.json"), "a config ends in .yaml; rename it"),
        (("--assets", "WETH"), "no file has asset WETH. Known are BTC, ETH"),
        (("--names", "LINK=X"), "no file has symbol LINK. Known are BTC, ETH"),
        (("--names", "ETH"), "--names: 'ETH' is no pair. Write NAME=VALUE"),
        (("--names", "ETH=BTC"), "both give prices of BTC"),
        (("--pegs", "USDC=USD"), "peg of USDC to USD: USDC has no prices"),
        (("--pegs", "ETH=stETH"), "peg of ETH to stETH: stETH has no prices"),
    ],
)
def test_mistakes_end_with_2_and_a_sentence(
    fitted: Calibrate, tmp_path: Path, words: tuple[str, str], told: str
) -> None:
    said = fitted(*words)
    assert said.exit_code == 2
    assert told in said.stderr
    assert said.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["prices.csv"]


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_or_empty_file_ends_with_2(
    fitted: Calibrate, tmp_path: Path, content: str | None
) -> None:
    other = tmp_path / "other.csv"
    if content is not None:
        other.write_text(content)
    said = fitted(str(other))
    assert said.exit_code == 2
    assert str(other) in said.stderr
    assert not (tmp_path / "market.yaml").exists()


@pytest.mark.parametrize("name", ["market.yaml", "market.pdf"])
@pytest.mark.usefixtures("_quick")
def test_what_is_there_is_replaced_only_if_forced(
    fitted: Calibrate, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("mine")
    said = fitted()
    assert said.exit_code == 2
    assert f"{name} is there. Choose another name, or --force." in said.stderr
    assert (tmp_path / name).read_text() == "mine"
    said = fitted("--force")
    assert said.exit_code == 0
    assert (tmp_path / name).read_bytes()[:4] in {b"%PDF", b"# Wr"}


@pytest.mark.parametrize(
    ("part", "failure", "code", "told"),
    [
        ("calibrate", KeyboardInterrupt(), 130, "interrupted. Nothing was written."),
        ("draw", KeyboardInterrupt(), 130, "interrupted. Nothing was written."),
        ("draw", OSError(28, "No space left on device"), 2, "No space left on device"),
        ("draw", RuntimeError("broken"), 1, "RuntimeError: broken."),
    ],
)
@pytest.mark.usefixtures("_quick")
def test_what_ends_early_leaves_nothing(
    fitted: Calibrate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    failure: BaseException,
    code: int,
    told: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(calibrate, part, fail)
    said = fitted()
    assert said.exit_code == code
    assert told in said.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["prices.csv"]


def test_help_tells_the_options(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("calibrate", "--help")
    assert said.exit_code == 0
    for option in ("--out", "--names", "--pegs", "--backtest", "--cut-ticks"):
        assert option in said.stdout
