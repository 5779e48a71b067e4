"""The types of annotations and of known values, for one model.

An annotation that names type parameters has a type once they are given; one without a type in the
language (a type parameter of a generic helper, say) has none, and the value that is passed decides.
Types are interned, so that equal ones are mostly the same object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from typing import Annotated, Any, TypeVar, get_args, get_origin

import attrs

from checker.compile.build import MUTABLE
from checker.compile.faults import outside
from checker.ir.nodes import INT
from checker.ir.typing import joined
from checker.lang import source
from checker.lang.errors import Location, SpecError
from checker.lang.hints import Place, substitute
from checker.lang.resolve import Resolver
from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map, Sort

Given = Mapping[Any, Any]
"""What type parameters stand for."""

OfValue = Callable[[Any], FiniteType]
"""The type of a value."""


class Kinds:
    """Types under the constants of one model."""

    def __init__(self, resolver: Resolver):
        self._resolver = resolver
        self._known: dict[Any, FiniteType] = {}
        self._ours: set[int] = set()  # the ids of what is in `_known`, which keeps them from being used again
        self._empty: dict[int, tuple[FiniteType, bool]] = {}  # the type keeps its id from being used again
        self._mixed: dict[int, tuple[FiniteType, bool]] = {}
        self._checked: set[type[Any]] = set()

    # -- annotations --

    def of_hint(self, hint: Any, given: Given, place: Place, *, bounded: bool = False) -> FiniteType | None:
        """The type of an annotation; None where it names type parameters that are not given."""
        if hint is Any or _is_open(hint := substitute(hint, given)) or _says_little(hint):
            return None
        if hint is range:
            return SeqType(INT, None)
        if get_origin(hint) in (list, set):
            item = self.of_hint(get_args(hint)[0], given, place)
            made = SeqType if get_origin(hint) is list else SetType
            return None if item is None else made(item, None, MUTABLE)
        try:
            return self.interned(self._resolver.resolve(hint, place, bounded=bounded))
        except SpecError as error:
            told = error.problem
            if not bounded and told.code == "type/unbounded-int":
                return self._open_map(hint, place)
            raise outside("subset/annotation", told.what, told.why, told.instead, told.at) from error

    def _open_map(self, hint: Any, place: Place) -> FiniteType | None:
        """`Map[int, bool]`, whose keys are left open; None where such a map is part of something else."""
        if get_origin(hint) is not Map:
            return None
        key, value = get_args(hint)
        found = self.of_hint(value, {}, place)
        keys = self._resolver.resolve(key, place, bounded=False)
        return None if found is None else self.interned(MapType(keys, found))

    def of_class(self, cls: Any, place: Place) -> FiniteType:
        """The type of a class without type parameters."""
        return self.interned(self._resolver.resolve(cls, place, bounded=False))

    # -- interning --

    def interned(self, kind: FiniteType) -> FiniteType:
        """The one object that stands for all types equal to this one."""
        if id(kind) in self._ours:
            return kind
        match kind:
            case RecordType(cls=cls, fields=fields):
                self.check_record(cls)
                fields = tuple((name, self.interned(of)) for name, of in fields)
                made: FiniteType = RecordType(cls, fields)
                return self._one((cls, *(id(of) for _, of in fields)), made)
            case UnionType(options=parts):
                parts = tuple(self.interned(of) for of in parts)
                return self._one((UnionType, *map(id, parts)), UnionType(parts))
            case TupleType(items=parts):
                parts = tuple(self.interned(of) for of in parts)
                return self._one((TupleType, *map(id, parts)), TupleType(parts))
            case SeqType() | SetType() | BagType():
                item = self.interned(kind.item)
                made = attrs.evolve(kind, item=item)
                bounds = tuple(
                    getattr(kind, name, None) for name in ("limit", "capacity", "max_count", "text")
                )
                return self._one((type(kind), id(item), *bounds), made)
            case MapType():
                key, value = self.interned(kind.key), self.interned(kind.value)
                return self._one((MapType, id(key), id(value)), MapType(key, value))
            case EnumType(cls=cls):
                self.check_enum(cls)
        return self._one((type(kind), kind), kind)

    def _one(self, key: tuple[Any, ...], made: FiniteType) -> FiniteType:
        found = self._known.setdefault(key, made)
        self._ours.add(id(found))
        return found

    # -- questions --

    def empty(self, kind: FiniteType) -> bool:
        """Whether a type has no value, so that code for it is never run."""
        match kind:
            case UnionType(options=parts):
                return all(self.empty(part) for part in parts)
            case TupleType(items=parts):
                return any(self.empty(part) for part in parts)
            case RecordType(fields=fields):
                known = self._empty.get(id(kind))
                if known is None:
                    known = self._empty[id(kind)] = (kind, any(self.empty(of) for _, of in fields))
                return known[1]
            case _:
                return False

    def mixed(self, kind: FiniteType) -> bool:
        """Whether a type holds a union of truth values and numbers."""
        known = self._mixed.get(id(kind))
        if known is None:
            known = self._mixed[id(kind)] = (kind, self._is_mixed(kind))
        return known[1]

    def _is_mixed(self, kind: FiniteType) -> bool:
        match kind:
            case UnionType(options=parts):
                classes = {type(part) for part in parts}
                return {BoolType, IntType} <= classes or any(map(self.mixed, parts))
            case TupleType(items=parts):
                return any(map(self.mixed, parts))
            case RecordType(fields=fields):
                return any(self.mixed(of) for _, of in fields)
            case SeqType(item=item) | SetType(item=item) | BagType(item=item):
                return self.mixed(item)
            case MapType(key=key, value=value):
                return self.mixed(key) or self.mixed(value)
            case _:
                return False

    def check_record(self, cls: type[Any]) -> None:
        """Refuse a record class whose constructor or comparison does more than its fields say."""
        if cls in self._checked:
            return
        self._checked.add(cls)
        special = next((name for name in _SPECIAL if _defines(cls, name)), None)
        if special is not None:
            raise outside(
                "subset/record",
                f"the record `{cls.__name__}` defines `{special}`",
                "The compiler takes a record for its fields: two are equal when all fields are.",
                "Leave it out, and write a method or a function that is called by its name.",
                source.at_class(cls),
            )
        for attribute in attrs.fields(cls):
            if attribute.converter is not None or attribute.validator is not None or attribute.eq_key:
                raise outside(
                    "subset/record",
                    f"field `{attribute.name}` of `{cls.__name__}` has a converter, a validator or a key",
                    "The compiler takes a record for its fields, as they were given.",
                    "Leave it out: bounds in the annotation are checked in every state.",
                    source.at_field(cls, attribute.name),
                )

    def check_enum(self, cls: type[Enum]) -> None:
        """Refuse an Enum whose members are equal to something else."""
        own = cls.__mro__[: cls.__mro__.index(Enum)]
        mixed: Any = getattr(cls, "_member_type_", object)
        if mixed is not object or any(name in vars(o) for o in own for name in ("__eq__", "__bool__")):
            raise outside(
                "subset/value",
                f"the members of `{cls.__name__}` are more than names",
                "The compiler takes a member of an Enum to be equal to itself alone, and to be true.",
                "Derive from Enum alone, and write a function from members to numbers.",
                source.at_class(cls),
            )

    # -- values --

    def of_value(self, value: Any, at: Location | None, *, identities: bool = False) -> FiniteType:
        """The type of a value that the source names: a number, a member of an Enum, a record, …

        With `identities` it may be, or hold, members of sorts.
        """
        inner = partial(self.of_value, at=at, identities=identities)
        match value:
            case bool():
                return BoolType()
            case None:
                return NoneType()
            case Enum():
                return self.interned(EnumType(type(value)))
            case int():
                return INT
            case tuple():
                return TupleType(tuple(map(inner, value)))
            case frozenset():
                return SetType(joined(tuple(map(inner, value))))
            case Bag():
                return BagType(joined(tuple(map(inner, value))), None, None)
            case Map():
                return self._map(value, inner, at)
            case Sort() if identities:
                return self.of_class(type(value), Place(f"the sort `{type(value).__name__}`", lambda: at))
            case Sort():
                raise outside(
                    "subset/identity",
                    f"this names one member of the sort `{type(value).__name__}`",
                    "Identities are exchangeable: a model that singles one out is not symmetric.",
                    "Let a parameter of an action choose one, or keep it in the state.",
                    at,
                )
        if attrs.has(type(value)):
            return self._record(value, inner, at)
        raise outside(
            "subset/value",
            f"`{_short(value)}` is of the Python type `{type(value).__name__}`, which is not in the language",
            "Values are bool, int, Enum, Sort, None, frozen records, tuples, frozenset, Map and Bag.",
            "Use an Enum with a member for each, an integer, or a record.",
            at,
        )

    def _map(self, value: Map[Any, Any], inner: OfValue, at: Location | None) -> FiniteType:
        keys = joined(tuple(map(inner, value)))
        if isinstance(keys, IntType):
            keys = IntType(min(value), max(value))
        kind = MapType(keys, joined(tuple(map(inner, value.values()))))
        if kind.key.count() != len(value):
            raise outside(
                "subset/value",
                "this map does not have every value of its keys' type as a key",
                "Maps are total.",
                "Add the keys that are missing.",
                at,
            )
        return kind

    def _record(self, value: Any, inner: OfValue, at: Location | None) -> FiniteType:
        cls = type(value)
        self.check_record(cls)
        if not getattr(cls, "__parameters__", ()):
            return self.of_class(cls, Place(f"the record `{cls.__name__}`", lambda: at))
        fields = tuple((a.name, inner(getattr(value, a.name))) for a in attrs.fields(cls))
        return RecordType(cls, fields)


_SPECIAL = ("__attrs_post_init__", "__eq__", "__hash__", "__getattribute__", "__getattr__", "__new__",
            "__bool__", "__len__", "__init__")  # fmt: skip


def _defines(cls: type[Any], name: str) -> bool:
    """Whether a class, or a base of it, defines a method itself, and attrs did not make it."""
    for owner in cls.__mro__:
        found = vars(owner).get(name)
        if found is not None:
            code = getattr(found, "__code__", None)
            return code is not None and not code.co_filename.startswith("<attrs generated")
    return False


def _is_open(hint: Any) -> bool:
    """Whether an annotation names a type parameter."""
    return isinstance(hint, TypeVar) or any(_is_open(part) for part in get_args(hint))


def _says_little(hint: Any) -> bool:
    """Whether an annotation only says what can be done with a value: `Iterable[Node]`."""
    origin = get_origin(hint) or hint
    if origin is Annotated or not isinstance(origin, type):
        return False
    return origin.__module__ in ("collections.abc", "typing")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 40 else text[:37] + "..."
