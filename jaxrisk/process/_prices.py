"""Correlated log prices: base assets wander, pegged ones return to a reference.

Both are the same recursion, so that one line moves all of them: a base asset's state is
its cumulative log-return (decay one), a pegged asset's its basis (decay below one).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._numerics import matmul
from .._random import Draw, Stream
from .._typing import AssetPath, Counter, PerAsset, RegimeAsset, Scalar
from ._claims import closure
from ._innovation import AbstractInnovation
from ._jumps import AbstractJumps, CompoundPoisson, NoJumps, jump_log_moment
from ._regimes import AbstractRegimes


class PriceState(eqx.Module):
    """What the process carries."""

    position: AssetPath  # [log]: return of a base asset, basis of a pegged one
    regime: Counter
    time: Scalar  # [year]


class Prices(eqx.Module):
    r"""The fundamental price process.

    .. math::
        x' = \max(e^{-\kappa dt} x + z - c_\rho + J, floor), \qquad
        \log p = a + A (x + g t)

    with shock z of the regime's scale and correlation, compensation c (a martingale for
    base assets) and `lift` A, the transitive closure of what each asset is a claim on.
    """

    anchor: PerAsset  # [log USD]
    trend: PerAsset  # [log a year]
    decay: PerAsset  # [ratio a step]
    floor: PerAsset  # [log]
    initial: PerAsset  # [log]
    lift: Float[Array, "asset asset"]
    cholesky: Float[Array, "regime asset asset"]
    scale: RegimeAsset  # [log, a step]
    compensation: RegimeAsset  # [log, a step]
    innovation: AbstractInnovation
    regimes: AbstractRegimes
    jumps: AbstractJumps
    dt: Scalar  # [year]

    def init(self, paths: int) -> PriceState:
        """The state before the first step."""
        position = jnp.broadcast_to(
            self.initial[:, None], (self.initial.shape[0], paths)
        )
        calm = jnp.zeros(paths, jnp.int32)
        return PriceState(position=position, regime=calm, time=jnp.zeros_like(self.dt))

    def step(self, state: PriceState, draw: Draw) -> PriceState:
        """Advance by `dt`: regime, diffusion, jumps, floor.

        Bound by the arithmetic of the generator, about 50 integer instructions a
        normal.
        """
        regime = self.regimes.step(state.regime, draw)
        normal = draw.normal(Stream.PRICE, self.anchor.shape[0])
        normal = normal.astype(self.anchor.dtype)
        moves = [
            self._diffuse(index, normal, draw) for index in range(self.regimes.count)
        ]
        move = moves[0]
        for index, other in enumerate(moves[1:], start=1):
            move = jnp.where((regime == index)[None], other, move)
        moved = self.jumps.add(self.decay[:, None] * state.position + move, draw)
        return PriceState(
            position=jnp.maximum(moved, self.floor[:, None]),
            regime=regime,
            time=state.time + self.dt,
        )

    def log_price(self, state: PriceState, impact: AssetPath) -> AssetPath:
        """Log prices [log USD] under log impacts on the assets' own venues."""
        return self.anchor[:, None] + matmul(self.lift, self.own_move(state) + impact)

    def own_move(self, state: PriceState) -> AssetPath:
        """Log move of every asset against what it follows, without impact."""
        return state.position + (self.trend * state.time)[:, None]

    def _diffuse(self, regime: int, normal: AssetPath, draw: Draw) -> AssetPath:
        correlated = matmul(self.cholesky[regime], normal)
        shock = self.innovation.shock(correlated, self.scale[regime], draw)
        return shock - self.compensation[regime][:, None]


@dataclass(frozen=True)
class AssetModel:
    """One asset's annual parameters, on the host.

    Args:
        price: Initial price [USD].
        volatility: Annual volatility of the return, or of the basis if pegged [ratio].
        trend: Drift of a base asset, growth of another's exchange rate [log a year].
        claims: Index and weight in log price of every asset that this one is a claim
            on; none for a base asset, and for a peg on the dollar.
        speed: Mean reversion of the basis [a year]; zero for a base asset.
        basis: Initial log deviation from the peg.
        floor: Lowest log deviation from the peg.
    """

    price: float
    volatility: float
    trend: float = 0.0
    claims: tuple[tuple[int, float], ...] = ()
    speed: float = 0.0
    basis: float = 0.0
    floor: float = -np.inf


@dataclass(frozen=True)
class JumpSources:
    """Annual parameters of the jump sources, on the host; see `CompoundPoisson.of`."""

    loading: np.ndarray  # [asset, source]
    intensity: np.ndarray  # [source] a year
    mean: np.ndarray  # [source] log-return
    sd: np.ndarray  # [source] log-return


def build_prices(
    assets: Sequence[AssetModel],
    correlation: Sequence[np.ndarray],
    *,
    volatility_multiplier: Sequence[float],
    innovation: AbstractInnovation,
    regimes: AbstractRegimes,
    jumps: JumpSources,
    dt: float,
    dtype: np.dtype,
) -> Prices:
    """Turn annual parameters into a process that steps by `dt` [year].

    Args:
        assets: One model each, in the order of the asset axis.
        correlation: One positive definite matrix for every regime.
        volatility_multiplier: One factor on every volatility for every regime.
        innovation: Law of the shock.
        regimes: The chain; as many regimes as there are correlations.
        jumps: The jump sources; none if the source axis is empty.
        dt: Length of a step [year].
        dtype: Of the arrays on the device.

    Raises:
        ValueError: If assets are claims on each other in a circle.
    """
    pegged = np.array([asset.speed > 0 for asset in assets])
    speed = np.array([asset.speed for asset in assets])
    volatility = np.array([asset.volatility for asset in assets])
    # Variance of an Ornstein-Uhlenbeck step; dt itself as the speed goes to zero.
    clock = np.where(
        pegged, -np.expm1(-2 * speed * dt) / np.where(pegged, 2 * speed, 1), dt
    )
    scale = np.outer(volatility_multiplier, volatility * np.sqrt(clock))
    expected = jumps.intensity * dt
    compensation = innovation.log_moment(scale) + jump_log_moment(
        jumps.loading, expected, jumps.mean, jumps.sd
    )
    weights = np.zeros((len(assets), len(assets)))
    for index, asset in enumerate(assets):
        for other, weight in asset.claims:
            weights[index, other] = weight
    lift = closure(weights)
    basis = lift @ np.array([asset.basis for asset in assets])

    def on_device(values: object) -> Float[Array, "..."]:
        return jnp.asarray(np.asarray(values, np.float64), dtype)

    return Prices(
        anchor=on_device(
            [np.log(one.price) - own for one, own in zip(assets, basis, strict=True)]
        ),
        trend=on_device([asset.trend for asset in assets]),
        decay=on_device(np.exp(-speed * dt)),
        floor=on_device([asset.floor for asset in assets]),
        initial=on_device([asset.basis for asset in assets]),
        lift=on_device(lift),
        cholesky=on_device(np.linalg.cholesky(np.asarray(correlation))),
        scale=on_device(scale),
        compensation=on_device(np.where(pegged, 0.0, compensation)),
        innovation=innovation,
        regimes=regimes,
        jumps=_jumps(jumps, expected, dtype),
        dt=on_device(dt),
    )


def _jumps(
    sources: JumpSources, expected: np.ndarray, dtype: np.dtype
) -> AbstractJumps:
    if not np.any(expected > 0):
        return NoJumps()
    return CompoundPoisson.of(
        sources.loading, expected, sources.mean, sources.sd, dtype=dtype
    )
