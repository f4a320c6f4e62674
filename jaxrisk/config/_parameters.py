"""Any number of a config as a parameter: by name, with its unit, and changed."""

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from ._config import Config
from ._faults import ConfigError, Fault, Mark, did_you_mean
from ._section import Section
from ._units import Unit


_OF_THE_ENGINE = ("engine", "run", "book", "optimize", "horizon_days", "step_minutes")
"""What has no derivative: it sets how is computed, or for how long."""


@dataclass(frozen=True)
class _Number:
    """A float of a config, with the field that holds it, or holds its mapping."""

    path: tuple[str, ...]
    field: str
    value: float
    unit: Unit

    @property
    def name(self) -> str:
        """Dotted path, as `--set` takes it."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Parameter:
    """One number of a config, or several that move together.

    Attributes:
        name: Dotted path, as `--set` takes it; `all:field` for several.
        paths: Keys that lead to each number.
        values: What they are now.
        sizes: What a shift of one adds to each: one to a ratio, a step of time to what
            only works in whole steps, else the number itself.
        quoted: The shift that a derivative is quoted for.
        quoted_name: The same in words.
        half_width: Shift of a bump: narrow for what it changes, wide for its noise.
        room: How far down and up the numbers can be shifted.
    """

    name: str
    paths: tuple[tuple[str, ...], ...]
    values: tuple[float, ...]
    sizes: tuple[float, ...]
    quoted: float
    quoted_name: str
    half_width: float
    room: tuple[float, float]

    @property
    def whole_steps(self) -> bool:
        """Whether only whole shifts do anything."""
        return self.quoted == 1


_MINUTES = {
    "delay_seconds": 60.0,
    "heartbeat_seconds": 60.0,
    "latency_minutes": 1.0,
    "every_hours": 1 / 60,
    "window_minutes": 1.0,
    "pause_minutes": 1.0,
    "cool_down_minutes": 1.0,
    "notice_minutes": 1.0,
    "at_hours": 1 / 60,
}
"""Times that are counted in steps: their unit in a minute."""

_TOGETHER = "all:"


def parameters(config: Config, name: str) -> tuple[Parameter, ...]:
    """What `name` means in this config.

    Args:
        config: The settings.
        name: A field that several sections have (`liquidation_threshold`: one parameter
            for every reserve and e-mode in which it is above zero), `all:` and a field
            (one parameter that shifts all of them), or the dotted path of one number.

    Raises:
        ConfigError: If there is no such number, or it can have no derivative.
    """
    known = list(_numbers(config, ()))
    exact = [each for each in known if each.name == name]
    if exact:
        return (_together(config, name, exact),)
    field = name.removeprefix(_TOGETHER)
    # Zero switches something off: no collateral, no fee, no jumps.
    family = [each for each in known if each.field == field and each.value != 0]
    if not family:
        raise ConfigError([Fault(Mark("--wrt"), name, _refusal(config, field, known))])
    if name.startswith(_TOGETHER):
        return (_together(config, name, family),)
    return tuple(_together(config, each.name, [each]) for each in family)


def shifted(config: Config, parameter: Parameter, shift: float) -> Config:
    """The config with a parameter shifted.

    It is not checked again: a derivative may look a little beyond a limit, such as a
    threshold below its loan-to-value.
    """
    moved = zip(parameter.paths, parameter.values, parameter.sizes, strict=True)
    for path, value, size in moved:
        config = _changed(config, path, value + shift * size)
    return config


def _together(config: Config, name: str, numbers: list[_Number]) -> Parameter:
    shares = (
        "a ratio",
        "what a keeper gets",
        "a correlation",
        "price over",
        "a net position",
    )
    first = numbers[0]
    if first.field in _MINUTES:
        step = config.step_minutes * _MINUTES[first.field]
        sizes, quoted, words = [step] * len(numbers), 1.0, "+1 step"
    elif first.unit.meaning.startswith(shares):
        sizes, quoted, words = [1.0] * len(numbers), 0.01, "+1 pp"
    else:
        sizes, quoted, words = [abs(x.value) or 1.0 for x in numbers], 0.01, "+1 %"
    pairs = list(zip(numbers, sizes, strict=True))
    return Parameter(
        name=name,
        paths=tuple(each.path for each in numbers),
        values=tuple(each.value for each in numbers),
        sizes=tuple(sizes),
        quoted=quoted,
        quoted_name=words,
        half_width=_half_width(numbers, quoted, words),
        room=(
            min((each.value - each.unit.low) / size for each, size in pairs),
            min((each.unit.high - each.value) / size for each, size in pairs),
        ),
    )


def _half_width(numbers: list[_Number], quoted: float, words: str) -> float:
    """Half a point of a share; a twentieth of what may be any size; a step.

    Half a percentage point is about half of what a log price moves in an hour: a wider
    bump flattens what triggers do, 20 % of a probability at one point
    (docs/sensitivities.md).
    """
    if words == "+1 step":
        return quoted
    if words == "+1 %":
        return 0.05
    share = all(each.unit.high <= 1 for each in numbers)
    least = quoted / 2
    return least if share else max(least, 0.05 * max(abs(x.value) for x in numbers))


def _refusal(config: Config, name: str, known: list[_Number]) -> str:
    whole = {path[-1]: path for path in _whole_numbers(config, ())}
    dotted = {".".join(path): path for path in whole.values()}
    if name in whole or name in dotted:
        return (
            "it is a whole number, and has no derivative; run both settings and compare"
        )
    if name.split(".")[-1] in _OF_THE_ENGINE or name.split(".")[0] in _OF_THE_ENGINE:
        return (
            "it sets how the engine computes, and not the market; compare two runs to"
            " see what it changes"
        )
    families = sorted({each.field for each in known})
    return f"the config has no such number; {did_you_mean(name, families)}"


def _changed(section: Any, path: tuple[str, ...], value: float) -> Any:  # noqa: ANN401
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(section, Section):
        below = _changed(getattr(section, key), rest, value)
        return section.model_copy(update={key: below})
    return {**section, key: _changed(section[key], rest, value)}


def _numbers(section: Section, path: tuple[str, ...]) -> Iterator[_Number]:
    """Every float below, with its unit."""
    for key, field in type(section).model_fields.items():
        if path or key not in _OF_THE_ENGINE:
            value = getattr(section, key)
            yield from _below(value, (*path, key), key, _unit_of(field))


def _below(
    value: object, path: tuple[str, ...], field: str, unit: Unit | None
) -> Iterator[_Number]:
    if isinstance(value, Section):
        yield from _numbers(value, path)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _below(each, (*path, key), field, unit)
    elif isinstance(value, float) and unit is not None:
        yield _Number(path, field, value, unit)


def _whole_numbers(section: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(section, Section):
        for key in type(section).model_fields:
            yield from _whole_numbers(getattr(section, key), (*path, key))
    elif isinstance(section, dict):
        for key, each in section.items():
            yield from _whole_numbers(each, (*path, key))
    elif isinstance(section, int) and not isinstance(section, bool):
        yield path


def _unit_of(field: FieldInfo) -> Unit | None:
    """The unit of a field, or of what a mapping or an optional holds."""
    own = [each for each in field.metadata if isinstance(each, Unit)]
    return own[0] if own else _unit_within(field.annotation)


def _unit_within(annotation: object) -> Unit | None:
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, Unit):
            return each
    found = (_unit_within(inner) for inner in typing.get_args(annotation))
    return next((unit for unit in found if unit is not None), None)
