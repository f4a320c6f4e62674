"""Threefry-2x32-20, and the numbers it addresses, in plain integers.

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
A counter-based generator has no history: the counter is the address of the number.
"""

import math

from scipy.special import erfinv


WORD = 0xFFFFFFFF
PARITY = 0x1BD11BDA
ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
ROUNDS = 20


def rotate_left(word: int, bits: int) -> int:
    """`word` of 32 bits with its `bits` leading bits moved to the end."""
    return ((word << bits) | (word >> (32 - bits))) & WORD


def threefry2x32(key: tuple[int, int], counter: tuple[int, int]) -> tuple[int, int]:
    """The two random words at `counter`, under `key`; all are words of 32 bits."""
    keys = (key[0], key[1], key[0] ^ key[1] ^ PARITY)
    left = (counter[0] + keys[0]) & WORD
    right = (counter[1] + keys[1]) & WORD
    for index in range(ROUNDS):
        left = (left + right) & WORD
        right = rotate_left(right, ROTATIONS[index // 4 % 2][index % 4]) ^ left
        if index % 4 == 3:
            injection = index // 4 + 1
            left = (left + keys[injection % 3]) & WORD
            right = (right + keys[(injection + 1) % 3] + injection) & WORD
    return left, right


def random_word(seed: int, path: int, step: int, stream: int, index: int) -> int:
    """The random word of 32 bits at (seed, path, step, stream, index)."""
    key = (seed & WORD, seed >> 32 & WORD)
    counter = (path, (step << 16) | (stream << 12) | (index // 2))
    return threefry2x32(key, counter)[index % 2]


def uniform(seed: int, path: int, step: int, stream: int, index: int) -> float:
    """A uniform number inside (0, 1): the middle of one of 2^23 equal intervals."""
    return ((random_word(seed, path, step, stream, index) >> 9) + 0.5) * 2.0**-23


def normal(seed: int, path: int, step: int, stream: int, index: int) -> float:
    """A standard normal number, by inversion at the middle of one of 2^24 intervals."""
    at = ((random_word(seed, path, step, stream, index) >> 8) + 0.5) * 2.0**-24
    return math.sqrt(2.0) * float(erfinv(2.0 * at - 1.0))
