"""`jaxrisk optimize`."""

import json
from pathlib import Path

import pytest

from jaxrisk import optimize as library

from .conftest import Jaxrisk


SMALL = str(Path(__file__).resolve().parents[2] / "configs" / "optimize_small.yaml")
RESERVE = "markets.aave_v3.reserves.WETH"
# Half a day, and one parameter: a compilation and some seconds.
QUICK = (
    SMALL,
    *("--set", "horizon_days=0.5"),
    *("--set", "assets.WETH.jumps.intensity=150"),
    *("--set", "optimize.first_paths=128"),
    *("--set", "optimize.paths=512"),
    *("--set", "optimize.fresh_paths=512"),
    *("--set", "optimize.iterations=4"),
    *("--set", "optimize.stress=[]"),
    *("--set", "optimize.limits={es95: 3e5, liquidated: 2e7}"),
)
ONE = ("--set", f"optimize.parameters={{{RESERVE}.loan_to_value: {{}}}}")


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a short search, and what was printed."""
    from .conftest import _invoke

    folder = tmp_path_factory.mktemp("optimize") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAXRISK_NO_CACHE", "1")
        said = _invoke("optimize", *QUICK, "--out", str(folder))
    assert said.exit_code == 0, said.stderr
    return folder, said.stdout


def test_a_proposal_on_stdout_and_its_evidence_on_disk(
    proposed: tuple[Path, str],
) -> None:
    folder, shown = proposed
    for words in ("now     proposed", "Borrowers: elasticity 1", "Against it:"):
        assert words in shown
    facts = json.loads((folder / "result.json").read_text())
    assert facts["verdict"] == "optimum"
    assert len(facts["parameters"]) == 3
    assert len(facts["side_steps"]) == 6
    for each in facts["parameters"]:
        assert each["low"] <= each["proposed"] <= each["high"]
        assert abs(each["proposed"] - each["now"]) <= 0.04 + 1e-9
    limit, threshold, bonus = (each["proposed"] for each in facts["parameters"])
    assert limit <= threshold - 0.02 + 1e-6
    assert threshold * (1 + bonus) < 1
    assert (folder / "result.txt").read_text() == shown
    page = (folder / "proposal.html").read_text()
    for title in ("Why", "What it does", "What speaks against it"):
        assert title in page
    assert (folder / "proposal.pdf").read_bytes().startswith(b"%PDF")


def test_evidence_is_paired_and_on_other_draws(proposed: tuple[Path, str]) -> None:
    facts = json.loads((proposed[0] / "result.json").read_text())
    changes = {each["name"]: each for each in facts["markets"][0]["changes"]}
    liquidated = changes["liquidated"]
    apart = liquidated["proposed"][0] - liquidated["now"][0]
    assert liquidated["difference"][0] == pytest.approx(apart)
    # Both runs of a difference share their draws.
    assert liquidated["difference"][1] < 0.7 * liquidated["now"][1]
    assert facts["out_of_sample"]["liquidated"] != facts["in_sample"]["liquidated"]


def test_the_same_command_goes_on_and_ends_the_same(
    jaxrisk: Jaxrisk, proposed: tuple[Path, str], tmp_path: Path
) -> None:
    folder, shown = proposed
    facts = json.loads((folder / "checkpoint.json").read_text())
    state = library.SearchState.of(facts["states"][0])
    assert state.sentence
    again = tmp_path / "again"
    again.mkdir()
    (again / "checkpoint.json").write_text(json.dumps(facts))
    said = jaxrisk("optimize", *QUICK, "--out", str(again))
    assert said.exit_code == 0
    assert said.stdout == shown
    assert "Going on" in said.stderr
    other = jaxrisk("optimize", *QUICK, *ONE, "--out", str(again))
    assert other.exit_code == 2
    assert "another config or seed" in other.stderr


def test_an_infeasible_problem_names_the_limit_and_ends_with_three(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    tight = ("--set", "optimize.limits={liquidated: 1000.0, es99: 1e9}")
    said = jaxrisk("optimize", *QUICK, *ONE, *tight, "--out", str(tmp_path / "x"))
    assert said.exit_code == 3, said.stderr
    assert "Infeasible: no point within the bounds keeps all limits" in said.stdout
    assert "liquidated (" in said.stdout
    assert "es99 (" not in said.stdout


def test_ctrl_c_leaves_the_best_so_far(
    jaxrisk: Jaxrisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stopped"
    kept = library.keep_states

    def stop_after_one(*given: object) -> None:
        kept(*given)  # pyright: ignore[reportArgumentType]
        raise KeyboardInterrupt

    monkeypatch.setattr(library, "keep_states", stop_after_one)
    said = jaxrisk("optimize", *QUICK, *ONE, "--out", str(folder))
    assert said.exit_code == 130
    assert "best.json, not re-evaluated" in said.stderr
    best = json.loads((folder / "best.json").read_text())
    assert best["parameters"] == {f"{RESERVE}.loan_to_value": pytest.approx(0.805)}
    assert not (folder / "result.json").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("optimize=null", "there is no such section"),
        ("optimize.limits={es98x: 1.0}", "there is no measure es98x"),
        ("optimize.parameters={nothing: {}}", "the config has no such number"),
        (
            f"optimize.parameters={{{RESERVE}.loan_to_value: {{low: 0.83}}}}",
            "at least 0.83 and at most 0.81",
        ),
        ("optimize.parameters={all:volatility: {}}", "several numbers at once"),
        ("optimize.maximize={mean_capital_efficiency: 1.0}", "no factors move here"),
        ("optimize.maximize={profit: 1.0}", "optimize.maximize"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(
    jaxrisk: Jaxrisk, tmp_path: Path, change: str, reason: str
) -> None:
    said = jaxrisk("optimize", SMALL, "--set", change, "--out", str(tmp_path / "x"))
    assert said.exit_code == 2, said.stdout
    assert reason in said.stderr
    assert not (tmp_path / "x").exists()
