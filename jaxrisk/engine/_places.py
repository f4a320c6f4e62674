"""Where to run: the devices of one process, or of several that share the paths.

A process is what `jax.distributed` makes one: usually a host with its devices. All
processes of a run make the same calls in the same order. Each simulates on its own
devices and is then given what the others found: all go on with the same numbers.
"""

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array


Device: TypeAlias = Any
"""A `jax.Device`, which is a variable, and no type, to type checkers."""


def workers() -> tuple[Device, ...]:
    """Where to run: every device of every process.

    Where a process has a single CPU, that as often as it has cores: XLA runs a loop
    over steps on one thread, but several loops on a device.
    """
    devices = jax.devices()
    if devices[0].platform != "cpu":
        return tuple(devices)
    cores = _cores_by_process()
    home = [device.process_index for device in devices]
    times = [cores[at] if home.count(at) == 1 else 1 for at in home]
    return tuple(
        device
        for device, count in zip(devices, times, strict=True)
        for _ in range(count)
    )


def meet() -> None:
    """Let the processes of a run connect now, rather than at their first exchange."""
    _cores_by_process()


@functools.cache
def _cores_by_process() -> list[int]:
    everyone = tuple(range(jax.process_count()))
    return _gathered(np.array(_cores()), everyone).tolist()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Shares:
    """Which of some devices are this process's, and what the others found on theirs.

    Attributes:
        own: Numbers of the places that are this process's.
    """

    def __init__(self, places: Sequence[Device]) -> None:
        """Devices of this process, or of several that all call this.

        Raises:
            ValueError: If none of them is of this process.
        """
        home = [place.process_index for place in places]
        here = jax.process_index()
        if here not in home:
            raise ValueError(
                f"None of the {len(home)} devices is one of process {here}: leave"
                " the call to the processes that have some, or give it one."
            )
        self._processes = tuple(sorted(set(home)))
        self._process = [self._processes.index(at) for at in home]
        self._rank = [home[:number].count(at) for number, at in enumerate(home)]
        self.own = tuple(number for number, at in enumerate(home) if at == here)

    def whole(self, mine: Any) -> Any:  # noqa: ANN401
        """From results of the own places to those of all, bit by bit.

        Args:
            mine: NumPy arrays with a leading axis of this process's places.

        Returns:
            The same with a leading axis of all places, in their order.

        Raises:
            ConnectionError: If another process has ended.
        """
        if len(self._processes) == 1:
            return mine
        leaves, structure = jax.tree.flatten(mine)
        # As bytes in one piece: one exchange, and no number is touched.
        rows = [leaf.reshape(len(leaf), leaf[0].size).view(np.uint8) for leaf in leaves]
        ends = np.cumsum([row.shape[1] for row in rows])
        packed = np.zeros((max(self._rank) + 1, ends[-1]), np.uint8)
        packed[: len(self.own)] = np.concatenate(rows, axis=1)
        found = _gathered(packed, self._processes)[self._process, self._rank]
        parts = np.split(found, ends[:-1], axis=1)
        whole = [
            np.ascontiguousarray(part)
            .view(leaf.dtype)
            .reshape(len(found), *leaf.shape[1:])
            for part, leaf in zip(parts, leaves, strict=True)
        ]
        return jax.tree.unflatten(structure, whole)


def _gathered(values: np.ndarray, processes: tuple[int, ...]) -> np.ndarray:
    """What each process holds, of one shape, in all of them: a new leading axis."""
    if len(processes) == 1:
        return values[None]
    parted, exchange = _exchange(processes)
    try:
        given = jax.make_array_from_process_local_data(parted, values[None])
        return np.asarray(exchange(given).addressable_data(0))
    except jax.errors.JaxRuntimeError as error:
        raise ConnectionError(
            "Another process of this run has ended or is out of reach; what it said"
            f" tells why, and this one ends too ({error})"
        ) from error


@functools.cache
def _exchange(
    processes: tuple[int, ...],
) -> tuple[NamedSharding, Callable[[Array], Array]]:
    """From one row in each process to all rows in each of them.

    Through a CPU of each process whatever simulates: outcomes are on the host by then,
    accelerators go on with the next launch, and a lost connection is noticed at once.
    """
    first = {device.process_index: device for device in reversed(jax.devices("cpu"))}
    mesh = Mesh(np.array([first[process] for process in processes]), ("process",))
    alike = NamedSharding(mesh, PartitionSpec())
    copy = jax.jit(lambda rows: rows, out_shardings=alike)
    return NamedSharding(mesh, PartitionSpec("process")), copy
