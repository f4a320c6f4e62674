"""What every price format can do."""

import abc

from .._content import Content
from .._errors import Fault
from ._series import PriceSeries


class AbstractPriceFormat(abc.ABC):
    """A layout of price files that some vendor or tool writes.

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
    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices of every asset of the file; `faults` grows by what is wrong."""
