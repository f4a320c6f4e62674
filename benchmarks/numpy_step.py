"""The step of the engine in plain NumPy: vectorized over paths, paths last.

What a careful user would write for the shipped Aave config: its mechanisms and no
other (two regimes, Student-t shocks, jumps, pegs, heartbeat oracle, interest, health by
matrix products, rational keeper, power-law venues, write-offs), NumPy's own fastest
generator, and, with `busy_only`, rounds of liquidation on those paths alone that have
something to liquidate.
"""

from typing import Any, Protocol

import numpy as np
from numpy_market import Carry, Exchange, on_host, start
from numpy_round import Liquidations, divide
from scipy import special

from jaxrisk._random import Stream
from jaxrisk.engine import System
from jaxrisk.process._innovation import LARGEST


REACH = float(np.sqrt(2) * special.erfinv(1 - 2.0**-24))
"""The engine's table of Student-t weights spans [-6, 6] standard deviations."""


class Draws(Protocol):
    """Random numbers of one step; `jaxrisk._random.Draw` is one too."""

    def normal(self, stream: Stream, count: int) -> Any:  # noqa: ANN401
        """Standard normals [count, path]."""
        ...

    def uniform(self, stream: Stream, count: int) -> Any:  # noqa: ANN401
        """Uniforms [count, path]."""
        ...


class Sfc64:
    """NumPy's fastest generator."""

    def __init__(self, seed: int, paths: int, dtype: np.dtype) -> None:
        """Start a sequence."""
        self._generator = np.random.Generator(np.random.SFC64(seed))
        self._paths, self._dtype = paths, dtype

    def normal(self, stream: Stream, count: int) -> np.ndarray:  # noqa: ARG002
        """The next standard normals, whoever asks."""
        return self._generator.standard_normal((count, self._paths), self._dtype)

    def uniform(self, stream: Stream, count: int) -> np.ndarray:  # noqa: ARG002
        """The next uniforms, whoever asks."""
        return self._generator.random((count, self._paths), self._dtype)


class NumpySteps:
    """Steps of some paths under a system."""

    def __init__(
        self, system: System, dtype: np.dtype, *, busy_only: bool = True
    ) -> None:
        """Take the constants of a system to the host, in `dtype`."""
        self._market, self._dtype = on_host(system, dtype), dtype
        self._rules = Liquidations(self._market)
        self._busy_only = busy_only

    def simulate(self, paths: int, seed: int) -> dict[str, np.ndarray]:
        """Outcomes of all steps with NumPy's generator; path axis last."""
        draws, at = Sfc64(seed, paths, self._dtype), self.start(paths)
        for index in range(self._market.steps):
            self.step(at, draws, index)
        return self.outcome(at)

    def start(self, paths: int) -> Carry:
        """Every path at the start."""
        return start(self._market, paths, self._dtype)

    def step(self, at: Carry, draws: Draws, index: int) -> None:
        """Advance all paths, in place."""
        market = self._market
        at.inventory *= market.venues.decay[:, None]
        self._shock(at, draws, (index + 1) * market.dt)
        at.age += market.dt
        self._rules.publish(at)
        self._accrue(at)
        self._rules.cascade(at, index=index, busy_only=self._busy_only)
        np.minimum(at.low, Exchange(market, at).price, out=at.low)
        np.minimum(at.fundamental_low, np.exp(at.fundamental), out=at.fundamental_low)

    def outcome(self, at: Carry) -> dict[str, np.ndarray]:
        """What the engine's `Outcome` says of the paths, but for the status."""
        market, accounts = self._market, self._market.accounts
        prices = market.prices
        price = Exchange(market, at).price
        collateral_price, debt_price = self._rules.prices(at, price)
        debt = accounts.debt @ debt_price
        gap = at.owed * debt - at.kept * (accounts.collateral @ collateral_price)
        open_gap = np.where(at.kept > 0, np.maximum(gap, 0), 0)
        initial = np.exp(prices.anchor + prices.lift @ prices.initial)
        return {
            "realized": at.realized,
            "unrealized": debt_price * (accounts.debt.T @ divide(open_gap, debt, 0)),
            "covered": at.covered,
            "repaid": market.listing.market.T @ at.repaid,
            "seized": at.seized,
            "drawdown": 1 - at.low / initial[:, None],
            "fundamental_drawdown": 1 - at.fundamental_low / initial[:, None],
            "final_price": price,
            "first_deficit": at.first_deficit,
            "keeper_profit": at.keeper_profit,
            "protocol_fee": at.protocol_fee,
        }

    def _shock(self, at: Carry, draws: Draws, time: float) -> None:
        prices = self._market.prices
        chance = self._drawn(draws.uniform(Stream.REGIME, 1))[0]
        threshold = np.where(at.regime == 1, prices.regimes.leave, prices.regimes.enter)
        at.regime = np.where(chance < threshold, 1 - at.regime, at.regime)
        normal = self._drawn(draws.normal(Stream.PRICE, prices.anchor.size))
        shock = prices.cholesky[0] @ normal
        stressed = np.flatnonzero(at.regime == 1)
        if stressed.size:
            shock[:, stressed] = prices.cholesky[1] @ normal[:, stressed]
        weight = self._weight(self._drawn(draws.normal(Stream.MIXING, 1))[0])
        shock *= np.minimum(prices.scale.T[:, at.regime] * weight, LARGEST)
        shock -= prices.compensation.T[:, at.regime]
        shock += prices.decay[:, None] * at.position
        shock += self._jumps(draws)
        at.position = np.maximum(shock, prices.floor[:, None])
        drift = (prices.trend * time)[:, None]
        at.fundamental = prices.anchor[:, None] + prices.lift @ (at.position + drift)

    def _weight(self, level: np.ndarray) -> np.ndarray:
        table = self._market.prices.innovation.log_weight
        place = (level + REACH) * ((table.size - 1) / (2 * REACH))
        node = np.clip(place.astype(np.int32), 0, table.size - 2)
        share = (place - node).astype(self._dtype)
        return np.exp((1 - share) * table[node] + share * table[node + 1])

    def _jumps(self, draws: Draws) -> np.ndarray:
        jumps = self._market.prices.jumps
        chance = self._drawn(draws.uniform(Stream.JUMP_COUNT, jumps.mean.size))
        size = self._drawn(draws.normal(Stream.JUMP_SIZE, jumps.mean.size))
        count = (chance > jumps.distribution[:, :, None]).sum(axis=0)
        count = count.astype(self._dtype)
        size *= np.sqrt(count) * jumps.sd[:, None]
        size += count * jumps.mean[:, None]
        return jumps.loading @ size

    def _accrue(self, at: Carry) -> None:
        pool, dt = self._market.pool, self._market.dt
        curve = pool.rates
        used = np.clip(divide(at.borrowed, at.supplied, 0), 0, 1)
        kink = curve.kink[:, None]
        borrow = curve.base[:, None] + curve.slope_below[:, None] * np.minimum(
            used / kink, 1
        )
        borrow += curve.slope_above[:, None] * divide(
            np.maximum(used - kink, 0), 1 - kink, 0
        )
        on_supply = np.exp(borrow * used * (1 - pool.reserve_factor[:, None]) * dt)
        on_debt = np.exp(borrow * dt)
        at.supply_index *= on_supply
        at.supplied *= on_supply
        at.debt_index *= on_debt
        at.borrowed *= on_debt

    def _drawn(self, numbers: object) -> np.ndarray:
        # A copy: arrays of the engine's generator cannot be written to.
        return np.array(numbers, self._dtype)
