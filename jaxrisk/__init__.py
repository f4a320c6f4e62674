"""Monte Carlo risk engine for decentralized lending, on JAX.

    import jaxrisk

    config = jaxrisk.load("configs/minimal.yaml")
    result = jaxrisk.simulate(config, paths=2_000, seed=7)
    print(result.summary())

Importing this package starts nothing: JAX is imported when it is first needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from .config import load
    from .output import Result
    from .run import replay, simulate
    from .sensitivity import sensitivities

__all__ = ["Result", "load", "replay", "sensitivities", "simulate"]

_HOME = {
    "Result": ".output",
    "load": ".config",
    "replay": ".run",
    "sensitivities": ".sensitivity",
    "simulate": ".run",
}


def __getattr__(name: str) -> object:
    """Import a public name where it lives, on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
