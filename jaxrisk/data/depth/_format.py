"""What every format of depth can do."""

import abc
from collections.abc import Mapping

from .._content import Content
from .._errors import Fault
from .._formats import AbstractFormat
from ._ladder import QuoteLadder
from ._tokens import Token


class AbstractDepthFormat(AbstractFormat):
    """A layout of files of quotes or books that some vendor or tool writes."""

    @abc.abstractmethod
    def read(
        self, content: Content, faults: list[Fault], tokens: Mapping[str, Token]
    ) -> list[QuoteLadder]:
        """The ladders of each pair; `faults` grows by what is wrong.

        Args:
            content: The file.
            faults: Grows by what is wrong.
            tokens: Tokens by address in lower case, for files of raw amounts.
        """
