r"""How strongly forced sales answer to a fall of prices.

.. math:: \gamma(x) = \frac{F(x + dx) - F(x)}{dx}

with F(x) the fall of an asset's log price that is caused by selling what can be
liquidated after its price, and those of assets pegged to it, have fallen by x. Above
one a fall feeds itself, and the slopes of paths grow with every step.
"""

import jax.numpy as jnp
import numpy as np

from .._numerics import total
from ..engine import System
from ..lending import part_below
from ..venue import VenueState


FALLS = np.arange(0.0, 0.81, 0.04)
"""Log falls: buckets of 4 %."""


def cascade_gain(system: System) -> np.ndarray:
    """Largest gain of every asset over the buckets [ratio]."""
    lift = np.asarray(system.prices.lift)
    return np.array([_gain(system, number, lift) for number in range(len(lift))])


def _gain(system: System, asset: int, lift: np.ndarray) -> float:
    start = np.asarray(system.prices.anchor) + lift @ np.asarray(system.prices.initial)
    falls = np.outer(lift[:, asset], FALLS)
    price = jnp.asarray(np.exp(start[:, None] - falls), system.dt.dtype)
    price = system.instruments.priced(system.instruments.init(price), price)
    sold = _sales(system, price)
    venues = VenueState(inventory=sold / price, permanent=jnp.zeros_like(price))
    fall = -np.asarray(system.venues.displacement(venues, price), np.float64)[asset]
    return float(np.max(np.diff(fall) / np.diff(FALLS), initial=0.0))


def _sales(system: System, price: jnp.ndarray) -> jnp.ndarray:
    """USD by asset of what one liquidation of all that is below one would seize."""
    accounts, listing = system.accounts, system.listing
    instruments, state = system.instruments, system.instruments.init(price)
    here = listing.from_assets(price)
    counted = here * listing.from_assets(instruments.counted(state, price))
    kept, owed = accounts.start(price.shape[1])
    part = part_below(
        accounts, kept, owed, accounts.ratio(accounts.weighted, counted, here)
    )
    values = accounts.value(part, counted, here, here)
    closing = system.close_factor.closing(accounts, values, part.members)
    share = jnp.where(values.health < 1, part.kept * closing.seized, 0)
    sold = listing.to_assets(here * total(accounts.keepers, accounts.by_account(share)))
    return sold + price * instruments.hedged(state, sold / price, price)
