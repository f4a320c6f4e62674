"""The devices in words."""

import jax

from ..engine import workers


def device_name() -> str:
    """Workers and device, for the manifest."""
    kind = jax.local_devices()[0]
    return f"{len(workers())} x {kind.device_kind} ({kind.platform})"
