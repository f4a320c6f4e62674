"""The shipped configs of contagion, with their channel and without it."""

import functools
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float64, Int64

from jaxrisk.config import build_system, load, load_book
from jaxrisk.engine import Outcome, System, simulate
from jaxrisk.process import ScheduledShock


CONFIGS = Path(__file__).resolve().parents[2] / "configs"
PATHS, SEED = 1000, 1


class Case(NamedTuple):
    """A config of contagion."""

    name: str
    without: tuple[str, ...]  # overrides that take its channel away
    market: str  # that it is to be seen in
    shocked: str  # the asset whose fall everything else answers


CASES = (
    Case(
        name="two_protocol_contagion",
        without=("assets.aUSDC.claim_on={kind: vault, asset: USDC}",),
        market="outer",
        shocked="THIN",
    ),
    Case(
        name="lst_loop_unwind",
        without=("behaviour.borrowers=[]", "behaviour.suppliers={}"),
        market="lending",
        shocked="stETH",
    ),
    Case(
        name="algo_stablecoin_spiral",
        without=("spirals=",),
        market="dollars",
        shocked="LUNA",
    ),
    Case(
        name="bridge_failure",
        without=("assets.bWETH.failure=", "assets.bUSDC.failure="),
        market="far",
        shocked="WETH",
    ),
    Case(
        name="bank_run",
        without=("behaviour.suppliers={}", "behaviour.providers={}"),
        market="lending",
        shocked="WETH",
    ),
    Case(
        name="black_thursday",
        without=("keeper.capital_usd=", "keeper.gas_usd=5", "oracle={kind: instant}"),
        market="lending",
        shocked="WETH",
    ),
)


class Lost(NamedTuple):
    """What some paths of a run came to."""

    bad_debt: Float64[np.ndarray, "market path"]  # [USD]
    repaid: Float64[np.ndarray, "market path"]  # by liquidations [USD]
    status: Int64[np.ndarray, " path"]
    outcome: Outcome  # of all of them


class Scene:
    """A config's system, with a shock of any size at any step in one program."""

    def __init__(self, name: str, without: tuple[str, ...] = ()) -> None:
        """Load it.

        Args:
            name: Of the config.
            without: Overrides.
        """
        self.config = load(CONFIGS / f"{name}.yaml", without)
        self.system = build_system(self.config, load_book(self.config))

    def shocked(self, asset: str, fall: float, *, step: int = 0) -> System:
        """The system in which an asset falls by a share in a step."""
        names, kind = self.config.asset_names, self.system.dt.dtype
        size = np.where(np.array(names) == asset, np.log1p(-fall), 0.0)
        shock = ScheduledShock(
            jumps=self.system.prices.jumps,
            size=jnp.asarray(size, kind),
            step=jnp.asarray(step, kind),
        )
        return eqx.tree_at(lambda at: at.prices.jumps, self.system, shock)

    def lost(self, system: System) -> Lost:
        """What it loses on the paths of the tests."""
        (outcome,) = simulate(system, paths=PATHS, seed=SEED)
        by_reserve = np.asarray(outcome.realized + outcome.unrealized, np.float64)
        owner = np.asarray(system.listing.market, np.float64)
        return Lost(
            bad_debt=owner.T @ by_reserve,
            repaid=np.asarray(outcome.repaid, np.float64),
            status=np.asarray(outcome.status, np.int64),
            outcome=outcome,
        )


@functools.cache
def scene(name: str, without: tuple[str, ...] = ()) -> Scene:
    """Loaded once."""
    return Scene(name, without)


@functools.cache
def lost(
    name: str, without: tuple[str, ...], asset: str, fall: float = 0.0, step: int = 0
) -> Lost:
    """Simulated once; with a fall of zero, the config as it is."""
    at = scene(name, without)
    return at.lost(at.shocked(asset, fall, step=step))
