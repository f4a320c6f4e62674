"""Time spent compiling, apart from time spent computing."""

import functools
import time

import jax


_EVENTS = frozenset(
    {
        "/jax/core/compile/jaxpr_trace_duration",
        "/jax/core/compile/jaxpr_to_mlir_module_duration",
        "/jax/core/compile/backend_compile_duration",
    }
)


_STORED = "/jax/compilation_cache/cache_misses"
"""Said by JAX once it has stored a program that was not in the cache."""


class CompileClock:
    """Seconds that JAX has spent tracing and compiling in this process.

    Attributes:
        seconds: Of compiling, or of reading from the cache.
        stored: Programs that were put into the cache on disk.
    """

    def __init__(self) -> None:
        """Listen from now on."""
        self.seconds, self.stored = 0.0, 0
        jax.monitoring.register_event_duration_secs_listener(self._add)
        jax.monitoring.register_event_listener(self._count)

    def _add(self, event: str, duration_secs: float, **_: str | int) -> None:
        if event in _EVENTS:
            self.seconds += duration_secs

    def _count(self, event: str, **_: str | int) -> None:
        self.stored += event == _STORED


class Stopwatch:
    """Splits time since it was started into compiling and computing."""

    def __init__(self) -> None:
        """Start."""
        self._clock = compile_clock()
        self._start, self._compiled = time.perf_counter(), self._clock.seconds

    def read(self) -> tuple[float, float]:
        """Seconds of computing and of compiling so far.

        Programs may be compiled while others run: no more than the time that passed.
        """
        elapsed = time.perf_counter() - self._start
        compiling = min(self._clock.seconds - self._compiled, elapsed)
        return elapsed - compiling, compiling


@functools.cache
def compile_clock() -> CompileClock:
    """The clock of this process: JAX offers no way to stop listening."""
    return CompileClock()
