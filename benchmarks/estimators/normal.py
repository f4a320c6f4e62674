"""The normal law."""

import math

import numpy as np


def density(level: np.ndarray) -> np.ndarray:
    """Of a standard normal."""
    return np.exp(-level * level / 2) / math.sqrt(2 * math.pi)
