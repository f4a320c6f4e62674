"""The fast engine's twin of a reference system, built from the same numbers."""

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy import special

from jaxrisk._listing import Listing
from jaxrisk._random import Draw, Stream, seed_words
from jaxrisk.behaviour import build_credit
from jaxrisk.engine import System
from jaxrisk.keeper import (
    AbstractKeeper,
    FixedLatency,
    GreedyKeeper,
    NoLatency,
    RationalKeeper,
)
from jaxrisk.lending import CloseFactor, Pool, RateCurve, build_accounts
from jaxrisk.lending._book import Book
from jaxrisk.network import NoObligations
from jaxrisk.oracle import (
    AbstractOracle,
    DelayedOracle,
    HeartbeatOracle,
    InstantOracle,
)
from jaxrisk.perps import AbstractPerps, NoPerps
from jaxrisk.process import (
    CompoundPoisson,
    Gaussian,
    OneRegime,
    Prices,
    StudentT,
    TwoRegimes,
    closure,
)
from jaxrisk.venue import (
    AbstractVenue,
    ConstantProductVenue,
    InfiniteVenue,
    PowerLawVenue,
    StableSwapVenue,
    Venues,
    build_venues,
)
from tests import reference as plain
from tests.engine.behaviour_twin import behaviour_twins
from tests.engine.dealers_twin import dealers_twin, of
from tests.engine.instruments_twin import instruments_twin
from tests.engine.network_twin import network_twin
from tests.engine.policy_twin import policy_twin
from tests.perps.exchanges import perps_twin
from tests.reference.innovations import LARGEST


DOUBLE = np.dtype(np.float64)


@dataclasses.dataclass(frozen=True)
class TabulatedWeight:
    """The fast engine's table of Student-t weights, read by NumPy."""

    log_weight: np.ndarray  # [node], as far as normals are drawn

    def __call__(self, mixing: float, scale: float) -> float:
        """The weighted scale at a mixing normal."""
        reach = np.sqrt(2) * special.erfinv(1 - 2.0**-24)
        nodes = np.linspace(-reach, reach, self.log_weight.size)
        weight = float(np.exp(np.interp(mixing, nodes, self.log_weight)))
        return min(weight * scale, LARGEST)


def with_tabulated_weight(system: plain.ReferenceSystem) -> plain.ReferenceSystem:
    """The reference system with the fast engine's table in place of the quantile."""
    if not isinstance(system.innovation, plain.StudentT):
        return system
    fast = StudentT.of(system.innovation.degrees_of_freedom, DOUBLE)
    table = TabulatedWeight(np.asarray(fast.log_weight))
    return dataclasses.replace(system, innovation=table)


def shared_draws(
    system: plain.ReferenceSystem, *, seed: int, path: int, step: int
) -> plain.Draws:
    """The fast engine's draws, as the reference takes them."""
    draw = Draw(
        seed=seed_words(seed),
        path=jnp.array([path], jnp.uint32),
        step=jnp.uint32(step),
    )

    def column(values: Float[Array, "count 1"]) -> np.ndarray:
        return np.asarray(values, np.float64)[:, 0]

    sources = max(len(system.jumps), 1)
    return plain.Draws(
        normals=column(draw.normal(Stream.PRICE, len(system.assets))),
        mixing=float(column(draw.normal(Stream.MIXING, 1))[0]),
        regime=float(column(draw.uniform(Stream.REGIME, 1))[0]),
        jump_uniforms=column(draw.uniform(Stream.JUMP_COUNT, sources)),
        jump_normals=column(draw.normal(Stream.JUMP_SIZE, sources)),
        failures=column(draw.fine_uniform(Stream.FAILURE, len(system.network.sources))),
        defaults=column(draw.fine_uniform(Stream.DEFAULT, len(system.lines))),
    )


def fast_twin(system: plain.ReferenceSystem) -> System:
    """The same system for the fast engine; call it inside `jax.enable_x64`."""
    latency = FixedLatency(steps=of(system.latency)) if system.latency else NoLatency()
    listing = Listing.of(
        np.array([reserve.asset for reserve in system.reserves]),
        np.array([reserve.market for reserve in system.reserves]),
        assets=len(system.assets),
        markets=len(system.markets),
        dtype=DOUBLE,
    )
    return System(
        prices=_prices(system),
        oracle=_oracle(system.oracle),
        listing=listing,
        accounts=build_accounts(
            _book(system),
            liquidation_threshold=np.array([r.threshold for r in system.reserves]).T,
            liquidation_bonus=np.array([r.bonus for r in system.reserves]).T,
            protocol_fee=np.array([r.protocol_fee for r in system.reserves]),
            limits={
                i: owner.limit
                for i, owner in enumerate(system.accounts)
                if owner.limit is not None
            },
            dtype=DOUBLE,
        ),
        pool=_pool(system),
        close_factor=_close_factor(system),
        reserve_fund=of([market.reserve_fund for market in system.markets]),
        keeper=_keeper(system.keeper),
        latency=latency,
        venues=_venues(system),
        dealers=dealers_twin(system),
        instruments=instruments_twin(system),
        perps=_perps(system),
        network=network_twin(system),
        policy=policy_twin(system, listing),
        obligations=NoObligations(),
        credit=build_credit(system.lines, dtype=DOUBLE),
        dt=of(system.dt),
        steps=system.steps,
        rounds=system.rounds,
        **behaviour_twins(system),
    )


