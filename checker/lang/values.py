"""The values that Python lacks: opaque identities, immutable maps and immutable bags.

Every value of the language is immutable, hashable and compared by what it contains.  The rest of
them are Python's own: `bool`, `int`, `Enum`, `None`, tuples, `frozenset` and frozen attrs records.
Nothing here knows about types, models or engines.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from enum import Enum
from typing import Any, ClassVar, Generic, Self, TypeVar, cast, final

import attrs

K = TypeVar("K")
V = TypeVar("V")
W = TypeVar("W")
T = TypeVar("T")


class Sort:
    """An opaque identity: a node, a client, a value that is proposed.

    Derive a class for each sort.  Its members can be compared for equality and nothing else, so
    that no spec can depend on which of them is which: exchanging two members everywhere turns a
    behaviour into a behaviour.  How many there are is a constant of the model (`Size[Node]`);
    `model.every(Node)` is the set of them.

        class Node(Sort, label="n"):
            '''A server.'''          # its members print as n1, n2, n3
    """

    __slots__ = ("_number",)
    _number: int
    _label: ClassVar[str] = ""
    _members: ClassVar[dict[int, Any]] = {}

    def __init_subclass__(cls, label: str | None = None) -> None:
        super().__init_subclass__()
        cls._label = cls.__name__.lower() if label is None else label
        cls._members = {}

    def __new__(cls, number: int) -> Self:
        """The member with this number, counted from 1; always the same object."""
        member = cls._members.get(number)
        if member is None:
            if cls is Sort or type(number) is not int or number < 1:
                raise ValueError(f"no member {number!r} of {cls.__name__}: they count from 1")
            member = object.__new__(cls)
            object.__setattr__(member, "_number", number)
            cls._members[number] = member
        return cast(Self, member)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self!r} is an identity and cannot be changed")

    def __reduce__(self) -> tuple[type[Self], tuple[int]]:
        return type(self), (self._number,)

    def __hash__(self) -> int:
        return self._number  # not the address: sets then iterate in the same order in every process

    def __repr__(self) -> str:
        return f"{self._label}{self._number}"


def number_of(member: Sort) -> int:
    """The number of a member of a sort, for engines and reports; a spec has no use for it."""
    return member._number


@final
class _Domain:
    """The keys that several maps share, in canonical order, with their places."""

    __slots__ = ("keys", "places")
    _known: ClassVar[dict[tuple[frozenset[Any], Any], _Domain]] = {}
    _by_tuple: ClassVar[dict[tuple[tuple[Any, ...], Any], _Domain]] = {}

    def __init__(self, keys: tuple[Any, ...]) -> None:
        self.keys = keys
        self.places = {key: place for place, key in enumerate(keys)}

    @classmethod
    def of(cls, keys: tuple[Any, ...]) -> _Domain:
        # False == 0 and True == 1, yet a map over truth values is not one over integers.
        kinds = _kinds(keys)
        found = cls._by_tuple.get((keys, kinds))
        if found is None:
            in_order = tuple(sorted(keys, key=order))
            name = (frozenset(keys), _kinds(in_order))
            found = cls._known.get(name)
            if found is None:
                found = cls._known[name] = cls(in_order)
            cls._by_tuple[keys, kinds] = found
        return found


def _kinds(keys: tuple[Any, ...]) -> tuple[Any, ...]:
    """The types of some keys, of tuples item by item."""
    kinds = tuple(map(type, keys))
    if tuple in kinds:
        return tuple([_kinds(key) if type(key) is tuple else type(key) for key in keys])
    return kinds


@final
class Map(Generic[K, V]):
    """An immutable total map from a finite set of keys: `Map({key: value, ...})`.

    Iteration, `values()` and `items()` follow the canonical order of the keys; `keys()` is a set.
    Two maps are equal when they have the same keys with equal values.
    """

    __slots__ = ("_domain", "_hash", "_values")
    _domain: _Domain
    _values: tuple[V, ...]
    _hash: int | None

    def __init__(self, items: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        table = dict(items)
        domain = _Domain.of(tuple(table))
        self._domain = domain
        self._values = tuple([table[key] for key in domain.keys])
        self._hash = None

    @classmethod
    def _make(cls, domain: _Domain, values: tuple[V, ...]) -> Map[K, V]:
        made = cls.__new__(cls)
        made._domain = domain
        made._values = values
        made._hash = None
        return made

    @staticmethod
    def fill(keys: Iterable[T], value: W) -> Map[T, W]:
        """The map that takes every key to the same value."""
        domain = _Domain.of(tuple(dict.fromkeys(keys)))
        return Map._make(domain, (value,) * len(domain.keys))

    def __getitem__(self, key: K) -> V:
        """The value of a key; KeyError where the map has no such key."""
        return self._values[self._domain.places[key]]

    def get(self, key: K, default: W) -> V | W:
        """The value of a key, or the default where the map has no such key."""
        place = self._domain.places.get(key)
        return default if place is None else self._values[place]

    def set(self, key: K, value: V) -> Map[K, V]:
        """This map with another value for one of its keys; KeyError where it has no such key."""
        place = self._domain.places[key]
        values = self._values
        return self._make(self._domain, (*values[:place], value, *values[place + 1 :]))

    def update(self, changes: Mapping[K, V]) -> Map[K, V]:
        """This map with other values for some of its keys; KeyError for a key it has not."""
        values = list(self._values)
        for key, value in changes.items():
            values[self._domain.places[key]] = value
        return self._make(self._domain, tuple(values))

    def map(self, change: Callable[[V], W]) -> Map[K, W]:
        """The map with the same keys and every value changed by a function."""
        return Map._make(self._domain, tuple([change(value) for value in self._values]))

    def keys(self) -> frozenset[K]:
        """The set of keys."""
        return frozenset(self._domain.keys)

    def values(self) -> ValuesView[V]:
        """The values, in the canonical order of their keys."""
        return self.as_dict().values()

    def items(self) -> ItemsView[K, V]:
        """The pairs of key and value, in the canonical order of the keys."""
        return self.as_dict().items()

    def pairs(self) -> Iterator[tuple[K, V]]:
        """The pairs of key and value one by one, in the canonical order of the keys."""
        return zip(self._domain.keys, self._values, strict=True)

    def has_keys_of(self, other: Map[Any, Any]) -> bool:
        """Whether two maps have the same keys; as quick as can be."""
        return self._domain is other._domain

    def as_dict(self) -> dict[K, V]:
        """A new `dict` with the same content."""
        return dict(zip(self._domain.keys, self._values, strict=True))

    def __iter__(self) -> Iterator[K]:
        return iter(self._domain.keys)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._domain.places

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not Map:
            return NotImplemented
        return self._domain is other._domain and self._values == other._values

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            known = self._hash = hash(self._values)
        return known

    def __reduce__(self) -> tuple[type[Map[K, V]], tuple[dict[K, V]]]:
        return Map, (self.as_dict(),)

    def __repr__(self) -> str:
        return "Map({" + ", ".join(f"{k!r}: {v!r}" for k, v in self.items()) + "})"


@final
class Bag(Generic[T]):
    """An immutable bag (multiset), with the reading of `collections.Counter`.

    `bag[x]` is how many copies of x it holds (0 for none), `len(bag)` how many different members,
    `bag.total()` how many copies in all.  Iteration gives every different member once.
    """

    __slots__ = ("_counts", "_hash")
    _counts: dict[T, int]
    _hash: int | None

    def __init__(self, members: Iterable[T] = ()) -> None:
        counts: dict[T, int] = {}
        for member in members:
            counts[member] = counts.get(member, 0) + 1
        self._counts = counts
        self._hash = None

    @classmethod
    def _make(cls, counts: dict[T, int]) -> Bag[T]:
        made = cls.__new__(cls)
        made._counts = counts
        made._hash = None
        return made

    @classmethod
    def of_counts(cls, counts: Mapping[T, int]) -> Bag[T]:
        """The bag with so many copies of each; ValueError for a negative number."""
        if any(count < 0 for count in counts.values()):
            raise ValueError("a bag cannot hold fewer than no copies")
        return cls._make({member: count for member, count in counts.items() if count})

    def __getitem__(self, member: T) -> int:
        return self._counts.get(member, 0)

    def add(self, member: T, copies: int = 1) -> Bag[T]:
        """This bag with so many more copies of a member."""
        if copies < 0:
            raise ValueError("a bag cannot gain fewer than no copies")
        return self._make({**self._counts, member: self[member] + copies}) if copies else self

    def remove(self, member: T, copies: int = 1) -> Bag[T]:
        """This bag with so many fewer copies of a member; KeyError where it has not so many."""
        left = self[member] - copies
        if left < 0:
            raise KeyError(member)
        return self.of_counts({**self._counts, member: left})

    def __add__(self, other: Bag[T]) -> Bag[T]:
        counts = dict(self._counts)
        for member, count in other._counts.items():
            counts[member] = counts.get(member, 0) + count
        return self._make(counts)

    def __le__(self, other: Bag[T]) -> bool:
        """Whether the other bag has at least as many copies of everything."""
        return all(count <= other[member] for member, count in self._counts.items())

    def __sub__(self, other: Bag[T]) -> Bag[T]:
        """The copies of this bag beyond those of the other; never fewer than none."""
        return self._make(
            {member: count - other[member] for member, count in self._counts.items()
             if count > other[member]}
        )  # fmt: skip

    def total(self) -> int:
        """How many copies it holds in all."""
        return sum(self._counts.values())

    def support(self) -> frozenset[T]:
        """The set of different members."""
        return frozenset(self._counts)

    def items(self) -> ItemsView[T, int]:
        """The pairs of a member and how many copies there are."""
        return dict(self._counts).items()

    def elements(self) -> Iterator[T]:
        """Every copy of every member."""
        for member, count in self._counts.items():
            for _ in range(count):
                yield member

    def __iter__(self) -> Iterator[T]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, member: object) -> bool:
        return member in self._counts

    def __eq__(self, other: object) -> bool:
        if type(other) is not Bag:
            return NotImplemented
        return self._counts == other._counts

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            known = self._hash = hash(frozenset(self._counts.items()))
        return known

    def __reduce__(self) -> tuple[Callable[[Mapping[T, int]], Bag[T]], tuple[dict[T, int]]]:
        return Bag.of_counts, (dict(self._counts),)

    def __repr__(self) -> str:
        items = sorted(self._counts.items(), key=lambda item: order(item[0]))
        return "Bag({" + ", ".join(f"{member!r}: {count}" for member, count in items) + "})"


def order(value: Any) -> tuple[Any, ...]:
    """A sort key that puts any values of the language into one canonical order.

    Specs have no use for it (a sort has no order there); engines and reports use it so that the
    same search finds the same trace in every run, whatever the hash seed.
    """
    if value is None:
        return (0,)
    kind = type(value)
    if kind is bool or kind is int:
        return (1, value)
    if isinstance(value, Sort):
        return (2, kind.__name__, number_of(value), _home(kind))
    if isinstance(value, Enum):
        return (3, kind.__name__, kind._member_names_.index(value.name), _home(kind))
    if kind is tuple:
        return (4, len(value), *[order(item) for item in value])
    if kind is frozenset:
        return (5, len(value), *sorted([order(item) for item in value]))
    if kind is Map:
        return (6, *[(order(key), order(item)) for key, item in value.items()])
    if kind is Bag:
        return (7, value.total(), *sorted([(order(m), count) for m, count in value.items()]))
    if attrs.has(kind):
        fields = [order(getattr(value, a.name)) for a in attrs.fields(kind)]
        return (8, kind.__name__, _home(kind), *fields)
    return (9, kind.__name__, repr(value))


def _home(kind: type[Any]) -> tuple[str, str]:
    """What tells classes of one name apart."""
    return kind.__module__, kind.__qualname__
