"""Stablecoins that are redeemed in a token minted for it: run, dilution, spiral."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._numerics import safe_divide
from .._typing import AssetPath, PerSpiral, Scalar, SpiralPath
from ._failures import LEAST


@dataclass(frozen=True)
class SpiralTerms:
    """One stablecoin, on the host; rates are of exit, a year.

    Args:
        stable: Index of the stablecoin.
        token: Index of the token that is minted for it.
        supply: Stablecoins outstanding [token].
        minted: Backing tokens outstanding [token].
        capacity: Most that is redeemed [USD a year].
        reserve: Of the defence [USD].
        trigger: Depeg from which on the reserve buys [ratio].
        calm: Rate in calm times.
        by_depeg: Rate for each unit of depeg.
        by_shortfall: Rate for each unit by which coverage is below `comfort`.
        comfort: Coverage below which holders worry [ratio].
    """

    stable: int
    token: int
    supply: float
    minted: float
    capacity: float
    reserve: float = 0.0
    trigger: float = 0.0
    calm: float = 0.0
    by_depeg: float = 0.0
    by_shortfall: float = 0.0
    comfort: float = 1.0


class SpiralState(eqx.Module):
    """What is outstanding, and what defends it."""

    supply: SpiralPath  # of the stablecoin [token]
    minted: SpiralPath  # backing tokens outstanding [token]
    reserve: SpiralPath  # [USD]


class Exit(NamedTuple):
    """Stablecoins that leave their holders in a step [token]."""

    bought: SpiralPath  # by the reserve
    redeemed: SpiralPath  # for a dollar's worth of new backing tokens each
    sold: SpiralPath  # to whoever is in the market
    spent: SpiralPath  # by the reserve [USD]
    dilution: SpiralPath  # log growth of the supply of backing tokens
    minted: SpiralPath  # backing tokens [token]


class Spirals(eqx.Module):
    r"""Mint-and-burn stablecoins.

    A share of the supply S leaves in a step, the faster the deeper the depeg and the
    less stands behind it:

    .. math::
        1 - e^{-\lambda dt}, \qquad \lambda = \lambda_0 + \lambda_d (1 - p)^+
        + \lambda_c (c^* - c)^+, \qquad c = \frac{M + R}{S}

    with p the market price, M the capitalisation of the backing token and R the
    reserve. What leaves is bought at market by the reserve, from its trigger on and
    while it lasts; then redeemed as far as the capacity goes; the rest is sold in the
    market. Redeeming U burns U stablecoins and mints backing tokens worth U at a price
    that slides as they come: at a constant capitalisation

    .. math:: L' = L e^{U / M}, \qquad \log q' = \log q - U / M

    whatever the length of a step. The stablecoin is marked to min(1, c). Nothing is
    redeemed any more once dilution has left `LEAST` of the backing token's price, when
    no chain would go on.

    Source: Liu, Makarov and Schoar (2023), Anatomy of a run: the Terra Luna crash,
    NBER working paper 31160.
    """

    stable: tuple[int, ...] = eqx.field(static=True)  # asset of every spiral
    token: tuple[int, ...] = eqx.field(static=True)  # its backing token
    supply: PerSpiral  # of the stablecoin at the start [token]
    minted: PerSpiral  # of the backing token at the start [token]
    reserve: PerSpiral  # at the start [USD]
    capacity: PerSpiral  # redeemed at most [USD a year]
    trigger: PerSpiral  # depeg from which on the reserve buys [ratio]
    calm: PerSpiral  # exit rate in calm times [a year]
    by_depeg: PerSpiral  # exit rate for each unit of depeg [a year]
    by_shortfall: PerSpiral  # exit rate for each unit of missing coverage [a year]
    comfort: PerSpiral  # coverage below which holders worry [ratio]

    def init(self, paths: int) -> SpiralState:
        """The state before the first step."""
        shape = (self.supply.shape[0], paths)
        return SpiralState(
            supply=jnp.broadcast_to(self.supply[:, None], shape),
            minted=jnp.broadcast_to(self.minted[:, None], shape),
            reserve=jnp.broadcast_to(self.reserve[:, None], shape),
        )

    def prices(self, market: AssetPath) -> tuple[SpiralPath, SpiralPath]:
        """Of the stablecoins and of their backing tokens [USD]."""
        return market[np.array(self.stable)], market[np.array(self.token)]

    def coverage(self, state: SpiralState, token: SpiralPath) -> SpiralPath:
        """What stands behind a stablecoin, at prices of the backing token [USD]."""
        behind = state.minted * token + state.reserve
        return safe_divide(behind, state.supply, otherwise=math.inf)

    def exit(
        self,
        state: SpiralState,
        prices: tuple[SpiralPath, SpiralPath],
        log_backing: SpiralPath,
        dt: Scalar,
    ) -> Exit:
        """Who leaves in a step, and how.

        Args:
            state: Before.
            prices: Of stablecoins and backing tokens [USD].
            log_backing: Mark of the backing tokens so far [log].
            dt: Length of the step [year].
        """
        stable, token = prices
        depeg = jnp.maximum(1 - stable, 0)
        missing = jnp.maximum(self.comfort[:, None] - self.coverage(state, token), 0)
        rate = (
            self.calm[:, None]
            + self.by_depeg[:, None] * depeg
            + self.by_shortfall[:, None] * missing
        )
        leaving = -jnp.expm1(-rate * dt) * state.supply
        defends = depeg > self.trigger[:, None]
        spent = jnp.where(defends, jnp.minimum(state.reserve, leaving * stable), 0)
        bought = safe_divide(spent, stable, otherwise=0.0)
        capital = state.minted * token
        room = jnp.maximum(log_backing - math.log(LEAST), 0) * capital
        most = jnp.minimum((self.capacity * dt)[:, None], room)
        redeemed = jnp.minimum(jnp.maximum(leaving - bought, 0), most)
        dilution = safe_divide(redeemed, capital, otherwise=0.0)
        return Exit(
            bought=bought,
            redeemed=redeemed,
            sold=jnp.maximum(leaving - bought - redeemed, 0),
            spent=spent,
            dilution=dilution,
            minted=state.minted * jnp.expm1(dilution),
        )

    def after(self, state: SpiralState, exits: Exit) -> SpiralState:
        """What is outstanding once they have left."""
        return SpiralState(
            supply=jnp.maximum(state.supply - exits.bought - exits.redeemed, 0),
            minted=state.minted + exits.minted,
            reserve=state.reserve - exits.spent,
        )

    def mark(self, coverage: SpiralPath) -> SpiralPath:
        """What a stablecoin is marked to [log]."""
        return jnp.log(jnp.clip(coverage, LEAST, 1))


def build_spirals(terms: Sequence[SpiralTerms], *, dtype: np.dtype) -> Spirals:
    """Put stablecoins on the device.

    Args:
        terms: Of every stablecoin.
        dtype: Of the arrays on the device.

    Raises:
        ValueError: If an asset has two parts, or nothing is outstanding.
    """
    parts = [asset for one in terms for asset in (one.stable, one.token)]
    for asset in parts:
        if parts.count(asset) > 1:
            raise ValueError(
                f"Asset {asset} has {parts.count(asset)} parts in spirals; every "
                "stablecoin needs a backing token of its own."
            )
    for one in terms:
        if not (one.supply > 0 and one.minted > 0):
            raise ValueError(
                f"Of the stablecoin {one.stable} and its backing token {one.supply:g} "
                f"and {one.minted:g} are outstanding; give more than zero of each."
            )

    def column(name: str) -> PerSpiral:
        return jnp.asarray(np.array([getattr(one, name) for one in terms]), dtype)

    return Spirals(
        stable=tuple(one.stable for one in terms),
        token=tuple(one.token for one in terms),
        supply=column("supply"),
        minted=column("minted"),
        reserve=column("reserve"),
        capacity=column("capacity"),
        trigger=column("trigger"),
        calm=column("calm"),
        by_depeg=column("by_depeg"),
        by_shortfall=column("by_shortfall"),
        comfort=column("comfort"),
    )
