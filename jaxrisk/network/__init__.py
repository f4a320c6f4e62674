"""What assets are claims on, and what still backs them."""

from ._base import AbstractNetwork, Backing, NetworkReport, NoNetwork, Redeemed
from ._claims import Claims, ClaimsState, build_claims
from ._failures import LEAST, Failures, FailureSource, build_failures
from ._spirals import Spirals, SpiralState, SpiralTerms, build_spirals


__all__ = [
    "LEAST",
    "AbstractNetwork",
    "Backing",
    "Claims",
    "ClaimsState",
    "FailureSource",
    "Failures",
    "NetworkReport",
    "NoNetwork",
    "Redeemed",
    "SpiralState",
    "SpiralTerms",
    "Spirals",
    "build_claims",
    "build_failures",
    "build_spirals",
]
