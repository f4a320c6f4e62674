"""Returns of a fitted market model, to be laid beside those it was fitted to."""

import numpy as np
from jaxtyping import Float64

from ._market import Chosen
from ._pairs import correlation_matrix
from ._panel import Panel


_SEED = 20_260_101


def simulated_returns(
    chosen: Chosen, steps: Panel
) -> Float64[np.ndarray, "asset step"]:
    """As many steps as there were, by the law of the engine without jumps.

    Common jumps are left out: the page shows what the volatilities, the regimes and
    the shocks alone explain.

    Args:
        chosen: The fits that make the model.
        steps: What they were fitted to.
    """
    draw = np.random.default_rng(_SEED)
    count, size = steps.end.size, len(steps.assets)
    stress = _regimes(chosen, count, 1 / steps.steps_per_year, draw)
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
    source = chosen.regimes
    annual = np.array(
        [
            (chosen.volatility[asset] if source is None else source)[
                f"volatility.{asset}"
            ]
            for asset in steps.assets
        ]
    )
    spread = annual[:, None] / np.sqrt(steps.steps_per_year)
    return spread * np.where(stress, multiplier, 1.0) * shock


def _matrices(chosen: Chosen, size: int) -> list[Float64[np.ndarray, "asset asset"]]:
    if chosen.regimes is not None and size > 1:
        prefixes = ("correlation", "stress.correlation")
        return [correlation_matrix(chosen.regimes, prefix) for prefix in prefixes]
    one = np.eye(size)
    if chosen.correlation is not None:
        one = correlation_matrix(chosen.correlation)
    return [one, one]


def _regimes(
    chosen: Chosen, count: int, years: float, draw: np.random.Generator
) -> Float64[np.ndarray, " step"]:
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
