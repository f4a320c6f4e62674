"""Returns of a fitted market model, to be laid beside those it was fitted to."""

import numpy as np
from jaxtyping import Float64

from ._estimate import Fit
from ._market import Chosen
from ._pairs import config_correlation
from ._panel import Panel


_SEED = 20_260_101

Returns = Float64[np.ndarray, "asset step"]
Steps = Float64[np.ndarray, " step"]


def simulated_returns(chosen: Chosen, steps: Panel, *, count: int) -> Returns:
    """Returns by the law of the engine: regimes, shocks, and jumps if they were fitted.

    What jumps move on average is not taken off: over a step it is nothing beside the
    volatility.

    Args:
        chosen: The fits that make the model.
        steps: What they were fitted to.
        count: Steps to draw.
    """
    draw = np.random.default_rng(_SEED)
    size, years = len(steps.assets), 1 / steps.steps_per_year
    stress = _regimes(chosen, count, years, draw)
    normal = draw.standard_normal((size, count))
    shock = np.empty_like(normal)
    for regime, matrix in enumerate(_matrices(chosen, size)):
        here = stress == regime
        shock[:, here] = np.linalg.cholesky(matrix) @ normal[:, here]
    if chosen.shocks is not None:
        degrees = chosen.shocks["degrees_of_freedom"]
        shock *= np.sqrt((degrees - 2) / draw.chisquare(degrees, count))
    multiplier = 1.0
    if chosen.regimes is not None:
        multiplier = chosen.regimes["volatility_multiplier"]
    annual = np.array([chosen.calm_volatility(asset) for asset in steps.assets])
    spread = annual[:, None] * np.sqrt(years)
    moves = spread * np.where(stress, multiplier, 1.0) * shock
    if chosen.jumps is not None:
        moves += _jumps(chosen.jumps, steps, count, draw)
    return moves


def _jumps(fit: Fit, steps: Panel, count: int, draw: np.random.Generator) -> Returns:
    years = 1 / steps.steps_per_year
    common = np.zeros(count)
    if "common_intensity" in fit.parameters:
        common = _source(fit, ("common_", ""), count, years, draw)
    moves = []
    for asset in steps.assets:
        dot = f".{asset}" if f"intensity.{asset}" in fit.parameters else ""
        own = np.zeros(count)
        if fit.parameters.get(f"sd{dot}") is not None and fit[f"intensity{dot}"] > 0:
            own = _source(fit, ("", dot), count, years, draw)
        beta = fit.parameters.get(f"beta.{asset}")
        moves.append(own + (0.0 if beta is None else beta.value) * common)
    return np.stack(moves)


def _source(
    fit: Fit,
    around: tuple[str, str],
    count: int,
    years: float,
    draw: np.random.Generator,
) -> Steps:
    """Sums of the jumps of one source in every step."""
    before, after = around
    number = draw.poisson(fit[f"{before}intensity{after}"] * years, count)
    noise = np.sqrt(number) * draw.standard_normal(count)
    return number * fit[f"{before}mean{after}"] + fit[f"{before}sd{after}"] * noise


def _matrices(chosen: Chosen, size: int) -> list[Float64[np.ndarray, "asset asset"]]:
    if chosen.regimes is not None and size > 1:
        prefixes = ("correlation", "stress.correlation")
        return [config_correlation(chosen.regimes, prefix) for prefix in prefixes]
    one = np.eye(size)
    if chosen.correlation is not None:
        one = config_correlation(chosen.correlation)
    return [one, one]


def _regimes(
    chosen: Chosen, count: int, years: float, draw: np.random.Generator
) -> Steps:
    """Zero in calm, one in stress; from the long run of the chain."""
    if chosen.regimes is None:
        return np.zeros(count)
    enter, leave = (
        chosen.regimes[f"{way}_stress_per_year"] for way in ("enter", "leave")
    )
    stay = np.exp(-(enter + leave) * years)
    share = enter / (enter + leave)
    chance = draw.random(count)
    state = np.empty(count)
    now = float(chance[0] < share)
    for step in range(count):
        now = float(chance[step] < share + (now - share) * stay)
        state[step] = now
    return state
