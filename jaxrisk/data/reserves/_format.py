"""What every format of reserve parameters can do."""

import abc

from .._content import Content
from .._errors import Fault
from .._formats import AbstractFormat
from ._reserve import Reserves


class AbstractReserveFormat(AbstractFormat):
    """A layout of files of reserve parameters."""

    @abc.abstractmethod
    def read(self, content: Content, faults: list[Fault]) -> Reserves:
        """Every reserve of the file; `faults` grows by what is wrong."""
