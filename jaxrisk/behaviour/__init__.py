"""How those behave who owe, who supply, and whose tokens are the depth of venues."""

from ._base import (
    AbstractBorrowers,
    AbstractProviders,
    AbstractSuppliers,
    BorrowerReport,
    Holdings,
    Liquidity,
    Plan,
    SupplierReport,
)
from ._borrowers import (
    Borrowers,
    BorrowerState,
    Carry,
    Levering,
    Standing,
    TopUp,
    Unwinding,
)
from ._credit import (
    AbstractCredit,
    CreditLines,
    CreditReport,
    NoCredit,
    build_credit,
)
from ._gas import AbstractGas, GasState, NoGas, VolatileGas
from ._liquidity import Purse, scarcest, within
from ._loops import Loop, drop_to_liquidation, loop, loop_multiple
from ._nobody import NoBorrowers, NoProviders, NoSuppliers
from ._providers import Providers, ProviderState, impermanent_loss
from ._suppliers import Suppliers, SupplierState


__all__ = [
    "AbstractBorrowers",
    "AbstractCredit",
    "AbstractGas",
    "AbstractProviders",
    "AbstractSuppliers",
    "BorrowerReport",
    "BorrowerState",
    "Borrowers",
    "Carry",
    "CreditLines",
    "CreditReport",
    "GasState",
    "Holdings",
    "Levering",
    "Liquidity",
    "Loop",
    "NoBorrowers",
    "NoCredit",
    "NoGas",
    "NoProviders",
    "NoSuppliers",
    "Plan",
    "ProviderState",
    "Providers",
    "Purse",
    "Standing",
    "SupplierReport",
    "SupplierState",
    "Suppliers",
    "TopUp",
    "Unwinding",
    "VolatileGas",
    "build_credit",
    "drop_to_liquidation",
    "impermanent_loss",
    "loop",
    "loop_multiple",
    "scarcest",
    "within",
]
