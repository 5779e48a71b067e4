"""Hypothesis strategies for every type of the language.

    from hypothesis import given
    from checker.testing.strategies import values

    @given(values(Raft(nodes=3), State))
    def test_the_commit_index_is_inside_the_log(s: State) -> None: ...

`values(model, annotation)` draws values of anything that may be written as a type in a spec, with
the bounds that it has under the model's constants; `strategy(kind)` does it for a resolved type.
Each kind of type has one row in `ROWS`.  What is drawn belongs to its type and need not be
reachable.  Values shrink towards small ones: the lowest number, the first member, the empty set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checker.lang.declarations import Declaration
from checker.lang.errors import CallError
from checker.lang.hints import Place
from checker.lang.model import Model, resolver
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
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map

Values = SearchStrategy[Any]


def values(model: Model[Any] | Declaration | Resolver, annotation: Any) -> Values:
    """Values of an annotation, such as a state class or `Annotated[int, Between(0, "max_ballot")]`.

    `model` gives the constants that bounds may name.  Raises SpecError for an annotation that has
    no finite meaning.
    """
    if isinstance(model, Declaration):
        model = model.model
    if isinstance(model, Model):
        model = resolver(model)
    if not isinstance(model, Resolver):
        raise CallError(
            "call/not-a-model",
            f"a model is needed, and this is {model!r}",
            instead="Give an instance of a class derived from Model, as in values(Paxos(acceptors=3), State).",
        )
    what = f"`values(..., {getattr(annotation, '__name__', annotation)})`"
    return strategy(model.resolve(annotation, Place(what, lambda: None)))


def strategy(kind: FiniteType) -> Values:
    """Values of a finite type; an empty type gives the strategy that has nothing to draw."""
    return ROWS[type(kind)](kind)


def _booleans(_: BoolType) -> Values:
    return st.booleans()


def _integers(kind: IntType) -> Values:
    if kind.low is not None and kind.high is not None and kind.low > kind.high:
        return st.nothing()
    return st.integers(kind.low, kind.high)


def _enum(kind: EnumType) -> Values:
    return st.sampled_from(list(kind.cls)) if len(kind.cls) else st.nothing()


def _sort(kind: SortType) -> Values:
    return st.integers(1, kind.size).map(kind.cls)


def _none(_: NoneType) -> Values:
    return st.none()


def _record(kind: RecordType) -> Values:
    names = {a.name: a.alias or a.name for a in attrs.fields(kind.cls)}
    return st.builds(kind.cls, **{names[name]: strategy(inner) for name, inner in kind.fields})


def _union(kind: UnionType) -> Values:
    return st.one_of([strategy(option) for option in kind.options])


def _tuple(kind: TupleType) -> Values:
    return st.tuples(*[strategy(item) for item in kind.items])


def _sequence(kind: SeqType) -> Values:
    if kind.limit is not None and kind.limit < 0:
        return st.nothing()
    return _lists(strategy(kind.item), kind.limit).map(tuple)


def _set(kind: SetType) -> Values:
    if kind.capacity is not None and kind.capacity < 0:
        return st.nothing()
    item, most = strategy(kind.item), _least(kind.capacity, _how_many(kind.item))
    return st.just(frozenset()) if item.is_empty else st.frozensets(item, max_size=most)


def _map(kind: MapType) -> Values:
    keys = list(kind.key.members())
    return st.tuples(*[strategy(kind.value) for _ in keys]).map(
        lambda content: Map(zip(keys, content, strict=True))
    )


def _bag(kind: BagType) -> Values:
    if min(kind.capacity or 0, kind.max_count or 0) < 0:
        return st.nothing()
    item, most = strategy(kind.item), kind.max_count
    if kind.capacity is not None:
        return _lists(item, kind.capacity).map(lambda copies: _at_most(Bag(copies), most))
    if most == 0 or item.is_empty:
        return st.just(Bag())
    counts = st.integers(1, most)
    return st.dictionaries(item, counts, max_size=_how_many(kind.item)).map(Bag.of_counts)


def _lists(item: Values, most: int | None) -> SearchStrategy[list[Any]]:
    """Lists of at most so many items; only the empty one where there are no items to draw."""
    return st.just([]) if item.is_empty else st.lists(item, max_size=most)


def _at_most(bag: Bag[Any], most: int | None) -> Bag[Any]:
    """The bag without the copies beyond so many of each member."""
    if most is None:
        return bag
    return Bag.of_counts({member: min(copies, most) for member, copies in bag.items()})


def _how_many(kind: FiniteType) -> int | None:
    """How many values a type has; None for no end of them, or more than any collection will hold."""
    try:
        count = kind.count()
    except OverflowError:
        return None
    return count if count < 1 << 32 else None


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


ROWS: dict[type[Any], Callable[[Any], Values]] = {
    BoolType: _booleans,
    IntType: _integers,
    EnumType: _enum,
    SortType: _sort,
    NoneType: _none,
    RecordType: _record,
    UnionType: _union,
    TupleType: _tuple,
    SeqType: _sequence,
    SetType: _set,
    MapType: _map,
    BagType: _bag,
}
"""One row for each member of `FiniteType`; a test fails while one is missing."""
