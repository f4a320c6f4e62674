"""What every format of options can do."""

import abc

import numpy as np

from .._content import Content
from .._errors import Fault
from ._chain import OptionChain


class AbstractOptionFormat(abc.ABC):
    """A layout of option files that some vendor or tool writes.

    Attributes:
        name: What `format=` takes.
        about: Whose files these are, for messages.
    """

    name: str
    about: str

    @abc.abstractmethod
    def recognizes(self, content: Content) -> bool:
        """Whether a file looks like this format."""

    @abc.abstractmethod
    def read(
        self, content: Content, faults: list[Fault], at: np.datetime64 | None
    ) -> list[OptionChain]:
        """The chain of each asset at a time; `faults` grows by what is wrong."""
