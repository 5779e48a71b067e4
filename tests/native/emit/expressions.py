"""Random well-typed expressions of the IR, over types of every kind.

A grammar by type: for each kind of type the nodes that give such a value.  Names are unique, as the IR
demands; the same seed gives the same expressions.  Knows neither the interpreter nor C.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from random import Random
from typing import Any

from checker.ir import nodes as n
from checker.ir.nodes import BOOL, INT, Expr, For, Local, Where, With
from checker.lang import Bag, Map, Sort, frozen
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


class Node(Sort, label="n"):
    """An identity."""


class Color(Enum):
    """A few names."""

    RED = 1
    GREEN = 2
    BLUE = 3


@frozen
class Point:
    """A record of scalars."""

    x: int
    color: Color


@frozen
class Shape:
    """A record that holds others."""

    at: Point
    corners: tuple[Point, ...]
    owner: Node | None


DIGIT = IntType(0, 3)
NODE, COLOR, NONE = SortType(Node, 3), EnumType(Color), NoneType()
POINT = RecordType(Point, (("x", DIGIT), ("color", COLOR)))
OWNER = UnionType((NODE, NONE))
POINTS = SeqType(POINT, 3)
SHAPE = RecordType(Shape, (("at", POINT), ("corners", POINTS), ("owner", OWNER)))
MIXED = UnionType((POINT, COLOR, NONE, SHAPE))
PAIR = TupleType((INT, COLOR))
NUMBERS = SeqType(INT, None)
KINDS: list[FiniteType] = [
    BOOL, INT, NODE, COLOR, POINT, SHAPE, OWNER, MIXED, PAIR, NUMBERS, POINTS,
    SetType(NODE), SetType(POINT), SetType(INT), SetType(SHAPE, 4), SetType(SetType(NODE)),
    MapType(NODE, INT), MapType(DIGIT, POINT), MapType(TupleType((NODE, COLOR)), SetType(NODE)),
    BagType(POINT, 4, None), BagType(INT, 4, None), BagType(SHAPE, 3, None),
]  # fmt: skip


class Grammar:
    """Makes expressions, with `environment` as what their free names stand for."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.known: list[tuple[str, FiniteType]] = []
        self.environment: dict[str, Any] = {}
        self.count = 0
        for number, kind in enumerate(KINDS):
            for copy in range(2):
                name = f"given_{number}_{copy}"
                self.environment[name] = self.constant(kind)
                self.known.append((name, kind))

    # -- values --

    def constant(self, kind: FiniteType) -> Any:
        """A random value of a type."""
        match kind:
            case IntType(low=None):
                return self.random.randint(-4, 5)
            case RecordType(cls=cls):
                return cls(*[self.constant(inner) for _, inner in kind.fields])
            case UnionType(options=options):
                return self.constant(self.random.choice(options))
            case TupleType(items=items):
                return tuple(self.constant(item) for item in items)
            case SeqType(item=item):
                return tuple(self.constant(item) for _ in range(self.random.randint(0, 3)))
            case SetType(item=item):
                return frozenset(self.constant(item) for _ in range(self.random.randint(0, 3)))
            case MapType(key=key, value=value):
                return Map({each: self.constant(value) for each in key.members()})
            case BagType(item=item):
                return Bag([self.constant(item) for _ in range(self.random.randint(0, 3))])
            case _:
                return self.random.choice(list(kind.members()))

    # -- expressions --

    def expression(self, kind: FiniteType, depth: int) -> Expr:
        """An expression of a type, nested no deeper than so."""
        if depth <= 0 or self.random.random() < 0.1:
            return self.leaf(kind)
        rows = [*ANY, *OF.get(type(kind), [])]
        return self.random.choice(rows)(self, kind, depth - 1)

    def leaf(self, kind: FiniteType) -> Expr:
        """A name, if there is one of that type, or a constant."""
        fitting = [name for name, known in self.known if known == kind]
        if fitting and self.random.random() < 0.75:
            return Local(self.random.choice(fitting[-4:]), type=kind)
        return n.Literal(self.constant(kind), type=kind)

    def fresh(self, hint: str) -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{hint}_{self.count}"

    def inside(self, names: list[tuple[str, FiniteType]], make: Callable[[], Any]) -> Any:
        """Something made while more names are known."""
        before = self.known
        self.known = [*before, *names]
        made = make()
        self.known = before
        return made

    def domain(self, depth: int) -> tuple[Expr, FiniteType]:
        """Something to range over, and the type of what it gives."""
        kinds = [kind for kind in KINDS if isinstance(kind, SeqType | SetType | BagType | MapType)]
        kind = self.random.choice(kinds)
        item = kind.key if isinstance(kind, MapType) else kind.item  # type: ignore[union-attr]
        pick = self.random.random()
        if pick < 0.15:
            return n.Range(self.expression(INT, 0), self.expression(INT, 0), type=NUMBERS), INT
        if pick < 0.25:
            pair = TupleType((INT, POINT))
            return n.Enumerate(self.expression(POINTS, depth), type=SeqType(pair, None)), pair
        if pick < 0.35:
            every = self.random.choice([NODE, COLOR, POINT, DIGIT, BOOL])
            return n.Every(type=SetType(every)), every
        if pick < 0.42:
            base = self.expression(SetType(NODE), 0)
            return n.Subsets(base, type=SetType(SetType(NODE))), SetType(NODE)
        return self.expression(kind, depth), item

    def qualifiers(self, depth: int, then: Callable[[], Any], *, ordered: bool = False) -> tuple[Any, Any]:
        """Loops, conditions and names, and something made with what they bind."""
        domain, item = self.domain(depth)
        while ordered and not isinstance(domain.type, SeqType):
            domain, item = self.domain(depth)
        name = self.fresh("each")
        parts: list[Any] = [For(name, domain)]

        def rest() -> Any:
            if self.random.random() < 0.4:
                parts.append(Where(self.expression(BOOL, depth)))
            if self.random.random() < 0.3:
                kind = self.random.choice(KINDS)
                bound = self.fresh("with")
                parts.append(With(bound, self.expression(kind, depth)))
                return self.inside([(bound, kind)], then)
            if self.random.random() < 0.3 and not ordered:
                more, made = self.qualifiers(min(depth, 1), then)
                parts.extend(more)
                return made
            return then()

        made = self.inside([(name, item)], rest)
        return tuple(parts), made


