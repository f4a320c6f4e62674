r"""Half-life of an impact and the share that stays, from books one after another.

The engine's venue has an inventory. A sale moves the price by x; of that a share p
stays and the rest is halved every h:

.. math:: \ln\frac{mid(\tau)}{mid(0-)} = x\,\big(p + (1 - p)\,2^{-\tau/h}\big) + noise

after Obizhaeva and Wang (2013), Optimal trading strategy and supply/demand dynamics.
The noise is a random walk, so increments are fitted, and effects of sales add up.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64, Shaped
from scipy import signal

from ..data.depth import QuoteLadder
from ._clusters import estimate_of, estimate_of_log, jackknife_errors, score_test
from ._estimate import CalibrationError, Fit, Window


EATEN = 0.5
"""Share of the bids that is gone from one book to the next when a sale is seen."""
FEWEST_SALES = 20
CLUSTERS = 20
"""Spans of time, of as many sales each, that errors are taken from."""
GRID = 400
"""Half-lives that are tried, from half a step to a tenth of the window."""

Steps = Float64[np.ndarray, " step"]


@dataclass(frozen=True)
class _Path:
    """Mids and bids on a regular grid."""

    time: Shaped[np.ndarray, " time"]
    change: Steps
    sale: Bool[np.ndarray, " step"]
    step_seconds: float


def fit_resilience(
    ladder: QuoteLadder, *, step_seconds: float, eaten: float = EATEN
) -> Fit:
    """Fit half-life and permanent share to what the mid does after large sales.

    A sale is seen where bids shrink by a share `eaten` from one step to the next while
    the mid falls. Its displacement is the fall in that step, the step's own noise
    included: the share that stays is too high where sales hardly stand out.

    Args:
        ladder: Books one after another.
        step_seconds: Time between the books used; the last book by then counts.
        eaten: Share of the bids that is gone after a sale [ratio].

    Returns:
        `resilience_half_life_minutes` [min] and `permanent_share` [ratio], as the
        config calls them, with errors by jackknife over spans of time.

    Raises:
        CalibrationError: If these are no books, fewer than 20 sales are seen, nothing
            decays, or the half-life is out of reach of the step and the window.
    """
    subject = f"{ladder.asset} for {ladder.quote}"
    if not ladder.is_book:
        raise CalibrationError(
            f"{subject}: these are quotes of sizes that somebody chose, which do not "
            "tell when bids were taken. Use snapshots of an order book, or keep the "
            "half-life as an assumption."
        )
    path = _sampled(ladder, step_seconds, eaten)
    sales = int(path.sale.sum())
    if sales < FEWEST_SALES:
        raise CalibrationError(
            f"{subject}: {sales} sales took {eaten:.0%} of the bids within a step of "
            f"{step_seconds:g} s, among {path.time.size:,} books, and {FEWEST_SALES} "
            "are needed. Use books of more time or of shorter steps, or keep the "
            "half-life as an assumption."
        )
    step_minutes = step_seconds / 60
    longest = path.change.size * step_minutes / 10
    half_lives = np.geomspace(step_minutes / 2, longest, GRID)
    decay = np.stack([_decay(path, half) for half in half_lives / step_minutes])
    # Steps with a sale tell its size; all others what becomes of it.
    quiet = ~path.sale
    cluster = (np.cumsum(path.sale) * CLUSTERS // (sales + 1))[quiet]
    sums = _sums(decay[:, quiet], path.change[quiet], cluster)
    whole = _best(half_lives, sums[0].sum(axis=-1), sums[1].sum(axis=-1))
    others = []
    for one in range(CLUSTERS):
        square, product = (np.delete(each, one, axis=-1).sum(axis=-1) for each in sums)
        others.append(_best(half_lives, square, product))
    errors = jackknife_errors(np.stack(others))
    _check(subject, whole, errors, half_lives)
    place = int(np.argmin(np.abs(np.log(half_lives) - whole[0])))
    shape = decay[place, quiet]
    return Fit(
        model="exponential resilience",
        subject=(ladder.asset, ladder.quote),
        parameters={
            "resilience_half_life_minutes": estimate_of_log(
                float(np.exp(whole[0])), float(errors[0]), CLUSTERS, "min"
            ),
            "permanent_share": estimate_of(
                float(1 - whole[1]), float(errors[1]), CLUSTERS, "ratio"
            ),
        },
        window=Window(path.time[0], path.time[-1], step_seconds, sales),
        goodness=score_test(
            "size of the sale in the decay, by time",
            shape[:, None],
            shape * np.abs(shape),
            path.change[quiet] - whole[1] * shape,
            cluster,
        ),
        log_likelihood=float("nan"),
    )


def _sampled(ladder: QuoteLadder, step_seconds: float, eaten: float) -> _Path:
    first = np.flatnonzero(np.diff(ladder.ladder, prepend=-1))
    time, mid = ladder.time[first], ladder.mid[first]
    bids = np.maximum.reduceat(ladder.sold, first)
    step = np.timedelta64(round(step_seconds * 1e9), "ns")
    grid = np.arange(time[0], time[-1] + np.timedelta64(1, "ns"), step)
    last = np.searchsorted(time, grid, side="right") - 1
    change = np.diff(np.log(mid[last]))
    gone = bids[last][1:] <= (1 - eaten) * bids[last][:-1]
    return _Path(grid, change, gone & (change < 0), step_seconds)


def _decay(path: _Path, half_life_steps: float) -> Steps:
    """Change of the mid in each step if all of every sale's effect decayed."""
    kept = 2.0 ** (-1 / half_life_steps)
    left = signal.lfilter([1.0], [1.0, -kept], np.where(path.sale, path.change, 0.0))
    return (kept - 1) * np.concatenate([[0.0], np.asarray(left)[:-1]])


