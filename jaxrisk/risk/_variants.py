"""The same system without some of its mechanisms, each replaced by a null object."""

from collections.abc import Callable, Iterable, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ..behaviour import NoProviders, NoSuppliers
from ..engine import System
from ..keeper import FixedLatency
from ..network import NoNetwork
from ..options import NoDealers
from ..oracle import InstantOracle
from ..perps import NoPerps
from ..venue import InfiniteVenue, build_venues


def without_liquidations(system: System) -> System:
    """Keepers who wait for ever: the book is left as it is until the horizon.

    What they sell cannot be taken from the market without taking it from them, so the
    liquidations themselves are off. Bad debt is then what the untouched book is short
    of at the horizon, and not what it would be if liquidations moved no price.
    """
    never = FixedLatency(steps=jnp.full_like(system.dt, jnp.inf))
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
    with jax.enable_x64(system.dt.dtype == np.float64):
        venues = build_venues(
            [(InfiniteVenue(), range(assets))],
            permanent_share=nothing,
            resilience=nothing,
            dt=1.0,
            dtype=system.dt.dtype,
        )
    return eqx.tree_at(lambda at: at.venues, system, venues)


def without_delay(system: System) -> System:
    """Contracts see the market's price at once."""
    return eqx.tree_at(lambda at: at.oracle, system, InstantOracle())


def without_claims(system: System) -> System:
    """What backs an asset never changes: no failure, loss or spiral marks it."""
    return eqx.tree_at(lambda at: at.network, system, NoNetwork())


def without_runs(system: System) -> System:
    """Suppliers and providers of liquidity stay, whatever happens."""
    return eqx.tree_at(
        lambda at: (at.suppliers, at.providers), system, (NoSuppliers(), NoProviders())
    )


def without_hedging(system: System) -> System:
    """Nobody hedges options, and there are no perpetual futures."""
    return without_perps(without_dealers(system))


Switches = Mapping[str, Callable[[System], System]]
"""How each of several parts of a system is taken away."""

MECHANISMS: Switches = {
    "liquidations": without_liquidations,
    "dealers": without_dealers,
    "perps": without_perps,
}
"""Who trades."""

CHANNELS: Switches = {
    "price": without_impact,
    "oracle": without_delay,
    "claim": without_claims,
    "run": without_runs,
    "hedging": without_hedging,
}
"""How trouble travels: by prices that sales move, by prices that contracts see late, by
what assets are claims on, by those who leave, by those who hedge."""


def present(system: System, switches: Switches = MECHANISMS) -> frozenset[str]:
    """Which of the switches change anything."""
    return frozenset(
        name
        for name, off in switches.items()
        if not bool(eqx.tree_equal(off(system), system))
    )


def variant(
    system: System, on: Iterable[str], switches: Switches = MECHANISMS
) -> System:
    """The system with only these of the parts that the switches take away."""
    for name in sorted(frozenset(switches) - frozenset(on)):
        system = switches[name](system)
    return system
