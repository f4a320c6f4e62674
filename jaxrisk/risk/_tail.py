"""The worst paths, exactly and by name, in memory that does not grow with the rest."""

import math

import numpy as np
from jaxtyping import Float64, Int64


Losses = Float64[np.ndarray, " path"]
Identities = Int64[np.ndarray, " path"]


class Tail:
    """The `depth` largest losses of a stream and the paths that suffered them.

    Of equal losses the lower path number is kept, so the tail is a function of the set
    of paths alone, whatever the order and the pieces they arrive in. Candidates gather
    until they are twice the tail, and are then cut back; the cost of a path falls as
    the stream goes on, because fewer and fewer enter.
    """

    def __init__(self, depth: int) -> None:
        """Start empty.

        Args:
            depth: Paths to keep, at least one.
        """
        self._depth = depth
        self.count = 0
        self._loss = np.empty(0)
        self._path = np.empty(0, np.int64)
        self._floor = (-np.inf, np.iinfo(np.int64).max)

    def push(self, loss: Losses, path: Identities) -> None:
        """Add paths.

        Args:
            loss: Loss of each path [USD], finite.
            path: Number of each path.
        """
        self.count += path.size
        value, last = self._floor
        enters = (loss > value) | ((loss == value) & (path < last))
        if not enters.any():
            return
        self._loss = np.concatenate([self._loss, loss[enters]])
        self._path = np.concatenate([self._path, path[enters]])
        if self._loss.size >= 2 * self._depth:
            self._cut()

    def _cut(self) -> None:
        order = np.lexsort((self._path, -self._loss))[: self._depth]
        self._loss, self._path = self._loss[order], self._path[order]
        if self._loss.size == self._depth:
            self._floor = (float(self._loss[-1]), int(self._path[-1]))

    def worst(self) -> tuple[Losses, Identities]:
        """Losses in falling order, and their paths."""
        self._cut()
        return self._loss, self._path

    def share(self, beyond: float) -> Identities:
        """The worst paths, this share of all [ratio]; at least one if there are any."""
        # A share is rarely a binary number: forgive its rounding error.
        wanted = math.ceil(self.count * (beyond - 1e-9))
        return self.worst()[1][: max(wanted, 1)]
