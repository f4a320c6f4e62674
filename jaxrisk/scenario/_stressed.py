"""A system under stress: the same structure, whatever the stress."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float64

from ..engine import System
from ..keeper import AbstractKeeper, RationalKeeper
from ..process import AbstractJumps, CompoundPoisson, Prices
from ..process._jumps import jump_log_moment
from ..venue import Venues
from ._frozen import FrozenOracle
from ._moves import ScheduledMoves
from ._stress import Stress
from ._thin import ThinVenue


Matrix = Float64[np.ndarray, "asset asset"]
ByRegime = Float64[np.ndarray, "regime asset"]
Mask = Bool[np.ndarray, " asset"]


def stressed(system: System, stress: Stress, base: Mask) -> System:
    """The system under a stress.

    Its parts are the same for every stress, of none too, and only numbers differ: all
    run in one compiled program. Nothing but what the stress names changes by a bit.

    Args:
        system: As it is.
        stress: What is done to it.
        base: Assets that follow no other, whose correlations are stressed.
    """
    kind = np.dtype(system.dt.dtype)
    with jax.enable_x64(kind == np.float64):
        start = jnp.asarray(stress.start, kind)
        oracle = FrozenOracle(
            oracle=system.oracle, start=start, steps=jnp.asarray(stress.frozen, kind)
        )
        return eqx.tree_at(
            lambda at: (at.prices, at.oracle, at.venues, at.keeper),
            system,
            (
                _prices(system.prices, stress, base),
                oracle,
                _venues(system.venues, stress.depth),
                _keeper(system.keeper, stress.gas),
            ),
        )


def _prices(prices: Prices, stress: Stress, base: Mask) -> Prices:
    kind, factor = np.dtype(prices.dt.dtype), float(np.exp(stress.volatility))
    scale = np.asarray(prices.scale, np.float64)
    added = _growth(prices, factor)
    pegged = np.asarray(prices.decay) < 1
    cost = np.asarray(prices.compensation, np.float64) + np.where(pegged, 0.0, added)
    share = float(-np.expm1(stress.independence))
    roots = [closer(np.asarray(root), share, base) for root in prices.cholesky]
    jumps = ScheduledMoves(
        jumps=_wider(prices.jumps, factor), moves=jnp.asarray(stress.moves, kind)
    )
    return eqx.tree_at(
        lambda at: (at.scale, at.compensation, at.cholesky, at.jumps),
        prices,
        (
            jnp.asarray(scale * factor, kind),
            jnp.asarray(cost, kind),
            jnp.asarray(np.stack(roots), kind),
            jumps,
        ),
    )


def closer(root: np.ndarray, share: float, base: Mask) -> np.ndarray:
    r"""Cholesky root of correlations nearer to one among base assets.

    .. math:: C' = S C S + w \, u u^\top, \qquad S_{ii} = \sqrt{1 - w u_i}

    with u one for base assets and zero for others: :math:`(1-w) C + w` among base
    assets, C among others. Positive definite where C is and :math:`w < 1`.

    Args:
        root: Lower root of C, [asset asset].
        share: w, in [0, 1); zero gives the root itself.
        base: u.
    """
    if not share:
        return root
    lower = np.asarray(root, np.float64)
    own = np.sqrt(np.where(base, 1 - share, 1.0))
    mixed = np.outer(own, own) * (lower @ lower.T) + share * np.outer(base, base)
    return np.linalg.cholesky(mixed)


def _growth(prices: Prices, factor: float) -> ByRegime:
    """What moves so many times as wide add to the mean of a price in a step [log].

    It is taken off again, so that means stay.
    """
    scale, law = np.asarray(prices.scale, np.float64), prices.innovation
    added = law.log_moment(factor * scale) - law.log_moment(scale)
    return added + _jump_growth(prices.jumps, factor) - _jump_growth(prices.jumps, 1.0)


def _jump_growth(jumps: AbstractJumps, factor: float) -> Float64[np.ndarray, "#asset"]:
    """The same of jumps, over none."""
    if not isinstance(jumps, CompoundPoisson):
        return np.zeros(1)
    loading, mean, sd, never = (
        np.asarray(each, np.float64)
        for each in (jumps.loading, jumps.mean, jumps.sd, jumps.distribution[0])
    )
    return jump_log_moment(factor * loading, -np.log(never), mean, sd)


def _wider(jumps: AbstractJumps, factor: float) -> AbstractJumps:
    if not isinstance(jumps, CompoundPoisson):
        return jumps
    loading: Array = jumps.loading * factor
    return eqx.tree_at(lambda at: at.loading, jumps, loading)


def _venues(venues: Venues, depth: Float64[np.ndarray, " asset"]) -> Venues:
    share, kind = np.exp(depth), np.dtype(venues.decay.dtype)
    thin = tuple(
        ThinVenue(venue=venue, share=jnp.asarray(share[np.array(rows)], kind))
        for venue, rows in zip(venues.kinds, venues.rows, strict=True)
    )
    return eqx.tree_at(lambda at: at.kinds, venues, thin)


def _keeper(keeper: AbstractKeeper, gas: float) -> AbstractKeeper:
    """Keepers at another price of gas; who pays none goes on paying none."""
    if not isinstance(keeper, RationalKeeper):
        return keeper
    cost = keeper.gas_cost * float(np.exp(gas))
    return eqx.tree_at(lambda at: at.gas_cost, keeper, cost)
