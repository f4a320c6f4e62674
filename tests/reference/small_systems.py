"""Small systems drawn by chance, with every mechanism on; for laws and comparisons."""

import dataclasses
import math

import numpy as np

from .dealers import Dealer, Strip
from .innovations import StudentT, gaussian
from .keepers import GreedyKeeper, Keeper, RationalKeeper
from .network import FailureSource, NetworkPlan, Spiral
from .option import Option
from .oracles import DelayedOracle, HeartbeatOracle, InstantOracle, Oracle
from .rates import KinkedRate
from .rules import AAVE_V2, AAVE_V3, AAVE_V3_3, FULL, CloseFactorRule, restore
from .small_behaviour import BEHAVIOURS
from .small_exchange import small_exchange
from .small_instruments import with_instruments
from .small_policy import POLICIES
from .system import Account, Asset, JumpSource, Market, ReferenceSystem, Reserve, Vector
from .venues import ConstantProduct, Infinite, PowerLaw, StableSwap


DAY = 1 / 365
SPREAD = 0.06
"""Width of the log-health of cohorts: about the distance to liquidation."""
PRICES = (2000.0, 2080.0, 15.0, 1.0)
"""A base asset, a token pegged to it, another base asset, a dollar."""
LISTED = ((0, 0), (1, 0), (2, 0), (3, 0), (0, 1), (3, 1))
"""Asset and market of every reserve: all in the first market, two in the second."""

RULES = {
    "aave_v2": AAVE_V2,
    "aave_v3": AAVE_V3,
    "aave_v3.3": AAVE_V3_3,
    "full": FULL,
    "restore": restore(1.05),
}
ORACLES: dict[str, Oracle] = {
    "instant": InstantOracle(),
    "heartbeat": HeartbeatOracle(
        np.array([0.02, 0.03, 0.05, 0.01]), np.array([2, 3, 2, 1]) * DAY
    ),
    "delayed": DelayedOracle(2),
}
KEEPERS: dict[str, Keeper] = {
    "greedy": GreedyKeeper(),
    "rational": RationalKeeper(gas=20.0, tiers=3),
    "poor": RationalKeeper(gas=5.0, capital=4e5, tiers=3),
}


def pegged_scale(volatility: float, speed: float, dt: float) -> float:
    """Standard deviation of a step of a mean-reverting basis [log price]."""
    return volatility * math.sqrt(-math.expm1(-2 * speed * dt) / (2 * speed))


def factor_of(correlation: Vector) -> Vector:
    """Cholesky factor of a correlation matrix, [asset, asset]."""
    return np.asarray(np.linalg.cholesky(correlation), np.float64)


def small_assets(dt: float) -> tuple[Asset, ...]:
    """One asset a venue, in two regimes."""
    root = math.sqrt(dt)
    return (
        Asset(
            PRICES[0],
            PowerLaw(depth=3e6, exponent=0.8),
            scale=(0.9 * root, 1.8 * root),
            compensation=(0.4 * dt, 1.6 * dt),
            trend=0.05,
            resilience=200.0,
            permanent_share=0.3,
        ),
        Asset(
            PRICES[1],
            StableSwap(30.0, 900.0, 1100.0, fee=4e-4),
            scale=(pegged_scale(0.03, 50.0, dt), pegged_scale(0.06, 50.0, dt)),
            compensation=(0.0, 0.0),
            decay=math.exp(-50.0 * dt),
            trend=0.03,
            floor=-0.15,
            initial_basis=-0.01,
            claims=((0, 1.0),),
            resilience=100.0,
            permanent_share=0.1,
        ),
        Asset(
            PRICES[2],
            ConstantProduct(quote_reserve=1.5e6, initial_mid=PRICES[2], fee=0.003),
            scale=(1.2 * root, 2.0 * root),
            compensation=(0.7 * dt, 2.0 * dt),
            resilience=300.0,
            permanent_share=0.5,
        ),
        Asset(
            PRICES[3],
            Infinite(),
            scale=(pegged_scale(0.01, 200.0, dt), pegged_scale(0.03, 200.0, dt)),
            compensation=(0.0, 0.0),
            decay=math.exp(-200.0 * dt),
        ),
    )


def small_reserves(supplied: Vector, borrowed: Vector) -> tuple[Reserve, ...]:
    """Six reserves under three categories: two base ones and an e-mode of the first."""
    threshold = {0: (0.82, 0.93, 0.85), 1: (0.80, 0.93, 0.0), 2: (0.7, 0.7, 0.0)}
    bonus = {0: (0.05, 0.01, 0.08), 1: (0.07, 0.01, 0.0), 2: (0.09, 0.09, 0.0)}
    curve = KinkedRate(base=0.01, kink=0.8, slope_below=0.05, slope_above=0.9)
    return tuple(
        Reserve(
            asset=asset,
            market=market,
            threshold=threshold.get(asset, (0.78, 0.78, 0.88)),
            bonus=bonus.get(asset, (0.045, 0.045, 0.06)),
            supplied=float(supplied[r]),
            borrowed=float(borrowed[r]),
            protocol_fee=0.1 if market == 0 else 0.0,
            reserve_factor=0.15,
            rate=curve,
        )
        for r, (asset, market) in enumerate(LISTED)
    )


