"""The reference engine: the model of ``docs/model.md`` in plain Python loops.

One path, account by account, token by token, in float64; slow, and written to be read
by an auditor. It imports nothing from ``jaxrisk``: the fast engine is right when the
two agree, and that says something only because they share no code.

Reading order: ``system`` (what is simulated), ``simulate`` (the story of a step), then
one file a phase: ``shock``, ``oracles``, ``rates``, ``cascade``, ``absorb``.
"""

from .dealers import Dealer, Delta, Strip
from .draws import Draws, draw_step
from .innovations import StudentT, gaussian
from .instruments import Instrument, Portfolio, Worth
from .keepers import GreedyKeeper, RationalKeeper, SortedKeeper
from .network import FailureSource, NetworkPlan, Spiral
from .option import Option
from .oracles import DelayedOracle, HeartbeatOracle, InstantOracle
from .rates import KinkedRate
from .rules import AAVE_V2, AAVE_V3, AAVE_V3_3, FULL, CloseFactorRule, restore
from .simulate import initial_state, simulate, step
from .state import State, StepRecord
from .system import Account, Asset, JumpSource, Market, ReferenceSystem, Reserve
from .venues import ConstantProduct, Infinite, PowerLaw, StableSwap


__all__ = [
    "AAVE_V2",
    "AAVE_V3",
    "AAVE_V3_3",
    "FULL",
    "Account",
    "Asset",
    "CloseFactorRule",
    "ConstantProduct",
    "Dealer",
    "DelayedOracle",
    "Delta",
    "Draws",
    "FailureSource",
    "GreedyKeeper",
    "HeartbeatOracle",
    "Infinite",
    "InstantOracle",
    "Instrument",
    "JumpSource",
    "KinkedRate",
    "Market",
    "NetworkPlan",
    "Option",
    "Portfolio",
    "PowerLaw",
    "RationalKeeper",
    "ReferenceSystem",
    "Reserve",
    "SortedKeeper",
    "Spiral",
    "StableSwap",
    "State",
    "StepRecord",
    "Strip",
    "StudentT",
    "Worth",
    "draw_step",
    "gaussian",
    "initial_state",
    "restore",
    "simulate",
    "step",
]
