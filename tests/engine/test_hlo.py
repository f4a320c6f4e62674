"""What XLA makes of a step: bytes moved, and one generator a stream."""

import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from jax import lax
from jax.extend.core import Var

from jaxrisk import _random
from jaxrisk._random import Draw, Stream, centered, seed_words
from jaxrisk._typing import AssetPath
from jaxrisk.engine import State, System, initial_state, step
from jaxrisk.engine._step import shock
from jaxrisk.engine._walk import Moving, onward
from jaxrisk.process import Prices
from tests.engine.price_processes import WANDERING, process
from tests.engine.systems import build


PATHS, ASSETS = 1024, 8
ROTATIONS = 20
"""Of Threefry-2x32-20; each is one shift to the left."""


def draw_of(path: jax.Array) -> Draw:
    """At some step."""
    return Draw(seed=seed_words(1), path=path, step=jnp.uint32(3))


def alone(prices: Prices, moving: Moving, path: jax.Array) -> Moving:
    """A step of prices that nobody trades on."""
    return onward(prices, moving, draw_of(path))


def shaken(system: System, state: State, path: jax.Array) -> State:
    """All draws of a step, and what is made of them at once."""
    return shock(system, state, draw_of(path))


def whole(system: System, state: State, path: jax.Array) -> Any:  # noqa: ANN401
    """A step, prices to report."""
    return step(system, state, draw=draw_of(path))


def twice(path: jax.Array) -> AssetPath:
    """What a step does whose prices are drawn anew for another use."""
    normal = draw_of(path).normal(Stream.PRICE, ASSETS)
    other = draw_of(path + 1).normal(Stream.PRICE, ASSETS)
    return jnp.exp(normal) * other.sum(axis=0)[None]


def numbers() -> jax.Array:
    """Of the paths."""
    return jnp.arange(PATHS, dtype=jnp.uint32)


def of_prices() -> tuple[Prices, Moving, jax.Array]:
    """Arguments of `alone`."""
    prices = process(*[WANDERING] * ASSETS)
    state = prices.init(PATHS)
    return prices, (state, state.position), numbers()


def of_system() -> tuple[System, State, jax.Array]:
    """Arguments of `shaken` and `whole`: shocks, regimes and jumps of every kind."""
    system = build(oracle="heartbeat")
    return system, initial_state(system, PATHS), numbers()


def compiled(function: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401
    """For this machine's CPU."""
    return jax.jit(function).lower(*given).compile()


def bytes_a_path(program: Any) -> float:  # noqa: ANN401
    """That a step moves between its kernels, by XLA's count; of a loop, one round."""
    return program.cost_analysis()["bytes accessed"] / PATHS


def generators(program: Any) -> list[tuple[int, str]]:  # noqa: ANN401
    """Rotations of every kernel that draws, and the types of what it is given."""
    rotation = re.compile(rf"= u32\[(?:\d+,)?{PATHS}\]\S* shift-left\(")
    found = []
    for kernel in re.split(r"\n\n", program.as_text()):
        count = sum(bool(rotation.search(line)) for line in kernel.splitlines())
        if count:
            found.append((count, kernel.strip().splitlines()[0]))
    return found


def loose(function: Callable[..., Any], *given: Any) -> int:  # noqa: ANN401
    """Results that depend on the generator, and not through a barrier alone."""
    # A new function each time: JAX remembers what it traced.
    program = jax.make_jaxpr(lambda *each: function(*each))(*given).jaxpr
    drawn: set[Var] = set()
    for equation in program.eqns:
        name, shape = equation.primitive.name, equation.outvars[0].aval.shape
        rotates = name == "shift_left" and shape[-1:] == (PATHS,)
        reads = any(isinstance(v, Var) and v in drawn for v in equation.invars)
        if rotates or (reads and name != "optimization_barrier"):
            drawn.update(equation.outvars)
    return sum(isinstance(v, Var) and v in drawn for v in program.outvars)


def test_a_step_of_prices_moves_what_it_carries_and_draws() -> None:
    """56 bytes an asset (`onward`), 4 of the path, 8 of a regime; tables beside."""
    moved = bytes_a_path(compiled(alone, *of_prices()))
    assert 16 * ASSETS < moved < 56 * ASSETS + 4 + 8 + 1


def test_prices_are_drawn_once_and_by_a_kernel_of_their_own() -> None:
    """Whatever else it computed would be drawn for anew wherever that is used."""
    ((rotations, kernel),) = generators(compiled(alone, *of_prices()))
    assert rotations <= ROTATIONS
    assert "f32" not in kernel.split("->")[0]


def test_every_stream_of_a_step_is_drawn_once() -> None:
    found = generators(compiled(shaken, *of_system()))
    total = sum(rotations for rotations, _ in found)
    assert ROTATIONS < total <= ROTATIONS * len(Stream)


@pytest.mark.slow
def test_a_whole_step_draws_once_and_moves_less_than_sixteen_states() -> None:
    """A fence, no derivation: XLA's CPU code moves fourteen; of rounds, one each."""
    system, state, path = of_system()
    program = compiled(whole, system, state, path)
    total = sum(rotations for rotations, _ in generators(program))
    assert total <= ROTATIONS * len(Stream)
    carried = sum(leaf.nbytes for leaf in jax.tree.leaves(state)) / PATHS
    assert bytes_a_path(program) < 16 * carried


def test_a_stream_drawn_for_each_use_is_found() -> None:
    found = generators(compiled(twice, numbers()))
    assert sum(rotations for rotations, _ in found) > ROTATIONS


@pytest.mark.parametrize(
    ("function", "given"), [(alone, of_prices), (shaken, of_system)]
)
def test_what_is_drawn_is_used_behind_a_barrier(
    function: Callable[..., Any], given: Callable[[], Any]
) -> None:
    """GPUs keep it while they fuse. XLA's CPU compiler drops it before (jaxlib 0.10),
    so that its optimized programs cannot tell."""
    assert not loose(function, *given())


def test_a_draw_without_a_barrier_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def bare(self: Draw, stream: Stream, count: int) -> AssetPath:
        return lax.erf_inv(centered(self._words(stream, count)))

    monkeypatch.setattr(_random.Draw, "normal", bare)
    assert loose(alone, *of_prices()) == 2
