"""Calibration: a market model from price files, each parameter with its error."""

from ._depth import DepthFit, fit_depth
from ._estimate import CalibrationError, Estimate, Fit, Goodness, Window
from ._panel import Panel, panel_of


__all__ = [
    "CalibrationError",
    "DepthFit",
    "Estimate",
    "Fit",
    "Goodness",
    "Panel",
    "Window",
    "fit_depth",
    "panel_of",
]
