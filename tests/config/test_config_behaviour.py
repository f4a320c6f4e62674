"""From settings to those who act: units, names, faults."""

from collections.abc import Callable

import numpy as np
import pytest

from jaxrisk.behaviour import (
    Borrowers,
    NoBorrowers,
    NoProviders,
    NoSuppliers,
    Providers,
    Suppliers,
    VolatileGas,
)
from jaxrisk.config import (
    Config,
    ConfigError,
    build_system,
    compress_book,
    load_book,
)

from .derivatives import system_of


BEHAVIOUR = """\
behaviour:
  loops:
    - account: loop one
      e_mode: ETH
      collateral: wstETH
      debt: WETH
      equity_usd: 206e3
      loan_to_value: 0.8
      loops: 3
  borrowers:
    - accounts: loop*
      carry: {tolerance: 0.01, hours: 48}
      lever_up: {above_health: 1.3, to_health: 1.2, hours: 24}
    - market: aave
      top_up: {below_health: 1.1, to_health: 1.2, wealth_usd: 5e4, hours: 4}
      unwind: {below_health: 1.05, to_health: 1.1}
  suppliers:
    aave:
      reserves: [coins]
      share: 0.5
      run_at_utilization: 0.95
      run_hours: 10
      alarm_hours: 24
  providers:
    WETH: {leave_per_loss: 5, calm_volatility: 0.5, leave_hours: 2}
  gas: {asset: WETH, exponent: 2, half_life_hours: 3}
"""


@pytest.fixture
def text(sound_text: str) -> str:
    """A config with everybody, and staking that grows."""
    return sound_text.replace("speed: 50,", "speed: 50, growth: 0.03,") + BEHAVIOUR


@pytest.fixture
def config(read: Callable[..., Config], text: str) -> Config:
    return read(text)


def test_a_loop_is_an_account_of_the_book(config: Config) -> None:
    """206 kUSD at 0.8 and three loops: 2.952 times as much of 2060 USD."""
    book = load_book(config)
    assert book.account.tolist() == ["alice", "bob", "loop one"]
    np.testing.assert_allclose(book.collateral[2], [0, 295.2, 0])
    np.testing.assert_allclose(book.debt[2], [1.952 * 206e3 / 1800, 0, 0])
    assert book.category[2] == book.category[1]


def test_borrowers_have_the_config_s_numbers(config: Config) -> None:
    rules = system_of(config).borrowers
    assert isinstance(rules, Borrowers)
    assert rules.accounts.tolist() == [0, 1, 2]
    np.testing.assert_allclose(rules.top_up.below, [1.1, 1.1, 0])
    np.testing.assert_allclose(rules.top_up.speed[:2], [0.25, 0.25])
    np.testing.assert_allclose(rules.top_up.wealth, [5e4, 5e4, 0])
    np.testing.assert_allclose(rules.unwinding.speed, [1, 1, 1])
    np.testing.assert_allclose(rules.levering.above, [np.inf, np.inf, 1.3])
    np.testing.assert_allclose(rules.levering.speed[2], 1 / 24, rtol=1e-6)
    np.testing.assert_allclose(rules.carry.tolerance, [np.inf, np.inf, 0.01])
    np.testing.assert_allclose(rules.carry.speed[2], 1 / 48, rtol=1e-6)
    np.testing.assert_allclose(rules.staking, [0, 0.03, 0], rtol=1e-6)
    np.testing.assert_allclose(rules.limited[2], [0, 0.9 * 295.2, 0], rtol=1e-6)
    np.testing.assert_allclose(rules.market, [[1, 1, 1]])


def test_suppliers_have_the_config_s_numbers(config: Config) -> None:
    """Of two million coins, nobody's collateral, half may run."""
    rules = system_of(config).suppliers
    assert isinstance(rules, Suppliers)
    np.testing.assert_allclose(rules.deposits, [0, 0, 1e6])
    np.testing.assert_allclose(rules.runs_at, [np.inf, np.inf, 0.95])
    np.testing.assert_allclose(rules.speed, [0, 0, 0.1], rtol=1e-6)
    np.testing.assert_allclose(rules.memory[2], 1 / 365, rtol=1e-6)


def test_providers_have_the_config_s_numbers(config: Config) -> None:
    rules = system_of(config).providers
    assert isinstance(rules, Providers)
    np.testing.assert_allclose(rules.per_loss, [5, 0, 0, 0, 0])
    np.testing.assert_allclose(rules.variance[0], 0.25)
    np.testing.assert_allclose(rules.leaving[0], 0.5)
    np.testing.assert_allclose(rules.memory[0], 0.5 ** (1 / 24), rtol=1e-6)


