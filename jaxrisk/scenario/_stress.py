r"""A stress in numbers: a vector, so that stresses add up and have a size.

Everything is kept as a log: of what is left of a price, of depth, of volatility, of
what correlation misses to one, of gas. The sum of two stresses is then both at once
(falls of 30 % and 20 % leave 0.7 * 0.8 of a price), twice a stress is that stress and
again, half of it is what must come twice. Hours in which an oracle is frozen add up as
they are. So the order of scenarios says nothing, every size is possible, and size zero
is nothing at all.
"""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float64


ByAsset = Float64[np.ndarray, " asset"]
Moves = Float64[np.ndarray, "step asset"]


@dataclass(frozen=True)
class Stress:
    """What is done to a system.

    Attributes:
        moves: Of every asset against what it follows, in each step [log].
        depth: Of the venues, over what they are [log].
        frozen: Steps in which an oracle stands still.
        volatility: Of all moves that are drawn, over what it is [log]; minus infinity
            for none.
        independence: One less the correlations among base assets, over what it is
            [log].
        gas: Over what it costs [log].
        start: Step in which oracles freeze.
    """

    moves: Moves
    depth: ByAsset
    frozen: ByAsset
    volatility: float = 0.0
    independence: float = 0.0
    gas: float = 0.0
    start: int = 0

    @classmethod
    def none(cls, *, steps: int, assets: int) -> "Stress":
        """Nothing happens."""
        nothing = np.zeros(assets)
        return cls(np.zeros((steps, assets)), nothing, nothing)

    def __add__(self, other: "Stress") -> "Stress":
        """Both at once; oracles freeze at the earlier of the two times."""
        starts = [each.start for each in (self, other) if each.frozen.any()]
        sums = {
            name: getattr(self, name) + getattr(other, name) for name in self._sizes()
        }
        return Stress(**sums, start=min(starts, default=0))

    def __mul__(self, size: int | float) -> "Stress":
        """So many times; none at all at zero.

        Raises:
            ValueError: The size is below zero.
        """
        if size < 0:
            raise ValueError(f"A size of {size:g}: a stress has no opposite. Give 0.")
        if not size:
            return Stress.none(steps=self.moves.shape[0], assets=self.depth.size)
        sized = {name: getattr(self, name) * size for name in self._sizes()}
        return Stress(**sized, start=self.start)

    @staticmethod
    def _sizes() -> list[str]:
        return [each.name for each in fields(Stress) if each.name != "start"]
