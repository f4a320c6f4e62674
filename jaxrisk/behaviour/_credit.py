"""Credit lines: borrowers who are trusted beyond their collateral, and may default."""

import abc
from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._random import Draw, Stream
from .._typing import LineFlag, LinePath, PerLine, Scalar


class CreditReport(eqx.Module):
    """What happened; reports of one step add up, leaf by leaf."""

    defaulted: LinePath  # debt of those who default, at market prices [USD]


class AbstractCredit(eqx.Module):
    """Which accounts have a credit line, and when they default."""

    @property
    @abc.abstractmethod
    def accounts(self) -> tuple[int, ...]:
        """Accounts with a line: known before a program is compiled."""

    @abc.abstractmethod
    def blank(self, paths: int) -> CreditReport:
        """The report of a step in which nothing has happened yet."""

    @abc.abstractmethod
    def defaults(
        self, collateral: LinePath, debt: LinePath, draw: Draw, dt: Scalar
    ) -> LineFlag:
        """Who defaults in `dt` [year], given what is held and owed [USD]."""


class NoCredit(AbstractCredit):
    """Nobody borrows beyond collateral."""

    @property
    def accounts(self) -> tuple[int, ...]:
        """None."""
        return ()

    def blank(self, paths: int) -> CreditReport:
        """Nothing."""
        return CreditReport(defaulted=jnp.zeros((0, paths)))

    def defaults(
        self,
        collateral: LinePath,
        debt: LinePath,  # noqa: ARG002
        draw: Draw,  # noqa: ARG002
        dt: Scalar,  # noqa: ARG002
    ) -> LineFlag:
        """Nobody."""
        return jnp.zeros(collateral.shape, bool)


class CreditLines(AbstractCredit):
    r"""Lines that may default while they are under water.

    .. math:: P(\text{default in a step}) = 1 - e^{-h\,dt} \quad \text{if } C < D

    and zero else: who could still repay does not walk away. How far a line reaches is
    its account's liquidation threshold, which may exceed one.
    """

    lines: tuple[int, ...] = eqx.field(static=True)  # account of every line
    hazard: PerLine  # under water [a year]

    @property
    def accounts(self) -> tuple[int, ...]:
        """Accounts with a line."""
        return self.lines

    def blank(self, paths: int) -> CreditReport:
        """Nobody has defaulted."""
        nothing = jnp.zeros((len(self.lines), paths), self.hazard.dtype)
        return CreditReport(defaulted=nothing)

    def defaults(
        self, collateral: LinePath, debt: LinePath, draw: Draw, dt: Scalar
    ) -> LineFlag:
        """Who defaults in a step.

        Args:
            collateral: Held, at market prices [USD].
            debt: Owed, at market prices [USD].
            draw: Two uniform numbers a line.
            dt: Length of the step [year].
        """
        chance = draw.fine_uniform(Stream.DEFAULT, len(self.lines))
        chance = chance.astype(self.hazard.dtype)
        strikes = chance < -jnp.expm1(-self.hazard * dt)[:, None]
        return strikes & (collateral < debt)


def build_credit(
    lines: Sequence[tuple[int, float]], *, dtype: np.dtype
) -> AbstractCredit:
    """Credit lines on the device; none if there are none.

    Args:
        lines: Account, and defaults a year while it is under water.
        dtype: Of the arrays on the device.

    Raises:
        ValueError: If an account has two lines, or a hazard is below zero.
    """
    accounts = [account for account, _ in lines]
    for account, hazard in lines:
        if accounts.count(account) > 1:
            raise ValueError(f"Account {account} has two credit lines; give it one.")
        if not hazard >= 0:
            raise ValueError(
                f"The credit line of account {account} defaults {hazard} times a year; "
                "give zero or more."
            )
    if not lines:
        return NoCredit()
    hazards = np.array([hazard for _, hazard in lines])
    return CreditLines(lines=tuple(accounts), hazard=jnp.asarray(hazards, dtype))
