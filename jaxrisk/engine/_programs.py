"""Programs: traced and compiled once a process, and kept for the next one.

Compiled code is kept by JAX's compilation cache, but only found there once the program
is traced and lowered anew, which takes longer than reading it. So where that cache is
on, the traced program is kept beside it, as StableHLO.
"""

import dataclasses
import functools
import hashlib
import inspect
import os
import tempfile
import threading
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias, get_type_hints

import equinox as eqx
import jax
from jax import export

from ._places import Device


Function: TypeAlias = Callable[..., Any]

_COMPILED: dict[Any, Function] = {}
_TRACED: dict[Any, Any] = {}  # what `jax.jit` makes has no public type
_LOCK = threading.Lock()
"""Two threads that come at the same time with a new program make it once."""


def once(work: Function, *arguments: Any) -> Any:  # noqa: ANN401
    """`work`, as it is: the simplest way of `compiled`."""
    return work(*arguments)


def compiled(
    way: Function, work: Function, arguments: tuple[Any, ...], place: Device
) -> Function:
    """`way(work, *arguments)`, compiled for arguments like these on this device.

    Every number of the arguments is traced: arguments of one structure share a program.

    Args:
        way: How the work is applied: `once`, or block by block.
        work: From arrays to arrays.
        arguments: Trees of arrays on `place`.
        place: Where the program is to run.
    """
    leaves, structure = jax.tree.flatten(arguments)
    kinds = tuple((leaf.shape, str(leaf.dtype), leaf.weak_type) for leaf in leaves)
    with _LOCK:
        key = (way, work, structure, kinds)
        if (key, place) not in _COMPILED:
            if key not in _TRACED:
                _TRACED[key] = _traced(way, work, arguments, kinds, place)
            _COMPILED[key, place] = _TRACED[key].lower(*arguments).compile()
        return _COMPILED[key, place]


def _traced(
    way: Function,
    work: Function,
    arguments: tuple[Any, ...],
    kinds: tuple[Any, ...],
    place: Device,
) -> Any:  # noqa: ANN401
    """`work` under jit: as kept from an earlier process, or anew, and then kept."""
    folder, results = _folder(), _results(work)
    # The kernels of accelerators are custom calls, which are not promised to last.
    if folder is None or results is None or place.platform != "cpu":
        return jax.jit(functools.partial(way, work))
    structure = jax.tree.structure(arguments)
    name = _digest(_sources(), *map(_name, (way, work)), structure, kinds)
    kept = folder / name
    program = _read(kept)
    if program is None:

        def flat(*leaves: jax.Array) -> list[jax.Array]:
            given = jax.tree.unflatten(structure, leaves)
            values, found = jax.tree.flatten(way(work, *given))
            if found != results:
                raise TypeError(f"{_name(work)} gives {found}, not {results}")
            return values

        program = export.export(jax.jit(flat))(*jax.tree.leaves(arguments))
        _write(kept, program)

    def whole(*given: Any) -> Any:  # noqa: ANN401
        return jax.tree.unflatten(results, program.call(*jax.tree.leaves(given)))

    return jax.jit(whole)


def _name(function: Function) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _folder() -> Path | None:
    """Beside JAX's compilation cache; None if that is off."""
    folder = jax.config.values["jax_compilation_cache_dir"]
    return Path(folder) / "traced" if folder else None


def _results(work: Function) -> Any:  # noqa: ANN401
    """Structure of what a function says it returns; None if that is not a module.

    Also None for closures: what they close over is not in their name.
    """
    plain = inspect.unwrap(work)
    if not inspect.isfunction(plain) or plain.__closure__ is not None:
        return None
    kind = get_type_hints(plain).get("return")
    return jax.tree.structure(_blank(kind)) if _is_module(kind) else None


def _blank(kind: Any) -> Any:  # noqa: ANN401
    """A module with a zero for every array, made past its constructor's checks."""
    hints = get_type_hints(kind)
    made = object.__new__(kind)
    for field in dataclasses.fields(kind):
        inner = hints[field.name]
        value = _blank(inner) if _is_module(inner) else 0.0
        object.__setattr__(made, field.name, value)
    return made


def _is_module(kind: Any) -> bool:  # noqa: ANN401
    return isinstance(kind, type) and issubclass(kind, eqx.Module)


@functools.cache
def _sources() -> str:
    """Digest of all that a traced program depends on beside its arguments."""
    package = Path(__file__).resolve().parents[1]
    texts = [path.read_bytes() for path in sorted(package.rglob("*.py"))]
    versions = [metadata.version(name) for name in ("jax", "jaxlib", "equinox")]
    return _digest(*versions, *texts)


def _digest(*parts: object) -> str:
    whole = hashlib.sha256()
    for part in parts:
        text = part if isinstance(part, bytes) else str(part).encode()
        whole.update(len(text).to_bytes(8, "big") + text)
    return whole.hexdigest()


def _read(kept: Path) -> export.Exported | None:
    """A program from a file; None if it is not there, or damaged."""
    try:
        digest, _, program = kept.read_bytes().partition(b"\n")
    except OSError:
        return None
    whole = _digest(program).encode() == digest
    return export.deserialize(bytearray(program)) if whole else None


def _write(kept: Path, traced: export.Exported) -> None:
    """At once or not at all: other processes read and write there too."""
    program = bytes(traced.serialize())
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
            file.write(_digest(program).encode() + b"\n" + program)
        os.replace(file.name, kept)
    except OSError:
        return  # A full disk costs the next run a second, and this one nothing.
