"""An option."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """A European option, settled in cash at its expiry."""

    strike: float  # over the price at the start [ratio]
    expiry: float  # from the start [year]
    is_call: bool
    position: float  # what the holder has; positive: long [token]
