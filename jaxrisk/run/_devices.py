"""One XLA device a CPU core: XLA runs the loop over steps on one thread."""

import os

import jax


def use_all_cores() -> None:
    """Ask for one CPU device a core, unless JAX has already started or was told."""
    if jax.config.values["jax_num_cpu_devices"] > 0:
        return
    try:
        jax.config.update("jax_num_cpu_devices", _cores())
    except RuntimeError:
        # The backend is up: its devices are the user's choice now.
        return


def device_name() -> str:
    """The devices in words, for the manifest."""
    devices = jax.local_devices()
    return f"{len(devices)} x {devices[0].device_kind} ({devices[0].platform})"


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
