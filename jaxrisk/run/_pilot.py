"""What a run will cost, from a pilot of two launches."""

import time
from dataclasses import dataclass

import jax

from ..config import Config
from ..engine import Layout, workers
from ..engine import simulate as outcomes
from ..output import estimated_size
from ._clock import Stopwatch
from ._devices import device_name
from ._model import prepare


@dataclass(frozen=True)
class Pilot:
    """Predicted cost of the paths of a run, without its companions.

    Attributes:
        paths: Paths of the run.
        steps: Steps of a path.
        accounts: Rows of the book that is simulated.
        paths_per_second: Measured on the pilot.
        seconds: Predicted for the paths, compilation apart.
        compile_seconds: Spent on the pilot; a run spends it again.
        device_bytes: Outcomes of a launch, all devices together, and the constants.
        disk_bytes: The result.
        device: In words.
    """

    paths: int
    steps: int
    accounts: int
    paths_per_second: float
    seconds: float
    compile_seconds: float
    device_bytes: int
    disk_bytes: int
    device: str


def pilot(
    config: Config, *, paths: int | None = None, seed: int | None = None
) -> Pilot:
    """Measure one launch, after one to compile, and extrapolate."""
    watch = Stopwatch()
    model = prepare(config)
    paths = config.run.paths if paths is None else paths
    seed = config.run.seed if seed is None else seed
    layout = Layout.fitting(paths, model.book.account.size, workers())
    for _ in outcomes(model.system, paths=layout.launch, seed=seed, layout=layout):
        pass
    _, compile_seconds = watch.read()
    started = time.perf_counter()
    size = 0
    for outcome in outcomes(
        model.system, paths=layout.launch, seed=seed, layout=layout
    ):
        size += sum(leaf.nbytes for leaf in jax.tree.leaves(outcome))
    rate = layout.launch / (time.perf_counter() - started)
    constants = sum(leaf.nbytes for leaf in jax.tree.leaves(model.system))
    return Pilot(
        paths=paths,
        steps=config.steps,
        accounts=int(model.book.account.size),
        paths_per_second=rate,
        seconds=paths / rate,
        compile_seconds=compile_seconds,
        device_bytes=2 * size + constants * len(jax.devices()),
        disk_bytes=estimated_size(config.steps, len(model.axes.assets)),
        device=device_name(),
    )
