"""Common and own jumps of several assets, in one likelihood.

All parameters are fitted at once, so that nothing is called a jump or none: every step
counts for each by its probability, and small jumps that a threshold would miss are not
lost.

Own sources that the data do not show are left out, one after another: those of fewer
than three expected jumps, and those whose three parameters the log-likelihood does not
repay (BIC). They have intensity zero with an upper end, and no size.

Errors are from the observed information; the local scale and the degrees of freedom
are taken as known. Give both as the config will have them, since what is not
volatility or a fat tail is a jump. Hourly crypto returns have fat tails of each
asset's own, which neither one chi-square for all nor a few large jumps can make: the
fit then takes hundreds of small own jumps a year for them, and the test of fit refuses
it. Compare several steps, hours and days, before a figure goes into a config.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._common_law import UNIT, Layout, Sources, law, levels, mixing, starts
from ._estimate import CalibrationError, Estimate, Fit
from ._goodness import goodness_of_levels
from ._gradient import Data, climb, evaluate, maximum_at, refuse_if_idle, scores
from ._likelihood import Maximum, Parameters
from ._panel import Panel


MODEL = "common and own jumps"

_FEWEST = 3.0  # expected jumps of a source in the window, below which it has no size
_MANY = 10.0  # expected jumps of a source that is not tried without, if they are large
_SMALL = 0.7  # size of jumps, in units, that may only imitate the diffusion
_NONE_SEEN = 3.0  # as many are not excluded at 95 % where none was seen


def fit_common_jumps(
    panel: Panel,
    *,
    scale: Float64[np.ndarray, " step"] | None = None,
    degrees_of_freedom: float | None = None,
) -> Fit:
    r"""Fit the engine's jumps: one source common to all assets, and one of each.

    A step has no jump, a common one, or one of a single asset; two in a step are left
    out, which is wrong by the expected jumps a step, 0.2 % at 20 jumps a year:

    .. math::
        r = a + h\,\sqrt{W}\, D\, n + \beta\,(m + s\,\epsilon)\,1_\mathrm{common}
            + e_i (m_i + s_i\, \epsilon_i)\, 1_i

    with normal n of one correlation matrix, and W one for normal shocks or, as in the
    engine's Student-t law, one inverse chi-square for all assets, a step's own. The
    size of the common source is at beta one, that of the first asset.

    Source: Merton (1976), Option pricing when underlying stock returns are
    discontinuous; Bollerslev, Law and Tauchen (2008), Risk, jumps, and
    diversification.

    Args:
        panel: Returns of two assets or more; the first is the reference. Steps without
            all returns are left out.
        scale: Volatility h of each step of the panel in units of the usual one, for
            all assets, as `local_scale` gives it; one everywhere if None.
        degrees_of_freedom: Of the Student-t shocks, above 2; normal ones if None.

    Returns:
        common_intensity [1/year], common_mean and common_sd [log]; for each asset
        beta.X [ratio], volatility.X [ratio a year], intensity.X, mean.X, sd.X; and
        correlation.X.Y of shocks.

    Raises:
        CalibrationError: If there are no common jumps to be seen, or there is only one
            asset.
    """
    if len(panel.assets) < 2:
        raise CalibrationError(
            f"{MODEL} need two assets, and the panel has {len(panel.assets)}. Use "
            "fit_merton."
        )
    seen = np.isfinite(panel.returns).all(axis=0)
    returns = panel.returns[:, seen]
    local = np.ones(returns.shape[1]) if scale is None else scale[seen]
    weight, variance = mixing(degrees_of_freedom)
    data = {
        "returns": returns,
        "scale": local,
        "years": np.asarray(1 / panel.steps_per_year),
        "unit": _spreads(panel, returns),
        "log_weight": np.log(weight),
        "mixing": variance,
    }
    end = _select(panel, data)
    layout = end.layout
    best = maximum_at(law(layout), data, end.parameters, model=MODEL)
    return Fit(
        model=MODEL,
        subject=panel.assets,
        parameters=_estimates(panel, layout, best, data),
        window=panel.window,
        goodness=goodness_of_levels(
            evaluate(levels(layout), best.parameters, data),
            scores(law(layout), data, best.parameters),
            test=f"{MODEL} of {', '.join(panel.assets)}",
        ),
        log_likelihood=best.log_likelihood,
    )


def _spreads(
    panel: Panel, returns: Float64[np.ndarray, "asset step"]
) -> Float64[np.ndarray, " asset"]:
    low, high = np.quantile(returns, [0.25, 0.75], axis=1)
    if not (high > low).all():
        asset = panel.assets[int(np.argmin(high - low))]
        raise CalibrationError(
            f"{asset}: half of its returns are the same, so it has no volatility to "
            "fit. Choose a longer step, or a liquid asset."
        )
    return (high - low) / 1.349


@dataclass(frozen=True)
class _End:
    """Where a search ended, under a layout."""

    layout: Layout
    parameters: Parameters
    log_likelihood: float

    @classmethod
    def of(cls, layout: Layout, data: Data, origins: list[Parameters]) -> "_End":
        return cls(layout, *climb(law(layout), data, origins))

    def under(self, layout: Layout, data: Data) -> "_End":
        """The search under a layout of fewer sources, from here."""
        start = layout.taken_from(self.layout, self.parameters)
        return _End.of(layout, data, [start])


def _select(panel: Panel, data: Data) -> _End:
    """Fit, and leave out own sources until every one of them is worth its place."""
    assets, count = data["returns"].shape
    window = count * float(data["years"])
    price = 1.5 * np.log(count)
    layout = Layout(assets, common=True, own=tuple(range(assets)))
    origins = starts(layout, data)
    best = _End.of(layout, data, origins)
    refuse_if_idle(best.parameters, origins, model=MODEL)
    while best.layout.own:
        of = Sources.read(best.layout, best.parameters)
        expected = dict(
            zip(best.layout.own, np.exp(of.own_log_intensity) * window, strict=True)
        )
        size = dict(
            zip(
                best.layout.own,
                np.hypot(of.own_mean, np.exp(of.own_log_sd)),
                strict=True,
            )
        )
        # Many large jumps are beyond doubt, and every trial takes time.
        trials = [
            best.under(best.layout.without(one), data)
            for one, jumps in expected.items()
            if jumps < _MANY or size[one] < _SMALL
        ]
        smaller = max(trials, key=lambda end: end.log_likelihood, default=None)
        if smaller is None:
            break
        (left_out,) = set(best.layout.own) - set(smaller.layout.own)
        loss = best.log_likelihood - smaller.log_likelihood
        if loss > price and expected[left_out] >= _FEWEST:
            break
        best = smaller
    _refuse_without_common(panel, best, data, price=price * (assets + 2) / 3)
    return best


def _refuse_without_common(
    panel: Panel, best: _End, data: Data, *, price: float
) -> None:
    alone = Layout(best.layout.assets, common=False, own=best.layout.own)
    gain = best.log_likelihood - best.under(alone, data).log_likelihood
    if gain < price:
        raise CalibrationError(
            f"{MODEL} of {', '.join(panel.assets)}: a common source raises the "
            f"log-likelihood by {gain:.1f}, and {price:.1f} are needed to justify its "
            "parameters (BIC). Use more data, or fit_merton for each asset."
        )


def _estimates(
    panel: Panel, layout: Layout, best: Maximum, data: Data
) -> dict[str, Estimate]:
    value = Sources.read(layout, best.parameters)
    error = Sources.read(layout, best.errors)
    unit = UNIT * data["unit"]
    none_seen = _NONE_SEEN / (data["returns"].shape[1] * float(data["years"]))
    found = _source(
        "common_{}", unit[0], _triple(value, "common", 0), _triple(error, "common", 0)
    )
    found["beta." + panel.assets[0]] = Estimate(1.0, 0.0, 1.0, 1.0, "ratio")
    for row, asset in enumerate(panel.assets[1:], start=1):
        ratio = unit[row] / unit[0]
        found[f"beta.{asset}"] = Estimate.normal(
            float(ratio * value.beta[row - 1]),
            float(ratio * error.beta[row - 1]),
            "ratio",
        )
    for row, asset in enumerate(panel.assets):
        found[f"volatility.{asset}"] = _positive(
            value.log_volatility[row], error.log_volatility[row], "ratio a year"
        )
        if row in layout.own:
            at = layout.own.index(row)
            found |= _source(
                "{}." + asset,
                unit[row],
                _triple(value, "own", at),
                _triple(error, "own", at),
            )
        else:
            found[f"intensity.{asset}"] = Estimate(
                0.0, float("nan"), 0.0, none_seen, "1/year"
            )
    return found | layout.correlations(panel.assets, best)


def _triple(of: Sources, source: str, at: int) -> tuple[float, float, float]:
    """Log intensity, mean and log sd of a source; or their errors."""
    names = ("log_intensity", "mean", "log_sd")
    first, second, third = (getattr(of, f"{source}_{name}")[at] for name in names)
    return float(first), float(second), float(third)


def _source(
    name: str,
    unit: float,
    value: tuple[float, float, float],
    error: tuple[float, float, float],
) -> dict[str, Estimate]:
    """Estimates of a source whose sizes are in units of `unit` [log]."""
    return {
        name.format("intensity"): _positive(value[0], error[0], "1/year"),
        name.format("mean"): Estimate.normal(unit * value[1], unit * error[1], "log"),
        name.format("sd"): _positive(value[2] + float(np.log(unit)), error[2], "log"),
    }


def _positive(log_value: float, log_error: float, unit: str) -> Estimate:
    size = float(np.exp(log_value))
    return Estimate.positive(size, size * float(log_error), unit)
