"""Formulas with a known answer, in float64 on the host.

Every one is used beside the literal number that the literature or a second computation
gives, so that neither a slip in the formula nor one in the number passes unseen.
"""

import math

from scipy.special import ndtr


CONTINUITY = 0.5825971579390107
"""-zeta(1/2) / sqrt(2 pi): a barrier watched in steps of dt acts like a continuous one
that is further away by exp(CONTINUITY * volatility * sqrt(dt)).

Source: Broadie, Glasserman and Kou (1997), A continuity correction for discrete barrier
options."""

YEAR = 365.0  # [day]


def price_sd(price: float, *, volatility: float, years: float) -> float:
    """Standard deviation [USD] of a driftless geometric Brownian motion."""
    return price * math.sqrt(math.expm1(volatility**2 * years))


def price_correlation(
    first: float, second: float, *, correlation: float, years: float
) -> float:
    """Correlation of two prices whose log-returns have `correlation`.

    Args:
        first: Volatility of the first [a year].
        second: Volatility of the second [a year].
        correlation: Of the log-returns.
        years: Horizon [year].
    """
    joint = math.expm1(correlation * first * second * years)
    own = math.expm1(first**2 * years) * math.expm1(second**2 * years)
    return joint / math.sqrt(own)


def hit_probability(
    price: float, barrier: float, *, volatility: float, years: float
) -> float:
    r"""Chance that a driftless geometric Brownian motion falls to `barrier`.

    .. math:: N\!\left(\frac{h + v^2/2}{v}\right)
              + e^{-h} N\!\left(\frac{h - v^2/2}{v}\right),
              \quad h = \log(B/S),\; v = \sigma\sqrt T
    """
    spread = volatility * math.sqrt(years)
    distance = math.log(barrier / price)
    direct = ndtr((distance + spread**2 / 2) / spread)
    reflected = ndtr((distance - spread**2 / 2) / spread)
    return float(direct + math.exp(-distance) * reflected)


def watched_barrier(barrier: float, *, volatility: float, dt: float) -> float:
    """Continuous lower barrier that acts like `barrier` seen every `dt` [year]."""
    return barrier * math.exp(-CONTINUITY * volatility * math.sqrt(dt))


def put(price: float, strike: float, *, volatility: float, years: float) -> float:
    """Black-Scholes put at a zero rate [USD]."""
    spread = volatility * math.sqrt(years)
    upper = (math.log(price / strike) + spread**2 / 2) / spread
    return float(strike * ndtr(spread - upper) - price * ndtr(-upper))


def late_liquidation_loss(
    price: float,
    *,
    trigger: float,
    collateral: float,
    debt: float,
    bonus: float,
    volatility: float,
    years: float,
    delay: float,
) -> float:
    r"""Expected bad debt [USD] of one position liquidated in full, `delay` too late.

    By the strong Markov property the loss starts afresh at the trigger:

    .. math:: E = P(\mathrm{hit\ by\ } T)\, \frac{Q}{1+b}\, \mathrm{Put}(H, K, \delta),
              \quad K = (1+b) D / Q

    Args:
        price: Initial price S [USD].
        trigger: Liquidation price H [USD].
        collateral: Q [token].
        debt: D [USD].
        bonus: b [ratio].
        volatility: Annual, drift zero.
        years: Horizon T of the trigger [year].
        delay: From trigger to execution, delta [year].
    """
    chance = hit_probability(price, trigger, volatility=volatility, years=years)
    strike = (1 + bonus) * debt / collateral
    loss = put(trigger, strike, volatility=volatility, years=delay)
    return chance * collateral / (1 + bonus) * loss


def restoring_repayment(
    debt: float, collateral: float, *, threshold: float, bonus: float
) -> float:
    """Repayment [USD] that brings health back to 1 (Qin et al. 2021)."""
    return (debt - threshold * collateral) / (1 - threshold * (1 + bonus))


def gap_loss(
    debt: float, collateral: float, *, gap: float, staleness: float, bonus: float
) -> float:
    """Bad debt [USD] of a position whose price falls by `gap` before it is sold."""
    return debt - collateral * (1 - gap) * (1 - staleness) / (1 + bonus)


def loops_to_leverage(multiple: float) -> tuple[float, float]:
    """Collateral and debt [USD] per 100 USD of collateral at a leverage multiple."""
    return 100.0, 100.0 * (multiple - 1) / multiple
