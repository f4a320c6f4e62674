"""Calm and stress: a Markov chain with its own volatilities and correlations."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._random import Draw, Stream
from .._typing import Counter, Flag, Scalar


class AbstractRegimes(eqx.Module):
    """Which of the process's regimes holds on each path."""

    @property
    @abc.abstractmethod
    def count(self) -> int:
        """Number of regimes."""

    @abc.abstractmethod
    def step(self, regime: Counter, draw: Draw) -> Counter:
        """The regime of this step, given that of the last."""


class OneRegime(AbstractRegimes):
    """Nothing changes."""

    @property
    def count(self) -> int:
        """One."""
        return 1

    def step(self, regime: Counter, draw: Draw) -> Counter:  # noqa: ARG002
        """The same regime, without a draw."""
        return regime


class TwoRegimes(AbstractRegimes):
    """Calm (0) and stress (1), with exact transition probabilities over a step.

    Source: Hamilton (1989), A new approach to the economic analysis of nonstationary
    time series and the business cycle.
    """

    enter: Scalar  # [probability a step]
    leave: Scalar  # [probability a step]

    @property
    def count(self) -> int:
        """Two."""
        return 2

    def step(self, regime: Counter, draw: Draw) -> Counter:
        """Switch with the probability of the present regime."""
        chance = draw.uniform(Stream.REGIME, 1)[0].astype(self.enter.dtype)
        stressed: Flag = regime == 1
        switch = chance < jnp.where(stressed, self.leave, self.enter)
        return jnp.where(switch, 1 - regime, regime)
