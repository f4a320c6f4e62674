"""V27: a mint-and-burn stablecoin, in closed form and in May 2022."""

import math
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np

from ..data import read_prices
from ..network import (
    AbstractNetwork,
    SpiralTerms,
    build_claims,
    build_failures,
    build_spirals,
)
from ..process import AssetModel
from ._closed_forms import YEAR
from ._position import FLOAT64, single_market_book
from ._row import Check, SkipCase
from ._scene import Scene, outcome
from ._shared import shared_folder


REDEEMED = 7.42e9
"""UST redeemed from 7 to 13 May 2022 [USD]."""
UST, LUNA = 18.7e9, 350e6
"""Outstanding on 7 May 2022 [token]."""
MINTED = 6.5e12
"""LUNA outstanding on 13 May 2022 [token]."""
CAPITAL = REDEEMED / math.log(MINTED / LUNA)
"""The constant capitalisation that is between the two [USD]."""
HOURS = 132
BROKEN = 0.75
"""Price of UST below which it did not come back."""


def mint_and_burn() -> Iterator[Check]:
    """Supply of LUNA after the redemptions of May 2022, and when the peg broke.

    Source: Liu, Makarov and Schoar (2023), Anatomy of a run: the Terra Luna crash,
    NBER working paper 31160; hourly prices of Binance.
    """
    yield Check("capitalisation in between [bn USD]", 0.755, CAPITAL / 1e9, 1e-3)
    with jax.enable_x64(True):
        yield from _simulated()
    yield from _recorded()


def _simulated() -> Iterator[Check]:
    """A market in which all of it is redeemed, hour by hour, and nothing else moves."""
    start = CAPITAL / LUNA
    system = Scene(
        asset=AssetModel(price=start, volatility=0.0),
        book=single_market_book(np.ones(1), np.zeros((1, 1))),
        steps=HOURS,
        dt=1 / YEAR / 24,
        network=_network(),
    ).build(FLOAT64)
    end = outcome(system, paths=1, seed=0)
    luna, ust = (float(price) for price in end.final_price[:, 0])
    expected = start * math.exp(-REDEEMED / CAPITAL)
    supply = LUNA * start / luna
    yield Check("redeemed [bn USD]", REDEEMED / 1e9, end.redeemed.item() / 1e9, 1e-9)
    yield Check("price of LUNA [USD]", expected, luna, 1e-9 * expected)
    yield Check("supply of LUNA [tn]", MINTED / 1e12, supply / 1e12, 1e-6)
    left = CAPITAL / (UST - REDEEMED)
    yield Check("UST marked to what is behind it [USD]", left, ust, 1e-9)


def _network() -> AbstractNetwork:
    """Everybody wants to leave, as fast as the capacity goes."""
    terms = SpiralTerms(
        stable=1,
        token=0,
        supply=UST,
        minted=LUNA,
        capacity=REDEEMED / HOURS * YEAR * 24,
        calm=1e6,
    )
    return build_claims(
        failures=build_failures((), assets=2, dtype=FLOAT64),
        spirals=build_spirals((terms,), dtype=FLOAT64),
        receipts=(),
        assets=2,
        reserves=2,
        dtype=FLOAT64,
    )


def _recorded() -> Iterator[Check]:
    """When UST broke, and when LUNA's capitalisation said that it would."""
    folder = shared_folder() / "binance_1h_2021_2023"
    paths = [folder / f"{name}USDT_1h.csv.gz" for name in ("LUNA", "UST")]
    if not all(path.is_file() for path in paths):
        raise SkipCase(
            f"real data is absent ({folder}); set JAXRISK_DATA to its parent"
        )
    hours, (luna, ust) = _aligned(paths)
    behind = luna * LUNA / UST
    below = [
        hours[np.argmax(price < level)]
        for price, level in ((behind, 1.0), (behind, BROKEN), (ust, BROKEN))
    ]
    first, marked, broke = (
        (hour - below[2]) / np.timedelta64(1, "h") for hour in below
    )
    note = "supplies as on 7 May; within a day, which is an order of magnitude"
    yield Check(
        "LUNA below the supply of UST, before UST fell below .75 [h]",
        12.0,
        -first,
        12.0,
        note=note,
    )
    yield Check("mark below .75, against UST [h]", broke, marked, 12.0, note=note)


def _aligned(paths: list[Path]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Hours of May 2022 at which both traded, and both closing prices."""
    series = [read_prices(path)[0] for path in paths]
    hours = np.intersect1d(series[0].time, series[1].time)
    start, stop = np.datetime64("2022-05-07"), np.datetime64("2022-05-14")
    hours = hours[(hours >= start) & (hours < stop)]
    return hours, [one.price[np.searchsorted(one.time, hours)] for one in series]
