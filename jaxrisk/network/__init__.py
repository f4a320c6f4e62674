"""What couples protocols: claims on each other, obligations, common assets."""

from ._base import AbstractNetwork, Backing, NetworkReport, NoNetwork, Redeemed
from ._claims import Claims, ClaimsState, build_claims
from ._clearing import Clearing, Recovery, clear, netted
from ._failures import LEAST, Failures, FailureSource, build_failures
from ._fire_sales import FireSale, LeverageTargets, Thresholds
from ._obligations import Obligations
from ._settling import AbstractObligations, NoObligations, Settlement
from ._spirals import Spirals, SpiralState, SpiralTerms, build_spirals


__all__ = [
    "LEAST",
    "AbstractNetwork",
    "AbstractObligations",
    "Backing",
    "Claims",
    "ClaimsState",
    "Clearing",
    "FailureSource",
    "Failures",
    "FireSale",
    "LeverageTargets",
    "NetworkReport",
    "NoNetwork",
    "NoObligations",
    "Obligations",
    "Recovery",
    "Redeemed",
    "Settlement",
    "SpiralState",
    "SpiralTerms",
    "Spirals",
    "Thresholds",
    "build_claims",
    "build_failures",
    "build_spirals",
    "clear",
    "netted",
]
