"""V20 and V21: what providers lose and leave, and what loops multiply."""

import math
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from ..behaviour import (
    Providers,
    ProviderState,
    drop_to_liquidation,
    impermanent_loss,
    loop,
)
from ..engine import walk
from ..process import AssetModel
from ..venue import ConstantProductVenue
from ._closed_forms import YEAR, loops_to_leverage
from ._row import Check
from ._scene import gaussian_prices


VOLATILITY, DAYS = 0.9, 30
PATHS, SEED, STEPS = 100_000, 20, 30
LOOPS = ((1, 1.8), (3, 2.952), (5, 3.6893), (10, 4.5705))


def liquidity_providers() -> Iterator[Check]:
    """Impermanent loss, its mean under a martingale, and depth that was withdrawn."""
    with jax.enable_x64(True):
        for ratio, literal in ((2.0, -0.057191), (0.5, -0.057191), (4.0, -0.2)):
            closed = 2 * math.sqrt(ratio) / (1 + ratio) - 1
            label = f"impermanent loss at a price ratio of {ratio:g} [ratio]"
            yield Check(f"closed form: {label}", literal, closed, 5.01e-7)
            found = impermanent_loss(jnp.log(jnp.asarray(ratio))).item()
            yield Check(label, closed, found, 1e-14)
    yield _mean_worth()
    with jax.enable_x64(True):
        yield from _withdrawn(gone=0.35)


def _mean_worth() -> Check:
    r"""A pool position under geometric Brownian motion without drift.

    Its worth is :math:`\frac{1 + r}{2} (1 + IL(r)) = \sqrt r`, of which the mean is
    :math:`e^{-\sigma^2 T / 8}`.
    """
    years = DAYS / YEAR
    expected = math.exp(-(VOLATILITY**2) * years / 8)
    prices = gaussian_prices(
        [AssetModel(price=2000.0, volatility=VOLATILITY)],
        np.eye(1),
        dt=years / STEPS,
        dtype=np.dtype(np.float32),
    )
    runs = walk(prices, paths=PATHS, seed=SEED, steps=STEPS)
    ratio = np.concatenate([np.asarray(one.final)[0] for one in runs]) / 2000.0
    ratio = ratio.astype(np.float64)
    loss = np.asarray(impermanent_loss(jnp.log(jnp.asarray(ratio, jnp.float32))))
    worth = (1 + ratio) / 2 * (1 + loss.astype(np.float64))
    return Check(
        f"mean worth of a position after {DAYS} days over its start [ratio]",
        expected,
        float(worth.mean()),
        1e-6,
        standard_error=float(worth.std() / math.sqrt(worth.size)),
    )


def _withdrawn(*, gone: float) -> Iterator[Check]:
    """A constant product pool of which a fraction has been withdrawn."""
    pool, small = (_pool(1e6), _pool((1 - gone) * 1e6))
    providers, state = _left(1 - gone)
    mid, inventory = jnp.full((1, 1), 2500.0), jnp.full((1, 1), 20.0)
    order, move = jnp.full((1, 1), 40.0), jnp.full((1, 1), -0.02)
    scaled = (1 - gone) * inventory
    yield Check(
        "price after the withdrawal [log]",
        pool.displacement(inventory, mid).item(),
        small.displacement(scaled, mid).item(),
        1e-14,
        note="the inventory shrinks with the depth",
    )
    onto = providers.onto_venue(state, order)
    paid = providers.from_venue(state, pool.proceeds(inventory, onto, mid))
    expected = small.proceeds(scaled, order, mid).item()
    yield Check(
        f"proceeds at {1 - gone:.0%} of the depth [USD]", expected, paid.item(), 1e-6
    )
    room = providers.from_venue(state, pool.room(inventory, move, mid)).item()
    whole = pool.room(inventory, move, mid).item()
    yield Check(
        "room for 2 % over that before the withdrawal [ratio]",
        1 - gone,
        room / whole,
        1e-14,
    )


def _pool(quote: float) -> ConstantProductVenue:
    return ConstantProductVenue(
        quote_reserve=jnp.array([quote]),
        initial_price=jnp.array([2500.0]),
        fee=jnp.array([0.003]),
    )


def _left(share: float) -> tuple[Providers, ProviderState]:
    """Providers of one venue, of whom a share is left."""
    one = jnp.ones(1)
    providers = Providers(*(one,) * 8)
    full = providers.init(jnp.zeros((1, 1)))
    state = ProviderState(
        depth=share * full.depth,
        variance=full.variance,
        seen=full.seen,
        entry=full.entry,
    )
    return providers, state


def recursive_loops() -> Iterator[Check]:
    """Multipliers of n loops at a loan-to-value of 0.8, and how far they may fall."""
    for loops, literal in LOOPS:
        summed = sum(0.8**k for k in range(loops + 1))
        label = f"collateral over equity after {loops} loops [ratio]"
        yield Check(f"closed form: {label}", literal, summed, 5.01e-5)
        position = loop(250.0, 0.8, loops)
        yield Check(label, summed, position.multiple, 1e-12)
        yield Check(
            f"equity after {loops} loops [USD]",
            250.0,
            position.collateral - position.debt,
            1e-10,
        )
    fall = drop_to_liquidation(12.0, 0.95)
    yield Check("fall to liquidation of 12x at 0.95 [ratio]", 0.035088, fall, 5.01e-7)
    collateral, debt = loops_to_leverage(12.0)
    healed = 0.95 * collateral * (1 - fall) / debt
    yield Check("health after that fall [ratio]", 1.0, healed, 1e-12)