Row = Callable[[Grammar, Any, int], Expr]


def _let(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    bound = g.random.choice(KINDS)
    name = g.fresh("let")
    value = g.expression(bound, depth)
    return n.Let(name, value, g.inside([(name, bound)], lambda: g.expression(kind, depth)), type=kind)


def _if(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    return n.If(g.expression(BOOL, depth), g.expression(kind, depth), g.expression(kind, depth), type=kind)


def _if_is(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    """A case analysis, after which the option is known."""
    option = g.random.choice(MIXED.options)
    name = g.fresh("known")
    value = Local(g.random.choice([k for k, t in g.known if t == MIXED]), type=MIXED)
    then = n.Let(
        name,
        n.As(value, type=option),
        g.inside([(name, option)], lambda: g.expression(kind, depth)),
        type=kind,
    )
    return n.If(n.Is(value, option, type=BOOL), then, g.expression(kind, depth), type=kind)


def _get(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    maps = [m for m in KINDS if isinstance(m, MapType) and m.value == kind]
    if not maps:
        return g.leaf(kind)
    found = g.random.choice(maps)
    key = g.expression(found.key, depth) if not isinstance(found.key, IntType) else g.expression(INT, depth)
    return n.Get(g.expression(found, depth), key, type=kind)


def _field(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    found = [(r, name) for r in (POINT, SHAPE) for name, inner in r.fields if inner == kind]
    if not found:
        return g.leaf(kind)
    record, name = g.random.choice(found)
    return n.Field(g.expression(record, depth), name, type=kind)


def _index(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    sequence = {POINT: POINTS, INT: NUMBERS}.get(kind)
    if sequence is None:
        return g.leaf(kind)
    return n.Index(g.expression(sequence, depth), g.expression(INT, depth), type=kind)


def _fold(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    other = g.random.choice(KINDS)
    names, item = (g.fresh("sofar"), g.fresh("other")), g.fresh("item")
    initial = (g.expression(kind, depth), g.expression(other, depth))
    domain, each = g.domain(depth)
    while not isinstance(domain.type, SeqType):
        domain, each = g.domain(depth)
    both = TupleType((kind, other))
    known = [(names[0], kind), (names[1], other)]

    def body() -> Expr:
        made = n.MakeTuple((g.expression(kind, depth), g.expression(other, depth)), type=both)
        kept = n.MakeTuple((Local(names[0], type=kind), g.expression(other, depth)), type=both)
        return n.If(g.expression(BOOL, depth), made, kept, type=both)

    until = g.inside(known, lambda: g.expression(BOOL, 1)) if g.random.random() < 0.5 else None
    inside = g.inside([*known, (item, each)], body)
    fold = n.Fold(names, initial, item, domain, until, inside, type=both)
    if g.random.random() < 0.5:
        return n.Item(fold, 0, type=kind)
    name = g.fresh("both")
    return n.Let(name, fold, n.Item(Local(name, type=both), 0, type=kind), type=kind)


def _item(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    both = TupleType((BOOL, kind))
    pair = n.MakeTuple((g.expression(BOOL, depth), g.expression(kind, depth)), type=both)
    return n.Item(pair, 1, type=kind)


ANY: list[Row] = [_let, _if, _if_is, _get, _field, _index, _fold, _item]


def _not(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    return n.Not(g.expression(BOOL, depth), type=BOOL)


def _and(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    which = g.random.choice([n.And, n.Or])
    return which(tuple(g.expression(BOOL, depth) for _ in range(g.random.randint(2, 3))), type=BOOL)


def _equal(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    each = g.random.choice(KINDS)
    return n.Equal(g.expression(each, depth), g.expression(each, depth), type=BOOL)


def _less(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    each = g.random.choice([INT, TupleType((INT, INT))])
    return n.Less(g.expression(each, depth), g.expression(each, depth), g.random.random() < 0.5, type=BOOL)


def _is(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    union = g.random.choice([MIXED, OWNER])
    return n.Is(g.expression(union, depth), g.random.choice(union.options), type=BOOL)


def _member(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    each = g.random.choice([k for k in KINDS if isinstance(k, SeqType | SetType | BagType)])
    return n.Member(g.expression(each.item, depth), g.expression(each, depth), type=BOOL)


def _subset(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    each = g.random.choice([k for k in KINDS if isinstance(k, SetType | BagType)])
    left, right = g.expression(each, depth), g.expression(each, depth)
    if isinstance(each, BagType):
        return n.BagIncluded(left, right, type=BOOL)
    return n.Subset(left, right, g.random.random() < 0.5, type=BOOL)


def _quantifier(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    qualifiers, body = g.qualifiers(depth, lambda: g.expression(BOOL, depth))
    return n.Quantifier(g.random.choice(["all", "any"]), qualifiers, body, type=BOOL)


def _arithmetic(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    operator = g.random.choice(["+", "-", "*", "//", "%"])
    return n.Arithmetic(operator, g.expression(INT, depth), g.expression(INT, depth), type=INT)


def _extreme(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    operands = tuple(g.expression(INT, depth) for _ in range(g.random.randint(1, 3)))
    return n.Extreme(g.random.choice(["min", "max"]), operands, type=INT)


def _length(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    each = g.random.choice([k for k in KINDS if isinstance(k, SeqType | SetType | BagType | MapType)])
    value = g.expression(each, depth)
    if isinstance(each, BagType) and g.random.random() < 0.7:
        item = g.expression(each.item, depth)
        return g.random.choice([n.Total(value, type=INT), n.CountOf(value, item, type=INT)])
    return n.Length(value, type=INT)


def _aggregate(g: Grammar, kind: FiniteType, depth: int) -> Expr:
    which = g.random.choice(["sum", "min", "max", "count"])
    qualifiers, body = g.qualifiers(depth, lambda: g.expression(INT, depth))
    default = g.leaf(INT) if which in ("min", "max") and g.random.random() < 0.7 else None
    return n.Aggregate(which, qualifiers, None if which == "count" else body, default, type=INT)


def _record(g: Grammar, kind: RecordType, depth: int) -> Expr:
    values = tuple(g.expression(inner, depth) for _, inner in kind.fields)
    return n.MakeRecord(values, type=kind)


def _update(g: Grammar, kind: RecordType, depth: int) -> Expr:
    record = g.leaf(kind)
    chosen = g.random.sample(kind.fields, g.random.randint(1, len(kind.fields)))
    return n.Update(record, tuple((name, g.expression(inner, depth)) for name, inner in chosen), type=kind)


def _coerce(g: Grammar, kind: UnionType, depth: int) -> Expr:
    if not kind.options:
        return g.leaf(kind)
    return n.Coerce(g.expression(g.random.choice(kind.options), depth), type=kind)


def _tuple(g: Grammar, kind: TupleType, depth: int) -> Expr:
    return n.MakeTuple(tuple(g.expression(item, depth) for item in kind.items), type=kind)


def _display(g: Grammar, kind: Any, depth: int) -> Expr:
    items = tuple(g.expression(kind.item, depth) for _ in range(g.random.randint(0, 3)))
    return (n.MakeSeq if isinstance(kind, SeqType) else n.MakeSet)(items, type=kind)


def _concat(g: Grammar, kind: SeqType, depth: int) -> Expr:
    return n.Concat(tuple(g.expression(kind, depth) for _ in range(2)), type=kind)


def _slice(g: Grammar, kind: SeqType, depth: int) -> Expr:
    low, high = (g.expression(INT, depth) if g.random.random() < 0.6 else None for _ in range(2))
    return n.Slice(g.expression(kind, depth), low, high, type=kind)


def _comprehension(g: Grammar, kind: Any, depth: int) -> Expr:
    ordered = isinstance(kind, SeqType)
    qualifiers, element = g.qualifiers(depth, lambda: g.expression(kind.item, depth), ordered=ordered)
    return n.Comprehension(qualifiers, element, type=kind)


def _set_operation(g: Grammar, kind: SetType, depth: int) -> Expr:
    operator = g.random.choice(["|", "&", "-", "^"])
    return n.SetOperation(operator, g.expression(kind, depth), g.expression(kind, depth), type=kind)


def _support(g: Grammar, kind: SetType, depth: int) -> Expr:
    bags = [k for k in KINDS if isinstance(k, BagType) and SetType(k.item) == kind]
    return n.Support(g.expression(bags[0], depth), type=kind) if bags else g.leaf(kind)


def _fill(g: Grammar, kind: MapType, depth: int) -> Expr:
    return n.Fill(g.expression(kind.value, depth), type=kind)


def _put(g: Grammar, kind: MapType, depth: int) -> Expr:
    key = g.expression(INT if isinstance(kind.key, IntType) else kind.key, depth)
    return n.Put(g.expression(kind, depth), key, g.expression(kind.value, depth), type=kind)


def _map(g: Grammar, kind: MapType, depth: int) -> Expr:
    name = g.fresh("key")
    value = g.inside([(name, kind.key)], lambda: g.expression(kind.value, depth))
    every = n.Every(type=SetType(kind.key))
    return n.MapComprehension((For(name, every),), Local(name, type=kind.key), value, type=kind)


def _bag_change(g: Grammar, kind: BagType, depth: int) -> Expr:
    which = g.random.choice([n.BagAdd, n.BagRemove])
    copies = n.Literal(g.random.choice([1, 1, 1, 2, 0]), type=INT)
    return which(g.expression(kind, depth), g.expression(kind.item, depth), copies, type=kind)


def _bag_operation(g: Grammar, kind: BagType, depth: int) -> Expr:
    operator = g.random.choice(["+", "-"])
    return n.BagOperation(operator, g.expression(kind, depth), g.expression(kind, depth), type=kind)


OF: dict[type[Any], list[Row]] = {
    BoolType: [_not, _and, _and, _equal, _equal, _less, _is, _member, _subset, _quantifier, _quantifier],
    IntType: [_arithmetic, _arithmetic, _extreme, _length, _aggregate, _aggregate],
    RecordType: [_record, _update, _update],
    UnionType: [_coerce, _coerce],
    TupleType: [_tuple, _tuple],
    SeqType: [_display, _concat, _slice, _comprehension, _comprehension],
    SetType: [_display, _comprehension, _comprehension, _set_operation, _set_operation, _support],
    MapType: [_fill, _put, _put, _map],
    BagType: [_bag_change, _bag_change, _bag_operation, _comprehension],
}
