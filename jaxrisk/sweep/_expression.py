"""Arithmetic on swept numbers, read and computed without running any code of a file."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np


Values: TypeAlias = np.ndarray
"""One number or truth value a setting."""

LONGEST = 1000
"""Characters of an expression, at most."""

_BINARY: dict[type[ast.AST], Callable[[Values, Values], Values]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.AST], Callable[[Values], Values]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: np.logical_not,
}
_COMPARED: dict[type[ast.AST], Callable[[Values, Values], Values]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., Values]] = {
    "min": lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)),
    "max": lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)),
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
}
_ALLOWED = (
    "allowed are numbers, names, + - * / **, parentheses, comparisons, and, or, not,"
    f" and {', '.join(_FUNCTIONS)}"
)


class ExpressionError(ValueError):
    """An expression cannot be used; the message says why, and what to do."""


def names_of(text: str) -> tuple[str, ...]:
    """Every name that an expression uses, dotted ones as a whole.

    Raises:
        ExpressionError: If it is no expression, or does more than arithmetic.
    """
    found: list[str] = []

    def note(name: str) -> Values:
        found.append(name)
        return np.ones(1)

    _computed(_parsed(text), note)
    return tuple(dict.fromkeys(found))


def computed(text: str, known: Mapping[str, Values]) -> Values:
    """The value of an expression, one for every setting.

    Args:
        text: Such as `liquidation_threshold - 0.03`, or `a < b and b < 0.9`.
        known: Numbers by name; a name may have dots.

    Raises:
        ExpressionError: If it is no expression, or uses a name that is not known.
    """

    def value(name: str) -> Values:
        if name not in known:
            raise ExpressionError(f"there is no number {name}")
        return known[name]

    return np.asarray(_computed(_parsed(text), value))


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ExpressionError(
            f"it has {len(text):,} characters, and the most is {LONGEST:,}; shorten it"
        )
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"this is no expression; {_ALLOWED}") from None


def _computed(node: ast.expr, value: Callable[[str], Values]) -> Any:  # noqa: ANN401
    """Node by node: what has no case here cannot be written."""

    def of(inner: ast.expr) -> Values:
        return np.asarray(_computed(inner, value))

    with np.errstate(all="ignore"):
        match node:
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int() | float() as number):
                return np.asarray(float(number))
            case ast.Name() | ast.Attribute():
                return value(_dotted(node))
            case ast.UnaryOp() if type(node.op) in _UNARY:
                return _UNARY[type(node.op)](of(node.operand))
            case ast.BinOp() if type(node.op) in _BINARY:
                return _BINARY[type(node.op)](of(node.left), of(node.right))
            case ast.BoolOp():
                join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
                return join.reduce(np.broadcast_arrays(*map(of, node.values)))
            case ast.Compare() if all(type(op) in _COMPARED for op in node.ops):
                return _chained(node, of)
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS:
                return _called(name, [of(argument) for argument in node.args])
    raise ExpressionError(f"`{ast.unparse(node)}` is not allowed; {_ALLOWED}")


def _chained(node: ast.Compare, of: Callable[[Any], Values]) -> Values:
    """Also `a < b < c`."""
    terms = [of(each) for each in (node.left, *node.comparators)]
    found = [
        _COMPARED[type(op)](left, right)
        for op, left, right in zip(node.ops, terms, terms[1:], strict=False)
    ]
    return np.logical_and.reduce(np.broadcast_arrays(*found))


def _called(name: str, given: list[Values]) -> Values:
    least = 2 if name in ("min", "max") else 1
    if len(given) < least or (least == 1 and len(given) > 1):
        raise ExpressionError(
            f"{name} has {len(given)} arguments; give it"
            f" {'two or more' if least == 2 else 'one'}"
        )
    return _FUNCTIONS[name](*given)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    raise ExpressionError(f"`{ast.unparse(node)}` is not a name; {_ALLOWED}")
