"""Small configs to stress, in double precision where rounding must not hide a law."""

import functools
from pathlib import Path

import jax
import numpy as np

from jaxrisk.config import load
from jaxrisk.engine import Outcome, System, Trajectory, record
from jaxrisk.run import Model, prepare
from jaxrisk.scenario import Catalogue
from jaxrisk.validate._scene import outcome


CONFIGS = Path(__file__).resolve().parents[2] / "configs"
PATHS, SEED = 64, 5

SHORT = ("horizon_days=0.5",)
PRECISE = "engine.precision=float64"
DOUBLE = (*SHORT, PRECISE)
# Whether anything is lost is a matter of chance.
WILD = (*SHORT, "assets.WETH.volatility=3", "keeper={kind: greedy}")
# Nobody moves a price, so that a path is what the process makes of it.
STILL_VENUES = ("venues.WETH={kind: infinite}",)
# One account at prices that do not move: what it is short of is arithmetic.
COLLATERAL, DEBT, BONUS, PRICE = 1000.0, 1.5e6, 0.05, 2000.0
ALONE = (
    *DOUBLE,
    *STILL_VENUES,
    "assets.WETH.volatility=0",
    "assets.USDC.peg.volatility=0",
    "keeper={kind: greedy}",
    "oracle={kind: instant}",
    "markets.aave_v3.reserves.USDC.rates={base: 0, slope_below: 0, slope_above: 0}",
    "markets.aave_v3.reserves.WETH.rates={base: 0, slope_below: 0, slope_above: 0}",
    "book.accounts=[{account: one, collateral: {WETH: 1000}, debt: {USDC: 1.5e6}}]",
)


@functools.cache
def market(*overrides: str, name: str = "minimal") -> Model:
    """A shipped config with these settings, prepared once."""
    with jax.enable_x64(PRECISE in overrides):
        return prepare(load(CONFIGS / f"{name}.yaml", overrides))


def ran(system: System, *, paths: int = PATHS) -> Outcome:
    """Outcomes on one device: a program is compiled for each."""
    return outcome(system, paths=paths, seed=SEED, devices=1)


def followed(model: Model, name: str, *, paths: int = 4) -> Trajectory:
    """Some paths under a scenario, step by step."""
    catalogue = Catalogue(model)
    system = catalogue.stressed(catalogue.stress(name))
    with jax.enable_x64(model.config.engine.precision == "float64"):
        return record(system, seed=SEED, paths=np.arange(paths))
