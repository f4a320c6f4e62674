"""Which group every row is of: legs of traders, legs of perpetuals."""

import functools

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Shaped

from .._numerics import matmul


FEW = 8
"""Groups up to which a map is a product with a 0/1 matrix; XLA's CPU code for a lookup
of rows is not vectorized, and takes five times as long as all else beside it."""

WRITTEN_OUT = 16
"""Terms of a sum in a program."""


class Grouping(eqx.Module):
    """A map from members to groups that is fixed when a program is traced.

    Of many groups, as traders are, the sums go over groups of one size at a time, so
    that those of one member cost nothing. Where groups are listed by size, and members
    by group, no row is looked up.
    """

    group_of: tuple[int, ...] = eqx.field(static=True)
    groups: int = eqx.field(static=True)

    def spread(
        self, values: Shaped[Array, "group #path"]
    ) -> Shaped[Array, "member #path"]:
        """A member's value is its group's; what varies over paths must be finite."""
        varies = values.shape[1] > 1 and jnp.issubdtype(values.dtype, jnp.floating)
        if varies and self.groups <= FEW:
            return matmul(self._matrix(values.dtype).T, values)
        return values[np.array(self.group_of)]

    def total(self, values: Float[Array, "member path"]) -> Float[Array, "group path"]:
        """Sum over the members of every group; zero for an empty one."""
        if self.group_of == tuple(range(self.groups)):
            return values
        if self.groups <= FEW:
            return matmul(self._matrix(values.dtype), values)
        sums, order = [], []
        for size, groups in self._by_size().items():
            rows = [self._members(group) for group in groups]
            sums.append(_sum_of(values, np.array(rows, int).reshape(len(groups), size)))
            order += groups
        whole = sums[0] if len(sums) == 1 else jnp.concatenate(sums)
        return _rows(whole, np.argsort(order))

    def same(self) -> np.ndarray:
        """Whether two members are of one group, [member, member]."""
        group = np.array(self.group_of)
        return group[:, None] == group[None]

    def _matrix(self, dtype: np.dtype) -> Float[Array, "group member"]:
        group = np.array(self.group_of)
        return jnp.asarray(np.arange(self.groups)[:, None] == group[None], dtype)

    def _members(self, group: int) -> list[int]:
        return [row for row, of in enumerate(self.group_of) if of == group]

    def _by_size(self) -> dict[int, list[int]]:
        by_size: dict[int, list[int]] = {}
        for group in range(self.groups):
            by_size.setdefault(len(self._members(group)), []).append(group)
        return by_size


def _sum_of(
    values: Float[Array, "member path"], rows: np.ndarray
) -> Float[Array, "group path"]:
    """Sum of as many rows for every group, in the order of the members."""
    groups, size = rows.shape
    terms = _rows(values, rows.ravel()).reshape(groups, size, values.shape[1])
    if not 0 < size <= WRITTEN_OUT:
        return terms.sum(axis=1)
    return functools.reduce(jnp.add, [terms[:, at] for at in range(size)])


def _rows(
    values: Float[Array, "row path"], rows: np.ndarray
) -> Float[Array, "found path"]:
    """Rows of a table; neighbors in order are a slice of it."""
    if rows.size and np.array_equal(rows, np.arange(rows.size) + rows[0]):
        return values[int(rows[0]) : int(rows[0]) + rows.size]
    return values[rows]
