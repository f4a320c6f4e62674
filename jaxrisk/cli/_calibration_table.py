"""A calibration as lines for people."""

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from ..calibrate import Calibration, Estimate, Files, Fit, LevelTest, Settings

_SHOWN = 12  # parameters of a fit; the rest are in the file


def table_of_fits(calibration: "Calibration") -> str:
    """Every fit with its estimates, and why others were refused."""
    lines = [line for fit in calibration.fits for line in _lines_of(fit)]
    if calibration.refused:
        lines += ["not fitted", *(f"  {reason}" for reason in calibration.refused)]
    return "\n".join(lines)


def _lines_of(fit: "Fit") -> list[str]:
    window, goodness = fit.window, fit.goodness
    span = f"{str(window.start)[:10]} to {str(window.end)[:10]}"
    lines = [
        f"{fit.model}: {', '.join(fit.subject)}; {window.observations:,} observations, "
        f"{span}; p = {goodness.p_value:.3f} ({goodness.test})"
    ]
    named = list(fit.parameters.items())
    lines += [_line_of(name, one) for name, one in named[:_SHOWN]]
    if len(named) > _SHOWN:
        lines.append(f"  and {len(named) - _SHOWN} more, in the file")
    return lines


def _line_of(name: str, one: "Estimate") -> str:
    error = "" if one.error != one.error else f" ± {one.error:.2g}"
    known = one.low == one.low and one.high == one.high
    interval = f"95 %: {one.low:.4g} to {one.high:.4g}" if known else "no interval"
    return f"  {name:32} {one.value:10.4g}{error:11} {one.unit:12} {interval}"


def backtest_lines(files: "Files", settings: "Settings") -> list[str]:
    """Exceedances of value at risk on days that the fit had not seen, and their tests.

    Args:
        files: With the prices; days of missing prices are left out.
        settings: Pegged assets are not tested.
    """
    from ..calibrate import (
        CalibrationError,
        ConstantStudentT,
        ExponentialStudentT,
        Historical,
        TwoRegimesStudentT,
    )
    from ..calibrate import backtest as tested
    from ..calibrate._market import DAY
    from ..calibrate._panel import panel_of

    lines = [
        "value at risk of one day, fitted to the year before it",
        f"  {'asset':8} {'model':24} level  beyond  expected  Kupiec  Christoffersen",
    ]
    for series in files.prices:
        if series.asset in settings.pegs:
            continue
        try:
            days = panel_of([series], step_seconds=DAY).returns[0]
            for forecaster in (
                Historical(),
                ConstantStudentT(),
                ExponentialStudentT(),
                TwoRegimesStudentT(),
            ):
                name = type(forecaster).__name__
                lines += [
                    _level_line(series.asset, name, level)
                    for level in tested(forecaster, days)
                ]
        except CalibrationError as error:
            lines.append(f"  {series.asset:8} not tested: {error}")
    return lines


def _level_line(asset: str, model: str, test: "LevelTest") -> str:
    return (
        f"  {asset:8} {model:24} {test.level:5.1%} {test.exceeded.sum():7} "
        f"{test.expected:9.1f} {test.coverage.p_value:7.3f} "
        f"{test.conditional.p_value:15.3f}"
    )
