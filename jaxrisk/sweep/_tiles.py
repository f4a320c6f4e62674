"""Tasks: whole chunks of a store, each of a few settings."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tiles:
    """How an array with one entry a setting is cut into chunks.

    Attributes:
        shape: Of the array.
        chunk: Of a chunk; the last one along an axis may be cut off.
    """

    shape: tuple[int, ...]
    chunk: tuple[int, ...]

    @classmethod
    def of(cls, shape: Sequence[int], most: int) -> "Tiles":
        """Chunks of at most so many settings, next to each other."""
        chunk: list[int] = []
        for size in reversed(shape):
            room = most // math.prod(chunk)
            chunk.insert(0, max(1, min(size, room)))
        # A chunk that does not fill an axis has one row of those before it.
        full = len(shape)
        while full and chunk[full - 1] == shape[full - 1]:
            full -= 1
        for axis in range(max(full - 1, 0)):
            chunk[axis] = 1
        return cls(tuple(shape), tuple(chunk))

    @property
    def counts(self) -> tuple[int, ...]:
        """Chunks along each axis."""
        pairs = zip(self.shape, self.chunk, strict=True)
        return tuple(-(-size // length) for size, length in pairs)

    @property
    def tasks(self) -> int:
        """Chunks in all."""
        return math.prod(self.counts)

    def place(self, task: int) -> tuple[int, ...]:
        """Numbers of a chunk along each axis."""
        return tuple(int(each) for each in np.unravel_index(task, self.counts))

    def region(self, task: int) -> tuple[slice, ...]:
        """Where a chunk lies: whole chunks, and nothing of another's."""
        region = tuple(
            slice(at * length, min((at + 1) * length, size))
            for at, length, size in zip(
                self.place(task), self.chunk, self.shape, strict=True
            )
        )
        for part, length, size in zip(region, self.chunk, self.shape, strict=True):
            assert part.start % length == 0
            assert part.stop % length == 0 or part.stop == size
        return region

    def settings(self, task: int) -> list[int]:
        """Numbers of the settings of a chunk, in the order of its entries."""
        ranges = [range(part.start, part.stop) for part in self.region(task)]
        index = np.array(list(itertools.product(*ranges)), np.int64).T
        numbers = np.ravel_multi_index(tuple(index), self.shape)
        return [int(number) for number in np.atleast_1d(numbers)]
