"""A run on any number of devices, in a process of its own: `-m ... DEVICES PATHS FILE`.

Their number is settled before JAX starts, and a program is compiled for each of them.
"""

import sys

import jax
import numpy as np

from tests.engine.systems import build, whole


def main(devices: str, paths: str, file: str) -> None:
    """Save every outcome."""
    count = int(devices)
    jax.config.update("jax_num_cpu_devices", count)
    assert jax.local_device_count() == count
    run = whole(
        build(oracle="heartbeat", latency=1),
        paths=int(paths),
        block=64,
        launch=64 * count,
        devices=count,
    )
    np.savez(file, **vars(run))


if __name__ == "__main__":
    main(*sys.argv[1:])
