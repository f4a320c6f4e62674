"""What a report is made of; the HTML page and the PDF draw the same blocks.

Every text in a block is plain text. The renderers escape it or pass it on as data; no
text of a config is ever read as markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Note:
    """A remark beside the numbers: how to read them, or that they are missing."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class Caution:
    """Something that a reader must not overlook."""

    text: str
    kind: Literal["caution"] = "caution"


@dataclass(frozen=True)
class Statements:
    """A list of sentences, each with a short bold title (may be empty)."""

    items: tuple[tuple[str, str], ...]
    kind: Literal["statements"] = "statements"


@dataclass(frozen=True)
class Answer:
    """The answer of the first page: sentences that are set larger than the rest."""

    sentences: tuple[str, ...]
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True)
class Table:
    """A table with a caption; the first column holds names.

    Attributes:
        caption: What the table shows, in words.
        head: Titles of the columns, with units.
        rows: Texts of the cells, row by row.
        numeric: Whether a column holds numbers (set to the right); by default all
            columns but the first.
        strong: Rows that are set in bold, by position.
        small: Whether the table is set small, for many columns.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...] = ()
    strong: tuple[int, ...] = ()
    small: bool = False
    kind: Literal["table"] = "table"

    def __post_init__(self) -> None:
        if not self.numeric:
            numeric = (False,) + (True,) * (len(self.head) - 1)
            object.__setattr__(self, "numeric", numeric)


@dataclass(frozen=True)
class Figure:
    """A picture as SVG, with a caption and a description for those who cannot see it.

    Attributes:
        svg: The picture.
        caption: What the picture shows and how to read it.
        alt: The picture in one sentence.
    """

    svg: str
    caption: str
    alt: str
    kind: Literal["figure"] = "figure"


Block = Paragraph | Note | Caution | Statements | Answer | Table | Figure


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading."""

    title: str
    blocks: Sequence[Block]
    new_page: bool = False


@dataclass(frozen=True)
class Report:
    """A whole report, ready to be set.

    Attributes:
        title: What was simulated.
        subtitle: Horizon, paths and seed, in one line.
        mark: Short config hash for the running head.
        label: A word of caution for the running foot; empty where there is none.
        sections: The first section is the page for the committee.
    """

    title: str
    subtitle: str
    mark: str
    label: str
    sections: Sequence[Section] = field(default_factory=tuple)
