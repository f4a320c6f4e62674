"""Bridges and issuers fail, validators are slashed: what backs a claim is gone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, UInt32

from .._numerics import matmul
from .._random import Draw, Stream
from .._typing import AssetPath, PerSource, Scalar, SourcePath


LEAST = 1e-9
"""What is left of an asset that nothing backs any more: its log is a number."""

NEVER = 2**32 - 1
"""A step that no run has."""


class Failures(eqx.Module):
    r"""Poisson sources of failure, each of some assets at once.

    .. math:: P(\text{failure in a step}) = 1 - e^{-h\,dt}

    At most one failure of a source in a step counts. Where a source fails, what backs
    each of its assets falls to one minus the asset's loss given failure.
    """

    hazard: PerSource  # [a year]
    log_left: Float[Array, "asset source"]  # log of one minus the loss given failure
    at: UInt32[Array, " source"]  # step in which it fails for certain; or `NEVER`
    repeats: Bool[Array, " source"]  # else a source fails once at most

    def strikes(self, before: SourcePath, draw: Draw, dt: Scalar) -> SourcePath:
        """Which sources fail in a step: one or zero.

        Args:
            before: How often they have.
            draw: Two uniform numbers a source.
            dt: Length of the step [year].
        """
        chance = draw.fine_uniform(Stream.FAILURE, self.hazard.shape[0])
        chance = chance.astype(self.hazard.dtype)
        strikes = chance < -jnp.expm1(-self.hazard * dt)[:, None]
        strikes = strikes | (self.at == draw.step)[:, None]
        open_to_it = self.repeats[:, None] | (before == 0)
        return (strikes & open_to_it).astype(before.dtype)

    def fallen(self, log_backing: AssetPath, strikes: SourcePath) -> AssetPath:
        """What is left of what backed the assets [log]."""
        return jnp.maximum(
            log_backing + matmul(self.log_left, strikes), math.log(LEAST)
        )


@dataclass(frozen=True)
class FailureSource:
    """One bridge, issuer or set of validators, on the host.

    Args:
        losses: Index of each asset that it backs, and loss given failure [ratio].
        hazard: Failures a year.
        at: Step in which it fails for certain, from zero; None for no such step.
        repeats: Whether it may fail again, as validators may; a bridge fails once.
    """

    losses: tuple[tuple[int, float], ...]
    hazard: float = 0.0
    at: int | None = None
    repeats: bool = False


def build_failures(
    sources: Sequence[FailureSource], *, assets: int, dtype: np.dtype
) -> Failures:
    """Put sources of failure on the device.

    Args:
        sources: In the order of their draws.
        assets: Number of assets.
        dtype: Of the arrays on the device.

    Raises:
        ValueError: If a loss is no share, or a hazard is below zero.
    """
    log_left = np.zeros((assets, len(sources)))
    for number, source in enumerate(sources):
        if not source.hazard >= 0:
            raise ValueError(
                f"Source {number} fails {source.hazard} times a year; give zero or "
                "more."
            )
        for asset, loss in source.losses:
            if not 0 <= loss <= 1:
                raise ValueError(
                    f"Asset {asset} loses {loss} of what backs it when source {number} "
                    "fails, which is a share; give a number from 0 to 1."
                )
            log_left[asset, number] = math.log(max(1 - loss, LEAST))
    at = [NEVER if source.at is None else source.at for source in sources]
    return Failures(
        hazard=jnp.asarray(np.array([source.hazard for source in sources]), dtype),
        log_left=jnp.asarray(log_left, dtype),
        at=jnp.asarray(np.array(at, np.uint32)),
        repeats=jnp.asarray(np.array([source.repeats for source in sources], bool)),
    )
