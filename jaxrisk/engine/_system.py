"""All that is fixed along a path."""

import equinox as eqx

from .._listing import Listing
from .._typing import PerMarket, Scalar
from ..behaviour import (
    AbstractBorrowers,
    AbstractCredit,
    AbstractGas,
    AbstractProviders,
    AbstractSuppliers,
    NoGas,
)
from ..keeper import AbstractKeeper, AbstractLatency
from ..lending import Accounts, CloseFactor, Pool
from ..network import AbstractNetwork, AbstractObligations
from ..options import AbstractDealers, AbstractInstruments
from ..oracle import AbstractOracle
from ..perps import AbstractPerps, NoPerps
from ..policy import AbstractPolicy
from ..process import Prices
from ..venue import Venues


class System(eqx.Module):
    """The markets, the agents, and where they trade."""

    prices: Prices
    oracle: AbstractOracle
    listing: Listing
    accounts: Accounts
    pool: Pool
    close_factor: CloseFactor
    reserve_fund: PerMarket  # [USD]
    keeper: AbstractKeeper
    latency: AbstractLatency
    venues: Venues
    dealers: AbstractDealers
    instruments: AbstractInstruments
    perps: AbstractPerps
    network: AbstractNetwork
    policy: AbstractPolicy
    borrowers: AbstractBorrowers
    suppliers: AbstractSuppliers
    providers: AbstractProviders
    obligations: AbstractObligations
    credit: AbstractCredit
    dt: Scalar  # [year]
    steps: int = eqx.field(static=True)
    rounds: int = eqx.field(static=True)
    gas: AbstractGas = NoGas()

    @property
    def keepers_alone(self) -> bool:
        """Whether nobody else trades: known before a program is compiled."""
        hedgers = self.dealers.assets or self.instruments.assets
        return not hedgers and isinstance(self.perps, NoPerps)
