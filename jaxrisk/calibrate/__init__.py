"""Calibration: a market model from price files, each parameter with its error."""

from ._depth import DepthFit, fit_depth
from ._estimate import CalibrationError, Estimate, Fit, Goodness, Window
from ._panel import Panel, panel_of
from ._resilience import fit_resilience
from ._surface import Smile, Surface, fit_smile, fit_surface
from ._svi import RawSvi


__all__ = [
    "CalibrationError",
    "DepthFit",
    "Estimate",
    "Fit",
    "Goodness",
    "Panel",
    "RawSvi",
    "Smile",
    "Surface",
    "Window",
    "fit_depth",
    "fit_resilience",
    "fit_smile",
    "fit_surface",
    "panel_of",
]
