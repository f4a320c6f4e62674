"""From settings to the options that dealers have. Units are converted here."""

import logging
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64

from ..data.options import OptionChain, read_options
from ..options import OptionBook
from ._build_surface import DAYS_PER_YEAR
from ._config import Config
from ._faults import ConfigError, Fault, Mark, did_you_mean, shown
from ._option_book import (
    ChainBookConfig,
    DealerShareConfig,
    GridBookConfig,
    ListedBookConfig,
)
from ._options import OptionsConfig


_LOG = logging.getLogger("jaxrisk.config")
LARGEST_GAP = 0.02
"""Of a snapshot's forward over the price of the start: beyond it, a warning [ratio]."""
_YEAR = np.timedelta64(DAYS_PER_YEAR, "D")

PerOption = Float64[np.ndarray, " option"]
Calls = Bool[np.ndarray, " option"]


class OpenInterest(NamedTuple):
    """The contracts outstanding."""

    strike: PerOption  # [USD]
    expiry: PerOption  # from the start [year]
    is_call: Calls
    amount: PerOption  # [token]


def option_positions(
    config: Config, options: OptionsConfig, underlying: str
) -> OptionBook:
    """What the dealers of `underlying` are assumed to hold.

    Raises:
        DataError: If a file of quotes cannot be used, with all of its faults.
        ConfigError: If such a file has not this coin, or no open interest in it.
    """
    settings = options.underlyings[underlying]
    book = settings.book
    if isinstance(book, ListedBookConfig):
        found = _listed(book)
    elif isinstance(book, GridBookConfig):
        found = _grid(book, config.assets[underlying].price_usd)
    else:
        found = _chain(config, book, underlying)
    share = _shares(settings.dealers, found)
    return OptionBook.from_open_interest(
        found.strike,
        found.expiry,
        found.is_call,
        found.amount,
        call_share=share,
        put_share=share,
    )


def _listed(settings: ListedBookConfig) -> OpenInterest:
    options = settings.options
    return OpenInterest(
        strike=np.array([one.strike for one in options]),
        expiry=np.array([one.expiry_days for one in options]) / DAYS_PER_YEAR,
        is_call=np.array([one.type == "call" for one in options]),
        amount=np.array([one.open_interest for one in options]),
    )


def _grid(settings: GridBookConfig, price: float) -> OpenInterest:
    """The open interest by type, evenly among expiries, by a density among strikes."""
    strike = _strikes(settings)
    days = np.array(settings.expiry_days)
    total = settings.open_interest_usd / price
    sides = (
        (settings.put_share, settings.put_centre),
        (1 - settings.put_share, settings.call_centre),
    )
    amounts = []
    for share, centre in sides:
        distance = (np.log(strike / price) - centre) / settings.width
        # Less the nearest, so that not all weights of a far centre are zero.
        weight = np.exp(-(distance**2 - (distance**2).min()) / 2)
        amounts.append(total * share / days.size * weight / weight.sum())
    shape = (2, days.size, strike.size)
    columns = (
        np.broadcast_to(strike, shape),
        np.broadcast_to(days[:, None] / DAYS_PER_YEAR, shape),
        np.broadcast_to(np.array([False, True])[:, None, None], shape),
        np.broadcast_to(np.array(amounts)[:, None], shape),
    )
    return OpenInterest(*(column.ravel() for column in columns))


def _strikes(settings: GridBookConfig) -> PerOption:
    if settings.strike_range is None:
        return np.array(settings.strikes or ())
    wanted = settings.strike_range
    return np.linspace(wanted.lowest, wanted.highest, wanted.count)


def _chain(config: Config, settings: ChainBookConfig, underlying: str) -> OpenInterest:
    chain = _of_coin(config, settings, underlying)
    _compare_prices(config, chain, underlying)
    time = (chain.expiry - chain.snapshot) / _YEAR
    there = (time > 0) & (chain.open_interest > 0)
    if not there.any():
        raise _refused(
            config, underlying, "the file has no open interest in it; name another file"
        )
    return OpenInterest(
        strike=chain.strike[there],
        expiry=time[there],
        is_call=chain.is_call[there],
        amount=chain.open_interest[there],
    )


def _of_coin(config: Config, settings: ChainBookConfig, underlying: str) -> OptionChain:
    chains = {
        chain.asset: chain for chain in read_options(config.folder / settings.file)
    }
    coins = list(chains)
    wanted = coins[0] if settings.coin is None else settings.coin
    if settings.coin is None and len(coins) > 1:
        reason = f"the file has {len(coins)} coins; name one of {', '.join(coins)}"
        raise _refused(config, underlying, reason)
    if wanted not in chains:
        reason = f"the file has no such coin; {did_you_mean(wanted, coins)}"
        raise _refused(config, underlying, reason, shown(wanted))
    return chains[wanted]


def _compare_prices(config: Config, chain: OptionChain, underlying: str) -> None:
    """Warn where the file is of another price than the config."""
    price = config.assets[underlying].price_usd
    forward = float(chain.forward[chain.expiry.argmin()])
    if abs(forward / price - 1) > LARGEST_GAP:
        reason = (
            f"the next forward of the file is {forward:,.6g} USD, so its strikes are "
            "not where they were around the spot; write the price of the snapshot"
        )
        field = f"assets.{underlying}.price_usd"
        _LOG.warning("%s", Fault(Mark(config.name), field, reason, f"{price:g}"))


def _refused(
    config: Config, underlying: str, reason: str, got: str = ""
) -> ConfigError:
    field = f"options.underlyings.{underlying}.book.coin"
    return ConfigError([Fault(Mark(config.name), field, reason, got)])


def _shares(settings: DealerShareConfig, options: OpenInterest) -> PerOption:
    """The dealers' share of every option: by type, then as the ranges have it."""
    share = np.where(options.is_call, settings.calls, settings.puts)
    for one in settings.ranges:
        inside = (options.strike >= one.lowest) & (options.strike <= one.highest)
        of_type = options.is_call == (one.type == "call")
        share = np.where(inside & of_type, one.share, share)
    return share
