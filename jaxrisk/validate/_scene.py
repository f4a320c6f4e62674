"""A small market under the whole engine: an asset pledged against dollars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np

from .._listing import Listing
from ..behaviour import AbstractCredit, NoBorrowers, NoCredit, NoProviders, NoSuppliers
from ..engine import Layout, Outcome, System, simulate
from ..keeper import FixedLatency, GreedyKeeper, NoLatency
from ..lending import Pool, RateCurve, build_accounts
from ..lending._book import Book
from ..network import AbstractNetwork, NoNetwork, NoObligations
from ..options import AbstractDealers, NoDealers, NoInstruments
from ..oracle import AbstractOracle, InstantOracle
from ..perps import AbstractPerps, NoPerps
from ..policy import NoPolicy
from ..process import (
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    Prices,
    build_prices,
)
from ..venue import AbstractVenue, InfiniteVenue, build_venues
from ._position import FULL, Rules


DOLLAR = AssetModel(price=1.0, volatility=0.0)


@dataclass(frozen=True)
class Scene:
    """One asset pledged against dollars. Every asset is a reserve; no interest.

    Attributes:
        asset: The pledged asset.
        book: Balances of (asset, dollar).
        steps: Number of steps.
        dt: Length of a step [year].
        threshold: Liquidation threshold [ratio].
        bonus: Liquidation bonus [ratio].
        rules: How much a liquidation closes.
        venue: Where the asset is sold.
        permanent_share: Of the venue's impact [ratio].
        protocol_fee: Protocol's share of the bonus [ratio].
        latency: Steps from the first breach to the liquidation.
        rounds: Of the cascade in a step.
        reserve_fund: [USD].
        oracle: What publishes the prices.
        dealers: Who hedges options on the asset.
        perps: Perpetual futures on it.
        network: What backs the two assets.
        credit: Who has a credit line.
        limits: By account, in place of the threshold [ratio].
    """

    asset: AssetModel
    book: Book
    steps: int
    dt: float
    threshold: float = 0.8
    bonus: float = 0.05
    rules: Rules = FULL
    venue: AbstractVenue = field(default_factory=InfiniteVenue)
    permanent_share: float = 0.0
    protocol_fee: float = 0.0
    latency: int = 0
    rounds: int = 1
    reserve_fund: float = 0.0
    oracle: AbstractOracle = field(default_factory=InstantOracle)
    dealers: AbstractDealers = field(default_factory=NoDealers)
    perps: AbstractPerps = field(default_factory=NoPerps)
    network: AbstractNetwork = field(default_factory=NoNetwork)
    credit: AbstractCredit = field(default_factory=NoCredit)
    limits: Mapping[int, float] = field(default_factory=dict)

    def build(self, dtype: np.dtype) -> System:
        """The system, in one precision."""
        supplied, borrowed = self.book.totals
        return System(
            prices=gaussian_prices(
                (self.asset, DOLLAR), np.eye(2), dt=self.dt, dtype=dtype
            ),
            oracle=self.oracle,
            listing=Listing.of(
                np.arange(2), np.zeros(2, np.int64), assets=2, markets=1, dtype=dtype
            ),
            accounts=build_accounts(
                self.book,
                liquidation_threshold=np.full((1, 2), self.threshold),
                liquidation_bonus=np.full((1, 2), self.bonus),
                protocol_fee=np.full(2, self.protocol_fee),
                dtype=dtype,
                limits=self.limits,
            ),
            pool=idle_pool(supplied + borrowed, borrowed, dtype),
            close_factor=self.rules.build(dtype),
            reserve_fund=jnp.asarray([self.reserve_fund], dtype),
            keeper=GreedyKeeper(),
            latency=(
                FixedLatency(steps=jnp.asarray(self.latency, dtype))
                if self.latency
                else NoLatency()
            ),
            venues=build_venues(
                [(self.venue, [0]), (InfiniteVenue(), [1])],
                permanent_share=np.array([self.permanent_share, 0.0]),
                resilience=np.zeros(2),
                dt=self.dt,
                dtype=dtype,
            ),
            dealers=self.dealers,
            instruments=NoInstruments(),
            perps=self.perps,
            network=self.network,
            policy=NoPolicy(),
            borrowers=NoBorrowers(),
            suppliers=NoSuppliers(),
            providers=NoProviders(),
            obligations=NoObligations(),
            credit=self.credit,
            dt=jnp.asarray(self.dt, dtype),
            steps=self.steps,
            rounds=self.rounds,
        )


def gaussian_prices(
    assets: Sequence[AssetModel], correlation: np.ndarray, *, dt: float, dtype: np.dtype
) -> Prices:
    """Correlated geometric Brownian motions, stepped by `dt` [year]."""
    nothing = np.zeros(0)
    return build_prices(
        assets,
        [correlation],
        volatility_multiplier=[1.0],
        innovation=Gaussian(),
        regimes=OneRegime(),
        jumps=JumpSources(
            loading=np.zeros((len(assets), 0)),
            intensity=nothing,
            mean=nothing,
            sd=nothing,
        ),
        dt=dt,
        dtype=dtype,
    )


def outcome(
    system: System,
    *,
    paths: int,
    seed: int,
    layout: Layout | None = None,
    devices: int | None = None,
) -> Outcome:
    """All paths of a simulation side by side, path axis last, in NumPy."""
    places = jax.local_devices()[:devices]
    launches = simulate(system, paths=paths, seed=seed, layout=layout, devices=places)
    return jax.tree.map(
        lambda *values: np.concatenate(values, axis=-1), *list(launches)
    )


def idle_pool(supplied: np.ndarray, borrowed: np.ndarray, dtype: np.dtype) -> Pool:
    """A pool that pays no interest; all [token]."""
    nothing = jnp.zeros(supplied.size, dtype)
    return Pool(
        rates=RateCurve(
            base=nothing,
            kink=nothing + jnp.asarray(0.8, dtype),
            slope_below=nothing,
            slope_above=nothing,
        ),
        reserve_factor=nothing,
        supplied=jnp.asarray(supplied, dtype),
        borrowed=jnp.asarray(borrowed, dtype),
    )
