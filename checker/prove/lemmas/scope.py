"""What a lemma of a spec can name: its state, its classes, and variables over its sorts and small integers.

A lemma is pasted into the class of the model, so the names of that module count, and those of the modules
of its base classes, which it may have to import.  A variable ranges over a sort, or over integers for which the module has a name (`Ballot = Annotated[int, …]`) and that
occur inside messages or as keys.  Nothing here knows what is said about them.
"""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from string import ascii_lowercase
from typing import Annotated, Any, get_origin

from attrs import frozen

from checker.ir.nodes import Local
from checker.ir.program import Program
from checker.lang.declarations import Declaration
from checker.lang.errors import CallError, SpecError
from checker.lang.hints import Place, sort_sizes
from checker.lang.model import Universe, constants_of, resolver
from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.prove.lemmas.words import Term, Variable

MOST_INTEGERS = 8
"""Integers of no more values than this are ranged over."""

UNCLEAR = "lios"
"""Letters that are no names: too like a number, or the usual name of a state."""


@frozen
class Kind:
    """A type that variables range over: two that a lemma quantifies, one for `all(…)` inside it."""

    first: Variable
    second: Variable
    inner: Variable

    @property
    def type(self) -> FiniteType:
        """What they range over."""
        return self.first.type


@frozen
class Scope:
    """The names of a spec, as a lemma sees them; `annotation` is how the spec writes its state's type."""

    program: Program
    cls: type[Any]
    known: Mapping[str, Any]
    state: Term
    annotation: str
    kinds: tuple[Kind, ...]

    def spelled(self, cls: type[Any]) -> str | None:
        """The name of a class in the module of the model, or None where it has none."""
        return cls.__name__ if self.known.get(cls.__name__) is cls else None


def visible(cls: type[Any]) -> dict[str, Any]:
    """The names in the module of a model, and in those of the models that it derives from."""
    known: dict[str, Any] = {}
    for base in cls.__mro__:
        if issubclass(base, Universe) and not base.__module__.startswith("checker.lang"):
            known = {**vars(sys.modules[base.__module__]), **known}
    return known


def imports(cls: type[Any], source: str) -> list[str]:
    """Lines that import what a lemma names and the module of the model does not know yet."""
    own, known = vars(sys.modules[cls.__module__]), visible(cls)
    wanted: dict[str, set[str]] = {}
    for name in set(re.findall(r"[A-Za-z_]\w*", source)) - set(own):
        home = getattr(known.get(name), "__module__", None)
        if home is not None and name[0].isupper():
            wanted.setdefault(home, set()).add(name)
    return [f"from {home} import {', '.join(sorted(names))}" for home, names in sorted(wanted.items())]


def scope_of(program: Program, declaration: Declaration) -> Scope:
    """What lemmas of a model can name."""
    cls = type(declaration.model)
    known = visible(cls)
    name, annotation = _state_parameter(declaration)
    state = Term(name, Local(name, type=program.state), weight=0)
    taken = {name, "self", *known}
    return Scope(program, cls, known, state, annotation, tuple(_kinds(program, declaration, taken)))


def _state_parameter(declaration: Declaration) -> tuple[str, str]:
    """The name and the annotation that the spec gives the state: that of its properties, if it has any."""
    cls = type(declaration.model)
    properties = [one.function for one in (*declaration.properties, *declaration.final)]
    functions = [*properties, *[one.function for one in declaration.actions]]
    for function in (one for one in functions if one.__module__ == cls.__module__):
        name, hint = next(iter(function.__annotations__.items()))
        return name, hint if isinstance(hint, str) else getattr(hint, "__name__", str(hint))
    return "s", declaration.state.cls.__name__


def _kinds(program: Program, declaration: Declaration, taken: set[str]) -> Iterator[Kind]:
    ranged = [*_sorts(declaration, taken), *_integers(program, declaration)]
    letters = _Letters(taken)
    for kind, text in ranged:
        begin = "a" if len(ranged) == 1 else text[0].lower()
        first = Variable(letters.next(begin), kind, text)
        second = Variable(letters.next(first.name), kind, text)
        yield Kind(first, second, Variable(letters.word(text), kind, text))


class _Letters:
    """Gives out names that mean nothing else in a module."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = set(taken)

    def next(self, begin: str) -> str:
        """The first letter that is free, beginning with one; a longer name when they are used up."""
        start = ascii_lowercase.find(begin)
        letters = ascii_lowercase[start:] + ascii_lowercase[:start]
        found = next((x for x in letters if x not in self._taken and x not in UNCLEAR), None)
        return self._take(found or begin + "x")

    def word(self, text: str) -> str:
        """A name in lower case like that of a class."""
        return self._take(text.lower())

    def _take(self, name: str) -> str:
        while name in self._taken or keyword.iskeyword(name):
            name += "_"
        self._taken.add(name)
        return name


def _sorts(declaration: Declaration, known: set[str]) -> Iterator[tuple[FiniteType, str]]:
    """The sorts of the model that its module has a name for."""
    model = declaration.model
    module = visible(type(model))
    for cls, size in sort_sizes(type(model), constants_of(model)).items():
        if module.get(cls.__name__) is cls:
            yield SortType(cls, size), cls.__name__


def _integers(program: Program, declaration: Declaration) -> Iterator[tuple[FiniteType, str]]:
    """Small integers that identify something, under the names that the module has for them."""
    wanted = {(kind.low, kind.high, kind.text) for kind in _identifying(program.state, inside=False)}
    resolve = resolver(declaration.model).resolve
    for name, hint in visible(type(declaration.model)).items():
        if get_origin(hint) is not Annotated or hint.__origin__ is not int:
            continue
        try:
            kind = resolve(hint, Place(name, lambda: None))
        except (SpecError, CallError):
            continue
        if isinstance(kind, IntType) and (kind.low, kind.high, kind.text) in wanted:
            wanted.discard((kind.low, kind.high, kind.text))
            yield kind, name


def _identifying(kind: FiniteType, *, inside: bool) -> Iterator[IntType]:
    """Integer types in keys, and in the members of sets, bags and sequences."""
    match kind:
        case IntType(low=int(), high=int()):
            if inside and 2 <= kind.count() <= MOST_INTEGERS:
                yield kind
        case SetType(item=item) | BagType(item=item) | SeqType(item=item):
            yield from _identifying(item, inside=True)
        case MapType(key=key, value=value):
            yield from _identifying(key, inside=True)
            yield from _identifying(value, inside=inside)
        case RecordType(fields=fields):
            for _, part in fields:
                yield from _identifying(part, inside=inside)
        case UnionType(options=parts) | TupleType(items=parts):
            for part in parts:
                yield from _identifying(part, inside=inside)
        case _:
            pass
