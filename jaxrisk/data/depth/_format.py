"""What every format of depth can do."""

import abc
from collections.abc import Mapping

from .._content import Content
from .._errors import Fault
from ._ladder import QuoteLadder
from ._tokens import Token


class AbstractDepthFormat(abc.ABC):
    """A layout of files of quotes or books that some vendor or tool writes.

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
        self, content: Content, faults: list[Fault], tokens: Mapping[str, Token]
    ) -> list[QuoteLadder]:
        """The ladders of each pair; `faults` grows by what is wrong.

        Args:
            content: The file.
            faults: Grows by what is wrong.
            tokens: Tokens by address in lower case, for files of raw amounts.
        """
