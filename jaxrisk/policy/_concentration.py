"""How much of an asset sits with the largest borrowers as collateral."""

import abc

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from .._numerics import matmul
from .._typing import PerReserve, ReservePath
from ._sight import AbstractSight


class AbstractConcentration(eqx.Module):
    """Collateral of the largest accounts over the asset's float, or depth."""

    @abc.abstractmethod
    def share(self, sight: AbstractSight) -> ReservePath:
        """By reserve [ratio]."""


class FixedConcentration(AbstractConcentration):
    """As it was at the start."""

    value: PerReserve  # [ratio]

    def share(self, sight: AbstractSight) -> ReservePath:  # noqa: ARG002
        """As given, on every path."""
        return self.value[:, None]


class LiveConcentration(AbstractConcentration):
    """What is left of the accounts that were the largest at the start.

    A product of so few accounts with their reserves, a step and path.
    """

    held: Float[Array, "large reserve"]  # over the float, at the start [ratio]
    account: tuple[int, ...] = eqx.field(static=True)

    def share(self, sight: AbstractSight) -> ReservePath:
        """With what they still have."""
        return matmul(self.held.T, sight.kept()[np.array(self.account)])


def largest(
    collateral: Float[np.ndarray, "account reserve"],
    members: Float[np.ndarray, " account"],
    *,
    count: int,
) -> Float[np.ndarray, "account reserve"]:
    """Collateral of the `count` largest real accounts of every reserve [token].

    A row that stands for many accounts counts as that many equal ones; of the last row
    that is needed only a part may be.

    Args:
        collateral: Of every row [token].
        members: Real accounts that a row stands for.
        count: Real accounts that are large.
    """
    chosen = np.zeros_like(collateral)
    for reserve, held in enumerate(collateral.T):
        left = float(count)
        for row in np.argsort(-held / members, kind="stable"):
            part = min(left / members[row], 1.0)
            chosen[row, reserve] = part * held[row]
            left -= part * members[row]
            if left <= 0:
                break
    return chosen
