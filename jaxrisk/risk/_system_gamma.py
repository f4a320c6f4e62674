r"""How forced flow answers to price: system delta, system gamma and feedback.

With q(x) what a mechanism has sold [token] once the log price has moved by x, and p(x)
the price there,

.. math:: F = p\,q, \qquad \Delta = p\,q', \qquad \Gamma = \Delta', \qquad
    k = \Delta \frac{\partial \ln p}{\partial \mathrm{USD}}

are the flow at the moved price, the USD sold for a further unit of log price, how that
changes, and the part of a move that the mechanism adds to it. Sales are positive: who
sells into a fall has a delta below zero, and a feedback above. Feedbacks of one price
add up, and a move z of everybody else ends as z/(1 - k), to first order in z.

Every slope is found in two ways. The derivative of the formulae is what an optimizer
sees: exact where amounts follow the price (a hedge, a cohort), and blind to thresholds,
where a single account or a rung of leverage falls due all at once. A macroscopic bump
sees both, smeared over its width. Where they differ a threshold is near.
"""

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float64

from ..engine import System
from ..venue import VenueState
from ._forced_flow import MECHANISMS, Moves, moved_prices


PerMove = Float64[np.ndarray, " move"]
ByMove = Float64[np.ndarray, "mechanism move"]
Sold = Float[Array, "mechanism move"]

MOVES = np.linspace(-0.5, 0.5, 51)
"""Log moves at which profiles are reported."""

BUMP = 0.02
"""Half-width of the macroscopic differences [log]."""

LEAST_TRADE = 1.0
"""USD over which impact is measured where nobody trades."""


@dataclass(frozen=True)
class Slopes:
    """System delta and gamma, found in one way.

    Attributes:
        delta: USD sold for a unit of log price.
        gamma: Its slope in log price [USD].
        feedback: Log price lost for one that was lost [ratio].
    """

    delta: ByMove
    gamma: ByMove
    feedback: ByMove

    @property
    def system_delta(self) -> PerMove:
        """Of all mechanisms together [USD]."""
        return self.delta.sum(axis=0)

    @property
    def system_gamma(self) -> PerMove:
        """Of all mechanisms together [USD]."""
        return self.gamma.sum(axis=0)

    @property
    def system_feedback(self) -> PerMove:
        """Of all mechanisms together [ratio]."""
        return self.feedback.sum(axis=0)

    @property
    def amplification(self) -> PerMove:
        """Move over the shock that started it, 1/(1 - n); infinite from n = 1 on."""
        rest = 1 - self.system_feedback
        return np.where(rest > 0, 1 / np.where(rest > 0, rest, 1), np.inf)


@dataclass(frozen=True)
class SystemProfile:
    """Forced flow of every mechanism at every move of a price.

    Attributes:
        mechanisms: Names of the rows.
        moves: Log moves x.
        flow: Sold in all, at the moved price [USD].
        impact: Log price lost by a USD sold, at every move.
        automatic: By differentiating the formulae.
        bumped: By central differences.
        bump: Their half-width [log].
    """

    mechanisms: tuple[str, ...]
    moves: PerMove
    flow: ByMove
    impact: PerMove
    automatic: Slopes
    bumped: Slopes
    bump: float

    @property
    def system_flow(self) -> PerMove:
        """Sold by all mechanisms together [USD]."""
        return self.flow.sum(axis=0)


def system_profile(
    system: System, asset: int, moves: PerMove = MOVES, *, bump: float = BUMP
) -> SystemProfile:
    """Forced flow of borrowers, dealers and perpetuals if a price moved at once.

    What follows the asset moves with it. In float64, whatever the system's precision.
    Costs some ten passes over the book for every move, none of them over time.

    Args:
        system: At its start.
        asset: Whose price moves, and whose sales are counted.
        moves: Log moves x from the price of the start.
        bump: Half-width of the macroscopic differences [log].

    Raises:
        ValueError: If there is no such asset, or the bump is not above zero.
    """
    count = system.venues.decay.shape[0]
    if not 0 <= asset < count:
        raise ValueError(
            f"asset is {asset} and there are {count} assets: count them from zero."
        )
    if not bump > 0:
        raise ValueError(f"bump is {bump}: give a half-width above zero, such as 0.02.")
    with jax.enable_x64(True):
        precise = jax.tree.map(_as_double, system)
        found = _profile(precise, asset, jnp.asarray(moves), jnp.asarray(bump))
        flow, impact, automatic, bumped = jax.tree.map(np.asarray, found)
    return SystemProfile(
        mechanisms=tuple(MECHANISMS),
        moves=moves,
        flow=flow,
        impact=impact,
        automatic=_slopes(automatic, impact),
        bumped=_slopes(bumped, impact),
        bump=bump,
    )


@eqx.filter_jit
def _profile(
    system: System, asset: int, moves: Moves, bump: Float[Array, ""]
) -> tuple[Sold, Moves, tuple[Sold, Sold], tuple[Sold, Sold]]:
    """Flow, impact, and (delta, gamma) by derivatives and by differences."""

    def price(at: Moves) -> Moves:
        return moved_prices(system, asset, at)[asset]

    def sold(at: Moves) -> Sold:
        return jnp.stack([each.sold(system, asset, at) for each in MECHANISMS.values()])

    def delta(at: Moves) -> Sold:
        slopes = [each.slope(system, asset, at) for each in MECHANISMS.values()]
        return price(at)[None] * jnp.stack(slopes)

    automatic = jax.jvp(delta, (moves,), (jnp.ones_like(moves),))
    three = sold(jnp.concatenate([moves - bump, moves, moves + bump]))
    down, here, up = jnp.split(three, 3, axis=1)
    rising, falling = price(moves + bump / 2), price(moves - bump / 2)
    bumped = (
        price(moves)[None] * (up - down) / (2 * bump),
        (rising[None] * (up - here) - falling[None] * (here - down)) / bump**2,
    )
    traded = jnp.abs(up - down).sum(axis=0)
    known = jnp.nan_to_num(traded)
    impact = _impact(system, asset, moved_prices(system, asset, moves), known)
    return price(moves)[None] * here, impact, automatic, bumped


def _impact(
    system: System, asset: int, price: Float[Array, "asset move"], traded: Moves
) -> Moves:
    """Log price lost by a USD sold, as a chord over so many tokens about none."""
    mid = price[asset]
    half = jnp.maximum(traded, LEAST_TRADE / mid) / 2
    ends = []
    for inventory in (-half, half):
        held = jnp.zeros_like(price).at[asset].set(inventory)
        state = VenueState(inventory=held, permanent=jnp.zeros_like(price))
        ends.append(system.venues.displacement(state, price)[asset])
    return (ends[0] - ends[1]) / (2 * half * mid)


def _as_double(leaf: Array) -> Array:
    is_real = jnp.issubdtype(leaf.dtype, jnp.floating)
    return leaf.astype(jnp.float64) if is_real else leaf


def _slopes(found: tuple[np.ndarray, np.ndarray], impact: PerMove) -> Slopes:
    delta, gamma = found
    # Sales are positive, and a fall is negative: who sells into it adds to it.
    return Slopes(delta=delta, gamma=gamma, feedback=-delta * impact)