def _prices(system: plain.ReferenceSystem) -> Prices:
    assets = system.assets
    weights = np.zeros((len(assets), len(assets)))
    for a, asset in enumerate(assets):
        for other, weight in asset.claims:
            weights[a, other] = weight
    lift = closure(weights)
    basis = lift @ np.array([asset.initial_basis for asset in assets])
    innovation = Gaussian()
    if isinstance(system.innovation, plain.StudentT):
        innovation = StudentT.of(system.innovation.degrees_of_freedom, DOUBLE)
    both = system.enter_stress + system.leave_stress
    mixed = -np.expm1(-both * system.dt) / both if both > 0.0 else 0.0
    regimes = OneRegime()
    if len(system.cholesky) == 2:
        regimes = TwoRegimes(
            enter=of(system.enter_stress * mixed), leave=of(system.leave_stress * mixed)
        )
    return Prices(
        anchor=of(np.log([asset.initial_price for asset in assets]) - basis),
        trend=of([asset.trend for asset in assets]),
        decay=of([asset.decay for asset in assets]),
        floor=of([asset.floor for asset in assets]),
        initial=of([asset.initial_basis for asset in assets]),
        lift=of(lift),
        cholesky=of(np.array(system.cholesky)),
        scale=of(np.array([asset.scale for asset in assets]).T),
        compensation=of(np.array([asset.compensation for asset in assets]).T),
        innovation=innovation,
        regimes=regimes,
        jumps=CompoundPoisson.of(
            np.array([source.loading for source in system.jumps]).T,
            np.array([source.intensity for source in system.jumps]) * system.dt,
            np.array([source.mean for source in system.jumps]),
            np.array([source.sd for source in system.jumps]),
            dtype=DOUBLE,
        ),
        dt=of(system.dt),
    )


def _oracle(oracle: object) -> AbstractOracle:
    match oracle:
        case plain.HeartbeatOracle():
            return HeartbeatOracle(
                deviation=of(oracle.deviation), heartbeat=of(oracle.heartbeat)
            )
        case plain.DelayedOracle():
            return DelayedOracle(steps=oracle.delay)
        case _:
            return InstantOracle()


def _keeper(keeper: object) -> AbstractKeeper:
    if isinstance(keeper, plain.RationalKeeper):
        return RationalKeeper(
            gas_cost=of(keeper.gas), capital=of(keeper.capital), tiers=keeper.tiers
        )
    return GreedyKeeper()


def _book(system: plain.ReferenceSystem) -> Book:
    accounts = system.accounts
    return Book(
        account=np.array([f"a{i}" for i in range(len(accounts))]),
        market=np.array([account.market for account in accounts]),
        category=np.array([account.category for account in accounts]),
        members=np.array([account.members for account in accounts]),
        collateral=np.array([account.collateral for account in accounts]),
        debt=np.array([account.debt for account in accounts]),
        spread=np.array([account.spread for account in accounts]),
    )


def _pool(system: plain.ReferenceSystem) -> Pool:
    reserves = system.reserves
    return Pool(
        rates=RateCurve(
            base=of([reserve.rate.base for reserve in reserves]),
            kink=of([reserve.rate.kink for reserve in reserves]),
            slope_below=of([reserve.rate.slope_below for reserve in reserves]),
            slope_above=of([reserve.rate.slope_above for reserve in reserves]),
        ),
        reserve_factor=of([reserve.reserve_factor for reserve in reserves]),
        supplied=of([reserve.supplied for reserve in reserves]),
        borrowed=of([reserve.borrowed for reserve in reserves]),
    )


def _close_factor(system: plain.ReferenceSystem) -> CloseFactor:
    rules = [market.close_factor for market in system.markets]
    return CloseFactor(
        close_factor=of([rule.close_factor for rule in rules]),
        full_below_health=of([rule.full_below_health for rule in rules]),
        full_below_size=of([rule.full_below_size for rule in rules]),
        least_remainder=of([rule.least_remainder for rule in rules]),
        target_health=of([rule.target_health for rule in rules]),
    )


def _venue(venue: object) -> AbstractVenue:
    match venue:
        case plain.ConstantProduct():
            return ConstantProductVenue(
                quote_reserve=of([venue.quote_reserve]),
                initial_price=of([venue.initial_mid]),
                fee=of([venue.fee]),
            )
        case plain.PowerLaw():
            return PowerLawVenue(
                depth=of([venue.depth]),
                move_at_depth=of([-np.log(1.0 - venue.reference_move)]),
                exponent=of([venue.exponent]),
            )
        case plain.StableSwap():
            return StableSwapVenue.of(
                np.array([venue.amplification]),
                np.array([venue.token_balance]),
                np.array([venue.reference_balance]),
                np.array([venue.fee]),
                dtype=DOUBLE,
            )
        case _:
            return InfiniteVenue()


def _perps(system: plain.ReferenceSystem) -> AbstractPerps:
    if not system.exchange.perps:
        return NoPerps()
    return perps_twin(system.exchange, len(system.assets), DOUBLE)


def _venues(system: plain.ReferenceSystem) -> Venues:
    assets = system.assets
    return build_venues(
        [(_venue(asset.venue), [a]) for a, asset in enumerate(assets)],
        permanent_share=np.array([asset.permanent_share for asset in assets]),
        resilience=np.array([asset.resilience for asset in assets]),
        dt=system.dt,
        dtype=DOUBLE,
    )
