"""Estimators of the slopes of V5: bumps, along the path, SPA, push-out and MVD."""

import math

import numpy as np
from late import LATE_WIDTHS, Late, first_hit, late_pairs, settled
from normal import density
from tallies import Samples


def late_forward(normal: np.ndarray) -> tuple[Samples, float]:
    late = Late()
    log_price = late.log_prices(normal)
    return late.payoff(settled(late, log_price, first_hit(late, log_price)))[None], 1.0


def late_bump(normal: np.ndarray, wider: float = 1) -> tuple[Samples, float]:
    """Six runs for three slopes."""
    slopes = []
    widths = {name: wider * half for name, half in LATE_WIDTHS.items()}
    for down, up, width in late_pairs(widths):
        lost = []
        for late in (down, up):
            log_price = late.log_prices(normal)
            end = settled(late, log_price, first_hit(late, log_price))
            lost.append(late.payoff(end))
        slopes.append((lost[1] - lost[0]) / width)
    return np.array(slopes), 6.0


def late_pathwise(late: Late, end: np.ndarray, brownian: np.ndarray) -> Samples:
    """Of a path whose trigger stays where it is; `brownian` at the liquidation."""
    sold = np.where(late.payoff(end) > 0, np.exp(end) / (1 + late.bonus), 0)
    years = (end - late.start - late.volatility * brownian) / (
        -(late.volatility**2) / 2
    )
    move = np.where(sold > 0, brownian - late.volatility * years, 0)
    return np.array([np.zeros(end.size), sold / (1 + late.bonus), -sold * move])


def brownian_at(late: Late, log_price: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Value of the Brownian motion after a step of each path, -1 for the start."""
    price = log_price[np.maximum(step, 0), np.arange(step.size)]
    price = np.where(step < 0, late.start, price)
    return (price - late.start + late.sd**2 / 2 * (step + 1)) / late.volatility


def late_naive(normal: np.ndarray) -> tuple[Samples, float]:
    """Differentiation along the path: what a hard trigger hides is missing."""
    late = Late()
    log_price = late.log_prices(normal)
    first = first_hit(late, log_price)
    end = settled(late, log_price, first)
    at = np.minimum(first + late.delay, late.total - 1)
    return late_pathwise(late, end, brownian_at(late, log_price, at)), 1.0


def late_spa(normal: np.ndarray, rng: np.random.Generator) -> tuple[Samples, float]:
    """Twins leave from the trigger, at a step drawn by the density of hitting it."""
    late, paths = Late(), normal.shape[1]
    log_price = late.log_prices(normal)
    first = first_hit(late, log_price)
    before = np.vstack([np.full(paths, late.start), log_price[: late.watched - 1]])
    critical = (late.barrier - before + late.sd**2 / 2) / late.sd
    rows = np.arange(late.watched)[:, None]
    weight = np.where(rows <= first, density(critical), 0)
    running = weight.cumsum(axis=0)
    total = running[-1]
    picked = (running < rng.random(paths) * total).sum(axis=0)
    picked = np.minimum(picked, late.watched - 1)
    column = np.arange(paths)
    shift = late.barrier - log_price[picked, column]
    later = (rows > picked) & (log_price[: late.watched] < log_price[picked, column])
    again = np.where(later.any(axis=0), later.argmax(axis=0), late.watched)
    hit = late.payoff(log_price[picked + late.delay, column] + shift)
    jump = hit - late.payoff(settled(late, log_price, again) + shift)
    at = np.minimum(first + late.delay, late.total - 1)
    samples = late_pathwise(
        late, settled(late, log_price, first), brownian_at(late, log_price, at)
    )
    arrived = brownian_at(late, log_price, picked - 1)
    arrived += math.sqrt(late.dt) * critical[picked, column]
    drift = late.volatility * late.dt * (picked + 1)
    jump *= total / late.sd
    samples[0] -= jump / late.threshold
    samples[2] += jump * (late.continuity - arrived + drift)
    return samples, 1 + 2 * float(np.mean(1 - (picked + 1) / late.total))


def late_weights(
    normal: np.ndarray, rng: np.random.Generator, *, measure_valued: bool
) -> tuple[Samples, float]:
    r"""Push-out for the threshold; score or measure-valued derivative for volatility.

    With y = log(threshold price) the trigger has no parameter and the start has one: a
    score of the first shock, and the slope of the payoff at a given y,

    .. math:: \frac{dE L}{d\log\theta} = E\Big[(L - EL)\frac{e_1}{s} +
        1_{L>0}\frac{P}{1+b}\Big].
    """
    late = Late()
    log_price = late.log_prices(normal)
    first = first_hit(late, log_price)
    end = settled(late, log_price, first)
    lost = late.payoff(end)
    centred = lost - lost.mean()
    bonus = late_pathwise(late, end, np.zeros(end.size))[1]
    out = centred * normal[0] / late.sd + bonus * (1 + late.bonus)
    drift = -math.sqrt(late.dt) * normal.sum(axis=0)
    if measure_valued:
        spread, cost = _one_step_wider(late, normal, lost, rng), 2.0
    else:
        seen = np.minimum(first + late.delay, late.total - 1)
        until = np.arange(late.total)[:, None] <= seen
        score = np.where(until, normal**2 - 1, 0).sum(axis=0) / late.volatility
        spread, cost = centred * score, 1.0
    volatility = spread + centred * drift - late.continuity * out
    return np.array([out / late.threshold, bonus, volatility]), cost


def _one_step_wider(
    late: Late, normal: np.ndarray, lost: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Double-sided Maxwell less normal at one step; a normal is it times a uniform."""
    step, column = rng.integers(late.total, size=lost.size), np.arange(lost.size)
    size = np.sqrt(rng.chisquare(3, lost.size)) * rng.choice([-1, 1], lost.size)
    both = []
    for value in (size, size * rng.random(lost.size)):
        changed = normal.copy()
        changed[step, column] = value
        log_price = late.log_prices(changed)
        both.append(late.payoff(settled(late, log_price, first_hit(late, log_price))))
    return late.total / late.volatility * (both[0] - both[1])
