"""Random numbers with an address, not a history.

The number at (seed, path, step, stream, index) is a function of these five alone: the
counter of a counter-based generator. Block size, device count and the order of work
cannot change it, common random numbers are free, and any path can be replayed alone.

The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: Parallel
random numbers: as easy as 1, 2, 3; SC 2011), written out so that XLA fuses it into the
step: on a CPU that is 3.5 times as fast as `jax.random.normal` (design: performance,
section 2).
"""

import enum

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, UInt32

from ._normal import normal_at
from ._typing import Word


class Stream(enum.IntEnum):
    """Who draws. Append only: a new stream must not move the others."""

    PRICE = 0
    MIXING = 1
    REGIME = 2
    JUMP_COUNT = 3
    JUMP_SIZE = 4
    FAILURE = 5
    DEFAULT = 6
    OBLIGATION = 7


MAX_STEPS = 1 << 16
"""Steps that an address can hold."""

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


class Draw(eqx.Module):
    """The random numbers of some paths at one step.

    A barrier follows every draw: without it XLA's code for GPUs may draw anew for each
    use. XLA's CPU compiler drops barriers before it fuses (jaxlib 0.10), and there it
    is the matrix product behind a draw that keeps it from that: written out as sums the
    same product takes some 50 times as long.

    Args:
        seed: Low and high word of the seed.
        path: Global path numbers.
        step: Step number, below `MAX_STEPS`.
    """

    seed: UInt32[Array, " 2"]
    path: UInt32[Array, " path"]
    step: UInt32[Array, ""]

    def uniform(self, stream: Stream, count: int) -> Float[Array, "count path"]:
        """Uniform on (0, 1): 2^23 midpoints, exact in float32, ends excluded."""
        odd = (self._words(stream, count) >> 9).astype(jnp.int32) * 2 + 1
        return lax.optimization_barrier(odd.astype(jnp.float32) * (2.0**-24))

    def fine_uniform(self, stream: Stream, count: int) -> Float[Array, "count path"]:
        """Uniform on (0, 1] from two draws, fine near zero: for chances below 2^-23."""
        both = self.uniform(stream, 2 * count)
        return (both[::2] - 2.0**-24) + both[1::2] * 2.0**-23

    def normal(self, stream: Stream, count: int) -> Float[Array, "count path"]:
        """Standard normal by inversion, in float32; never beyond 5.5."""
        odd = centered(self._words(stream, count))
        return lax.optimization_barrier(normal_at(odd))

    def _words(self, stream: Stream, count: int) -> UInt32[Array, "count path"]:
        # Both words of a pair for each of them: twice the arithmetic, and half the time
        # of putting two halves together, which XLA's CPU code does without vectors.
        row = jnp.arange(count, dtype=jnp.uint32)[:, None]
        pair = address(self.step, stream, row >> 1)
        path = jnp.broadcast_to(self.path, (count, self.path.shape[0]))
        first, second = threefry(self.seed, path, jnp.broadcast_to(pair, path.shape))
        return jnp.where((row & 1) == 0, first, second)


def seed_words(seed: int) -> UInt32[Array, " 2"]:
    """The two 32-bit words of a seed in [0, 2^64)."""
    return jnp.array([seed & 0xFFFFFFFF, seed >> 32], jnp.uint32)


def address(step: Word, stream: Stream, pair: Word) -> Word:
    """Where a pair of words is on a path: step, stream, number of the pair."""
    return (step << 16) | jnp.uint32(int(stream) << 12) | pair


def threefry(
    key: Word | tuple[Word, Word], left: Word, right: Word
) -> tuple[Word, Word]:
    """Threefry-2x32-20 of a two-word counter under a two-word key.

    About 75 integer instructions for two words; bound by arithmetic, moves nothing.
    """
    schedule = (key[0], key[1], key[0] ^ key[1] ^ jnp.uint32(_PARITY))
    left, right = left + schedule[0], right + schedule[1]
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            left = left + right
            right = ((right << rotation) | (right >> (32 - rotation))) ^ left
        left = left + schedule[(group + 1) % 3]
        right = right + schedule[(group + 2) % 3] + jnp.uint32(group + 1)
    return left, right


def centered(words: UInt32[Array, "..."]) -> Float[Array, "..."]:
    """Odd multiples of 2^-24 in (-1, 1): symmetric, and exact in float32."""
    odd = (words >> 8).astype(jnp.int32) * 2 + (1 - (1 << 24))
    return odd.astype(jnp.float32) * (2.0**-24)
