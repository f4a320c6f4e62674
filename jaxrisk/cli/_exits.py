"""How a command ends: a sentence on stderr and an exit code, never a traceback."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from ._signals import stoppable
from ._voice import AbstractVoice


FAILED = 1
MISTAKE = 2
SOME_FAILED = 3
"""A sweep went to its end, and some settings have an error instead of numbers."""


class MistakeError(ValueError):
    """Something about the command that the user can mend; the message says how."""


@contextmanager
def exits(
    voice: AbstractVoice,
    *,
    verbose: bool = False,
    on_disk: Callable[[], str] = str,
) -> Iterator[None]:
    """Turn what goes wrong inside into a message and an exit code.

    Args:
        voice: Tells the message.
        verbose: Whether to print the traceback of a failure.
        on_disk: Says in a sentence what is on disk by now; empty if there is nothing
            to say.

    Raises:
        Exit: With code 1 for a failure, 2 for a mistake of the user, 130 after Ctrl-C,
            143 after a request to end.
    """
    with stoppable() as stop:
        try:
            yield
        except typer.Exit:
            raise
        except BrokenPipeError:
            # Who read stdout has gone; Python must not try to flush it at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except (Exception, KeyboardInterrupt) as error:
            # A signal may surface as the failure of whatever it cut short.
            if stop.number or isinstance(error, KeyboardInterrupt):
                voice.fail(f"interrupted. {on_disk() or 'Nothing was written.'}")
                raise typer.Exit(stop.code) from None
            reason, code = _judged(error, verbose=verbose)
            voice.fail(" ".join(filter(None, (reason, on_disk()))))
            raise typer.Exit(code) from None


def _judged(error: BaseException, *, verbose: bool) -> tuple[str, int]:
    """What went wrong, in the words of those who noticed it, and whose fault it is."""
    if _is_mistake(error):
        return str(error), MISTAKE
    if verbose:
        traceback.print_exception(error)
    text = " ".join(str(error).split("\n\n")[0].split())
    hint = "" if verbose else " Repeat with -v for the traceback."
    return (
        f"{type(error).__name__}{': ' if text else ''}{text.rstrip('.')}.{hint}",
        FAILED,
    )


def _is_mistake(error: BaseException) -> bool:
    from ..config import ConfigError
    from ..data import DataError
    from ..output import OutputError

    return isinstance(error, ConfigError | DataError | OutputError | MistakeError)
