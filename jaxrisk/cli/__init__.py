"""The command line: talks to people, and turns every end into an exit code."""

from ._app import main


__all__ = ["main"]
