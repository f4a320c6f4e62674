"""From settings to policy. Units are converted here."""

import math
from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._listing import Listing
from ..lending._book import Book
from ..policy import (
    AbstractBreakers,
    AbstractCaps,
    AbstractLimits,
    AbstractPolicy,
    AbstractWaterfall,
    Breaker,
    Breakers,
    Caps,
    Limits,
    NoBreakers,
    NoCaps,
    NoLimits,
    NoPolicy,
    NoWaterfall,
    Policy,
    Waterfall,
)
from ._build_factors import build_factors
from ._config import MINUTES_PER_HOUR, Config
from ._policy import (
    BreakerConfig,
    LimitsConfig,
    MarketPolicyConfig,
    PolicyConfig,
    WaterfallConfig,
)
from ._tables import asset_of_reserve, layout_of, market_of_reserve


def build_policy(
    config: Config, book: Book, listing: Listing, *, dt: float, dtype: np.dtype
) -> AbstractPolicy:
    """The policy that the settings describe; none where there is none.

    Args:
        config: The settings.
        book: Accounts, whose largest count as concentration.
        listing: Of the reserves.
        dt: Length of a step [year].
        dtype: Of the arrays on the device.
    """
    policy = config.policy
    if policy is None:
        return NoPolicy()
    return Policy(
        breakers=_breakers(config, policy, dtype),
        limits=_limits(config, policy, dtype),
        caps=_caps(config, policy, dtype),
        waterfall=_waterfall(config, policy, dtype),
        factors=build_factors(config, book, listing, dt=dt, dtype=dtype),
        listing=listing,
        dt=jnp.asarray(dt, dtype),
    )


def _breakers(
    config: Config, policy: PolicyConfig, dtype: np.dtype
) -> AbstractBreakers:
    if not policy.breakers:
        return NoBreakers()
    built = [_breaker(config, one, dtype) for one in policy.breakers.values()]
    return Breakers(tuple(built))


def _breaker(config: Config, one: BreakerConfig, dtype: np.dtype) -> Breaker:
    names, markets = list(config.assets), list(config.markets)
    watched = np.array([names.index(name) for name in one.assets])
    asset, market = asset_of_reserve(config), market_of_reserve(config)
    within = [name in (one.markets or markets) for name in markets]
    acts = np.array(within)[market][:, None]
    own = asset[:, None] == watched
    listed = np.stack([own[market == home].any(axis=0) for home in market])

    def reach(stop: str, touched: np.ndarray) -> Float[Array, "reserve watch"]:
        return jnp.asarray(touched & acts & (stop in one.stops), dtype)

    def limit(move: float | None, log: Callable[[float], float]) -> np.ndarray:
        size = math.inf if move is None else log(move)
        return np.full(watched.size, size)

    def steps(minutes: float) -> int:
        return round(minutes / config.step_minutes)

    return Breaker(
        assets=tuple(int(row) for row in watched),
        window=steps(one.window_minutes),
        fall=jnp.asarray(limit(one.fall, lambda move: -math.log1p(-move)), dtype),
        rise=jnp.asarray(limit(one.rise, math.log1p), dtype),
        pause=jnp.asarray(steps(one.pause_minutes), dtype),
        cool_down=jnp.asarray(steps(one.cool_down_minutes), dtype),
        liquidations=reach("liquidations", listed),
        borrowing=reach("borrowing", listed),
        trading=reach("trading", own),
    )


def _by_market(config: Config, policy: PolicyConfig) -> list[MarketPolicyConfig]:
    return [policy.markets.get(name, MarketPolicyConfig()) for name in config.markets]


def _limits(config: Config, policy: PolicyConfig, dtype: np.dtype) -> AbstractLimits:
    each = [one.limits or LimitsConfig() for one in _by_market(config, policy)]
    hours = config.step_minutes / MINUTES_PER_HOUR

    def column(field: str) -> np.ndarray:
        values = [getattr(one, field) for one in each]
        return np.array([math.inf if value is None else value for value in values])

    amount = column("repaid_usd_per_hour") * hours
    share = column("repaid_share_per_hour") * hours
    closing = column("closing_share")
    by_market = bool(np.isfinite(amount).any() or np.isfinite(share).any())
    by_position = bool((closing < 1).any())
    if not by_market and not by_position:
        return NoLimits()
    return Limits(
        amount=jnp.asarray(amount, dtype),
        share=jnp.asarray(share, dtype),
        closing=jnp.asarray(closing, dtype),
        by_market=by_market,
        by_position=by_position,
    )


def _caps(config: Config, policy: PolicyConfig, dtype: np.dtype) -> AbstractCaps:
    whole = np.full((3, market_of_reserve(config).size), math.inf)
    fields = ("supply_tokens", "borrow_tokens", "debt_ceiling_usd")
    for row, (market, reserve) in enumerate(layout_of(config).reserves):
        settings = policy.markets.get(market, MarketPolicyConfig()).caps.get(reserve)
        for kind, field in enumerate(fields):
            value = getattr(settings, field, None)
            whole[kind, row] = math.inf if value is None else value
    if np.isinf(whole).all():
        return NoCaps()
    supply, borrow, ceiling = (jnp.asarray(values, dtype) for values in whole)
    return Caps(
        supply=supply,
        borrow=borrow,
        ceiling=ceiling,
        some_isolated=bool(np.isfinite(whole[2]).any()),
    )


def _waterfall(
    config: Config, policy: PolicyConfig, dtype: np.dtype
) -> AbstractWaterfall:
    given = [one.waterfall for one in _by_market(config, policy)]
    if all(one is None for one in given):
        return NoWaterfall()
    each = [WaterfallConfig() if one is None else one for one in given]
    own = [one.treasury_tokens for one in each]
    staked = [one.safety_module for one in each]
    names = list(config.assets)

    def column(values: list[float]) -> Float[Array, " market"]:
        return jnp.asarray(np.array(values, np.float64), dtype)

    return Waterfall(
        cash=column([one.treasury_usd for one in each]),
        tokens=column([0.0 if one is None else one.tokens for one in own]),
        staked=column([0.0 if one is None else one.tokens for one in staked]),
        slashed=column([0.0 if one is None else one.most_slashed for one in staked]),
        backstop=column([one.backstop_usd for one in each]),
        fall=column([-math.log1p(-one.largest_fall) for one in each]),
        token=tuple(-1 if one is None else names.index(one.asset) for one in own),
        stake=tuple(-1 if one is None else names.index(one.asset) for one in staked),
    )
