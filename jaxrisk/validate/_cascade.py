"""V22: liquidations that cause liquidations."""

import math
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from ..engine import System, record
from ..process import AssetModel
from ..venue import PowerLawVenue
from ._closed_forms import YEAR
from ._position import FLOAT64, Rules, single_market_book
from ._row import Check
from ._scene import Scene


DEBT, THRESHOLD, BONUS = 1e6, 0.5, 0.05
SHOCK = 1e-8  # [log]: the book is linear up to terms of this relative size


def linear_cascade() -> Iterator[Check]:
    r"""Total move of a price over the shock that started it: 1/(1 - n).

    One account stands at health 1 exactly, and liquidation restores health to 1. After
    a log fall f its weighted collateral is short by f D, so that keepers repay
    f D / (1 - T(1+b)) and sell (1+b) times that: the liquidatable value per unit of log
    price is

    .. math:: \Lambda = \frac{(1+b) D}{1 - T(1+b)}

    Sold into a linear venue that moves Y per `depth` for good, it is a further fall of
    n f with :math:`n = \Lambda Y / depth`. The oracle publishes at once, the next round
    sees that fall, and the sum is geometric. At n >= 1 it has none: the fall
    grows by n every round, until so much debt is repaid that n falls below 1, or until
    nothing is left to sell; the last row starts at an n at which nothing is left.
    """
    with jax.enable_x64(True):
        for branching, literal in ((0.1, 1.111), (0.5, 2.0), (0.8, 5.0)):
            formula = 1 / (1 - branching)
            label = f"n = {branching}"
            yield Check(
                f"closed form: move over shock, {label}", literal, formula, 2e-4
            )
            after = record(_system(branching), seed=0, paths=np.arange(1))
            move = -math.log(after.info.price[-1, 0, 0]) / SHOCK
            yield Check(f"move over shock, {label}", formula, move, 1e-6 * formula)
        after = record(_system(5.0), seed=0, paths=np.arange(1))
        left = float(after.kept[0, 0])
        yield Check("collateral left, n = 5 [ratio]", 0.0, left, 0.0)


def _system(branching: float) -> System:
    sold = (1 + BONUS) * DEBT / (1 - THRESHOLD * (1 + BONUS))
    dt = 1 / YEAR
    return Scene(
        asset=AssetModel(price=1.0, volatility=0.0, trend=-SHOCK / dt),
        book=single_market_book(np.array([DEBT / THRESHOLD]), np.array([[DEBT]])),
        steps=1,
        dt=dt,
        threshold=THRESHOLD,
        bonus=BONUS,
        rules=Rules(1.0, target_health=1.0),
        venue=PowerLawVenue(
            depth=jnp.array([sold / branching], FLOAT64),
            move_at_depth=jnp.array([1.0], FLOAT64),
            exponent=jnp.array([1.0], FLOAT64),
        ),
        permanent_share=1.0,
        rounds=120,
    ).build(FLOAT64)
