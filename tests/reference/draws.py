"""What chance contributes to one step of one path, before any parameter enters."""

import enum
import math
from dataclasses import dataclass, field

import numpy as np

from .system import JumpSource, Vector
from .threefry import normal, uniform


class Stream(enum.IntEnum):
    """Who draws."""

    PRICE = 0
    MIXING = 1
    REGIME = 2
    JUMP_COUNT = 3
    JUMP_SIZE = 4
    FAILURE = 5
    DEFAULT = 6


@dataclass(frozen=True)
class Draws:
    """The primitive random numbers of a step."""

    normals: Vector  # [asset] independent standard normals
    mixing: float  # standard normal behind the common weight
    regime: float  # uniform
    jump_uniforms: Vector  # [source] behind the counts
    jump_normals: Vector  # [source] behind the sizes
    failures: Vector = field(default_factory=lambda: np.zeros(0))  # [source] uniforms
    defaults: Vector = field(default_factory=lambda: np.zeros(0))  # [line] uniforms


def draw_step(
    seed: int,
    path: int,
    step: int,
    assets: int,
    sources: int,
    *,
    failures: int = 0,
    lines: int = 0,
) -> Draws:
    """The draws at an address; `step` counts from 0."""

    def normals(stream: Stream, count: int) -> Vector:
        found = [normal(seed, path, step, stream, index) for index in range(count)]
        return np.array(found, float)

    def uniforms(stream: Stream, count: int) -> Vector:
        found = [uniform(seed, path, step, stream, index) for index in range(count)]
        return np.array(found, float)

    def fine(stream: Stream, count: int) -> Vector:
        both = uniforms(stream, 2 * count)
        return both[::2] - 2.0**-24 + both[1::2] * 2.0**-23

    return Draws(
        normals=normals(Stream.PRICE, assets),
        mixing=float(normals(Stream.MIXING, 1)[0]),
        regime=float(uniforms(Stream.REGIME, 1)[0]),
        jump_uniforms=uniforms(Stream.JUMP_COUNT, sources),
        jump_normals=normals(Stream.JUMP_SIZE, sources),
        failures=fine(Stream.FAILURE, failures),
        defaults=fine(Stream.DEFAULT, lines),
    )


def poisson_count(at: float, mean: float) -> int:
    """The smallest count whose distribution function reaches the uniform `at`."""
    count = 0
    probability = math.exp(-mean)
    reached = probability
    while reached < at and 1.0 - reached > 1e-12:
        count += 1
        probability *= mean / count
        reached += probability
    return count


def jump_size(source: JumpSource, dt: float, at: float, size: float) -> float:
    """The sum of a source's jumps in a step [log price].

    Args:
        source: Intensity [1/year], mean and standard deviation [log price].
        dt: Length of the step [year].
        at: Uniform behind the count.
        size: Standard normal behind the sum of the sizes.
    """
    count = poisson_count(at, source.intensity * dt)
    return count * source.mean + math.sqrt(count) * source.sd * size
