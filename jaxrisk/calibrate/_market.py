"""All fits to a set of files: what a market model needs, and what it is judged by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64

from ..data.depth import QuoteLadder
from ..data.options import OptionChain
from ..data.prices import PriceSeries, Stamp
from ._asynchronous import fit_asynchronous_correlation
from ._common_jumps import fit_common_jumps
from ._correlation import fit_correlation
from ._depth import DepthFit, fit_depth
from ._estimate import CalibrationError, Fit
from ._files import Files
from ._garch import fit_garch
from ._kou import fit_kou
from ._ledger import Ledger
from ._local_scale import local_scale
from ._merton import fit_merton
from ._panel import Panel, panel_of
from ._pegs import check_pegs, fit_pegs
from ._regimes import fit_regimes, stress_chances
from ._student_t import fit_student_t
from ._surface import fit_surface
from ._volatility import fit_volatility


DAY = 86_400.0


@dataclass(frozen=True)
class Settings:
    """How it is fitted.

    Attributes:
        pegs: What each pegged asset is pegged to: another asset, or USD.
        step_seconds: Step of returns; that of the simulation they are for.
        regime_step_seconds: Step of the returns that tell regimes apart.
        start: First time used; None: from where all base assets have prices.
        end: Last time used; None: to where all have.
        jumps: Whether jumps go into the market model, beside Student-t shocks.
    """

    pegs: Mapping[str, str] = field(default_factory=dict)
    step_seconds: float = 3600.0
    regime_step_seconds: float = DAY
    start: np.datetime64 | None = None
    end: np.datetime64 | None = None
    jumps: bool = False


@dataclass(frozen=True)
class Chosen:
    """The fits that make the market model; None where the data do not bear one.

    Attributes:
        volatility: Of each base asset.
        correlation: Of base assets, if there are two.
        shocks: Student-t of steps, each in units of its regime's volatility; None
            beside the jumps of one asset, which are of normal shocks.
        regimes: Calm and stress.
        jumps: Common and own jumps, if asked for.
        pegs: Of each pegged asset.
        depths: Of each asset with quotes.
    """

    volatility: Mapping[str, Fit]
    correlation: Fit | None
    shocks: Fit | None
    regimes: Fit | None
    jumps: Fit | None
    pegs: Mapping[str, Fit]
    depths: Mapping[str, DepthFit]

    def calm_volatility(self, asset: str) -> float:
        """Annual volatility of a base asset in calm, jumps apart [ratio].

        Of the jumps, which are fitted beside it in units of the regime; or of the
        regimes; or realized. A fit of one asset may leave its name out.
        """
        fit = self.jumps or self.regimes or self.volatility[asset]
        name = f"volatility.{asset}"
        return fit[name if name in fit.parameters else "volatility"]


@dataclass(frozen=True)
class Calibration:
    """All fits, and the ones that are used.

    Attributes:
        fits: In the order they were made.
        refused: Why a model was not fitted, a sentence each.
        chosen: What the market model is made of.
        steps: Returns of base assets over the step; None if there are none.
    """

    fits: tuple[Fit, ...]
    refused: tuple[str, ...]
    chosen: Chosen
    steps: Panel | None


def calibrate(
    files: Files, settings: Settings, *, tell: Callable[[str], None]
) -> Calibration:
    """Fit every model that the files allow.

    Regimes are told apart by daily returns, as those of hours find day and night. The
    degrees of freedom are those of the shocks within them: of returns over the step, in
    units of the volatility that its regime has, so that tails are not counted twice.

    Args:
        files: What is fitted to.
        settings: How.
        tell: Hears what is being fitted.

    Raises:
        CalibrationError: If base assets have no steps in common, or an asset is pegged
            that has no prices, or to one that has none.
    """
    check_pegs(files.prices, settings.pegs)
    ledger = Ledger(tell)
    base = [one for one in files.prices if one.asset not in settings.pegs]
    steps = _panel(base, settings, settings.step_seconds) if base else None
    regimes = shocks = jumps = correlation = None
    volatility: dict[str, Fit] = {}
    if steps is not None:
        volatility = _each(ledger, "volatility", fit_volatility, steps)
        correlation = _correlation(ledger, base, steps, settings)
        regimes, scale = _regimes(ledger, base, steps, settings)
        shocks = ledger.fit("shocks", lambda: fit_student_t(_in_units(steps, scale)))
        if settings.jumps:
            jumps = ledger.fit("jumps", lambda: _jumps(steps, scale, shocks))
        if jumps is not None and len(steps.assets) == 1:
            # Merton's jumps were found beside normal shocks: with Student-t ones in
            # the config too, tails would be counted twice.
            shocks = None
        _judge(ledger, steps)
    window = (settings.start, settings.end)
    pegs = fit_pegs(ledger, files.prices, settings.pegs, window)
    depths = _depths(ledger, files.ladders)
    for chain in files.chains:
        _smiles(ledger, chain)
    chosen = Chosen(volatility, correlation, shocks, regimes, jumps, pegs, depths)
    return Calibration(tuple(ledger.fits), tuple(ledger.refused), chosen, steps)


def _panel(base: Sequence[PriceSeries], settings: Settings, seconds: float) -> Panel:
    return panel_of(base, step_seconds=seconds, start=settings.start, end=settings.end)


def _each(
    ledger: Ledger, what: str, fit: Callable[[Panel, str], Fit], steps: Panel
) -> dict[str, Fit]:
    made = {
        asset: ledger.fit(f"{what} of {asset}", lambda a=asset: fit(steps, a))
        for asset in steps.assets
    }
    return {asset: one for asset, one in made.items() if one is not None}


def _correlation(
    ledger: Ledger, base: Sequence[PriceSeries], steps: Panel, settings: Settings
) -> Fit | None:
    """On the grid where prices are of one moment, and of overlapping times if not."""
    if len(base) < 2:
        return None
    on_grid = ledger.fit("correlation", lambda: fit_correlation(steps))
    if all(one.source.stamp is not Stamp.INSTANT for one in base):
        return on_grid
    overlapping = ledger.fit(
        "correlation of asynchronous prices",
        lambda: fit_asynchronous_correlation(
            base,
            step_seconds=settings.step_seconds,
            start=settings.start,
            end=settings.end,
        ),
    )
    return overlapping or on_grid


def _regimes(
    ledger: Ledger, base: Sequence[PriceSeries], steps: Panel, settings: Settings
) -> tuple[Fit | None, Float64[np.ndarray, " step"]]:
    """Regimes, and the volatility of every step in units of the calm one.

    A step has the regime of the longer step, say the day, that it is in.
    """
    seconds = settings.regime_step_seconds
    fit = ledger.fit("regimes", lambda: fit_regimes(_panel(base, settings, seconds)))
    if fit is None:
        return None, np.ones(steps.end.size)
    days = _panel(base, settings, seconds)
    stress = stress_chances(days, fit)
    known = days.of(*fit.subject).complete().end
    day = np.minimum(np.searchsorted(known, steps.end), known.size - 1)
    return fit, np.sqrt(1 + (fit["volatility_multiplier"] ** 2 - 1) * stress[day])


def _in_units(steps: Panel, scale: Float64[np.ndarray, " step"]) -> Panel:
    return Panel(steps.assets, steps.end, steps.returns / scale, steps.step_seconds)


def _jumps(
    steps: Panel, scale: Float64[np.ndarray, " step"], shocks: Fit | None
) -> Fit:
    """Jumps beyond what regimes and Student-t shocks explain."""
    if len(steps.assets) == 1:
        return fit_merton(steps, scale=scale)
    degrees = None if shocks is None else shocks["degrees_of_freedom"]
    return fit_common_jumps(steps, scale=scale, degrees_of_freedom=degrees)


def _judge(ledger: Ledger, steps: Panel) -> None:
    """Models that the engine does not run, or not alone, to judge the others by."""
    _each(ledger, "GARCH", fit_garch, steps)
    for asset in steps.assets:
        alone = steps.of(asset).complete()
        ledger.fit(
            f"Merton jumps of {asset}",
            lambda one=alone: fit_merton(one, scale=local_scale(one.returns)),
        )
        ledger.fit(f"Kou jumps of {asset}", lambda one=alone: fit_kou(one))


def _depths(ledger: Ledger, ladders: Sequence[QuoteLadder]) -> dict[str, DepthFit]:
    made: dict[str, DepthFit] = {}

    def fit(ladder: QuoteLadder) -> Fit:
        made[ladder.asset] = fit_depth(ladder)
        return made[ladder.asset].fit

    for ladder in ladders:
        ledger.fit(f"depth of {ladder.asset}", lambda one=ladder: fit(one))
    return made


def _smiles(ledger: Ledger, chain: OptionChain) -> None:
    try:
        surface = fit_surface(chain)
    except CalibrationError as error:
        ledger.refused.append(str(error))
        return
    ledger.fits += [one.fit for one in surface.smiles]
    ledger.refused += [*surface.refused.values(), *surface.arbitrage()]
