r"""What a protocol lends and earns, known of a setting without a draw.

Interest is what the protocol keeps of it over the horizon at the rates of the start,

.. math:: T \sum_r p_r D_r \, R_r(D_r / S_r) \, f_r

with debt D, supply S, the borrow rate R of utilization and the reserve factor f.
Supply is that of the unchanged book: lenders do not answer to borrowers here.
"""

import numpy as np
from jaxtyping import Float64

from ..config import Config, layout_of, loan_to_values, reserve_prices
from ..lending._book import Book
from ._measures import Measure


PerReserve = Float64[np.ndarray, " reserve"]

DAYS_A_YEAR = 365.0

TERMS = {
    "capital_efficiency": ("what may be borrowed over what collateral is worth", "1"),
    "borrowing_power": ("what may be borrowed against the book", "USD"),
    "borrowed": ("what the book owes", "USD"),
    "interest": ("interest that the protocol keeps over the horizon", "USD"),
    "liquidation_fees": ("what the protocol earns by liquidations", "USD"),
    "bad_debt": ("expected bad debt", "USD"),
    "mean_capital_efficiency": (
        "what may be borrowed, by factors as they move, over collateral",
        "1",
    ),
}
"""What may be maximized: what it is, and its unit."""

STATED = ("capital_efficiency", "borrowing_power", "borrowed", "interest")
"""Terms that are known without a draw."""


def term(name: str) -> Measure:
    """A term of the objective by name."""
    sentence, unit = TERMS[name]
    return Measure(name, name, sentence, unit)


def stated_terms(config: Config, book: Book, supplied: PerReserve) -> dict[str, float]:
    """What is known of a setting, by name.

    Args:
        config: The setting.
        book: After borrowers have answered to it.
        supplied: Supply of every reserve [token].
    """
    price = reserve_prices(config)
    power, worth = borrowing_power(config, book).sum(), _worth(config, book).sum()
    _, debt = book.totals
    owed = debt * price
    return {
        "capital_efficiency": float(power / worth) if worth > 0 else 0.0,
        "borrowing_power": float(power),
        "borrowed": float(owed.sum()),
        "interest": float(_interest(config, debt, supplied) @ owed),
    }


def borrowing_power(config: Config, book: Book) -> PerReserve:
    """What may be borrowed against each reserve's collateral [USD]."""
    limits = loan_to_values(config)[book.category]
    return (book.collateral * reserve_prices(config) * limits).sum(axis=0)


def _worth(config: Config, book: Book) -> PerReserve:
    return (book.collateral * reserve_prices(config)).sum(axis=0)


def _interest(config: Config, debt: PerReserve, supplied: PerReserve) -> PerReserve:
    """Of a dollar owed, over the horizon, after what lenders get [ratio]."""
    kept = []
    for index, (market, name) in enumerate(layout_of(config).reserves):
        reserve = config.markets[market].reserves[name]
        rates, supply = reserve.rates, supplied[index]
        used = min(float(debt[index] / supply), 1.0) if supply > 0 else 0.0
        rate = (
            rates.base
            + rates.slope_below * min(used / rates.kink, 1)
            + rates.slope_above * max(used - rates.kink, 0) / (1 - rates.kink)
        )
        kept.append(rate * reserve.reserve_factor)
    return np.array(kept) * config.horizon_days / DAYS_A_YEAR
