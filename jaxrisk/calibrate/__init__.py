"""Calibration: a market model from price files, each parameter with its error."""

from ._estimate import CalibrationError, Estimate, Fit, Goodness, Window
from ._panel import Panel, panel_of


__all__ = [
    "CalibrationError",
    "Estimate",
    "Fit",
    "Goodness",
    "Panel",
    "Window",
    "panel_of",
]
