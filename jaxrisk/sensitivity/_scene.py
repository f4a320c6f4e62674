"""From shifts of parameters to systems."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import jax
import numpy as np

from ..config import Parameter, build_system, shifted
from ..engine import System
from ..run import Model
from ._relever import relevered
from ._tally import Bumps


Response = Literal["fixed", "relevered"]
"""What borrowers do when limits change."""


@dataclass(frozen=True)
class Scene:
    """From shifts of parameters to systems, with the cohorts of the unchanged book."""

    model: Model
    response: Response

    def exact(self, parameter: Parameter, shift: float) -> System:
        """In float64, for a difference of builders."""
        with jax.enable_x64(True):
            return self.system([(parameter, shift)], np.dtype(np.float64))

    def system(
        self,
        shifts: Sequence[tuple[Parameter, float]],
        dtype: np.dtype | None = None,
    ) -> System:
        """With all shifts at once; in the config's precision if none is given."""
        before = after = self.model.config
        for parameter, shift in shifts:
            after = shifted(after, parameter, shift)
        book = self.model.book
        if self.response == "relevered":
            book = relevered(book, before, after)
        return build_system(after, book, dtype=dtype)

    def bumps(self, parameter: Parameter, reach: tuple[float, float]) -> Bumps:
        """A wide pair, and a narrow one unless only whole steps do anything."""
        down, up = reach
        halvings = (1.0,) if parameter.whole_steps else (1.0, 0.5)
        return Bumps(
            reach,
            tuple(
                (
                    self.system([(parameter, -down * part)]),
                    self.system([(parameter, up * part)]),
                )
                for part in halvings
            ),
        )


def reach_of(parameter: Parameter, width: float | None) -> tuple[float, float]:
    """How far down and up: as far on both sides, or on one where bounds are near."""
    half = parameter.half_width
    if width is not None and not parameter.whole_steps:
        half = width
    # A bound itself may be out of bounds: a delay of no step is no delay.
    down, up = (room > half * (1 + 1e-9) for room in parameter.room)
    return (half if down or not up else 0.0, half if up or not down else 0.0)
