"""Risk measures over paths: streaming, exact, reproducible, each with its error."""

from ._attributed import Measure
from ._attribution import Attribution, attribution
from ._axes import TOTAL, Axes
from ._concentration import account_snapshot, account_tail_loss, concentration
from ._contagion import Contagion, collateral_of, contagion
from ._estimate import CONFIDENCE, Estimate
from ._failure_order import FailureOrder
from ._histogram import Histogram
from ._loss_tally import LossTally
from ._measures import FOLLOWED, QUANTILES, Measures
from ._moments import Accumulator, Moments
from ._paired import (
    FeedbackComparison,
    bad_debt_error,
    cohort_error,
    ratio_of_means,
    stratified_ratio,
)
from ._profile import (
    DROPS,
    Profile,
    asset_exposure,
    common_exposure,
    liquidation_profile,
)
from ._ranks import Ranks, Window
from ._rehypothecation import leverage_multiplier, rehypothecation, velocity
from ._rows import counted
from ._shortfall import expected_shortfall, probability, value_at_risk
from ._system_gamma import BUMP, MOVES, Slopes, SystemProfile, system_profile
from ._tail import Tail
from ._variants import CHANNELS, MECHANISMS, without_impact


__all__ = [
    "BUMP",
    "CHANNELS",
    "CONFIDENCE",
    "DROPS",
    "FOLLOWED",
    "MECHANISMS",
    "MOVES",
    "QUANTILES",
    "TOTAL",
    "Accumulator",
    "Attribution",
    "Axes",
    "Contagion",
    "Estimate",
    "FailureOrder",
    "FeedbackComparison",
    "Histogram",
    "LossTally",
    "Measure",
    "Measures",
    "Moments",
    "Profile",
    "Ranks",
    "Slopes",
    "SystemProfile",
    "Tail",
    "Window",
    "account_snapshot",
    "account_tail_loss",
    "asset_exposure",
    "attribution",
    "bad_debt_error",
    "cohort_error",
    "collateral_of",
    "common_exposure",
    "concentration",
    "contagion",
    "counted",
    "expected_shortfall",
    "leverage_multiplier",
    "liquidation_profile",
    "probability",
    "ratio_of_means",
    "rehypothecation",
    "stratified_ratio",
    "system_profile",
    "value_at_risk",
    "velocity",
    "without_impact",
]
