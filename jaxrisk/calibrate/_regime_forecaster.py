"""The law of the config as a forecaster: two regimes with Student-t shocks."""

import dataclasses
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import optimize, stats

from ._estimate import CalibrationError, Fit
from ._forecaster import AbstractForecaster, ConstantStudentT
from ._panel import Panel
from ._regimes import fit_regimes, stress_chances


_DAY = 86_400.0
_REACH = 1e3  # spreads within which a quantile is looked for


@dataclass(frozen=True)
class TwoRegimesStudentT(AbstractForecaster):
    """Calm and stress of one asset, as `fit_regimes` finds them in the window.

    The chain is fitted every `refit_days`; on each day the chance of stress is that
    given all returns of the window. Where the window shows one regime only, the
    forecast is that of `ConstantStudentT`.

    Source: Hamilton (1989), A new approach to the economic analysis of nonstationary
    time series and the business cycle.

    Attributes:
        refit_days: Days after which the chain is fitted again.
        fit: The last fit; None if the window showed one regime.
        age: Days since the last fit; -1 before the first.
    """

    refit_days: int = 30
    fit: Fit | None = None
    age: int = -1

    def after(self, seen: Float64[np.ndarray, " day"]) -> "TwoRegimesStudentT":
        """With a new fit, where the last one is too old."""
        if 0 <= self.age < self.refit_days - 1:
            return dataclasses.replace(self, age=self.age + 1)
        try:
            fit = fit_regimes(_panel(seen))
        except CalibrationError:
            fit = None
        return dataclasses.replace(self, fit=fit, age=0)

    def quantiles(
        self, seen: Float64[np.ndarray, " day"], chance: Float64[np.ndarray, " level"]
    ) -> Float64[np.ndarray, " level"]:
        """Those of the mixture of calm and stress on the next day."""
        if self.fit is None:
            return ConstantStudentT().quantiles(seen, chance)
        fit, panel = self.fit, _panel(seen)
        enter, leave = (fit[f"{way}_stress_per_year"] for way in ("enter", "leave"))
        share = enter / (enter + leave)
        memory = np.exp(-(enter + leave) / panel.steps_per_year)
        stress = share + (stress_chances(panel, fit)[-1] - share) * memory
        degrees = fit["degrees_of_freedom"]
        unit = np.sqrt((degrees - 2) / degrees / panel.steps_per_year)
        calm = fit["volatility.asset"] * unit
        spreads = np.array([calm, calm * fit["volatility_multiplier"]])
        weights = np.array([1 - stress, stress])

        def excess(size: float, level: float) -> float:
            return float(weights @ stats.t.cdf(size / spreads, degrees)) - level

        reach = _REACH * spreads[1]
        return np.array(
            [optimize.brentq(excess, -reach, reach, args=(level,)) for level in chance]
        )


def _panel(seen: Float64[np.ndarray, " day"]) -> Panel:
    """The window as a panel; its dates do not matter, only that they are days."""
    step = np.timedelta64(round(_DAY * 1e9), "ns")
    end = np.datetime64("2000-01-01", "ns") + step * np.arange(seen.size)
    return Panel(("asset",), end, seen[None], _DAY)
