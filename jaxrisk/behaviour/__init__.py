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


__all__ = [
    "AbstractBorrowers",
    "AbstractProviders",
    "AbstractSuppliers",
    "BorrowerReport",
    "NoBorrowers",
    "NoProviders",
    "NoSuppliers",
    "SupplierReport",
]
