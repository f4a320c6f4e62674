"""What borrowers, suppliers and liquidity providers do of their own accord."""

from ._base import (
    AbstractBorrowers,
    AbstractProviders,
    AbstractSuppliers,
    BorrowerReport,
    NoBorrowers,
    NoProviders,
    NoSuppliers,
    SupplierReport,
)
from ._credit import (
    AbstractCredit,
    CreditLines,
    CreditReport,
    NoCredit,
    build_credit,
)


__all__ = [
    "AbstractBorrowers",
    "AbstractCredit",
    "AbstractProviders",
    "AbstractSuppliers",
    "BorrowerReport",
    "CreditLines",
    "CreditReport",
    "NoBorrowers",
    "NoCredit",
    "NoProviders",
    "NoSuppliers",
    "SupplierReport",
    "build_credit",
]
