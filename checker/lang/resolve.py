"""From annotations to finite types, for one model with its constants.

The pipeline is `hints` (evaluate what is written) → `Resolver.resolve` (give it a meaning).  Every
annotation that has no finite meaning gets a located error that says what to write instead.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import Enum, Flag
from functools import partial
from typing import Annotated, Any, Never, TypeVar, Union, get_args, get_origin

import attrs

from checker.lang import source
from checker.lang.arithmetic import evaluate_bound
from checker.lang.bounds import Between, Capacity, MaxCount, MaxLen
from checker.lang.errors import SpecError
from checker.lang.hints import Place, field_hints, substitute, type_arguments
from checker.lang.records import is_frozen
from checker.lang.types import (
    NOTHING,
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
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map, Sort


class Resolver:
    """Turns annotations into finite types under the constants of one model."""

    def __init__(self, model_name: str, constants: Mapping[str, Any], sizes: Mapping[type[Sort], int]):
        self._model = model_name
        self._constants = constants
        self._sizes = sizes
        self._records: dict[tuple[Any, ...], RecordType] = {}
        self._open: list[Any] = []

    def resolve(self, hint: Any, place: Place, *, bounded: bool = True) -> FiniteType:
        """The finite type of an annotation; `bounded=False` lets integers and sequences be open."""
        marks: tuple[Any, ...] = ()
        while get_origin(hint) is Annotated:
            marks = (*hint.__metadata__, *marks)
            hint = hint.__origin__
        _must_fit(marks, get_origin(hint) or hint, place)
        return self._bare(hint, marks, place, bounded)

    def _bare(self, hint: Any, marks: tuple[Any, ...], place: Place, bounded: bool) -> FiniteType:
        origin = get_origin(hint) or hint
        if origin is bool:
            return BoolType()
        if origin is int:
            return self._int(marks, place, bounded)
        if hint is None or hint is type(None):
            return NoneType()
        if hint is Never:
            return NOTHING
        if origin in (Union, types.UnionType):
            return self._union(get_args(hint), place, bounded)
        if origin is tuple:
            return self._tuple(get_args(hint), marks, place, bounded)
        if origin is frozenset:
            (item,) = self._arguments(hint, 1, "frozenset[Node]", place)
            limit, text = self._limit(Capacity, marks, place)
            return SetType(self.resolve(item, place, bounded=bounded), limit, text)
        if origin is Bag:
            return self._bag(hint, marks, place, bounded)
        if origin is Map:
            key, value = self._arguments(hint, 2, "Map[Node, int]", place)
            return MapType(self.resolve(key, place), self.resolve(value, place, bounded=bounded))
        return self._class(hint, origin, place)

    def _class(self, hint: Any, origin: Any, place: Place) -> FiniteType:
        if isinstance(origin, type) and issubclass(origin, Enum) and not issubclass(origin, Flag):
            return EnumType(origin)
        if isinstance(origin, type) and issubclass(origin, Sort):
            return self._sort(origin, place)
        if isinstance(origin, type) and attrs.has(origin):
            return self._record(origin, get_args(hint), place)
        raise self._unsupported(hint, place)

    def _sort(self, sort: type[Sort], place: Place) -> SortType:
        if sort not in self._sizes:
            name = sort.__name__
            raise SpecError(
                "sort/no-size",
                f"{place.what} uses the sort `{name}`, and `{self._model}` does not say how many there are",
                why="A model has a fixed number of members of each sort.",
                instead=f"Add a constant to `{self._model}`: {name.lower()}s: Size[{name}] = 3",
                at=place.where(),
            )
        return SortType(sort, self._sizes[sort])

    def _int(self, marks: tuple[Any, ...], place: Place, bounded: bool) -> IntType:
        bounds = [mark for mark in marks if isinstance(mark, Between)]
        if bounds:
            low = max(evaluate_bound(mark.low, self._constants, place) for mark in bounds)
            high = min(evaluate_bound(mark.high, self._constants, place) for mark in bounds)
            if low > high:
                raise SpecError(
                    "bound/empty",
                    f"{place.what} lies between {low} and {high}, where there is no integer",
                    why="A field without a possible value makes every state impossible.",
                    instead="Exchange the bounds, or widen them.",
                    at=place.where(),
                )
            return IntType(low, high, ", ".join(_written(mark) for mark in bounds if _written(mark)))
        if bounded:
            raise SpecError(
                "type/unbounded-int",
                f"{place.what} is an `int` without bounds",
                why="Every type of a model is finite: the search stores its values in a few bits.",
                instead="Write Annotated[int, Between(0, 5)]; a bound may name a constant: "
                'Between(0, "max_ballot").',
                at=place.where(),
            )
        return IntType(None, None)

    def _tuple(
        self, items: tuple[Any, ...], marks: tuple[Any, ...], place: Place, bounded: bool
    ) -> FiniteType:
        if len(items) == 2 and items[1] is Ellipsis:
            limit, text = self._limit(MaxLen, marks, place)
            if limit is None and bounded:
                raise SpecError(
                    "type/unbounded-sequence",
                    f"{place.what} is a sequence without a maximal length",
                    why="Every type of a model is finite: the search stores its values in a few bits.",
                    instead="Write Annotated[tuple[Entry, ...], MaxLen(4)]; the length may name a "
                    'constant: MaxLen("max_log").',
                    at=place.where(),
                )
            return SeqType(self.resolve(items[0], place, bounded=bounded), limit, text)
        _must_fit(marks, None, place)
        if items == ((),):
            items = ()
        return TupleType(tuple(self.resolve(item, place, bounded=bounded) for item in items))

    def _bag(self, hint: Any, marks: tuple[Any, ...], place: Place, bounded: bool) -> BagType:
        (item,) = self._arguments(hint, 1, "Bag[Message]", place)
        capacity, text = self._limit(Capacity, marks, place)
        most, more = self._limit(MaxCount, marks, place)
        if capacity is None and most is None and bounded:
            raise SpecError(
                "type/unbounded-bag",
                f"{place.what} is a bag without a bound",
                why="Every type of a model is finite, and a bag may hold any number of copies.",
                instead="Write Annotated[Bag[Message], Capacity(4)] for so many copies in all, or "
                "MaxCount(2) for so many of each member.",
                at=place.where(),
            )
        return BagType(self.resolve(item, place, bounded=bounded), capacity, most, text or more)

    def _union(self, options: tuple[Any, ...], place: Place, bounded: bool) -> FiniteType:
        flat: list[FiniteType] = []
        for option in options:
            kind = self.resolve(option, place, bounded=bounded)
            flat.extend(kind.options if isinstance(kind, UnionType) else (kind,))
        unique = tuple(dict.fromkeys(flat))
        seen: dict[Any, FiniteType] = {}
        for kind in unique:
            shape = shape_of(kind)
            if shape in seen:
                raise SpecError(
                    "type/ambiguous-union",
                    f"{place.what} is a union of `{seen[shape]}` and `{kind}`, whose values cannot be told apart",
                    why="The type of a value must say which member of the union it is.",
                    instead="Wrap each in a frozen record of its own.",
                    at=place.where(),
                )
            seen[shape] = kind
        return unique[0] if len(unique) == 1 else UnionType(unique)

    def _record(self, cls: type[Any], arguments: tuple[Any, ...], place: Place) -> RecordType:
        key = (cls, arguments)
        if key in self._records:
            return self._records[key]
        if key in self._open:
            raise SpecError(
                "type/recursive",
                f"the record `{cls.__name__}` contains itself",
                why="Its values would have no bounded size.",
                instead="Flatten it: a sequence with a maximal length, or a Map from identities.",
                at=source.at_class(cls),
            )
        _require_frozen(cls)
        self._open.append(key)
        hints = field_hints(cls)
        own = dict(zip(getattr(cls, "__parameters__", ()), arguments, strict=False))
        fields = []
        for attribute in attrs.fields(cls):
            name = attribute.name
            hint = hints.get(name)
            here = Place(f"field `{name}` of `{cls.__name__}`", partial(source.at_field, cls, name))
            if hint is None:
                raise SpecError(
                    "type/no-annotation",
                    f"{here.what} has no type",
                    why="Every field needs one, so that the search knows its values.",
                    instead=f"Write {name}: bool, or whichever type it has.",
                    at=source.at_class(cls),
                )
            owner = next(o for o in cls.__mro__ if name in vars(o).get("__annotations__", {}))
            given = {p: substitute(a, own) for p, a in type_arguments(cls, owner).items()}
            fields.append((name, self.resolve(substitute(hint, given), here)))
        self._open.pop()
        made = self._records[key] = RecordType(cls, tuple(fields))
        return made

    def _limit(self, kind: type[Any], marks: tuple[Any, ...], place: Place) -> tuple[int | None, str]:
        limits = []
        for mark in marks:
            if isinstance(mark, kind):
                value = evaluate_bound(mark.limit, self._constants, place)
                if value < 0:
                    raise SpecError(
                        "bound/negative",
                        f"{place.what} holds at most {value}: {kind.__name__}({mark.limit!r})",
                        why="Nothing can hold fewer than none.",
                        instead="Write a limit of 0 or more; max(0, ...) may be part of it.",
                        at=place.where(),
                    )
                limits.append((value, mark.limit if isinstance(mark.limit, str) else ""))
        return min(limits, default=(None, ""))

    def _arguments(self, hint: Any, number: int, example: str, place: Place) -> tuple[Any, ...]:
        found = get_args(hint)
        if len(found) != number:
            raise SpecError(
                "type/no-arguments",
                f"{place.what} is a bare `{getattr(hint, '__name__', hint)}`",
                why="The type of its content is missing.",
                instead=f"Say what it holds, as in {example}.",
                at=place.where(),
            )
        return found

    def _unsupported(self, hint: Any, place: Place) -> SpecError:
        name = getattr(hint, "__name__", None) or str(hint)
        advice = {
            str: "Write an Enum with a member for each string, or a Sort where only equality matters.",
            list: "Write tuple[Item, ...] with MaxLen.",
            dict: "Write Map[Key, Value].",
            set: "Write frozenset[Item].",
            float: "Write an integer with Between, in a unit of your choice.",
        }.get(get_origin(hint) or hint)
        if isinstance(hint, TypeVar):
            advice = f"Say what `{name}` stands for where the class is used: Box[bool], not Box alone."
        elif advice is None and isinstance(hint, type) and hint is not Any:
            advice = f"If `{name}` is yours, make it a frozen record (@frozen), an Enum or a Sort."
        return SpecError(
            "type/unsupported",
            f"{place.what} has the type `{name}`, which is not one of the language",
            why="Values are bool, int with bounds, Enum, Sort, None, frozen records, tuples, "
            "frozenset, Map and Bag.",
            instead=advice or 'See docs/writing-a-spec.md, "Types".',
            at=place.where(),
        )


def _written(mark: Between) -> str:
    """How a spec wrote a bound that names constants; nothing for plain numbers."""
    if isinstance(mark.low, int) and isinstance(mark.high, int):
        return ""
    return f"{mark.low} .. {mark.high}"


_FITS: dict[Any, tuple[type[Any], ...]] = {
    int: (Between,),
    tuple: (MaxLen,),
    frozenset: (Capacity,),
    Bag: (Capacity, MaxCount),
}


def _must_fit(marks: tuple[Any, ...], origin: Any, place: Place) -> None:
    """Check that every bound is one that its type knows, so that none is without effect."""
    for mark in marks:
        kind = type(mark)
        if kind in (Between, MaxLen, Capacity, MaxCount) and kind not in _FITS.get(origin, ()):
            raise SpecError(
                "bound/misplaced",
                f"{place.what} has {kind.__name__}, which says nothing about its type",
                why="A bound without effect would look like one that holds.",
                instead="Between is for int, MaxLen for sequences, Capacity for sets and bags, MaxCount for "
                "bags.",
                at=place.where(),
            )


def shape_of(kind: FiniteType) -> Any:
    """What a value's Python type alone tells of its finite type.

    True == 1, and a member of an IntEnum is a number too: where Python calls values of two types
    equal, a state could not tell them apart, so they have one shape.
    """
    match kind:
        case BoolType() | IntType():
            return int
        case EnumType(cls=cls):
            mixed: Any = getattr(cls, "_member_type_", object)
            return cls if mixed is object else mixed
        case SortType(cls=cls) | RecordType(cls=cls):
            return cls
        case TupleType() | SeqType():
            return tuple
        case _:
            return type(kind)


def _require_frozen(cls: type[Any]) -> None:
    if not is_frozen(cls):
        raise SpecError(
            "type/mutable-record",
            f"the record `{cls.__name__}` is not frozen",
            why="A state that can be changed in place would be changed behind the search's back.",
            instead="Write @frozen (from checker.lang) above the class, and no other decorator.",
            at=source.at_class(cls),
        )
    for attribute in attrs.fields(cls):
        if not attribute.init or not attribute.eq:
            raise SpecError(
                "type/special-field",
                f"field `{attribute.name}` of `{cls.__name__}` is not given to the constructor, "
                "or takes no part in comparisons",
                why="Two states are the same exactly when all their fields are equal.",
                instead="Leave out init=False and eq=False; compute what follows from other fields "
                "in a method.",
                at=source.at_field(cls, attribute.name),
            )
