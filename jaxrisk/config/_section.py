"""What all sections of a config have in common."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """A part of a config: frozen, typed strictly, and without unknown keys."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )


def refused(field: str, reason: str) -> PydanticCustomError:
    """The error for `field` of the section that is being checked.

    Args:
        field: Dotted path of the field within its section; empty for the section.
        reason: Why it cannot be; then, after a semicolon, what to do.
    """
    return PydanticCustomError("refused", "{reason}", {"reason": reason, "at": field})
