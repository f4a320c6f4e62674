"""Price processes that the fused kernel covers, and some that it does not."""

import numpy as np

from jaxrisk.process import (
    AbstractInnovation,
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    Prices,
    build_prices,
)


GAUSSIAN = Gaussian()
WANDERING = AssetModel(price=1000.0, volatility=1.5, trend=0.3)
PEGGED = AssetModel(price=1.0, volatility=0.1, speed=300.0, basis=-0.01, floor=-0.012)
FOLLOWING = AssetModel(price=990.0, volatility=0.1, speed=300.0, claims=((0, 1.0),))


def process(
    *assets: AssetModel,
    innovation: AbstractInnovation = GAUSSIAN,
    jumps_a_year: float = 0.0,
    dtype: type = np.float32,
) -> Prices:
    """Correlated assets in hourly steps."""
    count = len(assets)
    sources = JumpSources(
        loading=np.ones((count, 1)),
        intensity=np.array([jumps_a_year]),
        mean=np.array([-0.1]),
        sd=np.array([0.1]),
    )
    return build_prices(
        assets,
        [np.full((count, count), 0.6) + 0.4 * np.eye(count)],
        volatility_multiplier=[1.0],
        innovation=innovation,
        regimes=OneRegime(),
        jumps=sources,
        dt=1 / 8760,
        dtype=np.dtype(dtype),
    )
