"""What claims are to the rest of the market."""

import abc
from typing import Any, Generic, TypeVar

import equinox as eqx

from .._random import Draw
from .._typing import AssetPath, ReservePath, Scalar


Memory = TypeVar("Memory")


class NetworkReport(eqx.Module):
    """What happened; reports of one step add up, leaf by leaf."""


class AbstractNetwork(eqx.Module, Generic[Memory]):
    """What backs the assets that are claims on others.

    A mark is the log of what still backs an asset over what backed it at the start; it
    enters prices beside the log impact of trades, and from there whatever is a claim on
    that asset.
    """

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
        """Suppliers of every reserve lose this share of what they have [ratio]."""


class NoNetwork(AbstractNetwork[Any]):
    """No asset is a claim on another: nothing is marked."""

    def init(self, paths: int) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> NetworkReport:  # noqa: ARG002
        """Nothing."""
        return NetworkReport()

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
