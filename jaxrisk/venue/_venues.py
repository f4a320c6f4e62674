"""All venues of all assets, and the price impact they leave behind: its one home."""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._typing import AssetPath, PerAsset
from ._base import AbstractVenue


class VenueState(eqx.Module):
    """Impact that is still there."""

    inventory: AssetPath  # sold to the venue and not yet taken off it [token]
    permanent: AssetPath  # [log]


class Venues(eqx.Module):
    """One venue an asset, grouped by kind."""

    kinds: tuple[AbstractVenue, ...]
    rows: tuple[tuple[int, ...], ...] = eqx.field(static=True)
    permanent_share: PerAsset  # of the impact [ratio]
    decay: PerAsset  # of the inventory in a step [ratio]

    def init(self, paths: int) -> VenueState:
        """No impact."""
        nothing = jnp.zeros((self.decay.shape[0], paths), self.decay.dtype)
        return VenueState(inventory=nothing, permanent=nothing)

    def relax(self, state: VenueState) -> VenueState:
        """Let one step of resilience pass."""
        inventory = state.inventory * self.decay[:, None]
        return VenueState(inventory=inventory, permanent=state.permanent)

    def displacement(self, state: VenueState, mid: AssetPath) -> AssetPath:
        """Log of the marginal price over mid."""
        return self._each(lambda venue: venue.displacement, state.inventory, mid)

    def proceeds(self, state: VenueState, sold: AssetPath, mid: AssetPath) -> AssetPath:
        """USD received for what is sold, net of what is paid for what is bought."""
        return self._each(lambda venue: venue.proceeds, state.inventory, sold, mid)

    def room(self, state: VenueState, move: AssetPath, mid: AssetPath) -> AssetPath:
        """Tokens whose sale moves the log price by `move`."""
        return self._each(lambda venue: venue.room, state.inventory, move, mid)

    def clear(self, state: VenueState, sold: AssetPath, mid: AssetPath) -> VenueState:
        """Take a net order flow [token]; part of its impact stays for good."""
        after = state.inventory + sold
        move = self._each(lambda venue: venue.displacement, after, mid)
        share = self.permanent_share[:, None]
        return VenueState(
            inventory=state.inventory + (1 - share) * sold,
            permanent=state.permanent + share * (move - self.displacement(state, mid)),
        )

    def only(self, assets: tuple[int, ...]) -> "Venues":
        """The venues of some assets, in this order."""
        kinds: list[AbstractVenue] = []
        rows: list[tuple[int, ...]] = []
        for kind, own in zip(self.kinds, self.rows, strict=True):
            here = [place for place, asset in enumerate(assets) if asset in own]
            if here:
                places = np.array([own.index(assets[place]) for place in here])
                kinds.append(jax.tree.map(lambda leaf, at=places: leaf[at], kind))
                rows.append(tuple(here))
        wanted = np.array(assets, np.int64)
        return Venues(
            kinds=tuple(kinds),
            rows=tuple(rows),
            permanent_share=self.permanent_share[wanted],
            decay=self.decay[wanted],
        )

    def _each(
        self,
        method: Callable[[AbstractVenue], Callable[..., AssetPath]],
        *values: AssetPath,
    ) -> AssetPath:
        """Ask every kind about its own assets, and put the answers back in order."""
        if len(self.kinds) == 1:
            return method(self.kinds[0])(*values)
        answers = [
            method(kind)(*(value[np.array(rows)] for value in values))
            for kind, rows in zip(self.kinds, self.rows, strict=True)
        ]
        order = np.argsort(np.concatenate([np.array(rows) for rows in self.rows]))
        return jnp.concatenate(answers)[order]


def build_venues(
    kinds: Sequence[tuple[AbstractVenue, Sequence[int]]],
    *,
    permanent_share: np.ndarray,
    resilience: np.ndarray,
    dt: float,
    dtype: np.dtype,
) -> Venues:
    """Assemble venues.

    Args:
        kinds: Venues of one kind with the indices of their assets; every asset once.
        permanent_share: [asset] ratio.
        resilience: [asset], rate at which inventory is taken off [a year].
        dt: Length of a step [year].
        dtype: Of the arrays on the device.
    """
    rows = [tuple(int(row) for row in indices) for _, indices in kinds]
    if sorted(sum(rows, ())) != list(range(len(permanent_share))):
        raise ValueError(f"Every asset needs exactly one venue; got rows {rows}.")
    if len(rows) == 1 and rows[0] != tuple(range(len(permanent_share))):
        raise ValueError("Give the assets of a single kind in the order of the assets.")
    return Venues(
        kinds=tuple(venue for venue, _ in kinds),
        rows=tuple(rows),
        permanent_share=jnp.asarray(permanent_share, dtype),
        decay=jnp.asarray(np.exp(-resilience * dt), dtype),
    )
