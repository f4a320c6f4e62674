"""JAX as a command wants it: quiet, and with a compilation cache between runs."""

import logging
import os
import warnings
from pathlib import Path


WORTH_KEEPING = 0.5
"""Compilations shorter than this are repeated rather than stored [s]."""


def start_backend(*, verbose: bool = False) -> None:
    """Set up JAX for a command; to be called before it computes anything.

    Args:
        verbose: Whether to let JAX and other libraries log on stderr.
    """
    if not verbose:
        _hush()
    import jax

    folder = cache_folder()
    if folder is None or "JAX_COMPILATION_CACHE_DIR" in os.environ:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", WORTH_KEEPING)


def cache_folder() -> Path | None:
    """Where compilations are kept; None where that is unwanted or not possible."""
    if os.environ.get("JAXRISK_NO_CACHE", "0") not in ("", "0"):
        return None
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        base = named if named.is_absolute() else Path.home() / ".cache"
        folder = base / "jaxrisk" / "xla"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _hush() -> None:
    """Keep the remarks of libraries about themselves off stderr."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("jax").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
