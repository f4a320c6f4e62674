"""The float32 normals against the inverse distribution function in float64."""

import jax
import numpy as np
from scipy import special

from jaxrisk._normal import normal_at


BATCH = 2**20
TOP = 1 - 2.0**-24


def _error(centered: np.ndarray) -> np.ndarray:
    """Relative, of the normals at these numbers."""
    found = np.asarray(jax.jit(normal_at)(centered)).astype(np.float64)
    middle = centered.astype(np.float64)
    expected = 2**0.5 * special.erfinv(middle)
    return np.abs(found / expected - 1)


def test_every_number_that_can_be_drawn_is_right_to_a_millionth() -> None:
    """All 2^23 positive midpoints; the others are their mirror image."""
    odd = np.arange(1, 2**24, 2, dtype=np.float64)
    worst = max(
        _error((part * 2.0**-24).astype(np.float32)).max()
        for part in np.split(odd, odd.size // BATCH)
    )
    assert worst < 1e-6


def test_the_law_is_symmetric() -> None:
    centered = np.array([2.0**-24, 0.3, 0.995, TOP], np.float32)
    found = jax.jit(normal_at)(np.concatenate([centered, -centered]))
    assert np.array_equal(found[:4], -found[4:])


def test_the_moments_are_those_of_the_law() -> None:
    """Variance and fourth moment of all numbers; each is counted twice by symmetry."""
    odd = np.arange(1, 2**24, 2, dtype=np.float64) * 2.0**-24
    found = np.asarray(jax.jit(normal_at)(odd.astype(np.float32))).astype(np.float64)
    assert abs((found**2).mean() - 1) < 2e-6
    assert abs((found**4).mean() - 3) < 5e-5
