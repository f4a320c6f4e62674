"""The files of a calibration, read and put under the names of the config."""

import dataclasses
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..data import PriceSeries, check_prices, read_file
from ..data._dollars import DOLLARS
from ..data.depth import QuoteLadder
from ..data.options import OptionChain
from ._estimate import CalibrationError
from ._panel import price_times


PREFERRED = ("USDC", "USDT", "DAI")
"""Dollars that sales are quoted in, the first one that an asset has quotes in."""

Named = TypeVar("Named", PriceSeries, QuoteLadder)


@dataclass(frozen=True)
class Record:
    """What identifies a file.

    Attributes:
        name: Its name, without folders.
        sha256: Digest of its bytes.
        holds: What was found in it.
    """

    name: str
    sha256: str
    holds: str


@dataclass(frozen=True)
class Files:
    """What is fitted to.

    Attributes:
        prices: One series an asset, under the names of the config.
        ladders: Quotes of sales for dollars, one an asset.
        chains: Snapshots of options.
        records: The files, in the order given.
    """

    prices: Sequence[PriceSeries]
    ladders: Sequence[QuoteLadder]
    chains: Sequence[OptionChain]
    records: Sequence[Record]


@dataclass(frozen=True)
class Choice:
    """Which part of the files is used.

    Attributes:
        names: Names in the config by symbol in the file, where they differ.
        assets: Assets that are used, as the config calls them; empty: all.
        start: First time used; None: the first.
        end: Last time used; None: the last.
        cut_ticks: Whether prices that may be bad ticks are left out.
    """

    names: Mapping[str, str]
    assets: Sequence[str] = ()
    start: np.datetime64 | None = None
    end: np.datetime64 | None = None
    cut_ticks: bool = False


def read_files(
    paths: Iterable[Path], choice: Choice, *, warn: Callable[[str], None]
) -> Files:
    """Read the files of a calibration.

    Args:
        paths: Prices, quotes, options.
        choice: Which part of them is used.
        warn: Hears what should be looked at.

    Raises:
        DataError: If a file cannot be used.
        CalibrationError: If a file holds something else, two give prices of one asset,
            there are two assets in one series, or none of a chosen name.
    """
    prices: dict[str, PriceSeries] = {}
    ladders: list[QuoteLadder] = []
    chains: list[OptionChain] = []
    records: list[Record] = []
    symbols: set[str] = set()
    for path in paths:
        found = read_file(path)
        if not isinstance(found, tuple):
            raise CalibrationError(
                f"{path} has no prices, quotes or options. Leave it out."
            )
        for one in found:
            symbols.add(one.asset)
            if isinstance(one, OptionChain):
                chains.append(one)
            elif isinstance(one, QuoteLadder):
                ladders.append(_named(one, choice))
            elif _is_wanted(named := _named(one, choice), choice):
                _add(prices, _usable(named, choice, warn))
        records.append(_record(path, found))
    _check_choice(choice, symbols)
    wanted = [one for one in ladders if _is_wanted(one, choice)]
    return Files(tuple(prices.values()), _in_dollars(wanted), chains, records)


def _check_choice(choice: Choice, symbols: Collection[str]) -> None:
    """Refuse names that are in no file: a slip would leave an asset out unseen."""
    named = {choice.names.get(symbol, symbol) for symbol in symbols}
    for asked, known, what in (
        (choice.names, symbols, "symbol"),
        (choice.assets, named, "asset"),
    ):
        unknown = [name for name in asked if name not in known]
        if unknown:
            raise CalibrationError(
                f"no file has {what} {unknown[0]}. Known are "
                f"{', '.join(sorted(known))}; correct the name, or add its file."
            )


def _is_wanted(one: PriceSeries | QuoteLadder, choice: Choice) -> bool:
    return not choice.assets or one.asset in choice.assets


def _named(one: Named, choice: Choice) -> Named:
    return dataclasses.replace(one, asset=choice.names.get(one.asset, one.asset))


def _add(prices: dict[str, PriceSeries], series: PriceSeries) -> None:
    other = prices.get(series.asset)
    if other is not None:
        raise CalibrationError(
            f"{series.source.path} and {other.source.path} both give prices of "
            f"{series.asset}. Leave one out, or name them apart."
        )
    prices[series.asset] = series


def _usable(
    series: PriceSeries, choice: Choice, warn: Callable[[str], None]
) -> PriceSeries:
    """The part of a series that is used, which is of one asset."""
    path, times = series.source.path, price_times(series)
    keep = np.ones(times.size, dtype=bool)
    if choice.start is not None:
        keep &= times >= choice.start
    if choice.end is not None:
        keep &= times <= choice.end
    part = _taken(series, np.flatnonzero(keep))
    if part.time.size < 2:
        raise CalibrationError(
            f"{path}: {series.asset} has {part.time.size} prices in the window. Choose "
            "a longer one, or leave the file out."
        )
    check = check_prices(part)
    for warning in check.warnings():
        warn(f"{path}: {series.asset}, {warning}")
    if check.breaks.size:
        raise CalibrationError(
            f"{path}: {series.asset} seems to be two assets (see the warning). Choose "
            "a window on one side of the break."
        )
    if choice.cut_ticks:
        part = _taken(part, np.delete(np.arange(part.time.size), check.ticks))
    return part


def _taken(series: PriceSeries, places: np.ndarray) -> PriceSeries:
    return dataclasses.replace(
        series,
        time=series.time[places],
        price=series.price[places],
        column=series.column.taken(places),
    )


def _in_dollars(ladders: Sequence[QuoteLadder]) -> list[QuoteLadder]:
    """One ladder an asset that is no dollar itself."""
    kept: dict[str, QuoteLadder] = {}
    for dollar in PREFERRED:
        for ladder in ladders:
            if ladder.quote == dollar and ladder.asset not in DOLLARS:
                kept.setdefault(ladder.asset, ladder)
    return list(kept.values())


def _record(path: Path, found: tuple[object, ...]) -> Record:
    kinds = {PriceSeries: "prices", QuoteLadder: "quotes", OptionChain: "options"}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Record(path.name, digest, kinds[type(found[0])])
