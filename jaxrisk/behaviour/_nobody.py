"""Nobody acts: the null objects of this family."""

import jax.numpy as jnp
from jaxtyping import Array, Int

from .._typing import (
    ActorPath,
    AssetPath,
    ReserveFlag,
    ReservePath,
    RowPath,
    Scalar,
)
from ._base import (
    AbstractBorrowers,
    AbstractProviders,
    AbstractSuppliers,
    BorrowerReport,
    Holdings,
    Liquidity,
    Plan,
    SupplierReport,
)


class NoBorrowers(AbstractBorrowers[tuple[()]]):
    """Whoever owes waits for what comes."""

    @property
    def accounts(self) -> Int[Array, " actor"]:
        """None."""
        return jnp.zeros(0, jnp.int32)

    def init(self, market: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> BorrowerReport:
        """Of no markets."""
        return BorrowerReport.blank(0, 0, paths, jnp.zeros(0).dtype)

    def plan(self, state: tuple[()], at: Holdings) -> Plan:  # noqa: ARG002
        """Nothing."""
        nothing = jnp.zeros_like(at.kept)
        return Plan(
            paid=nothing, added=nothing, repaid=nothing, sold=nothing, drawn=nothing
        )

    def settle(self, state: tuple[()], gained: ActorPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return state

    def told(
        self,
        *,
        unwound: ActorPath,
        topped_up: ActorPath,  # noqa: ARG002
        levered: ActorPath,  # noqa: ARG002
        flow: AssetPath,  # noqa: ARG002
    ) -> BorrowerReport:
        """Nothing."""
        return self.blank(unwound.shape[1])


class NoSuppliers(AbstractSuppliers[tuple[()]]):
    """Whoever has lent stays."""

    def init(self, paths: int) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> SupplierReport:
        """Of no reserves."""
        return SupplierReport.blank(0, paths, jnp.zeros(0).dtype)

    def cash(self, state: tuple[()], lendable: ReservePath) -> ReservePath:  # noqa: ARG002
        """All of it."""
        return lendable

    def hear(
        self,
        state: tuple[()],
        missing: ReservePath,  # noqa: ARG002
        alarmed: ReserveFlag,  # noqa: ARG002
    ) -> tuple[()]:
        """Nothing."""
        return state

    def act(
        self,
        state: tuple[()],
        at: Liquidity,
        dt: Scalar,  # noqa: ARG002
    ) -> tuple[tuple[()], ReservePath, SupplierReport]:
        """Nothing."""
        return state, jnp.zeros_like(at.supplied), self.blank(at.supplied.shape[1])


class NoProviders(AbstractProviders[tuple[()]]):
    """The depth of the venues is what it was at the start."""

    def init(self, log_price: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def react(
        self,
        state: tuple[()],
        log_price: AssetPath,  # noqa: ARG002
        dt: Scalar,  # noqa: ARG002
    ) -> tuple[()]:
        """Nothing."""
        return state

    def onto_venue(self, state: tuple[()], sold: AssetPath) -> AssetPath:  # noqa: ARG002
        """The order itself."""
        return sold

    def from_venue(self, state: tuple[()], amount: AssetPath) -> AssetPath:  # noqa: ARG002
        """The amount itself."""
        return amount

    def depth(self, state: tuple[()], like: AssetPath) -> RowPath:  # noqa: ARG002
        """No rows."""
        return like[:0]
