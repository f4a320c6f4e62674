"""From settings to oracles, keepers and venues. Units are converted here."""

import math
from collections.abc import Iterable

import jax.numpy as jnp
import numpy as np

from ..keeper import (
    AbstractKeeper,
    AbstractLatency,
    FixedLatency,
    GreedyKeeper,
    NoLatency,
    RationalKeeper,
)
from ..oracle import AbstractOracle, DelayedOracle, HeartbeatOracle, InstantOracle
from ..venue import (
    AbstractVenue,
    ConstantProductVenue,
    InfiniteVenue,
    PowerLawVenue,
    StableSwapVenue,
    Venues,
    build_venues,
)
from ._config import MINUTES_PER_DAY, Config
from ._keeper import KeeperConfig, RationalKeeperConfig
from ._oracle import DelayedOracleConfig, HeartbeatOracleConfig, OracleConfig
from ._remembered import depends_on
from ._venue import InfiniteVenueConfig, VenueConfig


MINUTES_PER_YEAR = 365 * MINUTES_PER_DAY
SECONDS_PER_YEAR = 60 * MINUTES_PER_YEAR


def build_oracle(
    oracle: OracleConfig,
    assets: Iterable[str],
    *,
    step_minutes: float,
    dtype: np.dtype,
) -> AbstractOracle:
    """The oracle that the settings describe, with one feed for each of `assets`."""
    if isinstance(oracle, DelayedOracleConfig):
        return DelayedOracle(steps=round(oracle.delay_seconds / (60 * step_minutes)))
    if isinstance(oracle, HeartbeatOracleConfig):
        feeds = list(assets)
        deviation = [oracle.deviation_of(asset) for asset in feeds]
        seconds = [oracle.heartbeat_seconds_of(asset) for asset in feeds]
        return HeartbeatOracle(
            deviation=jnp.asarray(np.array(deviation), dtype),
            heartbeat=jnp.asarray(np.array(seconds) / SECONDS_PER_YEAR, dtype),
        )
    return InstantOracle()


def build_keeper(settings: KeeperConfig, dtype: np.dtype) -> AbstractKeeper:
    """The keeper that the settings describe."""
    if isinstance(settings, RationalKeeperConfig):
        return RationalKeeper(
            gas_cost=jnp.asarray(settings.gas_usd, dtype),
            capital=jnp.asarray(settings.capital, dtype),
            tiers=settings.tiers,
        )
    return GreedyKeeper()


def build_latency(config: Config, dtype: np.dtype) -> AbstractLatency:
    """The keeper's latency, in steps."""
    steps = round(config.keeper.latency_minutes / config.step_minutes)
    return FixedLatency(steps=jnp.asarray(steps, dtype)) if steps else NoLatency()


@depends_on("assets", "instruments", "venues")
def build_all_venues(config: Config, *, dt: float, dtype: np.dtype) -> Venues:
    """One venue an asset, those of a kind together; `dt` is a step [year]."""
    settings = [config.venues[asset] for asset in config.asset_names]
    rows: dict[str, list[int]] = {}
    for row, venue in enumerate(settings):
        rows.setdefault(venue.kind, []).append(row)
    prices = np.array(list(config.start_prices.values()))
    kinds = [
        (_venues([settings[row] for row in found], prices[found], dtype), found)
        for found in rows.values()
    ]
    return build_venues(
        kinds,
        permanent_share=np.array([_permanent_share(venue) for venue in settings]),
        resilience=np.array([_resilience(venue) for venue in settings]),
        dt=dt,
        dtype=dtype,
    )


def _venues(
    settings: list[VenueConfig], price: np.ndarray, dtype: np.dtype
) -> AbstractVenue:
    """All venues of one kind; `price` [USD] by asset."""

    def column(field: str) -> np.ndarray:
        return np.array([getattr(venue, field) for venue in settings], np.float64)

    match settings[0].kind:
        case "infinite":
            return InfiniteVenue()
        case "constant_product":
            return ConstantProductVenue(
                quote_reserve=jnp.asarray(column("quote_reserve_usd"), dtype),
                initial_price=jnp.asarray(price, dtype),
                fee=jnp.asarray(column("fee"), dtype),
            )
        case "stableswap":
            return StableSwapVenue.of(
                column("amplification"),
                column("token_balance"),
                column("reference_balance"),
                column("fee"),
                dtype=dtype,
            )
        case "power_law":
            move = -np.log1p(-column("reference_move"))
            return PowerLawVenue(
                depth=jnp.asarray(column("depth_usd"), dtype),
                move_at_depth=jnp.asarray(move, dtype),
                exponent=jnp.asarray(column("exponent"), dtype),
            )


def _permanent_share(venue: VenueConfig) -> float:
    return 0.0 if isinstance(venue, InfiniteVenueConfig) else venue.permanent_share


def _resilience(venue: VenueConfig) -> float:
    """Rate at which inventory is taken off the venue [a year]."""
    if isinstance(venue, InfiniteVenueConfig):
        return 0.0
    half_life = venue.resilience_half_life_minutes
    return 0.0 if half_life is None else math.log(2) * MINUTES_PER_YEAR / half_life
