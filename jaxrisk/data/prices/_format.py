"""What every price format can do."""

import abc

from .._content import Content
from .._errors import Fault
from .._formats import AbstractFormat
from ._series import PriceSeries


class AbstractPriceFormat(AbstractFormat):
    """A layout of price files that some vendor or tool writes."""

    @abc.abstractmethod
    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices of every asset of the file; `faults` grows by what is wrong."""
