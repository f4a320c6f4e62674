"""What a run will cost, from a run of its first launches."""

import math
from dataclasses import dataclass

import jax

from ..config import Config
from ..engine import Layout, workers
from ..output import Result
from ._clock import Stopwatch, compile_clock
from ._devices import device_name
from ._model import Model, prepare
from ._progress import Stage
from ._recorded import FAN_PATHS
from ._simulate import SIMULATING, simulate


@dataclass(frozen=True)
class Pilot:
    """What a short run took: with all its checks, so that only paths are to be added.

    Attributes:
        paths: Paths that were run.
        launch: Paths of a launch; one that is not full takes as long.
        steps: Steps of a path.
        accounts: Rows of the book that is simulated.
        path_seconds: Computing the paths.
        check_seconds: Computing the checks, and what else a result holds.
        compile_seconds: Tracing and compiling, or reading from the cache.
        stored: Programs that were put into the cache: a later run will find them.
        device_bytes: Peak memory of accelerators; zero on a CPU.
        device: In words.
    """

    paths: int
    launch: int
    steps: int
    accounts: int
    path_seconds: float
    check_seconds: float
    compile_seconds: float
    stored: int
    device_bytes: int
    device: str


def pilot(config: Config) -> tuple[Result, Pilot]:
    """Run as many whole launches as the checks need paths, at least one."""
    model, stored = prepare(config), compile_clock().stored
    paths, launch = _short(model)
    laps = _Laps()
    result = simulate(config, paths=paths, progress=laps, model=model)
    facts = result.to_xarray().attrs
    return result, Pilot(
        paths=paths,
        launch=launch,
        steps=config.steps,
        accounts=int(model.book.account.size),
        path_seconds=laps.seconds(SIMULATING),
        check_seconds=facts["check_seconds"],
        compile_seconds=facts["compile_seconds"],
        stored=compile_clock().stored - stored,
        device_bytes=_peak_of_devices(),
        device=device_name(),
    )


@dataclass(frozen=True)
class Cost:
    """What a run will take [s].

    Attributes:
        paths: Computing the paths.
        checks: Computing the checks.
        compiling: Tracing and compiling, or reading from the cache.
        rest: Start, book, result, report.
    """

    paths: float
    checks: float
    compiling: float
    rest: float

    @property
    def seconds(self) -> float:
        """All together."""
        return self.paths + self.checks + self.compiling + self.rest


def cost(measured: Pilot, *, wall_seconds: float, paths: int) -> Cost:
    """Extrapolate a pilot: launches are added, and all else stays as it is.

    Args:
        measured: The pilot.
        wall_seconds: Of its process, from start to end.
        paths: Of the run.
    """
    launches = math.ceil(paths / measured.launch)
    piloted = math.ceil(measured.paths / measured.launch)
    known = measured.path_seconds + measured.check_seconds + measured.compile_seconds
    return Cost(
        paths=measured.path_seconds * launches / piloted,
        checks=measured.check_seconds,
        compiling=measured.compile_seconds,
        rest=max(wall_seconds - known, 0.0),
    )


class _Laps:
    """Listens when stages begin and end, in seconds of computing."""

    def __init__(self) -> None:
        self._watch = Stopwatch()
        self._laps: dict[str, tuple[float, float]] = {}

    def __call__(self, stage: Stage) -> None:
        now, _ = self._watch.read()
        start, _ = self._laps.setdefault(stage.name, (now, now))
        self._laps[stage.name] = start, now

    def seconds(self, name: str) -> float:
        start, end = self._laps[name]
        return end - start


def _short(model: Model) -> tuple[int, int]:
    """Paths of a pilot, and those of a launch, which are spread as the run's are."""
    run = model.config.run
    layout = Layout.fitting(run.paths, model.book.account.size, workers())
    wanted = max(run.feedback_paths, run.cohort_check_paths, FAN_PATHS)
    whole = math.ceil(wanted / layout.launch) * layout.launch
    return min(run.paths, whole), layout.launch


def _peak_of_devices() -> int:
    found = [device.memory_stats() or {} for device in jax.local_devices()]
    return sum(each.get("peak_bytes_in_use", 0) for each in found)
