"""Calibration: a market model from price files, each parameter with its error."""

from ._backtest import LevelTest, backtest
from ._basis import log_basis
from ._common_jumps import fit_common_jumps
from ._estimate import CalibrationError, Estimate, Fit, Goodness, Window
from ._forecaster import (
    AbstractForecaster,
    ConstantStudentT,
    ExponentialStudentT,
    Historical,
)
from ._kou import fit_kou
from ._local_scale import local_scale
from ._merton import fit_merton
from ._panel import Panel, panel_of
from ._peg import fit_peg


__all__ = [
    "AbstractForecaster",
    "CalibrationError",
    "ConstantStudentT",
    "Estimate",
    "ExponentialStudentT",
    "Fit",
    "Goodness",
    "Historical",
    "LevelTest",
    "Panel",
    "Window",
    "backtest",
    "fit_common_jumps",
    "fit_kou",
    "fit_merton",
    "fit_peg",
    "local_scale",
    "log_basis",
    "panel_of",
]
