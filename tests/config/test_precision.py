"""The precision that a config asks for is the one it is run in."""

from pathlib import Path

import numpy as np

from jaxrisk import simulate
from jaxrisk.config import load
from jaxrisk.run import prepare


MINIMAL = Path(__file__).resolve().parents[2] / "configs" / "minimal.yaml"


def test_a_config_in_double_precision_runs_in_it() -> None:
    """From the system to the replay of its worst paths, without a warning."""
    config = load(MINIMAL, ("engine.precision=float64",))
    assert prepare(config).system.prices.scale.dtype == np.float64
    single = simulate(load(MINIMAL), paths=256, seed=1).to_xarray()
    double = simulate(config, paths=256, seed=1).to_xarray()
    for name in ("liquidated_mean", "keeper_profit_mean", "drawdown_mean"):
        assert (single[name] > 0).any()
        np.testing.assert_allclose(double[name], single[name], rtol=1e-3)
