"""The prices of the core step alone, by the engine's own layers."""

import numpy as np
from core import ASSETS, PRICE, SQRT_DT, Core, correlated

from jaxrisk.process import (
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    Prices,
    build_prices,
)


def prices(core: Core) -> Prices:
    """Correlated assets that nobody trades."""
    nothing = np.zeros((ASSETS, 0))
    return build_prices(
        [AssetModel(price=PRICE, volatility=float(each)) for each in core.volatility],
        [correlated(ASSETS)],
        volatility_multiplier=[1.0],
        innovation=Gaussian(),
        regimes=OneRegime(),
        jumps=JumpSources(nothing, *nothing[:3]),
        dt=SQRT_DT**2,
        dtype=np.dtype(np.float32),
    )
