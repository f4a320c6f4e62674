"""What every format of reserve parameters can do."""

import abc

from .._content import Content
from .._errors import Fault
from ._reserve import Reserves


class AbstractReserveFormat(abc.ABC):
    """A layout of files of reserve parameters.

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
    def read(self, content: Content, faults: list[Fault]) -> Reserves:
        """Every reserve of the file; `faults` grows by what is wrong."""
