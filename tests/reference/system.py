"""What is fixed along a path, as an auditor would write it down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from .behaviour import Actor, Gas, Provider, Run
from .dealers import Dealer
from .innovations import gaussian
from .instruments import Instrument
from .keepers import GreedyKeeper, Keeper
from .network import NetworkPlan
from .oracles import InstantOracle, Oracle
from .perps import Exchange, no_exchange
from .policy import Policy
from .rates import KinkedRate
from .rules import CloseFactorRule
from .venues import Venue


Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class JumpSource:
    """Compound Poisson jumps with normal sizes, on some or all of the assets.

    A common jump loads on many assets (their beta), an asset's own jump on one.
    """

    intensity: float  # [1/year]
    mean: float  # [log price]
    sd: float  # [log price]
    loading: tuple[float, ...]  # by asset [ratio]


@dataclass(frozen=True)
class Asset:
    """A token with a market price, free (base) or around another's (pegged)."""

    initial_price: float  # [USD/token]
    venue: Venue
    scale: tuple[float, ...]  # by regime, of a unit innovation in a step [log price]
    compensation: tuple[float, ...]  # by regime, taken off in a step [log price]
    decay: float = 1.0  # what a step leaves of x; 1 for a base asset [ratio]
    trend: float = 0.0  # drift, or growth of the exchange rate [1/year]
    floor: float = -np.inf  # least x [log price]
    initial_basis: float = 0.0  # x at the start; 0 for a base asset [log price]
    claims: tuple[tuple[int, float], ...] = ()  # assets it rests on, with log weights
    resilience: float = 0.0  # rate at which the venue absorbs inventory [1/year]
    permanent_share: float = 0.0  # share of the impact that stays [ratio]


@dataclass(frozen=True)
class Reserve:
    """One asset listed in one market."""

    asset: int
    market: int
    threshold: tuple[float, ...]  # by category [ratio]
    bonus: tuple[float, ...]  # by category [ratio]
    supplied: float  # at the start [token]
    borrowed: float  # at the start [token]
    protocol_fee: float = 0.0  # protocol's share of the bonus [ratio]
    reserve_factor: float = 0.0  # protocol's share of the interest [ratio]
    rate: KinkedRate = field(default_factory=KinkedRate)


@dataclass(frozen=True)
class Market:
    """A lending protocol deployment."""

    close_factor: CloseFactorRule
    reserve_fund: float = 0.0  # [USD]


@dataclass(frozen=True)
class Account:
    """A borrower, or a row that stands for `members` equal borrowers together."""

    market: int
    category: int
    collateral: Vector  # [reserve] of the whole row [token]
    debt: Vector  # [reserve] of the whole row [token]
    members: float = 1.0
    spread: float = 0.0  # width of the members' log-health; zero: one account
    limit: float | None = None  # in place of every threshold: a credit tier's [ratio]


@dataclass(frozen=True)
class ReferenceSystem:
    """All that is fixed along a path."""

    assets: tuple[Asset, ...]
    cholesky: tuple[Vector, ...]  # [regime] of [asset, asset]
    reserves: tuple[Reserve, ...]
    markets: tuple[Market, ...]
    accounts: tuple[Account, ...]
    dt: float  # [year]
    steps: int
    rounds: int = 4
    enter_stress: float = 0.0  # [1/year]
    leave_stress: float = 0.0  # [1/year]
    innovation: Callable[[float, float], float] = gaussian  # of mixing and scale
    jumps: tuple[JumpSource, ...] = ()
    oracle: Oracle = field(default_factory=InstantOracle)
    keeper: Keeper = field(default_factory=GreedyKeeper)
    dealers: tuple[Dealer, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    exchange: Exchange = field(default_factory=no_exchange)  # of perpetuals
    actors: tuple[Actor, ...] = ()
    staking: tuple[float, ...] = ()  # by reserve [1/year]
    runs: dict[int, Run] = field(default_factory=dict)  # by reserve
    providers: dict[int, Provider] = field(default_factory=dict)  # by asset
    gas: Gas | None = None
    policy: Policy = field(default_factory=Policy)
    network: NetworkPlan = field(default_factory=NetworkPlan)
    lines: tuple[tuple[int, float], ...] = ()  # account, hazard under water [1/year]
    latency: int = 0  # steps between the first breach and the first liquidation
    seizure: Literal["pro_rata", "token_by_token"] = "pro_rata"

    @property
    def cohorts(self) -> tuple[int, ...]:
        """Accounts with a spread; each has a row more, after all accounts."""
        return tuple(i for i, owner in enumerate(self.accounts) if owner.spread > 0.0)

    @property
    def rows(self) -> range:
        """Every account, then every cohort's members that were never liquidated."""
        return range(len(self.accounts) + len(self.cohorts))

    def is_fresh(self, row: int) -> bool:
        """Whether a row holds members of a cohort that were never liquidated."""
        return row >= len(self.accounts)

    def account_of(self, row: int) -> int:
        """The account that a row is part of."""
        return self.cohorts[row - len(self.accounts)] if self.is_fresh(row) else row

    def spread_of(self, row: int) -> float:
        """Width of the log-health of a row's account."""
        return self.accounts[self.account_of(row)].spread
