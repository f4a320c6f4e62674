"""What claims are to the rest of the market."""

import abc
from typing import Any, Generic, NamedTuple, TypeVar

import equinox as eqx
import jax.numpy as jnp

from .._random import Draw
from .._typing import AssetPath, ClaimPath, ReservePath, Scalar, SpiralPath


Memory = TypeVar("Memory")


class NetworkReport(eqx.Module):
    """What happened; reports of one step add up, leaf by leaf."""

    redeemed: SpiralPath  # stablecoins burnt for minted tokens, at face value [USD]
    defended: SpiralPath  # spent by reserves on their stablecoin [USD]


class Redeemed(NamedTuple):
    """What a step of redemptions leads to."""

    state: Any  # the network's own
    sold: AssetPath  # [token]
    report: NetworkReport


class Backing(NamedTuple):
    """What backs claims, over what backed them at the start [ratio]."""

    lowest: ClaimPath  # up to now
    left: ClaimPath  # now, by failures that nobody in the system caused


class AbstractNetwork(eqx.Module, Generic[Memory]):
    """What backs the assets that are claims on others.

    A mark is the log of what still backs an asset over what backed it at the start; it
    enters prices beside the log impact of trades, and from there whatever is a claim on
    that asset.
    """

    @property
    @abc.abstractmethod
    def claims(self) -> tuple[int, ...]:
        """Assets that may be marked, in their order."""

    @property
    @abc.abstractmethod
    def redeems(self) -> bool:
        """Whether there is anything to redeem: known before a program is compiled."""

    @abc.abstractmethod
    def init(self, paths: int) -> Memory:
        """Every path at the start: everything is backed."""

    @abc.abstractmethod
    def blank(self, paths: int) -> NetworkReport:
        """The report of a step in which nothing has happened yet."""

    @abc.abstractmethod
    def advance(self, state: Memory, draw: Draw, dt: Scalar) -> Memory:
        """Let `dt` [year] pass: bridges fail, validators are slashed."""

    @abc.abstractmethod
    def marked(self, state: Memory, impact: AssetPath) -> AssetPath:
        """Log impacts with all marks added."""

    @abc.abstractmethod
    def failed(self, state: Memory, impact: AssetPath) -> AssetPath:
        """Log impacts with the marks added that nobody in the system caused."""

    @abc.abstractmethod
    def mark_down(self, state: Memory, share: ReservePath) -> Memory:
        """Suppliers of every reserve lose this share of what they supplied [ratio]."""

    @abc.abstractmethod
    def redeem(self, state: Memory, market: AssetPath, dt: Scalar) -> Redeemed:
        """Let holders of stablecoins leave for `dt` [year], at market prices [USD]."""

    @abc.abstractmethod
    def backing(self, state: Memory, market: AssetPath) -> Backing:
        """What has backed every claim up to now."""


class NoNetwork(AbstractNetwork[Any]):
    """No asset is a claim on another: nothing is marked."""

    @property
    def claims(self) -> tuple[int, ...]:
        """None."""
        return ()

    @property
    def redeems(self) -> bool:
        """Nothing."""
        return False

    def init(self, paths: int) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> NetworkReport:
        """Nothing."""
        nothing = jnp.zeros((0, paths))
        return NetworkReport(redeemed=nothing, defended=nothing)

    def advance(self, state: Any, draw: Draw, dt: Scalar) -> Any:  # noqa: ANN401, ARG002
        """Nothing."""
        return state

    def marked(self, state: Any, impact: AssetPath) -> AssetPath:  # noqa: ANN401, ARG002
        """As they are."""
        return impact

    def failed(self, state: Any, impact: AssetPath) -> AssetPath:  # noqa: ANN401, ARG002
        """As they are."""
        return impact

    def mark_down(self, state: Any, share: ReservePath) -> Any:  # noqa: ANN401, ARG002
        """Nobody holds a receipt as collateral."""
        return state

    def redeem(self, state: Any, market: AssetPath, dt: Scalar) -> Redeemed:  # noqa: ANN401, ARG002
        """Nothing."""
        return Redeemed(state, jnp.zeros_like(market), self.blank(market.shape[1]))

    def backing(self, state: Any, market: AssetPath) -> Backing:  # noqa: ANN401, ARG002
        """No row."""
        return Backing(lowest=market[:0], left=market[:0])
