"""The engine's laws in plain NumPy, one price path at a time."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float64, Shaped

from jaxrisk.calibrate import Panel


HOURS_PER_YEAR = 365 * 24
DT = 1 / HOURS_PER_YEAR


def hours(count: int) -> Shaped[np.ndarray, " hour"]:
    """Ends of that many hours."""
    first = np.datetime64("2021-01-01", "ns")
    return first + np.arange(1, count + 1) * np.timedelta64(3600, "s")


def panel(returns: Float64[np.ndarray, "asset hour"]) -> Panel:
    """Hourly returns of assets A, B, C, ..."""
    names = tuple("ABCDEFG"[: returns.shape[0]])
    return Panel(names, hours(returns.shape[1]), returns, 3600.0)


def jumps(
    draw: np.random.Generator, count: int, source: Mapping[str, float]
) -> Float64[np.ndarray, " hour"]:
    """Sums of the jumps of every hour."""
    number = draw.poisson(source["intensity"] * DT, count)
    return number * source["mean"] + np.sqrt(number) * source["sd"] * draw.normal(
        size=count
    )


def merton(
    seed: int, count: int, law: Mapping[str, float]
) -> Float64[np.ndarray, " hour"]:
    """Returns of one asset."""
    draw = np.random.default_rng(seed)
    growth = np.exp(law["mean"] + law["sd"] ** 2 / 2) - 1
    trend = law["drift"] - law["volatility"] ** 2 / 2 - law["intensity"] * growth
    diffusion = law["volatility"] * np.sqrt(DT) * draw.normal(size=count)
    return trend * DT + diffusion + jumps(draw, count, law)


def kou(
    seed: int, count: int, law: Mapping[str, float]
) -> Float64[np.ndarray, " hour"]:
    """Returns of one asset with double-exponential jumps."""
    draw = np.random.default_rng(seed)
    returns = law["volatility"] * np.sqrt(DT) * draw.normal(size=count)
    number = draw.poisson(law["intensity"] * DT, count)
    for one in range(int(number.max())):
        rise = draw.exponential(1 / law["eta_up"], count)
        fall = draw.exponential(1 / law["eta_down"], count)
        size = np.where(draw.random(count) < law["p_up"], rise, -fall)
        returns += (number > one) * size
    return returns


def basis(
    seed: int,
    count: int,
    law: Mapping[str, float],
    *,
    noise: float = 0.0,
    outliers: tuple[float, float] = (0.0, 0.0),
) -> Float64[np.ndarray, " hour"]:
    """A basis that returns to zero (or wanders, at speed zero), seen with noise."""
    draw = np.random.default_rng(seed)
    speed = law["speed"]
    kept = np.exp(-speed * DT)
    clock = -np.expm1(-2 * speed * DT) / (2 * speed) if speed else DT
    shock = law["volatility"] * np.sqrt(clock) * draw.normal(size=count)
    move = shock + jumps(draw, count, law)
    value = np.empty(count)
    now = 0.0
    for hour in range(count):
        now = kept * now + move[hour]
        value[hour] = now
    share, size = outliers
    value += noise * draw.normal(size=count)
    return value + (draw.random(count) < share) * size * draw.normal(size=count)
