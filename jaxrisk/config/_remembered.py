"""Builders that are given what they depend on, and nothing else.

So that of many configs which differ in a few numbers only the parts with these numbers
are built anew: a table of option deltas takes a second, and a liquidation threshold
does not change it.
"""

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar, cast

from ._config import Config


MOST = 128
"""Parts of each kind that are remembered; those that were not wanted for long go."""

Memory: TypeAlias = dict[str, OrderedDict[Hashable, Any]]
Builder = TypeVar("Builder", bound=Callable[..., Any])

_MEMORY: ContextVar[Memory | None] = ContextVar("memory", default=None)


@contextmanager
def remembering(memory: Memory) -> Iterator[None]:
    """Let builders look into a memory, and add to it, while the context is open."""
    token = _MEMORY.set(memory)
    try:
        yield
    finally:
        _MEMORY.reset(token)


def depends_on(*sections: str) -> Callable[[Builder], Builder]:
    """Give a builder some sections of its config alone: another one is not there.

    Args:
        sections: Top-level fields that the builder reads. Its other arguments must be
            hashable, by value or by identity.
    """

    def decorated(build: Builder) -> Builder:
        @functools.wraps(build)
        def built(config: Config, *rest: Hashable, **named: Hashable) -> Any:  # noqa: ANN401
            own, memory = _only(config, sections), _MEMORY.get()
            if memory is None:
                return build(own, *rest, **named)
            text = config.model_dump_json(include=set(sections))
            key = (text, str(config.folder), rest, tuple(sorted(named.items())))
            kept = memory.setdefault(build.__qualname__, OrderedDict())
            if key not in kept:
                kept[key] = build(own, *rest, **named)
                if len(kept) > MOST:
                    kept.popitem(last=False)
            kept.move_to_end(key)
            return kept[key]

        return cast(Builder, built)

    return decorated


def _only(config: Config, sections: tuple[str, ...]) -> Config:
    """A config of which only some sections can be read."""
    own = Config.model_construct()
    vars(own).clear()
    vars(own).update({name: getattr(config, name) for name in sections})
    own._folder = config.folder
    return own
