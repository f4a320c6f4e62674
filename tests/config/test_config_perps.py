"""From settings to perpetual futures: units, indices, defaults."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.config import Config, ConfigError
from jaxrisk.oracle import HeartbeatOracle
from jaxrisk.perps import AutoDeleveraging, Perps, SocialisedLoss

from .derivatives import system_of


@pytest.fixture
def config(read: Callable[..., Config], derivatives_text: str) -> Config:
    return read(derivatives_text)


def test_perpetuals_have_the_config_s_numbers(config: Config) -> None:
    perps = system_of(config).perps
    assert isinstance(perps, Perps)
    contracts, accounts = perps.contracts, perps.accounts
    np.testing.assert_allclose(contracts.maintenance, [0.02, 0.03])
    np.testing.assert_allclose(contracts.premium_cap, [np.log(1.05), np.inf], rtol=1e-6)
    np.testing.assert_allclose(contracts.arbitrage, [0.75, 1])
    np.testing.assert_allclose(contracts.arbitrage_decay, [0.25, 0])
    np.testing.assert_allclose(
        contracts.funding.interval, np.array([8, 1]) / 8760, rtol=1e-6
    )
    assert contracts.by_asset.group_of == (0, 2)
    assert isinstance(contracts.oracle, HeartbeatOracle)
    np.testing.assert_allclose(contracts.oracle.deviation, [0.005, 0.01], rtol=1e-6)
    assert isinstance(perps.losses, AutoDeleveraging)
    assert float(perps.insurance) == 1e6
    spread = 0.01 * 0.6744898
    np.testing.assert_allclose(
        accounts.entry,
        [*1800 * np.exp([-spread, spread]), 1800, 1800, 1800, 11],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        accounts.size, [5000, 5000, -2500, -2500, 5e6 / 1800, -5e6 / 11], rtol=1e-6
    )
    np.testing.assert_allclose(accounts.spot_leg, [0, 0, 0, 1, 0, 1])
    np.testing.assert_allclose(
        accounts.unwind_speed, [0, 0, 0, 0.125, 1 / 24], rtol=1e-6
    )
    never = -np.inf
    np.testing.assert_allclose(accounts.unwind_below, [never, never, never, 0, never])


def test_books_and_loss_rules_are_as_named(
    read: Callable[..., Config], derivatives_text: str
) -> None:
    books = [
        f"perps.contracts.{name}.book={{kind: power_law, depth_usd: 10e6}}"
        for name in ("WETH", "LINK")
    ]
    perps = system_of(read(derivatives_text, "perps.losses=socialise", *books)).perps
    assert isinstance(perps, Perps)
    assert isinstance(perps.losses, SocialisedLoss)
    spot = jnp.array([[1800.0], [11.0]], jnp.float32)
    moved = perps.contracts.book.displacement(10e6 / spot, spot)
    np.testing.assert_allclose(moved, np.log([[0.98], [0.98]]), rtol=1e-6)


@pytest.mark.parametrize(("side", "entry"), [("long", 0.01), ("short", -0.01)])
def test_the_least_margin_is_what_the_engine_accepts(
    side: str, entry: float, read: Callable[..., Config], derivatives_text: str
) -> None:
    """The engine's own check agrees on the near side of the limit."""
    path = "perps.contracts.WETH"
    own = [f"{path}.rungs.0.side={side}", f"{path}.rungs.0.entry_move={entry}"]
    own += [f"{path}.rungs.0.leverage=10", "perps.accounts=[]"]
    perps = read(derivatives_text, *own).perps
    assert perps is not None
    margin = perps.contracts["WETH"].rungs[0].least_margin
    assert 0.06 < margin < 0.09
    enough = read(derivatives_text, *own, f"{path}.maintenance={margin - 1e-6:.8f}")
    assert isinstance(system_of(enough).perps, Perps)
    with pytest.raises(ConfigError, match=r"rungs\[0\]\.leverage"):
        read(derivatives_text, *own, f"{path}.maintenance={margin + 1e-6:.8f}")