def test_gas_has_the_config_s_numbers(config: Config) -> None:
    gas = system_of(config).gas
    assert isinstance(gas, VolatileGas)
    assert gas.asset == 0
    np.testing.assert_allclose(gas.variance, 0.75**2)
    np.testing.assert_allclose(gas.memory, 0.5 ** (1 / 3), rtol=1e-6)
    np.testing.assert_allclose(gas.most, 50)


def test_without_the_section_nobody_acts(
    read: Callable[..., Config], sound_text: str
) -> None:
    system = system_of(read(sound_text))
    assert isinstance(system.borrowers, NoBorrowers)
    assert isinstance(system.suppliers, NoSuppliers)
    assert isinstance(system.providers, NoProviders)


def test_compression_leaves_those_who_act_single(
    read: Callable[..., Config], text: str
) -> None:
    """Forty borrowers become eight cohorts, beside a loop and one with a rule."""
    crowd = "".join(
        f"    - {{account: c{i}, collateral: {{WETH: {50 + i}}}, "
        f"debt: {{coins: {(30 + i) * 1e3}}}}}\n"
        for i in range(40)
    )
    text = text.replace("run: {paths", crowd + "  cohorts: 12\nrun: {paths")
    text = text.replace("supplied: 2e6", "supplied: 9e6")
    text = text.replace("    - market: aave\n", "    - accounts: bob\n")
    config = read(text)
    book = compress_book(config, load_book(config))
    assert {"bob", "loop one"} <= set(book.account.tolist())
    assert book.account.size <= 12
    rules = build_system(config, book).borrowers
    named = book.account[np.asarray(rules.accounts)].tolist()
    assert sorted(named) == ["bob", "loop one"]


FAULTS = {
    "accounts: loop*\n      carry": (
        "accounts: loop*\n      market: spark\n      carry",
        'behaviour.borrowers[0].market: got "spark": there is no such market',
    ),
    "reserves: [coins]\n      share": (
        "reserves: [cents]\n      share",
        'behaviour.suppliers.aave.reserves[0]: got "cents": there is no such reserve',
    ),
    "WETH: {leave": ("ETH: {leave", 'behaviour.providers.ETH: got "ETH": there is no'),
    "debt: WETH\n": (
        "debt: ETH\n",
        'behaviour.loops[0].debt: got "ETH": there is no such reserve',
    ),
    "account: loop one": (
        "account: alice",
        'behaviour.loops[0].account: got "alice": the name is taken',
    ),
    "to_health: 1.1}": (
        "to_health: 1.01}",
        "it is below below_health (1.05)",
    ),
    "above_health: 1.3, to_health: 1.2": (
        "above_health: 1.3, to_health: 1.4",
        "levering up lowers health",
    ),
    "{asset: WETH, exp": (
        "{asset: ETH, exp",
        'behaviour.gas.asset: got "ETH": there is no such asset',
    ),
    "leave_per_loss: 5, ": ("", "these providers never leave"),
    "run_at_utilization: 0.95": (
        "run_at_utilization: 0.75",
        "it is above run_at_utilization (0.75)",
    ),
    "loan_to_value: 0.8\n      loops": (
        "loan_to_value: 80\n      loops",
        "write 0.8 if 80 % is meant",
    ),
}


@pytest.mark.parametrize("old", FAULTS)
def test_a_fault_says_where_why_and_what_to_do(
    old: str, text: str, faults: Callable[..., list[str]]
) -> None:
    new, expected = FAULTS[old]
    assert old in text
    found = faults(text.replace(old, new, 1))
    matching = [line for line in found if expected in line]
    assert matching, "\n".join(found)
    assert all(line.startswith("run.yaml:") and ";" in line for line in matching)


def test_a_cohort_cannot_act(config: Config) -> None:
    """A book of cohorts that was not compressed here."""
    book = load_book(config)
    spread = np.array([0.1, 0, 0])
    cohorts = type(book)(**(vars(book) | {"spread": spread}))
    with pytest.raises(ConfigError, match="alice, which is a cohort") as caught:
        build_system(config, cohorts)
    assert "behaviour.borrowers[1].accounts" in str(caught.value)


def test_providers_need_a_calm_to_compare_with(
    read: Callable[..., Config], text: str
) -> None:
    still = text.replace("volatility: 0.75", "volatility: 0")
    config = read(still.replace(", calm_volatility: 0.5", ""))
    with pytest.raises(ConfigError, match="write calm_volatility beside it"):
        system_of(config)