def small_account(chance: np.random.Generator) -> Account:
    """An account close to liquidation, with several collateral and debt tokens."""
    market = int(chance.integers(2))
    category = 2 if market == 1 else int(chance.integers(2))
    worth = float(np.exp(chance.normal(12.5, 1.0)))
    collateral, debt = np.zeros(len(LISTED)), np.zeros(len(LISTED))
    for r, (asset, listed) in enumerate(LISTED):
        if listed == market:
            collateral[r] = worth * chance.random() ** 8 / PRICES[asset]
            debt[r] = worth * chance.random() ** 6 / PRICES[asset]
    limit = 0.93 if category == 1 else 0.78
    values = np.array([PRICES[asset] for asset, _ in LISTED])
    aim = chance.uniform(0.88, 1.0) * limit * (collateral @ values)
    debt *= aim / (debt @ values)
    return Account(
        market, category, collateral, debt, members=float(chance.integers(1, 4))
    )


def small_strip(side: float) -> Strip:
    """A dozen options around the money, some of which expire on the way."""
    options = [
        Option(strike, days * DAY, strike > 1.0, side * size)
        for days, size in ((3, 90.0), (6, 150.0), (40, 400.0))
        for strike in (0.8, 0.93, 1.05, 1.2)
    ]
    return Strip(tuple(options), volatility=0.8, dt=DAY)


DEALERS: dict[str, tuple[Dealer, ...]] = {
    "none": (),
    "implicit": (
        Dealer(0, small_strip(-1.0), weight=0.5),
        Dealer(2, small_strip(30.0), weight=0.5),
    ),
    "interval": (Dealer(0, small_strip(-1.0), policy="interval", every=2),),
    "band": (Dealer(0, small_strip(-1.0), policy="band", band=20.0),),
}


NETWORKS: dict[str, NetworkPlan] = {
    "none": NetworkPlan(),
    "claims": NetworkPlan(
        sources=(
            FailureSource({1: 0.05}, hazard=150.0, repeats=True),
            FailureSource({2: 0.4, 1: 0.1}, at=5),
        ),
        receipts={2: 3, 3: 4},
    ),
    "spiral": NetworkPlan(
        sources=(FailureSource({1: 0.3}, hazard=20.0),),
        spirals=(
            Spiral(
                stable=3,
                token=2,
                supply=4e6,
                minted=3e5,
                capacity=6e7,
                reserve=1e5,
                trigger=0.002,
                calm=5.0,
                by_depeg=2000.0,
                by_shortfall=100.0,
                comfort=1.3,
            ),
        ),
    ),
}
LINES = ((0, 60.0), (4, 60.0))
"""Accounts with a credit line, and how often they default under water [1/year]."""


def with_line(account: Account) -> Account:
    """The account under a limit of a half more than it has, of which it owes most."""
    values = np.array([PRICES[asset] for asset, _ in LISTED])
    aim = 1.1 * float(account.collateral @ values)
    debt = account.debt * (aim / float(account.debt @ values))
    return dataclasses.replace(account, debt=debt, limit=1.5, members=1.0)


def small_system(
    seed: int,
    *,
    accounts: int = 6,
    steps: int = 8,
    rounds: int = 3,
    rules: tuple[CloseFactorRule, CloseFactorRule] = (AAVE_V3, AAVE_V3_3),
    oracle: str = "instant",
    keeper: str = "greedy",
    latency: int = 0,
    student: bool = True,
    cohorts: int = 0,
    dealers: str = "none",
    perps: str = "none",
    behaviour: str = "none",
    instruments: bool = False,
    policy: str = "none",
    network: str = "none",
    credit: bool = False,
) -> ReferenceSystem:
    """Two markets, an e-mode, every venue, rates, regimes, jumps, pegs."""
    chance = np.random.default_rng(seed)
    book = tuple(small_account(chance) for _ in range(accounts))
    book = tuple(
        dataclasses.replace(account, spread=SPREAD if i < cohorts else 0.0)
        for i, account in enumerate(book)
    )
    lines = LINES if credit else ()
    trusted = {account for account, _ in lines}
    book = tuple(
        with_line(account) if i in trusted else account
        for i, account in enumerate(book)
    )
    held = np.sum([account.collateral for account in book], axis=0)
    owed = np.sum([account.debt for account in book], axis=0)
    calm = np.eye(4)
    calm[0, 2] = calm[2, 0] = 0.7
    stress = np.full((4, 4), 0.6) + 0.4 * np.eye(4)
    system = ReferenceSystem(
        assets=small_assets(DAY),
        cholesky=(factor_of(calm), factor_of(stress)),
        reserves=small_reserves(np.maximum(held, 1.2 * owed), owed),
        markets=(Market(rules[0], reserve_fund=2e3), Market(rules[1])),
        accounts=book,
        dt=DAY,
        steps=steps,
        rounds=rounds,
        enter_stress=60.0,
        leave_stress=90.0,
        innovation=StudentT(4.5) if student else gaussian,
        jumps=(
            JumpSource(60.0, -0.2, 0.1, loading=(1.0, 0.0, 1.3, 0.0)),
            JumpSource(80.0, -0.03, 0.02, loading=(0.0, 1.0, 0.0, 0.0)),
            JumpSource(30.0, -0.02, 0.01, loading=(0.0, 0.0, 0.0, 1.0)),
        ),
        oracle=ORACLES[oracle],
        keeper=KEEPERS[keeper],
        dealers=DEALERS[dealers],
        exchange=small_exchange(perps),
        network=NETWORKS[network],
        lines=lines,
        latency=latency,
        policy=POLICIES[policy],
    )
    system = BEHAVIOURS[behaviour](system)
    return with_instruments(system) if instruments else system
