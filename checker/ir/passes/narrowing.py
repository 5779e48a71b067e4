"""What conditions tell about the options that values of unions have.

After `m is TwoA` held, `m as TwoA` is not stuck.  A fact is a text such as `m is TwoA`, about a path: a name,
and what is read off it.  Names are unique within a function and values do not change, so a path stands
for one value as long as its names are bound.
"""

from __future__ import annotations

from checker.ir.nodes import And, As, Coerce, Expr, Field, Get, Is, Item, Local, Not, Or
from checker.ir.typing import options
from checker.lang.types import FiniteType

Truths = frozenset[str]
NONE: Truths = frozenset()


def path_of(node: Expr) -> str | None:
    """The path that an expression is, or None."""
    match node:
        case Local(name=name):
            return name
        case Field(record=inner, name=name):
            path = path_of(inner)
            return path and f"{path}.{name}"
        case Item(tuple=inner, place=place):
            path = path_of(inner)
            return path and f"{path}.{place}"
        case Get(map=inner, key=key):
            path, at = path_of(inner), path_of(key)
            return path and at and f"{path}[{at}]"
        case As(value=inner) | Coerce(value=inner):
            return path_of(inner)
        case _:
            return None


def _shape(kind: FiniteType) -> str:
    """What tells an option from the others of its union."""
    cls = getattr(kind, "cls", type(kind))
    return f"{cls.__qualname__}@{id(cls)}"


def when_true(condition: Expr) -> Truths:
    """What is known once a condition held."""
    match condition:
        case Is(value=value, option=option):
            path = path_of(value)
            return frozenset({f"{path} is {_shape(option)}"}) if path else NONE
        case Not(operand=operand):
            return when_false(operand)
        case And(operands=operands):
            return NONE.union(*map(when_true, operands))
        case _:
            return NONE


def when_false(condition: Expr) -> Truths:
    """What is known once a condition did not hold."""
    match condition:
        case Is(value=value, option=option):
            path = path_of(value)
            return frozenset({f"{path} is not {_shape(option)}"}) if path else NONE
        case Not(operand=operand):
            return when_true(operand)
        case Or(operands=operands):
            return NONE.union(*map(when_false, operands))
        case _:
            return NONE


def surely_is(node: As, known: frozenset[str]) -> bool:
    """Whether a value is known to be of the option that it is seen as."""
    path = path_of(node.value)
    if path is None:
        return False
    if f"{path} is {_shape(node.type)}" in known:
        return True
    others = [option for option in options(node.value.type) if option != node.type]
    return all(f"{path} is not {_shape(option)}" in known for option in others)
