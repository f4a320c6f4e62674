"""Tasks on other processes, through dask: cores, GPUs, SLURM, any scheduler.

A worker is told the store and the number of a task. It reads the plan from the store,
and writes its chunks there itself: the store must have the same name on every host.
"""

import functools
import logging
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import jax

from ..engine import workers
from ._identity import stored
from ._run import Engine, Opened, done_once
from ._store import Store
from ._task import Done, Worker


if TYPE_CHECKING:
    from distributed import Client

FORMS = "local, gpu or slurm, each with a number of workers if wanted (local:4), or the"
FORMS += " address of a scheduler (tcp://host:port)"
_NAMED = re.compile(r"(?P<kind>local|gpu|slurm)(?::(?P<count>[1-9]\d*))?")
_KILLS = 10
"""Workers that a task may lose before it is given up: it may not be its fault."""
_JOBS = 8
"""Jobs asked of SLURM where no number is given."""

Clusters: TypeAlias = Callable[[int], AbstractContextManager[Any]]
"""From the number of tasks to a cluster for them."""


class EngineError(ValueError):
    """Tasks cannot be given to what was asked for; the message says why."""


def engine_of(text: str) -> Opened:
    """The engine that `--workers` names.

    Raises:
        EngineError: If it names none, or what it needs is not there.
    """
    _need("distributed")
    if re.fullmatch(r"(tcp|tls|ucx)://\S+:\d+", text):
        return _engine(lambda _: _address(text), threads=0)
    found = _NAMED.fullmatch(text)
    if found is None:
        raise EngineError(f"--workers {text}: give {FORMS}.")
    count = int(found["count"] or 0)
    if found["kind"] == "slurm":
        _need("dask_jobqueue")
        return _engine(lambda tasks: _slurm(min(count or _JOBS, tasks)), threads=0)
    if found["kind"] == "gpu":
        names = _gpus()
        chosen = names[: count or len(names)]
        return _engine(lambda tasks: _here(_by_gpu(chosen[:tasks])), threads=0)
    cores = count or len(os.sched_getaffinity(0))
    return _engine(lambda tasks: _here([{}] * min(cores, tasks)), threads=1)


def _need(package: str) -> None:
    import importlib.util

    if importlib.util.find_spec(package) is None:
        raise EngineError(
            f"--workers needs {package}, which is not installed. Install it with"
            " pip install 'jaxrisk[sweep]', or leave --workers out."
        )


def _engine(clusters: Clusters, *, threads: int) -> Opened:
    @contextmanager
    def opened(store: Store) -> Iterator[Engine]:
        from dask import config

        settings = {
            "distributed.scheduler.allowed-failures": _KILLS,
            "distributed.comm.timeouts.connect": "60s",
        }
        with config.set(settings), clusters(store.plan.tiles.tasks) as client:
            folder = str(store.folder.resolve())

            def compute(tasks: Sequence[int]) -> Iterator[Done | None]:
                return _results(client, folder, tasks, threads)

            yield compute

    return opened


def _results(
    client: "Client", folder: str, tasks: Sequence[int], threads: int
) -> Iterator[Done | None]:
    from distributed import as_completed

    futures = [
        client.submit(remote, folder, task, threads, pure=False) for task in tasks
    ]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        client.cancel(futures)


def remote(folder: str, task: int, threads: int) -> Done | None:
    """Compute a task in a worker; None if another process is at it.

    Args:
        folder: Of the store.
        task: Its number.
        threads: Of this worker; as many as suit its devices if zero.
    """
    plan, _, facts = stored(Path(folder))
    worker = _worker(folder, facts["sweep_hash"], threads)
    return done_once(Store(Path(folder), plan), worker, task)


@functools.lru_cache(maxsize=2)
def _worker(folder: str, identity: str, threads: int) -> Worker:
    """What this process has read and compiled for a sweep already."""
    del identity
    plan, axes, _ = stored(Path(folder))
    places = workers()
    return Worker(plan, axes, places[:threads] if threads else places)


@contextmanager
def _here(settings: Sequence[dict[str, str]]) -> "Iterator[Client]":
    """One worker process on this host for each of some environments."""
    from distributed import Client, Nanny, Scheduler, SpecCluster

    specification = {
        number: {
            "cls": Nanny,
            "options": {
                "nthreads": 1,
                "memory_limit": 0,
                "env": {**_environment(), **own},
            },
        }
        for number, own in enumerate(settings)
    }
    scheduler = {"cls": Scheduler, "options": {"dashboard": False}}
    # What dask says of lost workers is not for the user: the sweep tells what matters.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with (
        SpecCluster(workers=specification, scheduler=scheduler) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _slurm(jobs: int) -> "Iterator[Client]":
    """Jobs as the user's dask configuration describes them (`jobqueue.slurm`)."""
    from dask_jobqueue.slurm import SLURMCluster
    from distributed import Client

    cluster: Any = SLURMCluster()
    with cluster:
        cluster.scale(jobs=jobs)
        with Client(cluster) as client:
            yield client


@contextmanager
def _address(address: str) -> "Iterator[Client]":
    from distributed import Client

    try:
        client = Client(address, timeout="10s")
    except OSError as error:
        raise EngineError(
            f"--workers {address}: no scheduler answers there. Start one with"
            " `dask scheduler`, or correct the address."
        ) from error
    with client:
        yield client


def _by_gpu(names: Sequence[str]) -> list[dict[str, str]]:
    """Environments of workers that see one GPU each."""
    return [{"CUDA_VISIBLE_DEVICES": name} for name in names]


def _gpus() -> list[str]:
    """Names of the GPUs of this host, without taking any of their memory."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible:
        return visible.split(",")
    program = shutil.which("nvidia-smi")
    listed = ""
    if program is not None and visible is None:
        listed = subprocess.run(
            [program, "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    names = listed.split()
    if not names:
        raise EngineError(
            "--workers gpu: no GPU was found on this host. Use local, or leave"
            " --workers out."
        )
    return names


def _environment() -> dict[str, str]:
    """What JAX was told here, for workers: it is configured by each process."""
    folder = jax.config.values["jax_compilation_cache_dir"]
    least = jax.config.values["jax_persistent_cache_min_compile_time_secs"]
    kept = {
        "JAX_COMPILATION_CACHE_DIR": folder,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": least,
    }
    found = {name: str(value) for name, value in kept.items() if folder}
    return {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        "DASK_LOGGING__DISTRIBUTED": "critical",
        **found,
    }
