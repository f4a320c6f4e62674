"""YAML 1.2, plain, with places; files that extend files; overrides."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jaxrisk.config import Config, ConfigError, load
from jaxrisk.config._yaml import parse_tree


def test_numbers_and_words_are_read_as_yaml_1_2_says() -> None:
    text = "{a: 1e6, b: NO, c: yes, d: 0o17, e: 1_000, f: 2023-06-19, g: ~, 1INCH: on}"
    assert parse_tree(text, name="x").plain() == {
        "a": 1e6,
        "b": "NO",
        "c": "yes",
        "d": 15,
        "e": 1000,
        "f": "2023-06-19",
        "g": None,
        "1INCH": "on",
    }


def test_nothing_is_unpickled() -> None:
    with pytest.raises(
        ConfigError, match="is not plain data; write the value without it"
    ):
        parse_tree("a: !!python/object/apply:os.system [ls]", name="x")
    with pytest.raises(ConfigError, match=r"x:1:4: a: the tag .* is not plain data"):
        parse_tree("a: !secret word", name="x")


def test_a_duplicate_key_is_a_fault_that_names_both_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_tree("a: {b: 1}\nc: 2\na: 3\n", name="x")
    assert str(caught.value) == (
        "x:3:1: a: the key is written twice, first in line 1; remove one of them"
    )


def test_broken_yaml_is_a_fault_with_a_place() -> None:
    with pytest.raises(ConfigError, match=r"^x:3:1: not valid YAML .*; check indent"):
        parse_tree("a: [1,\nb: 2\n", name="x")
    with pytest.raises(ConfigError, match=r"unacceptable character #x007f.*; check"):
        parse_tree("a: \x7f", name="x")
    with pytest.raises(ConfigError, match="the file is empty"):
        parse_tree("# nothing\n", name="x")
    with pytest.raises(ConfigError, match="inside its own anchor"):
        parse_tree("a: &a [*a]", name="x")


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: cannot be read"):
        load(tmp_path / "none.yaml")
    (tmp_path / "list.yaml").write_text("- 1")
    with pytest.raises(ConfigError, match="a config is a mapping"):
        load(tmp_path / "list.yaml")


def test_a_config_that_extends_another_is_merged_key_by_key(
    tmp_path: Path, sound_text: str, read: Callable[..., Config]
) -> None:
    (tmp_path / "base.yaml").write_text(sound_text)
    config = read(
        "extends: base.yaml\nname: child\nassets: {WETH: {volatility: 1.5}}\n"
        "oracle: {kind: delayed, delay_seconds: 7200}\n"
    )
    assert config.name == "child"
    assert config.assets["WETH"].volatility == 1.5
    assert config.assets["WETH"].price_usd == 1800
    assert config.oracle.kind == "delayed"


def test_faults_keep_their_own_file_through_a_merge(
    tmp_path: Path, sound_text: str, faults: Callable[..., list[str]]
) -> None:
    (tmp_path / "base.yaml").write_text(sound_text.replace("0.75}", "75}"))
    found = faults("extends: base.yaml\nassets: {WBTC: {volatility: 60}}")
    assert [line.split(": got")[0] for line in found] == [
        "base.yaml:5:39: assets.WETH.volatility",
        "run.yaml:2:29: assets.WBTC.volatility",
    ]


def test_a_circle_of_configs_is_a_fault(
    tmp_path: Path, faults: Callable[..., list[str]]
) -> None:
    (tmp_path / "base.yaml").write_text("extends: run.yaml")
    expected = "in a circle (run.yaml -> base.yaml -> run.yaml); remove one"
    assert expected in faults("extends: base.yaml")[0]
    assert "there is no such file" in faults("extends: nowhere.yaml")[0]
    assert "the path of one config" in faults("extends: [a, b]")[0]


def test_the_book_is_found_from_the_file_that_names_it(
    tmp_path: Path, sound_text: str, read: Callable[..., Config]
) -> None:
    folder = tmp_path / "below"
    folder.mkdir()
    (folder / "book.csv").write_text("")
    text = sound_text.split("  accounts:")[0] + "  file: book.csv\n"
    (folder / "base.yaml").write_text(text)
    config = read("extends: below/base.yaml\n")
    assert config.book.file == "below/book.csv"
    assert (config.folder / config.book.file).is_file()


def test_a_book_named_in_an_override_is_relative_to_the_working_directory(
    tmp_path: Path,
    sound_text: str,
    read: Callable[..., Config],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "mine.csv").write_text("")
    monkeypatch.chdir(folder)
    config = read(sound_text, "book={file: x.csv}", "book.file=mine.csv")
    assert config.book.file == "elsewhere/mine.csv"


def test_overrides_are_yaml_values_at_dotted_paths(
    sound_text: str, read: Callable[..., Config]
) -> None:
    config = read(
        sound_text,
        "assets.WETH.volatility=1e0",
        "keeper={kind: greedy}",
        "book.accounts.0.debt.coins=5",
        "engine.rounds=2",
        "book.cohorts=",
    )
    assert config.assets["WETH"].volatility == 1.0
    assert config.keeper.kind == "greedy"
    assert config.book.accounts is not None
    assert config.book.accounts[0].debt == {"coins": 5.0}
    assert config.engine.rounds == 2


def test_a_name_with_a_dot_can_be_overridden(
    sound_text: str, read: Callable[..., Config]
) -> None:
    config = read(sound_text.replace("USDC", "USDC.e"), "assets.USDC.e.price_usd=0.9")
    assert config.assets["USDC.e"].price_usd == 0.9


def test_a_fault_of_an_override_names_the_option(
    sound_text: str, faults: Callable[..., list[str]]
) -> None:
    found = faults(sound_text, "assets.WETH.volatility=75")
    assert found == [
        "--set assets.WETH.volatility=75: assets.WETH.volatility: got 75: this is a "
        "ratio a year: 0.75 means 75 %; write 0.75 if 75 % is meant"
    ]
    assert "an override is path=value; write" in faults(sound_text, "run.paths")[0]
