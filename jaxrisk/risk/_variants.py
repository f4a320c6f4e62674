"""The same system without some of its mechanisms, each replaced by a null object."""

from collections.abc import Callable, Iterable

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from ..engine import System
from ..keeper import FixedLatency
from ..options import NoDealers
from ..perps import NoPerps
from ..venue import InfiniteVenue, build_venues


def without_liquidations(system: System) -> System:
    """Keepers who wait for ever: the book is left as it is until the horizon.

    What they sell cannot be taken from the market without taking it from them, so the
    liquidations themselves are off. Bad debt is then what the untouched book is short
    of at the horizon, and not what it would be if liquidations moved no price.
    """
    never = FixedLatency(steps=jnp.asarray(jnp.inf, system.dt.dtype))
    return eqx.tree_at(lambda at: at.latency, system, never)


def without_dealers(system: System) -> System:
    """Nobody hedges options."""
    return eqx.tree_at(lambda at: at.dealers, system, NoDealers())


def without_perps(system: System) -> System:
    """No perpetual futures."""
    return eqx.tree_at(lambda at: at.perps, system, NoPerps())


def without_impact(system: System) -> System:
    """Everybody trades as before, and no price moves by it."""
    assets = system.venues.decay.shape[0]
    nothing = np.zeros(assets)
    venues = build_venues(
        [(InfiniteVenue(), range(assets))],
        permanent_share=nothing,
        resilience=nothing,
        dt=1.0,
        dtype=system.dt.dtype,
    )
    return eqx.tree_at(lambda at: at.venues, system, venues)


OFF: dict[str, Callable[[System], System]] = {
    "liquidations": without_liquidations,
    "dealers": without_dealers,
    "perps": without_perps,
}
"""How each mechanism is taken away."""


def present(system: System) -> frozenset[str]:
    """Mechanisms that a system has. It always has a book to liquidate."""
    absent = set()
    if isinstance(system.dealers, NoDealers):
        absent.add("dealers")
    if isinstance(system.perps, NoPerps):
        absent.add("perps")
    return frozenset(OFF) - absent


def variant(system: System, on: Iterable[str]) -> System:
    """The system with these mechanisms alone."""
    for name in sorted(present(system) - frozenset(on)):
        system = OFF[name](system)
    return system
