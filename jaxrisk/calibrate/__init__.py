"""Calibration: a market model from price files, each parameter with its error."""

from ..options import RawSvi
from ._asynchronous import (
    fit_asynchronous_correlation,
)
from ._backtest import (
    LevelTest,
    backtest,
)
from ._basis import (
    log_basis,
)
from ._common_jumps import (
    fit_common_jumps,
)
from ._correlation import (
    fit_correlation,
)
from ._depth import (
    DepthFit,
    fit_depth,
)
from ._estimate import (
    CalibrationError,
    Estimate,
    Fit,
    Goodness,
    Window,
)
from ._files import (
    Choice,
    Files,
    Record,
    read_files,
)
from ._forecaster import (
    AbstractForecaster,
    ConstantStudentT,
    ExponentialStudentT,
    Historical,
)
from ._garch import (
    fit_garch,
)
from ._kou import (
    fit_kou,
)
from ._local_scale import (
    local_scale,
)
from ._market import (
    Calibration,
    Chosen,
    Settings,
    calibrate,
)
from ._merton import (
    fit_merton,
)
from ._page import (
    draw,
)
from ._pairs import (
    correlation_matrix,
)
from ._panel import (
    Panel,
    panel_of,
)
from ._peg import (
    fit_peg,
)
from ._regime_forecaster import TwoRegimesStudentT
from ._regimes import (
    fit_regimes,
    stress_chances,
)
from ._resilience import (
    fit_resilience,
)
from ._sections import (
    sections_of,
)
from ._student_t import (
    fit_student_t,
)
from ._surface import (
    Smile,
    Surface,
    fit_smile,
    fit_surface,
)
from ._volatility import (
    fit_volatility,
)


__all__ = [
    "AbstractForecaster",
    "Calibration",
    "CalibrationError",
    "Choice",
    "Chosen",
    "ConstantStudentT",
    "DepthFit",
    "Estimate",
    "ExponentialStudentT",
    "Files",
    "Fit",
    "Goodness",
    "Historical",
    "LevelTest",
    "Panel",
    "RawSvi",
    "Record",
    "Settings",
    "Smile",
    "Surface",
    "TwoRegimesStudentT",
    "Window",
    "backtest",
    "calibrate",
    "correlation_matrix",
    "draw",
    "fit_asynchronous_correlation",
    "fit_common_jumps",
    "fit_correlation",
    "fit_depth",
    "fit_garch",
    "fit_kou",
    "fit_merton",
    "fit_peg",
    "fit_regimes",
    "fit_resilience",
    "fit_smile",
    "fit_student_t",
    "fit_surface",
    "fit_volatility",
    "local_scale",
    "log_basis",
    "panel_of",
    "read_files",
    "sections_of",
    "stress_chances",
]
