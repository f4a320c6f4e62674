"""Recorded prices as moves of every path."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ..calibrate._panel import price_times
from ..config import Config
from ..config._scenario import ReplayConfig
from ..data import PriceSeries, read_prices
from ..process import Prices
from ._errors import ScenarioError
from ._stress import Moves


Matrix = Float64[np.ndarray, "asset asset"]
Times = Float64[np.ndarray, " time"]


def replayed(config: Config, replay: ReplayConfig, prices: Prices) -> Moves:
    """Moves that lead every asset along its record.

    A record is read at the ends of steps; between two of its prices the log price is a
    straight line. After the window nothing is added.

    Args:
        config: Whose steps and names count.
        replay: Which files, and what of them.
        prices: The process, for what follows what.

    Raises:
        DataError: A file cannot be used.
        ScenarioError: A file does not have the asset, or not all of the window.
    """
    start = np.datetime64(replay.start, "ns")
    seconds = (np.datetime64(replay.end, "ns") - start) / np.timedelta64(1, "s")
    step = 60 * config.step_minutes
    count = min(config.steps, int(seconds / step * (1 + 1e-12)))
    if not count:
        raise ScenarioError(
            f"The window from {replay.start} to {replay.end} is shorter than a step of "
            f"{config.step_minutes:g} minutes. Choose a longer one, or shorter steps."
        )
    times = step * np.arange(count + 1.0)
    logs = {
        asset: _log_price(config.folder / file, asset, start, times)
        for asset, file in replay.prices.items()
    }
    names = config.asset_names
    known = {names.index(asset): log - log[0] for asset, log in logs.items()}
    lift, decay = (np.asarray(each, np.float64) for each in (prices.lift, prices.decay))
    moves = np.zeros((config.steps, len(names)))
    moves[:count] = moves_along(known, lift, decay, count)
    return moves


def moves_along(
    known: Mapping[int, Times],
    lift: Matrix,
    decay: Float64[np.ndarray, " asset"],
    count: int,
) -> Moves:
    r"""Moves of the assets against what they follow, that make prices as recorded.

    With :math:`\log p = A x`, an asset's own level is what its record does beyond the
    assets that it follows, and a pegged one has to be held against its return,

    .. math:: x_a = \log p_a - \sum_{b \ne a} A_{ab} x_b, \qquad
        m_t = x_t - e^{-\kappa dt} x_{t-1}

    Args:
        known: Log price over that at the start, by asset, at `count` + 1 times.
        lift: A.
        decay: Of a step.
        count: Steps.
    """
    own = np.zeros((lift.shape[0], count + 1))
    others = lift - np.eye(lift.shape[0])
    # From the roots up: what an asset rests on is settled a pass before it.
    for _ in range(lift.shape[0]):
        followed = others @ own
        for asset, log in known.items():
            own[asset] = log - followed[asset]
    return (own[:, 1:] - decay[:, None] * own[:, :-1]).T


def _log_price(path: Path, asset: str, start: np.datetime64, times: Times) -> Times:
    """Log prices of a record so many seconds after the start of the window."""
    series = _series(path, asset)
    stamps = price_times(series)
    seconds = (stamps - start) / np.timedelta64(1, "s")
    if seconds[0] > times[0] or seconds[-1] < times[-1]:
        raise ScenarioError(
            f"{path} has {asset} from {str(stamps[0])[:16]} to {str(stamps[-1])[:16]}, "
            "which is not all of the window. Choose another window, or another file."
        )
    return np.interp(times, seconds, np.log(series.price))


def _series(path: Path, asset: str) -> PriceSeries:
    """The series of an asset: the one of its name, or the only one of the file."""
    if not path.is_file():
        raise ScenarioError(
            f"{path}: there is no such file of prices of {asset}. Correct the path, or "
            "get the record."
        )
    found = read_prices(path)
    named = [one for one in found if one.asset == asset] or list(found)
    if len(named) > 1:
        raise ScenarioError(
            f"{path} has no {asset}, but {', '.join(one.asset for one in found)}. Name "
            "a file with one asset, or its column as the asset."
        )
    return named[0]
