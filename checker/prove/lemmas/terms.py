"""Terms of a spec: the parts of its state, and values to compare them with.

A part is reached from the state by fields, by keys of maps and by places of tuples.  A value is written
with variables where identities stand, and with all there is where little is possible: `Prepared(a)`,
`Decided(Outcome.COMMIT)`.  What is said about them is in `checker.prove.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import attrs

from checker.ir.nodes import BOOL, As, Expr, Field, Get, Is, Item, MakeRecord, MakeTuple, Not
from checker.lang.types import (
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SortType,
    TupleType,
    UnionType,
)
from checker.prove.lemmas.scope import Scope
from checker.prove.lemmas.words import Guard, Term, Variable, as_type, known

MOST_VALUES = 24
"""A type with more values to write out than this is not compared with any of them."""

MOST_NUMBERS = 4
"""Integers of no more values than this are all written out; of others only the ends, 0 and 1."""

DEEPEST = 4
"""Parts lie at most so deep in the state."""


class Terms:
    """The terms of a spec with some variables."""

    def __init__(self, scope: Scope, variables: Sequence[Variable]) -> None:
        self._scope = scope
        self._variables = [Term(v.name, v.local, frozenset({v.name})) for v in variables]

    def ranging(self, kind: FiniteType) -> list[Term]:
        """The variables over a type."""
        return [term for term in self._variables if _one_range(term.type, kind)]

    def numerals(self) -> list[Term]:
        """The variables over integers."""
        return [term for term in self._variables if isinstance(term.type, IntType)]

    # -- parts of the state --

    def parts(self) -> list[Term]:
        """Every part of the state that is no record, tuple or map itself."""
        return list(self._parts(self._scope.state, DEEPEST))

    def _parts(self, term: Term, deeper: int) -> Iterator[Term]:
        if deeper < 0:
            return
        match term.type:
            case RecordType(fields=fields):
                for name, kind in fields:
                    expr = Field(term.expr, name, type=kind)
                    yield from self._parts(_part(term, f"{term.source}.{name}", expr, (name,)), deeper - 1)
            case TupleType(items=items):
                for place, kind in enumerate(items):
                    item = Item(term.expr, place, type=kind)
                    yield from self._parts(_part(term, f"{term.source}[{place}]", item), deeper - 1)
            case MapType():
                for part in self._entries(term, term.type):
                    yield from self._parts(part, deeper - 1)
            case _:
                yield term

    def _entries(self, term: Term, kind: MapType) -> Iterator[Term]:
        """The values of a map at every key that can be written."""
        for key in self.values(kind.key):
            inside = key.source[1:-1] if isinstance(kind.key, TupleType) else key.source
            expr = Get(term.expr, as_type(key, kind.key), type=kind.value)
            found = _part(term, f"{term.source}[{inside}]", expr, key.words)
            yield attrs.evolve(found, uses=found.uses | key.uses)

    def optional(self, parts: Iterable[Term]) -> Iterator[Term]:
        """What lies inside those parts that are one of several things: numbers, and the fields of records.

        Not where variables stand for all of it: the whole is then compared with what can be written.
        """
        for part in parts:
            if isinstance(part.type, UnionType):
                for option in part.type.options:
                    if isinstance(option, RecordType | IntType) and not self._written(option):
                        yield from self._inside(part, option, part.type)

    def _inside(self, part: Term, option: FiniteType, kind: UnionType) -> Iterator[Term]:
        guard = self._guard(part, option, kind)
        if guard is not None:
            inside = attrs.evolve(part, expr=As(part.expr, type=option), guard=guard)
            yield from (one for one in self._parts(inside, 1) if not isinstance(one.type, UnionType))

    def _written(self, option: RecordType | IntType) -> bool:
        """Whether there are variables for all numbers and identities of an option."""
        kinds = [option] if isinstance(option, IntType) else [kind for _, kind in option.fields]
        return all(self.ranging(kind) for kind in kinds if isinstance(kind, IntType | SortType)) and not any(
            isinstance(kind, RecordType) for kind in kinds
        )

    def _guard(self, part: Term, option: FiniteType, kind: UnionType) -> Guard | None:
        """What says that a part is not this option of its type."""
        none = next((one for one in kind.options if isinstance(one, NoneType)), None)
        if none is not None and len(kind.options) == 2:
            return Guard(f"{part.source} is None", Is(part.expr, none, type=BOOL))
        name = self._scope.spelled(option.cls) if isinstance(option, RecordType) else None
        if name is None:
            return None
        other = Not(Is(part.expr, option, type=BOOL), type=BOOL)
        return Guard(f"not isinstance({part.source}, {name})", other)

    # -- values --

    def values(self, kind: FiniteType) -> list[Term]:
        """Values of a type, all that there are but for the choice of identities; none if too many."""
        found = list(self._values(kind))
        return found if len(found) <= MOST_VALUES else []

    def _values(self, kind: FiniteType) -> Iterable[Term]:
        ranging = self.ranging(kind)
        if ranging or isinstance(kind, SortType):
            return ranging
        match kind:
            case BoolType():
                return [known(value, str(value), kind, str(value).lower()) for value in (False, True)]
            case NoneType():
                return [known(None, "None", kind, "none")]
            case IntType():
                return self.numbers(kind)
            case EnumType():
                return self.members(kind)
            case UnionType(options=options):
                return [term for option in options for term in self.values(option)]
            case RecordType():
                return self._records(kind)
            case TupleType(items=items):
                return self._tuples(kind, items)
            case _:
                return []

    def members(self, kind: EnumType) -> list[Term]:
        """The members of an Enum."""
        name = self._scope.spelled(kind.cls)
        if name is None:
            return []
        return [known(m, f"{name}.{m.name}", kind, m.name.lower()) for m in kind.members()]

    def numbers(self, kind: IntType) -> list[Term]:
        """Some integers of a type: all if they are few, else the ends, 0 and 1."""
        if kind.low is None or kind.high is None:
            return []
        few = kind.count() <= MOST_NUMBERS
        some = range(kind.low, kind.high + 1) if few else sorted({kind.low, 0, 1, kind.high})
        inside = [number for number in some if kind.low <= number <= kind.high]
        return [known(n, str(n), kind, str(n).replace("-", "minus_")) for n in inside]

    def _records(self, kind: RecordType) -> Iterator[Term]:
        name = self._scope.spelled(kind.cls)
        if name is None:
            return
        choices = self._chosen([part for _, part in kind.fields])
        for chosen in choices:
            exprs = tuple(as_type(term, part) for term, (_, part) in zip(chosen, kind.fields, strict=True))
            source = f"{name}({', '.join(term.source for term in chosen)})"
            words = (name.lower(), *(word for term in chosen for word in term.words))
            yield _whole(source, MakeRecord(exprs, type=kind), words, chosen)

    def _tuples(self, kind: TupleType, items: tuple[FiniteType, ...]) -> Iterator[Term]:
        for chosen in self._chosen(list(items)):
            exprs = tuple(as_type(term, part) for term, part in zip(chosen, items, strict=True))
            words = tuple(word for term in chosen for word in term.words)
            source = "(" + ", ".join(term.source for term in chosen) + ")"
            yield _whole(source, MakeTuple(exprs, type=kind), words, chosen)

    def _chosen(self, kinds: list[FiniteType]) -> list[tuple[Term, ...]]:
        """Every choice of values for some types; none if there are too many."""
        values = [self.values(kind) for kind in kinds]
        total = 1
        for each in values:
            total *= len(each)
        return list(product(*values)) if total <= MOST_VALUES else []


def _one_range(left: FiniteType, right: FiniteType) -> bool:
    """Whether a variable of one type takes the values of another."""
    if isinstance(left, IntType) and isinstance(right, IntType):
        return (left.low, left.high, left.text) == (right.low, right.high, right.text)
    return left == right


def _part(of: Term, source: str, expr: Expr, words: tuple[str, ...] = ()) -> Term:
    return Term(source, expr, of.uses, (*of.words, *words), of.weight + (of.weight == 0), of.guard)


def _whole(source: str, expr: Expr, words: tuple[str, ...], parts: Sequence[Term]) -> Term:
    uses = frozenset(name for term in parts for name in term.uses)
    return Term(source, expr, uses, words, 1)
