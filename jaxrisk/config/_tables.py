"""A config as tables on the host, in float64: axes by name, and numbers by axis."""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float64, Int64

from ..data._book_layout import BookLayout
from ._config import Config
from ._market import ReserveConfig


AssetNumber: TypeAlias = Float64[np.ndarray, " asset"]
ReserveNumber: TypeAlias = Float64[np.ndarray, " reserve"]
ReserveIndex: TypeAlias = Int64[np.ndarray, " reserve"]
CategoryReserve: TypeAlias = Float64[np.ndarray, "category reserve"]


def layout_of(config: Config) -> BookLayout:
    """Names behind the indices: markets, reserves and categories in order.

    Each market's base category comes first, then its e-modes.
    """
    return BookLayout(
        markets=tuple(config.markets),
        reserves=tuple(
            (name, reserve)
            for name, market in config.markets.items()
            for reserve in market.reserves
        ),
        categories=tuple(
            (name, mode)
            for name, market in config.markets.items()
            for mode in ("", *market.e_modes)
        ),
    )


def reserves_of(config: Config) -> list[ReserveConfig]:
    """The settings of every reserve, along the reserve axis."""
    return [
        reserve
        for market in config.markets.values()
        for reserve in market.reserves.values()
    ]


def asset_of_reserve(config: Config) -> ReserveIndex:
    """Index of the asset that each reserve lists."""
    assets = list(config.asset_names)
    listed = [
        assets.index(config.markets[market].asset_of(reserve))
        for market, reserve in layout_of(config).reserves
    ]
    return np.array(listed, np.int64)


def market_of_reserve(config: Config) -> ReserveIndex:
    """Index of the market of each reserve."""
    layout = layout_of(config)
    homes = [layout.markets.index(market) for market, _ in layout.reserves]
    return np.array(homes, np.int64)


def initial_prices(config: Config) -> AssetNumber:
    """Price of each asset at the start [USD]."""
    return np.array(list(config.start_prices.values()))


def reserve_prices(config: Config) -> ReserveNumber:
    """Price of each reserve's asset at the start [USD]."""
    return initial_prices(config)[asset_of_reserve(config)]


def liquidation_thresholds(config: Config) -> CategoryReserve:
    """Liquidation threshold of each reserve under each category [ratio]."""
    return _by_category(config, "liquidation_threshold")


def liquidation_bonuses(config: Config) -> CategoryReserve:
    """Liquidation bonus of each reserve under each category [ratio]."""
    return _by_category(config, "liquidation_bonus")


def loan_to_values(config: Config) -> CategoryReserve:
    """Loan-to-value limit of each reserve under each category [ratio]."""
    return _by_category(config, "loan_to_value")


def _by_category(config: Config, field: str) -> CategoryReserve:
    """The base number, or that of the e-mode where it holds."""
    layout = layout_of(config)
    base = [getattr(reserve, field) for reserve in reserves_of(config)]
    table = np.tile(np.array(base, np.float64), (len(layout.categories), 1))
    for row, (market, name) in enumerate(layout.categories):
        if name:
            mode = config.markets[market].e_modes[name]
            inside = [layout.reserves.index((market, x)) for x in mode.reserves]
            table[row, inside] = getattr(mode, field)
    return table
