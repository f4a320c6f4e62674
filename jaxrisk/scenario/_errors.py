"""What is wrong with a question about scenarios."""


class ScenarioError(ValueError):
    """A scenario that cannot be; the message says why, and what to do."""
