"""Half-life and permanent share: recovered from made-up books, or refused."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError, fit_resilience
from jaxrisk.data.depth import QuoteLadder, read_depth
from jaxrisk.data.prices import Source


HALF_LIFE, PERMANENT = 5.0, 0.3  # [min], [ratio]
STEP = 20.0  # seconds


def books(
    seed: int,
    *,
    sales: int = 60,
    half_life: float = HALF_LIFE,
    permanent: float = PERMANENT,
    steps: int = 8000,
) -> QuoteLadder:
    """Books every 20 s of a random walk; sales take most bids, and part of it heals."""
    rng = np.random.default_rng(seed)
    at = np.sort(rng.choice(np.arange(10, steps - 10), sales, replace=False))
    move = np.zeros(steps)
    move[at] = -rng.uniform(0.002, 0.006, sales)
    inventory, effect = 0.0, np.zeros(steps)
    for step in range(steps):
        inventory = inventory * 2 ** (-STEP / 60 / half_life) + move[step]
        effect[step] = (1 - permanent) * inventory
    walk = np.cumsum(rng.normal(0, 1e-4, steps) + permanent * move)
    mid = 2000 * np.exp(walk + effect)
    bids = 100 * np.exp(rng.normal(0, 0.1, steps))
    bids[at] *= 0.2
    number = np.repeat(np.arange(steps), 2)
    sold = np.stack([bids / 3, bids], axis=1).ravel()
    seconds = (STEP * 1e9 * number).astype("timedelta64[ns]")
    return QuoteLadder(
        asset="ETH",
        quote="USDT",
        source=Source(Path("made-up"), "tardis_book_snapshot"),
        ladder=number,
        time=np.datetime64("2024-01-01", "ns") + seconds,
        sold=sold,
        proceeds=sold * mid[number],
        mid=mid[number],
        is_book=True,
    )


@pytest.mark.slow
def test_errors_are_as_large_as_they_say() -> None:
    """Over 40 seeds: mean of z within 4 of its errors, spread of 0.65 to 1.45.

    A right fit fails a mean once in 16,000 sets of seeds; the spread of a t of 19
    degrees of freedom is 1.06, and its error 0.12.
    """
    truth = {"resilience_half_life_minutes": HALF_LIFE, "permanent_share": PERMANENT}
    z: dict[str, list[float]] = {name: [] for name in truth}
    covered = []
    for seed in range(40):
        for name, one in fit_resilience(
            books(seed), step_seconds=STEP
        ).parameters.items():
            z[name].append((one.value - truth[name]) / one.error)
            covered.append(one.low < truth[name] < one.high)
    for name, scores in z.items():
        spread = np.std(scores)
        assert abs(np.mean(scores)) < 4 * spread / np.sqrt(40), name
        assert 0.65 < spread < 1.45, name
    assert np.mean(covered) > 0.85


def test_the_estimates_are_close_and_the_window_is_that_of_the_books() -> None:
    fit = fit_resilience(books(1), step_seconds=STEP)
    assert fit["resilience_half_life_minutes"] == pytest.approx(HALF_LIFE, rel=0.3)
    assert fit["permanent_share"] == pytest.approx(PERMANENT, abs=0.15)
    assert fit.window.observations == pytest.approx(60, abs=3)
    assert fit.window.step_seconds == STEP


def test_too_few_sales_are_refused_with_their_number() -> None:
    with pytest.raises(CalibrationError, match=r"1?\d sales took 50% of the bids"):
        fit_resilience(books(1, sales=12), step_seconds=STEP)


def test_an_impact_that_stays_is_not_given_a_half_life() -> None:
    with pytest.raises(CalibrationError, match=r"does not come back|is not between"):
        fit_resilience(books(1, permanent=1.0), step_seconds=STEP)


def test_quotes_of_chosen_sizes_are_refused(shared_data: Path) -> None:
    ladder = read_depth(shared_data / "oneinch_quotes_2023" / "quotes.csv.gz")[0]
    with pytest.raises(CalibrationError, match="quotes of sizes that somebody chose"):
        fit_resilience(ladder, step_seconds=3600.0)
