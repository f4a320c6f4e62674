"""How paths are spread over devices: blocks, and launches of several blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._places import Device


UNIT = 64
"""Paths that a block is a multiple of: four AVX-512 registers of floats.

Compilers unroll a loop four times. In one without a remainder every path is computed by
the same instructions; in a shorter one products and sums are fused otherwise, and the
last bit of a path would depend on the block.
"""


AT_ONCE = 2**19
"""Paths of a block on an accelerator, at most."""

BYTES, BYTES_OF_ACCOUNT = 8192, 80
"""Memory of a path in float32, and of each account on it.

Twice what XLA plans for the shipped config on a CPU, as its plan for an accelerator is
not known here: 20 KB for 385 accounts on 14 assets, of which 10.6 KB are the state (7
floats an account of two rows, the rest by asset and reserve).
"""


@dataclass(frozen=True)
class Layout:
    """How paths are spread. Changes memory and speed, and never the numbers.

    To the last bit in blocks for a core's cache; an accelerator's (`turn_of`) agree
    with those to rounding.

    Args:
        block: Paths that go through all steps together on a device; a multiple of
            `UNIT`.
        launch: Paths of one call to the devices, all together; a multiple of `block`.

    Raises:
        ValueError: If they are no such multiples.
    """

    block: int
    launch: int

    def __post_init__(self) -> None:
        """Check the multiples."""
        if self.block % UNIT or self.block < UNIT:
            raise ValueError(
                f"A block of {self.block} paths: give a multiple of {UNIT}, or the"
                " last bits of a path would depend on it."
            )
        if self.launch % self.block:
            raise ValueError(
                f"A launch of {self.launch} paths in blocks of {self.block}: give a"
                " multiple of the block."
            )

    @classmethod
    def fitting(cls, paths: int, accounts: int, devices: Sequence[Device]) -> "Layout":
        """Blocks that fit a core's cache on a CPU; one large block on an accelerator.

        An accelerator is given at most 2^19 paths at once, and so in a longer run never
        less than 2^18; or what a third of its memory holds. Starting the kernels of a
        step takes some 10 microseconds, whatever the paths; prices of eight assets move
        256 bytes a path and step, which at 4.3 TB/s is 12 microseconds for 200,000
        paths (derived, not measured). With fewer, starting is most of it.

        Args:
            paths: Paths in all.
            accounts: Rows of the book.
            devices: Where to run.
        """
        each = -(-paths // (UNIT * len(devices))) * UNIT
        if devices[0].platform == "cpu":
            block = 2 ** round(np.clip(np.log2(65536 / accounts), 6, 12))
            # XLA frees what the blocks of a launch leave behind only at its end.
            blocks = int(np.clip(2**21 // (accounts * block), 1, 64))
        else:
            parts = -(-each // _at_once(accounts, devices[0]))
            block, blocks = -(-each // (UNIT * parts)) * UNIT, 1
        # A short run is cut in equal parts, and not filled up to whole blocks.
        block = min(block, each)
        unit = block * len(devices)
        # So is a longer one: a last launch takes as long as any, with few paths too.
        launches = -(-paths // (blocks * unit))
        return cls(block=block, launch=-(-paths // (launches * unit)) * unit)


def _at_once(accounts: int, device: Device) -> int:
    """Paths that fit a third of the device's memory: float64 then takes two."""
    memory = (device.memory_stats() or {}).get("bytes_limit", 2**33)
    fitting = memory // (3 * (BYTES + BYTES_OF_ACCOUNT * accounts))
    return int(np.clip(fitting, UNIT, AT_ONCE)) // UNIT * UNIT
