"""V12: dealers who hedge move the price that they hedge at."""

from collections.abc import Iterator

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float64

from .._typing import PerDealer
from ..options import (
    AbstractHedging,
    Dealers,
    DeltaTable,
    FlatSurface,
    ImplicitHedging,
    IntervalHedging,
    NoDealers,
    OptionBook,
    StickyStrike,
)
from ..process import AssetModel
from ..venue import PowerLawVenue
from ._closed_forms import YEAR
from ._position import single_market_book
from ._row import Check
from ._scene import Scene, outcome


PATHS, SEED, STEPS = 16_384, 12, 24
KIND = np.dtype(np.float32)
TOLERANCE = 0.002
"""Of a ratio: what is not linear in a move, and what the table rounds."""
DEPTH, IMPACT = 1e8, 0.01
"""Sales [USD] that move the log price by so much for good."""
VOLATILITY = 0.6
STRIKES = np.exp(np.linspace(-4.0, 4.0, 801))
"""A hundred to the log unit: the deviation of an option of a year is sixty apart."""


def hedging_feedback() -> Iterator[Check]:
    r"""Volatility with dealers over that without, on the same draws.

    Dealers are short of a strip of options of a year that has the gamma of a log
    contract, so that a unit of log price has them trade the same USD at any price:
    with a linear venue the feedback k is the same everywhere. Hedged at once, a move z
    of the others ends as z/(1 - k), and as z/(1 + k) where they are long.

    Hedged once a step at the price seen before the own trade, returns between hedges
    follow :math:`u' = z + k u`, and a shock is in the price m steps later by
    :math:`1 + k + \dots + k^{m+1}`: its own, and what has been hedged since.
    """
    calm = _log_price(0.0, ImplicitHedging())
    for size in (0.05, 0.1, 0.25, 0.5):
        for feedback, who in ((size, "short"), (-size, "long")):
            ratio = 1 / (1 - feedback)
            found = _log_price(feedback, ImplicitHedging())
            label = f"at once, {who} gamma, k = {size}"
            yield _ratio(label, ratio, found, calm, TOLERANCE * ratio)
    for feedback in (0.25, 0.5, -0.5):
        later = np.arange(1, STEPS + 1)
        weight = (1 - feedback ** (later + 1)) / (1 - feedback)
        ratio = float(np.sqrt((weight**2).mean()))
        found = _log_price(feedback, IntervalHedging(every=1))
        who = "short" if feedback > 0 else "long"
        label = f"once a step, {who} gamma, k = {abs(feedback)}"
        yield _ratio(label, ratio, found, calm, TOLERANCE * ratio)


def _ratio(
    label: str,
    expected: float,
    found: Float64[np.ndarray, " path"],
    calm: Float64[np.ndarray, " path"],
    tolerance: float,
) -> Check:
    ratio = found.std() / calm.std()
    apart = 1 - np.corrcoef(found, calm)[0, 1] ** 2
    error = ratio * np.sqrt(max(apart, 0.0) / calm.size)
    return Check(f"volatility, {label}", expected, ratio, tolerance, float(error))


def _log_price(
    feedback: float, hedging: AbstractHedging
) -> Float64[np.ndarray, " path"]:
    """Log prices after all steps."""
    system = log_contract_scene(feedback, hedging).build(KIND)
    found = outcome(system, paths=PATHS, seed=SEED)
    return np.log(found.final_price[0].astype(np.float64))


def log_contract_scene(
    feedback: float, hedging: AbstractHedging, *, steps: int = STEPS
) -> Scene:
    """An asset whose dealers' hedge feeds back by so much, at any price."""
    dealers = log_contract_dealers(feedback, hedging, steps)
    # An account that is never liquidated: a market has at least one.
    book = single_market_book(np.array([1.0, 0.0]), np.array([[0.0], [0.01]]))
    return Scene(
        asset=AssetModel(price=1.0, volatility=VOLATILITY),
        book=book,
        steps=steps,
        dt=1 / (24 * YEAR),
        venue=PowerLawVenue(
            depth=jnp.array([DEPTH], KIND),
            move_at_depth=jnp.array([IMPACT], KIND),
            exponent=jnp.array([1.0], KIND),
        ),
        permanent_share=1.0,
        dealers=dealers if feedback else NoDealers(),
    )


def log_contract_dealers(
    feedback: float, hedging: AbstractHedging, steps: int
) -> Dealers:
    """Dealers short of a log contract, as a strip of calls; long if below zero."""
    tokens = feedback * DEPTH / IMPACT
    spacing = np.log(STRIKES[1] / STRIKES[0])
    table = DeltaTable.of(
        [
            OptionBook(
                strike=STRIKES,
                expiry=np.ones(STRIKES.size),
                is_call=np.ones(STRIKES.size, bool),
                position=-tokens * spacing / STRIKES,
            )
        ],
        [FlatSurface(VOLATILITY)],
        [StickyStrike()],
        spot=np.ones(1),
        steps=steps,
        dt=1 / (24 * YEAR),
        levels=np.ones(1),
    )

    def one(value: float) -> PerDealer:
        return jnp.array([value], KIND)

    return Dealers(
        table=table,
        hedging=hedging,
        price=one(1.0),
        variance=one(VOLATILITY**2),
        memory=one(0.9),
        weight=one(0.0),
        assets=(0,),
    )
