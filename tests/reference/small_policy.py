"""Policies for the small systems: two markets, four assets, six reserves."""

import numpy as np

from .policy import Breaker, Factor, Factors, Layers, Limit, Policy


BREAKERS = (
    Breaker(
        assets=(0, 2),
        markets=(0, 1),
        window=2,
        fall=0.2,
        rise=0.3,
        pause=1,
        cool_down=1,
        stops=("liquidations", "borrowing"),
    ),
    Breaker(
        assets=(1,),
        markets=(0,),
        window=1,
        fall=0.1,
        rise=0.15,
        pause=2,
        cool_down=0,
        stops=("trading",),
    ),
)
LIMITS = (Limit(amount=3e5, closing=0.6), Limit(share=0.3))
LAYERS = (
    Layers(cash=5e3, token=2, tokens=1e3, stake=0, slashable=2.0, fall=0.2),
    Layers(
        cash=2e3, token=2, tokens=5e2, stake=0, slashable=5.0, backstop=1e4, fall=0.3
    ),
)
FACTORS = Factors(
    each=(
        Factor(on_volatility=0.05, calm=0.9, on_depth=0.5, floor=0.9, speed=0.03),
        Factor(base=0.99, on_depth=1.0, floor=0.9),
        Factor(on_volatility=0.02, calm=0.5, floor=0.85),
        Factor(base=1.0),
        Factor(on_concentration=0.1, concentration=0.3, speed=0.01),
        Factor(base=1.0),
    ),
    volatility=np.array([0.9, 0.2, 1.2, 0.1]),
    memory=0.7,
    notice=1,
)

POLICIES = {
    "none": Policy(),
    "breakers": Policy(breakers=BREAKERS),
    "limits": Policy(limits=LIMITS),
    "waterfall": Policy(layers=LAYERS),
    "factors": Policy(factors=FACTORS),
    "all": Policy(BREAKERS, LIMITS, LAYERS, FACTORS),
}
