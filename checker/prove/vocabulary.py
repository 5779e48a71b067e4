"""The vocabulary of a spec: every simple statement about a state that its own names can make.

From the types of the state come statements such as `s.phase[a] is Phase.PREPARED`, `a in s.heard`,
`Prepared(a) in s.sent`, `s.seen[a] <= s.token`; from the spec's functions that answer True or False come
calls of them; and of each that has a variable, whether it holds for all.  The variables are those of
`checker.prove.lemmas.scope`.  Whether a statement is true anywhere is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

import attrs

from checker.ir.nodes import BOOL, Call, Equal, Expr, Is, Less
from checker.ir.program import Function
from checker.ir.typing import fits
from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    UnionType,
)
from checker.prove.lemmas.scope import Kind, Scope
from checker.prove.lemmas.terms import Terms
from checker.prove.lemmas.words import (
    Atom,
    Said,
    Term,
    Variable,
    at_most,
    empty,
    equal,
    guarded,
    identical,
    length_of,
    less,
    member,
    of_all,
    truth,
)

MOST_PAIRS = 60
"""At most so many pairs of parts of one type are compared with each other."""

MOST_COUNTED = 12
"""At most so many pairs of a number and a length are compared."""

MOST_OPTIONAL = 16
"""At most so many pairs are compared of which one may be missing."""

MOST_CALLS = 12
"""A function is called with at most so many choices of arguments."""


def vocabulary(scope: Scope) -> list[Atom]:
    """The atoms of a spec, over the first and second variable of each kind; each once."""
    variables = [v for kind in scope.kinds for v in (kind.first, kind.second)]
    found = [
        *_statements(scope, variables),
        *_distinct(scope.kinds),
        *(atom for kind in scope.kinds for atom in _for_all(scope, kind)),
    ]
    return list({atom.source: atom for atom in found if len(atom.uses) <= 2}.values())


def _distinct(kinds: Iterable[Kind]) -> Iterator[Atom]:
    for kind in kinds:
        first, second = (Term(v.name, v.local, frozenset({v.name})) for v in (kind.first, kind.second))
        yield attrs.evolve(equal(first, second), words=("same",))


def _for_all(scope: Scope, kind: Kind) -> Iterator[Atom]:
    """Statements that hold for all values of the inner variable, or for none."""
    outer = [v for each in scope.kinds for v in (each.first, each.second)]
    for atom in _statements(scope, [kind.inner, *outer]):
        if kind.inner.name in atom.uses and _worth_for_all(kind, atom):
            yield of_all(kind.inner, Said(atom, True))
            yield of_all(kind.inner, Said(atom, False))


def _worth_for_all(kind: Kind, atom: Atom) -> bool:
    """Whether it says much that an atom holds for all: not of a number, nor that all parts are like one."""
    if len(atom.uses) > 2 or (isinstance(kind.type, IntType) and isinstance(atom.expr, Equal | Less)):
        return False
    return len(atom.uses) == 1 or not isinstance(atom.expr, Equal)


def _statements(scope: Scope, variables: Sequence[Variable]) -> Iterator[Atom]:
    """Everything said without a quantifier, with these variables."""
    terms = Terms(scope, variables)
    parts = terms.parts()
    for part in parts:
        about = _ABOUT.get(type(part.type))
        if about is not None:
            yield from about(scope, terms, part)
    yield from _compared(terms, parts)
    yield from _counted(parts)
    yield from _optional(scope, terms, parts)
    yield from _called(scope, terms, parts)


# -- about one part of the state ------------------------------------------------------------------


def _about_truth(scope: Scope, terms: Terms, part: Term) -> Iterator[Atom]:
    yield truth(part)


def _about_enum(scope: Scope, terms: Terms, part: Term) -> Iterator[Atom]:
    assert isinstance(part.type, EnumType)
    atoms = [identical(part, value) for value in terms.members(part.type)]
    if len(atoms) == 2:  # one says all, and denies itself by affirming the other
        yield attrs.evolve(atoms[0], denied=atoms[1].source)
    else:
        yield from atoms


def _about_number(scope: Scope, terms: Terms, part: Term) -> Iterator[Atom]:
    assert isinstance(part.type, IntType)
    for number in terms.numbers(part.type):
        yield equal(part, number)


def _about_identity(scope: Scope, terms: Terms, part: Term) -> Iterator[Atom]:
    for variable in terms.ranging(part.type):
        yield equal(part, variable)


def _about_record(scope: Scope, terms: Terms, part: Term) -> Iterator[Atom]:
    for value in terms.values(part.type):
        yield equal(part, value)


def _about_union(scope: Scope, terms: Terms, part: Term) -> Iterator[Atom]:
    assert isinstance(part.type, UnionType)
    for option in part.type.options:
        if isinstance(option, RecordType):
            yield from _instance(scope, part, option)
        for value in terms.values(option):
            exactly = isinstance(option, EnumType | NoneType)
            yield identical(part, value) if exactly else equal(part, value)


def _instance(scope: Scope, part: Term, option: RecordType) -> Iterator[Atom]:
    name = scope.spelled(option.cls)
    if name is not None:
        source = f"isinstance({part.source}, {name})"
        expr = Is(part.expr, option, type=BOOL)
        words = (*part.words, "is", name.lower())
        yield Atom(source, f"not {source}", expr, part.uses, words, part.weight + 1)


def _about_collection(scope: Scope, terms: Terms, part: Term) -> Iterator[Atom]:
    assert isinstance(part.type, SetType | BagType | SeqType)
    yield empty(part)
    if not isinstance(part.type, BagType) and not part.uses:
        yield at_most(part, 1)
    for value in terms.values(part.type.item):
        yield member(value, part, part.type.item)


_ABOUT: dict[type[Any], Callable[[Scope, Terms, Term], Iterator[Atom]]] = {
    BoolType: _about_truth,
    EnumType: _about_enum,
    IntType: _about_number,
    SortType: _about_identity,
    RecordType: _about_record,
    UnionType: _about_union,
    SetType: _about_collection,
    BagType: _about_collection,
    SeqType: _about_collection,
}
"""What is said about a part of the state, by its type."""


# -- about two parts ------------------------------------------------------------------------------


def _compared(terms: Terms, parts: Sequence[Term]) -> Iterator[Atom]:
    numbers = [part for part in parts if isinstance(part.type, IntType)]
    pairs = [(a, b) for a, b in combinations([*numbers, *terms.numerals()], 2) if _worth(a, b)]
    for left, right in pairs[:MOST_PAIRS]:
        yield less(left, right)
        yield less(left, right, strict=True)
        yield equal(left, right)
    values = [part for part in parts if isinstance(part.type, SortType | UnionType | EnumType)]
    alike = [(a, b) for a, b in combinations(values, 2) if _worth(a, b)]
    for left, right in alike[:MOST_PAIRS]:
        if fits(right.type, left.type):
            yield equal(left, right)
        elif fits(left.type, right.type):
            yield equal(right, left)


def _counted(parts: Sequence[Term]) -> Iterator[Atom]:
    """How many there are, against the numbers of the state that may count such a thing."""
    numbers = [(part, part.type) for part in parts if isinstance(part.type, IntType) and part.type.low == 0]
    lengths = [(part, part.type) for part in parts if isinstance(part.type, SetType | SeqType)]
    pairs = [(number, length_of(part)) for number, counts in numbers for part, kind in lengths
             if number.uses == part.uses and (counts.high or 0) >= _most(kind)]  # fmt: skip
    for left, right in pairs[:MOST_COUNTED]:
        yield equal(left, right)
        yield less(left, right)
        yield less(left, right, strict=True)


def _most(kind: SetType | SeqType) -> int:
    """How many there can be, as far as that is bounded."""
    if isinstance(kind, SeqType):
        return kind.limit or 0
    try:
        every = kind.item.count()
    except OverflowError:  # without bounds
        return kind.capacity or 0
    return every if kind.capacity is None else min(every, kind.capacity)


def _optional(scope: Scope, terms: Terms, parts: Sequence[Term]) -> Iterator[Atom]:
    """What lies inside what may be missing, against what is alike: beside it, and in the state."""
    inside = list(terms.optional(parts))
    for part in inside:
        if isinstance(part.type, BoolType | EnumType | SortType):
            for atom in _ABOUT[type(part.type)](scope, terms, part):
                yield from _guarded(part, atom)
    beside = [(a, b) for a, b in combinations(inside, 2) if a.guard == b.guard]
    pairs = [(a, b) for a, b in [*beside, *product(inside, parts)] if _worth(a, b) and a.type == b.type]
    for left, right in pairs[:MOST_OPTIONAL]:
        if isinstance(left.type, IntType):
            yield from _guarded(left, equal(left, right))
            yield from _guarded(left, less(left, right))
        elif isinstance(left.type, SortType):
            yield from _guarded(left, equal(left, right))


def _guarded(part: Term, atom: Atom) -> Iterator[Atom]:
    return guarded(part.guard, atom) if part.guard is not None else iter((atom,))


def _worth(left: Term, right: Term) -> bool:
    """Whether two terms may be compared: few variables, and ranges that meet."""
    if len(left.uses | right.uses) > 2:
        return False
    match left.type, right.type:
        case IntType(low=int(a), high=int(b)), IntType(low=int(c), high=int(d)):
            return a <= d and c <= b
        case _:
            return True


# -- the spec's own predicates --------------------------------------------------------------------


def _called(scope: Scope, terms: Terms, parts: Sequence[Term]) -> Iterator[Atom]:
    for function in scope.program.functions:
        method = _own_method(scope, function)
        if method is None:
            continue
        choices = [_arguments(scope, terms, parts, parameter.type) for parameter in function.parameters]
        total = 1
        for choice in choices:
            total *= len(choice)
        if 0 < total <= MOST_CALLS:
            for chosen in product(*choices):
                yield truth(_call(function, method, chosen), may_raise=True)


def _own_method(scope: Scope, function: Function) -> str | None:
    """The name under which a lemma calls a function: a predicate that is a method of the model."""
    owner, _, name = function.title.rpartition(".")
    first = next((cls for cls in scope.cls.__mro__ if name in vars(cls)), None)
    if first is None or first.__name__ != owner or not isinstance(function.body.type, BoolType):
        return None
    return name if function.parameters and not name.startswith("__") else None


def _arguments(scope: Scope, terms: Terms, parts: Sequence[Term], kind: FiniteType) -> list[Term]:
    """What a function may be given for a parameter: the state, a variable, or a set in the state."""
    if kind == scope.program.state:
        return [scope.state]
    if isinstance(kind, SortType | IntType):
        return terms.numerals() if isinstance(kind, IntType) else terms.ranging(kind)
    return [part for part in parts if part.type == kind]


def _call(function: Function, method: str, arguments: Sequence[Term]) -> Term:
    exprs: tuple[Expr, ...] = tuple(term.expr for term in arguments)
    uses = frozenset(name for term in arguments for name in term.uses)
    words = (method, *(word for term in arguments for word in term.words))
    source = f"self.{method}({', '.join(term.source for term in arguments)})"
    return Term(source, Call(function.name, exprs, type=function.body.type), uses, words, 1)
