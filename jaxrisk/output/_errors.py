"""What can go wrong between a result and a disk."""


class OutputError(ValueError):
    """A result cannot be written or read; the message says why and what to do."""
