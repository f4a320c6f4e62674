"""Small sweeps for the tests: an hour in which ETH moves enough for bad debt."""

import textwrap
from pathlib import Path


CONFIGS = Path(__file__).resolve().parents[2] / "configs"
THRESHOLD = "markets.aave_v3.reserves.WETH.liquidation_threshold"
LIMIT = "markets.aave_v3.reserves.WETH.loan_to_value"
DEPTH = "venues.WETH.depth_usd"

BASE = f"""
extends: {(CONFIGS / "minimal.yaml").as_posix()}
horizon_days: 0.125
assets: {{WETH: {{volatility: 9.0}}}}
keeper: {{tiers: 1}}
engine: {{rounds: 1}}
"""
GRID = f"""
base: base.yaml
paths: 64
per_task: 2
vary:
  kind: grid
  fields:
    {THRESHOLD}: [0.81, 0.83, 0.85]
    {DEPTH}: {{from: 1e6, to: 100e6, count: 3, scale: log}}
"""


def written(folder: Path, design: str = GRID, base: str = BASE) -> Path:
    """The file of a sweep, with its base beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.yaml").write_text(textwrap.dedent(base))
    file = folder / "sweep.yaml"
    file.write_text(textwrap.dedent(design))
    return file
