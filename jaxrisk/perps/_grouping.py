"""Which group every row is of: legs of traders, legs of perpetuals."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Shaped


class Grouping(eqx.Module):
    """A map from members to groups that is fixed when a program is traced.

    Sums go over groups of one size at a time, so that many groups of one member, as
    isolated positions are, cost a copy, and no sum is over the zeros of a matrix. The
    terms of a sum are added in the order of the members, on every path.
    """

    group_of: tuple[int, ...] = eqx.field(static=True)
    groups: int = eqx.field(static=True)

    def spread(
        self, values: Shaped[Array, "group #path"]
    ) -> Shaped[Array, "member #path"]:
        """A member's value is its group's."""
        return values[np.array(self.group_of)]

    def total(self, values: Float[Array, "member path"]) -> Float[Array, "group path"]:
        """Sum over the members of every group; zero for an empty one."""
        if self.group_of == tuple(range(self.groups)):
            return values
        sums, order = [], []
        for size, groups in self._by_size().items():
            rows = np.array([self._members(group) for group in groups], int)
            terms = values[rows.reshape(len(groups), size)]
            sums.append(terms[:, 0] if size == 1 else terms.sum(axis=1))
            order += groups
        whole = sums[0] if len(sums) == 1 else jnp.concatenate(sums)
        in_order = order == list(range(self.groups))
        return whole if in_order else whole[np.argsort(order)]

    def same(self) -> np.ndarray:
        """Whether two members are of one group, [member, member]."""
        group = np.array(self.group_of)
        return group[:, None] == group[None]

    def _members(self, group: int) -> list[int]:
        return [row for row, of in enumerate(self.group_of) if of == group]

    def _by_size(self) -> dict[int, list[int]]:
        by_size: dict[int, list[int]] = {}
        for group in range(self.groups):
            by_size.setdefault(len(self._members(group)), []).append(group)
        return by_size
