"""Many settings in a launch: the numbers of each run alone, and one program."""

import numpy as np

from jaxrisk.config import Variants, build_system, load
from jaxrisk.engine import _programs, simulate, workers
from jaxrisk.run import prepare
from jaxrisk.sweep._launch import Job, Launcher, in_turn

from .designs import CONFIGS, DEPTH, THRESHOLD


CHANGES = (
    "horizon_days=0.125",
    "assets.WETH.volatility=9.0",
    "keeper.tiers=1",
    "engine.rounds=1",
)


def test_every_number_is_that_of_a_run_alone_and_one_program_runs_all() -> None:
    paths = 5000
    model = prepare(load(CONFIGS / "minimal.yaml", CHANGES))
    variants = Variants(model.config)
    systems = [
        build_system(
            variants({THRESHOLD: 0.81 + 0.02 * k, DEPTH: 1e6 * (k + 1)}), model.book
        )
        for k in range(5)
    ]
    jobs = [Job(k, system, seed=k % 2) for k, system in enumerate(systems)]
    known = {key for key, _ in _programs._COMPILED if key[0] is in_turn}
    launcher = Launcher(workers(), paths=paths)
    found = {job.setting: one for job, one in launcher.run(jobs, expected=5)}
    made = {key for key, _ in _programs._COMPILED if key[0] is in_turn} - known
    assert len(made) == 1
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert found[4]["repaid"].any()
    for job in jobs:
        alone = list(simulate(job.system, paths=paths, seed=job.seed))
        for name, values in found[job.setting].items():
            parts = [getattr(part, name) for part in alone]
            np.testing.assert_array_equal(values, np.concatenate(parts, axis=-1))


def test_no_path_is_simulated_for_nothing_but_to_fill_a_block() -> None:
    model = prepare(load(CONFIGS / "minimal.yaml", CHANGES))
    for paths in (1, 64, 1000, 5000, 300_000):
        shape = Launcher(workers(), paths=paths).layout(model.system)
        simulated = -(-paths // shape.launch) * shape.launch
        assert simulated < 1.02 * paths + 64
