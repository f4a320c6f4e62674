"""The biases stated in V3 are those of the stepped law, integrated numerically."""

import math

import numpy as np
import pytest
from scipy.signal import fftconvolve
from scipy.stats import norm

from jaxrisk.validate._closed_forms import (
    CONTINUITY,
    hit_probability,
    late_liquidation_loss,
    put,
)
from jaxrisk.validate._delay import (
    BONUS,
    COLLATERAL,
    DEBT,
    DELAYS,
    HORIZON,
    START,
    TRIGGER,
    VOLATILITY,
    Delay,
)


NODES = 40  # a standard deviation of a step


def stepped_loss(delay: Delay) -> float:
    """Expected bad debt if the trigger is watched in steps, from a nearer barrier.

    The density of the log price above the barrier is carried from step to step; what
    falls below it is charged the put that runs from there for the delay.
    """
    spread = VOLATILITY * math.sqrt(delay.dt)
    width, drift = spread / NODES, -(spread**2) / 2
    barrier = math.log(TRIGGER) + CONTINUITY * spread
    reach = math.log(START) + 6 * VOLATILITY * math.sqrt(HORIZON)
    alive = barrier + width * np.arange(int((reach - barrier) / width) + 1)
    fallen = 8 * NODES
    dead = barrier - width * np.arange(fallen + 1)
    strike = (1 + BONUS) * DEBT / COLLATERAL
    years = delay.steps * delay.dt
    loss = np.array(
        [put(math.exp(x), strike, volatility=VOLATILITY, years=years) for x in dead]
    )
    moves = norm.pdf(np.arange(-fallen, fallen + 1) * width, drift, spread)
    above = norm.pdf(alive, math.log(START) + drift, spread)
    below = norm.pdf(dead, math.log(START) + drift, spread)
    held, charge = np.full(alive.size, width), width * loss
    held[0] /= 2  # trapezoid rule at the barrier
    charge[0] /= 2
    charged = float(below @ charge)
    for _ in range(delay.watched - 1):
        spilled = fftconvolve(above * held, moves)
        above = spilled[fallen : fallen + alive.size]
        charged += float(spilled[fallen::-1] @ charge)
    return charged * COLLATERAL / (1 + BONUS)


@pytest.mark.parametrize("delay", DELAYS, ids=lambda delay: f"{delay.hours} h")
def test_the_bias_stated_is_that_of_the_stepped_law(delay: Delay) -> None:
    exact = late_liquidation_loss(
        START,
        trigger=TRIGGER,
        collateral=COLLATERAL,
        debt=DEBT,
        bonus=BONUS,
        volatility=VOLATILITY,
        years=HORIZON,
        delay=delay.years,
    )
    assert stepped_loss(delay) / exact - 1 == pytest.approx(delay.bias, abs=2e-4)


def test_a_barrier_is_hit_for_sure_at_once_and_hardly_from_afar() -> None:
    assert hit_probability(2000.0, 2000.0, volatility=0.9, years=0.1) == pytest.approx(
        1
    )
    assert hit_probability(2000.0, 20.0, volatility=0.9, years=0.1) < 1e-12
