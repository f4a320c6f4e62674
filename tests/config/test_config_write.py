"""Sections of a config, written as YAML that people read."""

import pytest

from jaxrisk.config import yaml_text
from jaxrisk.config._yaml import parse_tree


CURVE = {"base": 0.0, "kink": 0.8, "slope_below": 0.028, "slope_above": 1e-7}
SECTION = {
    "markets": {"main": {"factor": 0.5, "rates": CURVE, "reserves": ["WETH", "USDC"]}},
    "correlation": [[1.0, 0.25], [0.25, 1.0]],
    "again": {"rates": CURVE},
}


def test_flat_mappings_and_lists_of_numbers_are_on_one_line() -> None:
    rates = "{base: 0.0, kink: 0.8, slope_below: 0.028, slope_above: 1e-07}"
    assert yaml_text(SECTION) == (
        "markets:\n"
        "  main:\n"
        "    factor: 0.5\n"
        f"    rates: {rates}\n"
        "    reserves: [WETH, USDC]\n"
        "correlation:\n"
        "  - [1.0, 0.25]\n"
        "  - [0.25, 1.0]\n"
        "again:\n"
        f"  rates: {rates}\n"
    )


def test_long_lists_are_broken_at_100_letters() -> None:
    lines = yaml_text({"times": [float(hour) for hour in range(60)]}).splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize(
    "section",
    [
        SECTION,
        {"many": [0.1 * count for count in range(60)]},
        {"1INCH": {"text": "true", "hex": "0x12", "day": "2023-10-31", "none": None}},
        {"e: mode": {"ETH correlated, #1": "a: b", "empty": {}, "list": []}},
        {"long": "a word, and another " * 12},
    ],
)
def test_what_is_written_reads_back_as_it_was(section: dict[str, object]) -> None:
    assert parse_tree(yaml_text(section), name="x").plain() == section
