"""How the reserves' prices vary together up to the horizon; cohorts are cut by it."""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float64

from ..process import closure
from ._build_agents import MINUTES_PER_YEAR
from ._build_prices import claim_weights, jump_sources, no_bases
from ._config import MINUTES_PER_DAY, Config
from ._correlation import Matrix, correlation_matrices
from ._market_model import RegimesConfig
from ._tables import asset_of_reserve


ReserveMatrix: TypeAlias = Float64[np.ndarray, "reserve reserve"]


def reserve_covariance(config: Config) -> ReserveMatrix:
    r"""Covariance of the reserves' log-returns over the horizon T, jumps included.

    .. math:: V_{ij} = \left(\sum_r \bar\pi_r\, \sigma_{ri} \rho_{rij} \sigma_{rj}
        + \sum_s \lambda_s (m_s^2 + v_s^2) \ell_{is} \ell_{js}\right)
        \int_0^T e^{-(\kappa_i + \kappa_j) u} du

    with the mean share of time in each regime, and speeds of zero for base assets; then
    claims and pegged assets follow what they rest on. Floors are ignored, and so are
    the options of instruments, which move as their underlyings do.
    """
    horizon = config.horizon_days * MINUTES_PER_DAY / MINUTES_PER_YEAR
    laws = [asset.law for asset in config.assets.values()]
    laws += [None] * len(config.instruments or {})
    speed = np.array([0.0 if law is None else law.speed for law in laws])
    total = np.add.outer(speed, speed)
    reverts = total > 0
    safe = np.where(reverts, total, 1.0)
    clock = np.where(reverts, -np.expm1(-safe * horizon) / safe, horizon)
    own = _annual_covariance(config, horizon) * clock
    lift = closure(claim_weights(config))
    asset = asset_of_reserve(config)
    return (lift @ own @ lift.T)[np.ix_(asset, asset)]


def stress_share(regimes: RegimesConfig | None, horizon: float) -> float:
    """Mean share of the time up to `horizon` [year] in stress, from calm."""
    if regimes is None or not regimes.enter_stress_per_year:
        return 0.0
    enter, leave = regimes.enter_stress_per_year, regimes.leave_stress_per_year
    mixing = (enter + leave) * horizon
    return float(enter / (enter + leave) * (1 + np.expm1(-mixing) / mixing))


def _annual_covariance(config: Config, horizon: float) -> Matrix:
    """Covariance a year of the assets' own shocks, over regimes and jumps."""
    model = config.market_model
    volatility = [asset.annual_volatility for asset in config.assets.values()]
    volatility += [0.0] * len(config.instruments or {})
    stress = stress_share(model.regimes, horizon)
    variance = [1 - stress]
    if model.regimes is not None:
        variance.append(stress * model.regimes.volatility_multiplier**2)
    matrices = correlation_matrices(no_bases(config), model)
    mixed = sum(
        weight * matrix for weight, matrix in zip(variance, matrices, strict=True)
    )
    jumps = jump_sources(config)
    second_moment = jumps.intensity * (jumps.mean**2 + jumps.sd**2)
    of_jumps = (jumps.loading * second_moment) @ jumps.loading.T
    return np.outer(volatility, volatility) * mixed + of_jumps
