"""One of several processes, in a process of its own: `python -m ... K N PORT DEVICES`.

It draws a number for every path on its devices and those of the others, and prints the
digest of what it is given; with `die` as last word it ends before the second launch.
"""

import hashlib
import os
import sys
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, UInt32

from jaxrisk._random import Draw, Stream
from jaxrisk.engine import Layout, meet
from jaxrisk.engine._launch import stream


LAYOUT = Layout(block=64, launch=64 * 6)
PATHS = 1000


def drawn(
    scale: Array, words: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> dict[str, Array]:
    """Numbers of several sizes and kinds, which cost nothing to compile."""
    draw = Draw(seed=words, path=path, step=jnp.uint32(0))
    normal = draw.normal(Stream.PRICE, 3) * scale
    return {"normal": normal, "path": path, "sign": normal.sum(axis=0) > 0}


def chunks(*, die: bool = False) -> Iterator[tuple[int, np.ndarray]]:
    """The paths, a launch at a time."""
    for start in range(0, PATHS, LAYOUT.launch):
        if die and start:
            os._exit(9)
        part = np.arange(start, min(start + LAYOUT.launch, PATHS), dtype=np.uint32)
        yield part.size, part


def digest(devices: tuple, *, die: bool = False) -> str:
    """Of all numbers, to the last bit."""
    scale = jnp.asarray(1.5, jnp.float32)
    parts = list(stream(drawn, scale, chunks(die=die), 7, LAYOUT, devices))
    whole = jax.tree.map(lambda *leaves: np.concatenate(leaves, axis=-1), *parts)
    assert whole["path"].tolist() == list(range(PATHS))
    assert np.unique(whole["normal"]).size > 2.9 * PATHS
    leaves = jax.tree.leaves(whole)
    return hashlib.sha256(b"".join(leaf.tobytes() for leaf in leaves)).hexdigest()


def main(process: str, count: str, port: str, devices: str, *last: str) -> None:
    """Join the others, draw, and print."""
    jax.config.update("jax_num_cpu_devices", int(devices))
    jax.distributed.initialize(
        f"localhost:{port}",
        int(count),
        int(process),
        cluster_detection_method="deactivate",
        # How long an orderly exit waits for a process that is gone [s].
        heartbeat_timeout_seconds=10,
        shutdown_timeout_seconds=10,
    )
    meet()
    first, *others = jax.devices()
    # The processes take turns.
    places = (others[0], first, *others[1:])
    print(digest(places, die=last == ("die",)), len(places))


if __name__ == "__main__":
    main(*sys.argv[1:])
