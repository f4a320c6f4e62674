"""What every format of options can do."""

import abc

import numpy as np

from .._content import Content
from .._errors import Fault
from .._formats import AbstractFormat
from ._chain import OptionChain


class AbstractOptionFormat(AbstractFormat):
    """A layout of option files that some vendor or tool writes."""

    @abc.abstractmethod
    def read(
        self, content: Content, faults: list[Fault], at: np.datetime64 | None
    ) -> list[OptionChain]:
        """The chain of each asset at a time; `faults` grows by what is wrong."""
