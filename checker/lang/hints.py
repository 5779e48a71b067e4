"""Reading annotations: strings evaluated, type parameters of generic classes filled in.

What an annotation means is in `checker.lang.resolve`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Generic, TypeVar, get_args, get_origin

from attrs import frozen

from checker.lang import source
from checker.lang.bounds import Kept, SizeOf
from checker.lang.errors import Location, SpecError
from checker.lang.values import Sort


@frozen
class Place:
    """What an annotation belongs to ("field `log` of `Server`"), and where it stands."""

    what: str
    where: Callable[[], Location | None]


def field_hints(cls: type[Any]) -> dict[str, Any]:
    """The annotations of a class and its bases, strings evaluated; bases first."""
    found: dict[str, Any] = {}
    for owner in reversed(cls.__mro__):
        module = sys.modules.get(owner.__module__)
        names = {**vars(module)} if module else {}
        for name, hint in vars(owner).get("__annotations__", {}).items():
            place = Place(f"field `{name}` of `{owner.__name__}`", partial(source.at_field, owner, name))
            found[name] = _evaluate(hint, names, {**vars(owner)}, place)
    return found


def function_hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of a function, strings evaluated; "return" is among them."""
    closure = getattr(function, "__closure__", None) or ()
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    enclosed = {}
    for name, cell in zip(names, closure, strict=True):
        try:
            enclosed[name] = cell.cell_contents
        except ValueError:
            continue
    found = {}
    for name, hint in function.__annotations__.items():
        what = "the result" if name == "return" else f"parameter `{name}`"

        def where(name: str = name) -> Location | None:
            return source.at_returns(function) if name == "return" else source.at_parameter(function, name)

        place = Place(f"{what} of `{function.__name__}`", where)
        found[name] = _evaluate(hint, getattr(function, "__globals__", {}), enclosed, place)
    return found


def _evaluate(hint: Any, names: Mapping[str, Any], more: Mapping[str, Any], place: Place) -> Any:
    if not isinstance(hint, str):
        return hint
    try:
        return eval(hint, {**names}, {**more})  # noqa: S307 - the spec's own annotation
    except Exception as error:
        raise SpecError(
            "type/unknown-name",
            f"the type of {place.what} cannot be read: `{hint}`",
            why=f"evaluating it failed: {type(error).__name__}: {error}",
            instead="Import or define every name that the annotation uses at the top level of the file.",
            at=place.where(),
        ) from error


_arguments: dict[tuple[Any, Any], dict[Any, Any]] = {}
_durable: dict[Any, dict[str, bool]] = {}


def type_arguments(cls: type[Any], generic: type[Any]) -> dict[Any, Any]:
    """What a class gives for the type parameters of one of its generic bases."""
    if (cls, generic) not in _arguments:
        _arguments[cls, generic] = _type_arguments(cls, generic)
    return _arguments[cls, generic]


def _type_arguments(cls: type[Any], generic: type[Any]) -> dict[Any, Any]:
    if cls is generic:
        return {parameter: parameter for parameter in getattr(cls, "__parameters__", ())}
    for base in vars(cls).get("__orig_bases__", cls.__bases__):
        origin = get_origin(base) or base
        if origin is Generic or not isinstance(origin, type) or not issubclass(origin, generic):
            continue
        given = dict(zip(getattr(origin, "__parameters__", ()), get_args(base), strict=False))
        return {
            parameter: substitute(argument, given)
            for parameter, argument in type_arguments(origin, generic).items()
        }
    return {}


def given_parameters(cls: type[Any]) -> dict[Any, Any]:
    """What a class gives for the type parameters of all its generic bases, those of derived ones first."""
    found: dict[Any, Any] = {}
    for owner in cls.__mro__:
        for parameter, argument in type_arguments(cls, owner).items():
            if argument is not parameter:
                found.setdefault(parameter, argument)
    return found


def substitute(hint: Any, given: Mapping[Any, Any]) -> Any:
    """An annotation with other types for its type parameters."""
    if isinstance(hint, TypeVar):
        return given.get(hint, hint)
    parameters = getattr(hint, "__parameters__", ())
    if parameters:
        return hint[tuple(given.get(parameter, parameter) for parameter in parameters)]
    return hint


def durability(cls: type[Any]) -> dict[str, bool]:
    """Which fields of a node's state survive a crash; fields marked neither way are left out."""
    if cls in _durable:
        return _durable[cls]
    found = {
        name: mark.durable
        for name, hint in field_hints(cls).items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, Kept)
    }
    _durable[cls] = found
    return found


def sort_sizes(cls: type[Any], constants: Mapping[str, Any]) -> dict[type[Sort], int]:
    """How many members each sort has, from the constants marked `Size[...]`."""
    sizes = {}
    for name, hint in field_hints(cls).items():
        for mark in getattr(hint, "__metadata__", ()):
            if isinstance(mark, SizeOf):
                if mark.sort in sizes:
                    raise SpecError(
                        "sort/two-sizes",
                        f"`{name}` of `{cls.__name__}` is a second size of the sort `{mark.sort.__name__}`",
                        why="A sort has one number of members.",
                        instead="Keep one of the two constants.",
                        at=source.at_field(cls, name),
                    )
                sizes[mark.sort] = constants[name]
    return sizes
