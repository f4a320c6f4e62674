"""The devices in words."""

import jax

from ..engine import workers


def device_name() -> str:
    """Workers and device, for the manifest."""
    kind = jax.local_devices()[0]
    name = f"{len(workers())} x {kind.device_kind} ({kind.platform})"
    processes = jax.process_count()
    return name if processes == 1 else f"{name}, {processes} processes"
