"""Many systems of one structure in a launch: one program, one call for several.

Each setting is simulated by itself, block by block, as in a run of its own: its numbers
are the same to the last bit. On a CPU settings follow one another on each worker; on an
accelerator those of a launch go through the steps together, as a few thousand paths
would not fill it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Int32, UInt32

from .._random import seed_words
from ..engine import Layout, Outcome, System
from ..engine._launch import launches
from ..engine._layout import UNIT
from ..engine._places import Device
from ..engine._programs import compiled
from ..engine._rollout import rollout
from ._models import structure_of


Work: TypeAlias = Callable[[Any, UInt32[Array, " 2"], Any], Any]

AT_ONCE = {"cpu": 2**16}
"""Paths of a launch, all settings together: a launch costs about a millisecond."""
ON_ACCELERATOR = 2**18
MOST = 64
"""Settings of a launch."""


@dataclass(frozen=True)
class Job:
    """One setting to simulate."""

    setting: int
    system: System
    seed: int


@dataclass(frozen=True)
class _Batch:
    jobs: list[Job]
    parts: list[Future[Any]]


class Launcher:
    """Simulates settings on the devices of this process."""

    def __init__(self, places: Sequence[Device], *, paths: int) -> None:
        """Args: where to run, one thread each; paths of every setting."""
        self._places, self._paths = tuple(places), paths

    def run(self, jobs: Iterable[Job], *, expected: int) -> Iterator[tuple[Job, Any]]:
        """Outcomes of every job, as NumPy arrays by name, path axis last.

        Jobs are taken as they are needed: systems are built while others run. They come
        back batch by batch, in no promised order.

        Args:
            jobs: Of any structures.
            expected: How many there are, at most; no batch is larger than lets every
                place have one.
        """
        share = -(-expected // len(self._places))
        waiting: dict[Any, list[Job]] = {}
        with ThreadPoolExecutor(len(self._places)) as pool:
            pending: list[_Batch] = []
            number = 0
            for job in jobs:
                key = structure_of(job.system)
                together = waiting.setdefault(key, [])
                together.append(job)
                if len(together) == min(self.batch(job.system), share):
                    pending.append(self._start(pool, waiting.pop(key), number))
                    number += 1
                # A batch waits for each place while the host reads the oldest.
                if len(pending) > 2 * len(self._places):
                    yield from self._collected(pending.pop(0))
            for together in waiting.values():
                pending.append(self._start(pool, together, number))
                number += 1
            while pending:
                yield from self._collected(pending.pop(0))

    def batch(self, system: System) -> int:
        """Settings of a launch: as many as one program is made for."""
        platform = self._places[0].platform
        paths = AT_ONCE.get(platform, ON_ACCELERATOR)
        shape = self.layout(system)
        whole = shape.launch >= self._paths
        return int(np.clip(paths // shape.launch, 1, MOST)) if whole else 1

    def layout(self, system: System) -> Layout:
        """Blocks of a run on one place, but equal ones: no path for nothing."""
        rows = system.accounts.members.shape[0]
        most = Layout.fitting(self._paths, rows, self._places[:1])
        blocks = -(-self._paths // most.block)
        rounds = -(-blocks * most.block // most.launch)
        block = -(-self._paths // (UNIT * blocks)) * UNIT
        return Layout(block=block, launch=-(-blocks // rounds) * block)

    def _start(self, pool: ThreadPoolExecutor, jobs: list[Job], number: int) -> _Batch:
        place = self._places[number % len(self._places)]
        shape, size = self.layout(jobs[0].system), self.batch(jobs[0].system)
        future = pool.submit(self._simulated, jobs, size, shape, place)
        return _Batch(jobs, [future])

    def _simulated(
        self, jobs: list[Job], size: int, shape: Layout, place: Device
    ) -> list[Any]:
        """Outcomes of a batch, launch by launch of its paths, on the host."""
        filled = [*jobs, *[jobs[-1]] * (size - len(jobs))]
        leaves = [jax.tree.leaves(job.system) for job in filled]
        structure = jax.tree.structure(jobs[0].system)
        stacked = [
            np.stack([np.asarray(x) for x in each])
            for each in zip(*leaves, strict=True)
        ]
        double = any(leaf.dtype == np.float64 for leaf in stacked)
        way = in_turn if place.platform == "cpu" else together
        # Precision is a setting of a thread, and this is not the caller's.
        with jax.enable_x64(double):
            systems = jax.device_put(jax.tree.unflatten(structure, stacked), place)
            words = np.stack([np.asarray(seed_words(job.seed)) for job in filled])
            count = np.int32(len(jobs))
            found = []
            for _, part in launches(range(self._paths), shape):
                blocks = np.resize(part, shape.launch).reshape(-1, shape.block)
                given = jax.device_put((systems, words, blocks, count), place)
                program = compiled(way, outcomes, given, place)
                found.append(jax.tree.map(np.asarray, program(*given)))
            return found

    def _collected(self, batch: _Batch) -> Iterator[tuple[Job, Any]]:
        launched = [part for future in batch.parts for part in future.result()]
        for row, job in enumerate(batch.jobs):
            parts = [
                {name: _in_line(values[row]) for name, values in vars(part).items()}
                for part in launched
            ]
            yield (
                job,
                {
                    name: np.concatenate([part[name] for part in parts], axis=-1)[
                        ..., : self._paths
                    ]
                    for name in parts[0]
                },
            )


def outcomes(
    system: System, words: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> Outcome:
    """What is kept of a block of paths."""
    return rollout(system, words, path)[1]


def in_turn(
    work: Work,
    systems: System,
    words: UInt32[Array, "setting 2"],
    path: UInt32[Array, "block path"],
    count: Int32[Array, ""],
) -> Outcome:
    """The first `count` settings one after the other, each block by block."""

    def one(number: Array) -> Any:  # noqa: ANN401
        def own(leaf: Array) -> Array:
            return lax.dynamic_index_in_dim(leaf, number, keepdims=False)

        system, seed = jax.tree.map(own, (systems, words))
        return lax.map(lambda block: work(system, seed, block), path)

    def body(number: Array, found: Any) -> Any:  # noqa: ANN401
        return jax.tree.map(
            lambda whole, part: lax.dynamic_update_index_in_dim(whole, part, number, 0),
            found,
            one(number),
        )

    shapes = jax.eval_shape(one, count)
    blank = jax.tree.map(
        lambda each: jnp.zeros((words.shape[0], *each.shape), each.dtype), shapes
    )
    return lax.fori_loop(0, count, body, blank)


def together(
    work: Work,
    systems: System,
    words: UInt32[Array, "setting 2"],
    path: UInt32[Array, "block path"],
    count: Int32[Array, ""],
) -> Outcome:
    """All settings at once, each block by block; `count` saves nothing here."""
    del count

    def one(system: System, seed: UInt32[Array, " 2"]) -> Any:  # noqa: ANN401
        return lax.map(lambda block: work(system, seed, block), path)

    return jax.vmap(one)(systems, words)


def _in_line(values: np.ndarray) -> np.ndarray:
    """Blocks side by side: [block row path] as [row path]."""
    blocks = np.moveaxis(values, 0, -2)
    return blocks.reshape(*blocks.shape[:-2], blocks.shape[-2] * blocks.shape[-1])
