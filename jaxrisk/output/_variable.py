"""What is said of every array that leaves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One entry of a result.

    Attributes:
        dims: Names of its dimensions, in order.
        unit: Unit of its values; `1` for a ratio, a count or a label.
        sentence: What it is.
    """

    dims: tuple[str, ...]
    unit: str
    sentence: str


def estimated(
    name: str, dims: tuple[str, ...], unit: str, sentence: str
) -> dict[str, Variable]:
    """A number and its standard error."""
    return {
        name: Variable(dims, unit, sentence),
        f"{name}_se": Variable(dims, unit, f"standard error of: {sentence}"),
    }


def bounded(
    name: str, dims: tuple[str, ...], unit: str, sentence: str
) -> dict[str, Variable]:
    """A number, its standard error and its 95 % interval."""
    return {
        **estimated(name, dims, unit, sentence),
        f"{name}_low": Variable(dims, unit, f"lower 95 % bound of: {sentence}"),
        f"{name}_high": Variable(dims, unit, f"upper 95 % bound of: {sentence}"),
    }
