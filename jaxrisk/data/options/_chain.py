"""Options of one asset, as they were quoted at one time."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Shaped

from ...options import host_price
from .._clock import clock
from .._source import Source


# What jaxtyping has no name for: datetime64[ns], UTC.
Times = Shaped[np.ndarray, " option"]
Values = Float64[np.ndarray, " option"]

YEAR = np.timedelta64(365, "D")
"""Year of a time to expiry; marks of Deribit follow it, and not one of 365.25 days."""


@dataclass(frozen=True)
class OptionChain:
    """Every option of one asset, each once, by expiry, strike, and put before call.

    Attributes:
        asset: Symbol of the coin.
        source: The file and its format.
        quoted: When each option was quoted, UTC, datetime64[ns].
        expiry: Expiries, UTC, datetime64[ns].
        strike: Strikes [USD].
        is_call: Whether it is a call.
        mark: Mark prices [coin].
        volatility: Implied volatilities of the marks [ratio].
        open_interest: Open interest [coin]; NaN where the file has none.
        forward: Price of the future of the same expiry, or the vendor's stand-in [USD].
        delta: Delta, as the file gives it [coin]; NaN where it has none.
        left_out: Rows without a mark, a volatility or a forward, or of expired options.
    """

    asset: str
    source: Source
    quoted: Times
    expiry: Times
    strike: Values
    is_call: Bool[np.ndarray, " option"]
    mark: Values
    volatility: Values
    open_interest: Values
    forward: Values
    delta: Values
    left_out: int

    @property
    def snapshot(self) -> np.datetime64:
        """Time of the chain: the last at which an option of it was quoted."""
        return self.quoted.max()

    @property
    def time(self) -> Values:
        """Time to expiry from each option's own quote [year of 365 days]."""
        return (self.expiry - self.quoted) / YEAR

    @property
    def model(self) -> Values:
        """Black-76 price of every option at its volatility [coin]."""
        price = host_price(
            self.forward, self.strike, self.time, self.volatility, self.is_call
        )
        return price / self.forward


def chain_lines(chain: OptionChain) -> list[str]:
    """What a person should know of a chain, a line each."""
    expiries = np.unique(chain.expiry)
    calls = int(chain.is_call.sum())
    age = (chain.snapshot - chain.quoted.min()) / np.timedelta64(1, "s")
    interest = np.where(np.isfinite(chain.open_interest), chain.open_interest, 0)
    low, middle, high = np.quantile(chain.volatility, (0, 0.5, 1))
    misfit = float(np.median(np.abs(chain.model - chain.mark)))
    return [
        f"{chain.asset}: {chain.strike.size:,} options ({calls:,} calls), "
        f"{chain.left_out:,} rows left out",
        f"snapshot   {clock(chain.snapshot)}, the oldest quote {age:,.0f} s before",
        f"expiries   {expiries.size}, {clock(expiries[0])} to {clock(expiries[-1])}",
        f"forwards   {chain.forward.min():,.2f} to {chain.forward.max():,.2f} USD",
        f"volatility {low:.1%} to {high:.1%}, median {middle:.1%}",
        f"interest   {interest.sum():,.0f} {chain.asset}, "
        f"{float(interest @ chain.forward) / 1e6:,.1f} MUSD",
        f"marks      Black-76 at these volatilities to {misfit:.1g} {chain.asset}, "
        "in the median",
    ]
