"""A program is traced once, and the next process finds it."""

from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

from jaxrisk._random import seed_words
from jaxrisk.engine import Walked, _launch, _programs, _record, walk
from tests.engine.price_processes import FOLLOWING, PEGGED, process
from tests.engine.systems import build


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of traced programs, and none in memory."""
    monkeypatch.setattr(_programs, "_folder", lambda: tmp_path / "traced")
    forget(monkeypatch)
    return tmp_path / "traced"


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the next process would not know."""
    monkeypatch.setattr(_programs, "_TRACED", {})
    monkeypatch.setattr(_programs, "_COMPILED", {})


def walked() -> Walked:
    """Some paths of two prices."""
    return next(walk(process(PEGGED, FOLLOWING), paths=70, seed=3, steps=5))


def equal(one: object, other: object) -> bool:
    """Whether two trees are equal to the bit."""
    pairs = zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True)
    return jax.tree.structure(one) == jax.tree.structure(other) and all(
        np.array_equal(a, b) for a, b in pairs
    )


def test_a_kept_program_gives_the_same_bits_without_tracing(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as off:
        off.setattr(_programs, "_folder", lambda: None)
        plain = walked()
    forget(monkeypatch)
    first = walked()
    assert len(list(cache.iterdir())) == 1
    forget(monkeypatch)
    monkeypatch.setattr(export, "export", None)  # Tracing anew would call it.
    assert equal(first, plain)
    assert equal(walked(), plain)


@pytest.mark.parametrize("work", [_launch._outcomes, _record._trajectory])
def test_what_a_run_needs_is_kept(work: Callable[..., object]) -> None:
    """Results of a program are known from its signature."""
    path = jnp.arange(3, dtype=jnp.uint32)
    found = jax.eval_shape(work, build(), seed_words(3), path)
    assert _programs._results(work) == jax.tree.structure(found)


@pytest.mark.parametrize("damage", [b"", b"StableHLO", bytes(5000)])
def test_a_damaged_file_is_made_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    first = walked()
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    forget(monkeypatch)
    assert equal(walked(), first)
    assert len(kept.read_bytes()) == len(whole)


def test_other_sources_are_another_program(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked()
    forget(monkeypatch)
    monkeypatch.setattr(_programs, "_sources", lambda: "changed")
    walked()
    assert len(list(cache.iterdir())) == 2


def test_a_closure_is_not_kept(cache: Path) -> None:
    place, factor = jax.devices()[0], np.float32(3)

    def scaled(values: jax.Array) -> jax.Array:
        return values * factor

    arguments = (jax.device_put(np.ones(2, np.float32), place),)
    program = _programs.compiled(_programs.once, scaled, arguments, place)
    np.testing.assert_array_equal(program(*arguments), [3, 3])
    assert not cache.exists()
