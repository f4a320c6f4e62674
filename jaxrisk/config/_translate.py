"""From pydantic's errors to sentences with a place, a reason and a remedy."""

import types
import typing
from collections.abc import Sequence
from typing import TypeAlias, TypeGuard

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ._faults import Fault, did_you_mean, shown
from ._yaml import Tree


Location: TypeAlias = Sequence[str | int]
_TYPES = {
    "float_type": "this must be a number; write it without quotes, % or commas",
    "int_type": "this must be a whole number; write it without quotes or decimals",
    "int_from_float": "this must be a whole number; round it",
    "string_type": "this must be text; put it in quotes",
    "dict_type": "this must be a mapping; write `name: value` lines below it",
    "model_type": "this must be a mapping; write `name: value` lines below it",
    "tuple_type": "this must be a list; write [a, b]",
    "too_short": "this must not be empty; add at least one",
    "string_too_short": "this must not be empty; write a name",
    "too_long": "these are too many; remove some",
}


def faults_of(
    error: ValidationError, tree: Tree, section: type[BaseModel]
) -> list[Fault]:
    """Every fault that pydantic found in `tree` as a `section`."""
    return [_fault(details, tree, section) for details in error.errors()]


def _fault(details: ErrorDetails, tree: Tree, section: type[BaseModel]) -> Fault:
    location, context = details["loc"], details.get("ctx", {})
    if context.get("at"):
        location = (*location, *str(context["at"]).split("."))
    field, place, found = _locate(tree, location)
    reason = _reason(details, section)
    if not found:
        return Fault(place.key_mark, field, reason)
    if details["type"] == "extra_forbidden":
        return Fault(place.key_mark, field, reason, shown(location[-1]))
    if details["type"] == "union_tag_invalid":
        field, place = f"{field}.kind", place.at("kind")
    return Fault(place.mark, field, reason, shown(place.plain()))


def _reason(details: ErrorDetails, section: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    location = details["loc"]
    if "reason" in context:
        return str(context["reason"])
    if kind == "extra_forbidden":
        return f"unknown key; {did_you_mean(location[-1], _fields(section, location))}"
    if kind == "missing":
        return f"it is missing: {meaning(section, location)}; add it"
    if kind == "union_tag_not_found":
        known = ", ".join(_kinds(_descend(section, location)))
        return f"it has no kind; write kind: one of {known}"
    if kind == "union_tag_invalid":
        known = _listed(context["expected_tags"])
        return f"unknown kind; {did_you_mean(context['tag'], known)}"
    if kind == "literal_error":
        known = _listed(str(context["expected"]).replace(" or ", ", "))
        return f"unknown choice; {did_you_mean(details['input'], known)}"
    if kind == "string_pattern_mismatch":
        return f"it does not fit: {meaning(section, location)}; choose another"
    return _TYPES.get(kind, f"{details['msg']}; correct it")


def _listed(tags: object) -> list[str]:
    return [tag.strip().strip("'") for tag in str(tags).split(",")]


def _kinds(union: object) -> list[str]:
    """The kinds of a discriminated union."""
    return [
        str(typing.get_args(member.model_fields["kind"].annotation)[0])
        for member in typing.get_args(union)
        if _is_section(member)
    ]


def _fields(section: type[BaseModel], location: Location) -> list[str]:
    parent = _descend(section, location[:-1])
    return list(parent.model_fields) if _is_section(parent) else []


def meaning(section: type[BaseModel], location: Location) -> str:
    """What the field at `location` of a section is, as its documentation says."""
    parent = _descend(section, location[:-1])
    name = str(location[-1])
    field = parent.model_fields.get(name) if _is_section(parent) else None
    text = " ".join((field.description or "").split()) if field else "a needed value"
    return (text[:1].lower() + text[1:]).rstrip(".")


def _locate(tree: Tree, location: Location) -> tuple[str, Tree, bool]:
    """Dotted path, deepest tree on it, and whether the path ends there."""
    field, place, found = "", tree, True
    for item in location:
        # Digits in a path that a check of our own has named are of a list as well.
        if str(item).isdigit() and int(item) < len(place.sequence):
            field, place = f"{field}[{item}]", place.sequence[int(item)]
        elif item in place.mapping:
            field, place = f"{field}.{item}", place.mapping[str(item)]
        elif place.at("kind").value != item and not str(item).startswith("["):
            field, found = f"{field}.{item}", False
    return field.removeprefix("."), place, found


def _descend(annotation: object, location: Location) -> object:
    """The type that `annotation` has at `location`."""
    bare = _bare(annotation)
    if not location:
        return bare
    item, rest = location[0], location[1:]
    if _is_section(bare):
        field = bare.model_fields.get(str(item))
        return _descend(field.annotation, rest) if field else None
    origin, members = typing.get_origin(bare), typing.get_args(bare)
    if origin in (dict, tuple):
        return _descend(members[1 if origin is dict else 0], rest)
    if str(item).startswith("["):
        # A union told apart by the shape of what was given, and not by a kind.
        sections = [_bare(member) for member in members if _is_section(_bare(member))]
        return _descend(sections[0], rest) if sections else None
    for member in members:
        kind = member.model_fields.get("kind") if _is_section(member) else None
        if kind and item in typing.get_args(kind.annotation):
            return _descend(member, rest)
    return None


def _bare(annotation: object) -> object:
    """Without `Annotated` and without `| None`."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [x for x in typing.get_args(annotation) if x is not type(None)]
        return _bare(members[0]) if len(members) == 1 else annotation
    return annotation


def _is_section(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
