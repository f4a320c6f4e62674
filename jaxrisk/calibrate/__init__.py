"""Calibration: a market model from price files, each parameter with its error."""

from ._asynchronous import fit_asynchronous_correlation
from ._correlation import fit_correlation
from ._estimate import CalibrationError, Estimate, Fit, Goodness, Window
from ._garch import fit_garch
from ._pairs import correlation_matrix
from ._panel import Panel, panel_of
from ._regimes import fit_regimes, stress_chances
from ._student_t import fit_student_t
from ._volatility import fit_volatility


__all__ = [
    "CalibrationError",
    "Estimate",
    "Fit",
    "Goodness",
    "Panel",
    "Window",
    "correlation_matrix",
    "fit_asynchronous_correlation",
    "fit_correlation",
    "fit_garch",
    "fit_regimes",
    "fit_student_t",
    "fit_volatility",
    "panel_of",
    "stress_chances",
]