def _sums(
    decay: Float64[np.ndarray, "half step"],
    change: Steps,
    cluster: Int64[np.ndarray, " step"],
) -> tuple[Float64[np.ndarray, "half cluster"], Float64[np.ndarray, "half cluster"]]:
    """Sums of squares and of products by span of time."""
    edges = np.searchsorted(cluster, np.arange(CLUSTERS))
    square = np.add.reduceat(decay**2, edges, axis=1)
    return square, np.add.reduceat(decay * change, edges, axis=1)


def _best(
    half_lives: Float64[np.ndarray, " half"],
    square: Float64[np.ndarray, " half"],
    product: Float64[np.ndarray, " half"],
) -> Float64[np.ndarray, " parameter"]:
    """Log half-life, between grid points by a parabola, and the share that decays."""
    gain = np.where(product > 0, product**2 / square, 0.0)
    place = int(np.clip(np.argmax(gain), 1, gain.size - 2))
    below, at, above = gain[place - 1 : place + 2]
    bend = below - 2 * at + above
    shift = np.clip((below - above) / (2 * bend), -1, 1) if bend < 0 else 0.0
    width = np.log(half_lives[1] / half_lives[0])
    share = np.interp(place + shift, np.arange(gain.size), product / square)
    return np.array([np.log(half_lives[place]) + shift * width, share])


def _check(
    subject: str,
    whole: Float64[np.ndarray, " parameter"],
    errors: Float64[np.ndarray, " parameter"],
    half_lives: Float64[np.ndarray, " half"],
) -> None:
    if whole[1] < 2 * errors[1]:
        raise CalibrationError(
            f"{subject}: after large sales the mid does not come back: "
            f"{whole[1]:.2f} ± {errors[1]:.2f} of the impact decays. Use more books, "
            "or take all of the impact as permanent."
        )
    if not np.log(half_lives[2]) < whole[0] < np.log(half_lives[-3]):
        raise CalibrationError(
            f"{subject}: the half-life is not between {half_lives[0]:.3g} and "
            f"{half_lives[-1]:.3g} minutes, half a step and a tenth of the window. Use "
            "books of shorter steps, or of more time."
        )
