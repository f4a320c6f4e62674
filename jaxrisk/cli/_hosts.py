"""A command on several hosts: one process leads, the others follow and stay silent."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ._exits import MistakeError


_PLACE = re.compile(r"(?P<process>\d+)/(?P<count>\d+)@(?P<coordinator>\S+:\d+)")


def join(hosts: str | None) -> bool:
    """Join the other processes of a run, if there are any.

    To be called after `start_backend`, and before anything is computed.

    Args:
        hosts: What `--hosts` says: `auto`, or `K/N@ADDRESS:PORT`.

    Returns:
        Whether this process leads: it alone writes files and prints.

    Raises:
        MistakeError: If `hosts` says neither, or `auto` finds no cluster.
    """
    if hosts is None:
        return True
    coordinator, count, process = _named(hosts)
    import jax

    # JAX would take SIGTERM for itself.
    jax.config.update("jax_enable_preemption_service", False)
    try:
        jax.distributed.initialize(
            coordinator,
            count,
            process,
            cluster_detection_method="deactivate" if coordinator else None,
        )
    except ValueError as error:
        raise MistakeError(
            f"--hosts {hosts}: no cluster was found here ({error}) Start the processes"
            " with srun or mpirun, or give each of them K/N@ADDRESS:PORT."
        ) from None
    with _nothing_printed():
        from ..engine import meet

        meet()
    return jax.process_index() == 0


def _named(hosts: str) -> tuple[str | None, int | None, int | None]:
    """Coordinator, number of processes, and which one this is; all left to `auto`."""
    if hosts == "auto":
        return None, None, None
    found = _PLACE.fullmatch(hosts)
    if found is None or int(found["process"]) >= int(found["count"]):
        raise MistakeError(
            f"--hosts {hosts}: give `auto` under srun or mpirun; else, to process K of"
            " N (from 0 to N - 1) K/N@ADDRESS:PORT, with an address of process 0 and a"
            " port that is free there, such as 0/2@10.0.0.1:1234."
        )
    return found["coordinator"], int(found["count"]), int(found["process"])


@contextmanager
def _nothing_printed() -> Iterator[None]:
    """Keep off stdout what libraries in C print when they meet: that is for results."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def ended_together() -> Iterator[None]:
    """Leave at once where a command fails on one of several hosts.

    An orderly exit of JAX waits for the others, and they for this process's results;
    once it is gone they notice, and end too.
    """
    try:
        yield
    except typer.Exit as end:
        if end.exit_code and _joined():
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.exit_code)
        raise


def _joined() -> bool:
    if "jax" not in sys.modules:
        return False
    import jax

    return jax.distributed.is_initialized()
