"""What a protocol's governance does while a market moves."""

from ._base import AbstractPolicy, NoPolicy, PolicyReport
from ._breakers import AbstractBreakers, Breaker, Breakers, Halts, NoBreakers
from ._caps import AbstractCaps, Caps, NoCaps
from ._concentration import (
    AbstractConcentration,
    FixedConcentration,
    LiveConcentration,
    largest,
)
from ._factors import AbstractFactors, DynamicFactors, FactorState, ListedFactors
from ._forecast import AbstractForecast, AtRisk, NoForecast
from ._limits import AbstractLimits, Limits, NoLimits
from ._policy import InForce, Policy, PolicyState
from ._sale import tokens_for
from ._sight import AbstractSeller, AbstractSight
from ._volatility import AbstractVolatility, ImpliedVolatility, RealisedVolatility
from ._waterfall import (
    AbstractWaterfall,
    NoWaterfall,
    Payments,
    Waterfall,
    WaterfallState,
)


__all__ = [
    "AbstractBreakers",
    "AbstractCaps",
    "AbstractConcentration",
    "AbstractFactors",
    "AbstractForecast",
    "AbstractLimits",
    "AbstractPolicy",
    "AbstractSeller",
    "AbstractSight",
    "AbstractVolatility",
    "AbstractWaterfall",
    "AtRisk",
    "Breaker",
    "Breakers",
    "Caps",
    "DynamicFactors",
    "FactorState",
    "FixedConcentration",
    "Halts",
    "ImpliedVolatility",
    "InForce",
    "Limits",
    "ListedFactors",
    "LiveConcentration",
    "NoBreakers",
    "NoCaps",
    "NoForecast",
    "NoLimits",
    "NoPolicy",
    "NoWaterfall",
    "Payments",
    "Policy",
    "PolicyReport",
    "PolicyState",
    "RealisedVolatility",
    "Waterfall",
    "WaterfallState",
    "largest",
    "tokens_for",
]
