"""What candidates are made of: terms and atoms, each as Python source and as an expression of the IR.

The rule: the two faces of one term say the same.  The source is what a user may paste, and also what is
evaluated over the states of a small instance; the expression is what a prover is given.  Nothing here
knows a spec, its states, or which atoms are worth having.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve, field, frozen

from checker.ir.nodes import (
    BOOL,
    INT,
    Coerce,
    Equal,
    Every,
    Expr,
    For,
    Length,
    Less,
    Literal,
    Local,
    Member,
    Not,
    Or,
    Quantifier,
)
from checker.ir.typing import same
from checker.ir.walk import binders, everything, transformed
from checker.lang.types import FiniteType, SetType


@frozen
class Variable:
    """A quantified variable: `text` is how a spec names its type, `every` the set it ranges over."""

    name: str
    type: FiniteType
    text: str

    @property
    def every(self) -> Expr:
        """The set of all values that it takes."""
        return Every(type=SetType(self.type))

    @property
    def local(self) -> Expr:
        """The variable as an expression."""
        return Local(self.name, type=self.type)

    @property
    def loop(self) -> str:
        """How a comprehension ranges over it."""
        return f"for {self.name} in self.every({self.text})"


@frozen
class Guard:
    """A statement that says that there is no such value: `s.read[a] is None`, before `s.read[a].version`."""

    source: str
    expr: Expr = field(repr=False)


@frozen
class Term:
    """A value: its source, its expression, the variables it uses, a name in words, and how complex it is.

    Where its `guard` holds, there is none.
    """

    source: str
    expr: Expr
    uses: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    weight: int = 1
    guard: Guard | None = None

    @property
    def type(self) -> FiniteType:
        """The type of its value."""
        return self.expr.type


@frozen
class Atom:
    """A statement that holds or does not: `source` says that it holds, `denied` that it does not.

    `may_raise` marks one that Python may fail to evaluate, for it calls a function of the spec.
    `flipped` are both with their sides exchanged, where that says the same.  `guard` is one that says no more
    than that there is nothing to speak of, or else what the source says; its denial is no use, for two shorter
    clauses say it.  `negative` marks one that says "not".
    """

    source: str
    denied: str
    expr: Expr = field(repr=False)
    uses: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    weight: int = 1
    may_raise: bool = False
    flipped: tuple[str, str] = ("", "")
    guard: Guard | None = None
    negative: bool = False


@frozen
class Said:
    """A literal: an atom that is affirmed or denied."""

    atom: Atom
    holds: bool

    @property
    def source(self) -> str:
        """The literal in Python."""
        return self.atom.source if self.holds else self.atom.denied

    @property
    def parts(self) -> tuple[str, ...]:
        """The literal in Python, as those of which one holds: where there is a guard, it and the rest."""
        guard = self.atom.guard
        if guard is None or not self.holds:
            return (self.source,)
        return (guard.source, self.source.removeprefix(f"{guard.source} or "))

    @property
    def premise(self) -> bool:
        """Whether it denies something, and so is a premise of what the others affirm."""
        return self.holds == self.atom.negative

    @property
    def expr(self) -> Expr:
        """The literal in the IR."""
        return self.atom.expr if self.holds else Not(self.atom.expr, type=BOOL)


# -- terms ----------------------------------------------------------------------------------------


def as_type(term: Term, kind: FiniteType) -> Expr:
    """A term's expression where values of a type are expected that has them all."""
    expr = term.expr
    if same(expr.type, kind):
        return expr
    if isinstance(expr, Literal):
        return evolve(expr, type=kind)
    return Coerce(expr, type=kind)


def known(value: Any, source: str, kind: FiniteType, word: str = "") -> Term:
    """A value that is written out."""
    return Term(source, Literal(value, type=kind), frozenset(), (word,) if word else (), 1)


# -- atoms ----------------------------------------------------------------------------------------


def identical(term: Term, value: Term) -> Atom:
    """`term is value`: for members of an Enum, and for None."""
    expr = Equal(term.expr, as_type(value, term.type), type=BOOL)
    words = (*term.words, *value.words)
    return Atom(f"{term.source} is {value.source}", f"{term.source} is not {value.source}", expr,
                term.uses, words, term.weight)  # fmt: skip


def equal(left: Term, right: Term) -> Atom:
    """`left == right`, where the right one fits the type of the left one."""
    expr = Equal(left.expr, as_type(right, left.type), type=BOOL)
    words = (*left.words, "is", *right.words)
    flipped = (f"{right.source} == {left.source}", f"{right.source} != {left.source}")
    return Atom(f"{left.source} == {right.source}", f"{left.source} != {right.source}", expr,
                left.uses | right.uses, words, left.weight + right.weight - 1, flipped=flipped)  # fmt: skip


def less(left: Term, right: Term, *, strict: bool = False) -> Atom:
    """`left <= right`, or `left < right`: of integers."""
    expr = Less(left.expr, right.expr, strict, type=BOOL)
    sign, other, word = ("<", ">=", "below") if strict else ("<=", ">", "at_most")
    words = (*left.words, word, *right.words)
    back, again = (">", "<=") if strict else (">=", "<")
    flipped = (f"{right.source} {back} {left.source}", f"{right.source} {again} {left.source}")
    return Atom(f"{left.source} {sign} {right.source}", f"{left.source} {other} {right.source}", expr,
                left.uses | right.uses, words, left.weight + right.weight, flipped=flipped)  # fmt: skip


def member(item: Term, collection: Term, kind: FiniteType) -> Atom:
    """`item in collection`, whose items have a type."""
    expr = Member(as_type(item, kind), collection.expr, type=BOOL)
    words = (*item.words, "in", *collection.words)
    return Atom(f"{item.source} in {collection.source}", f"{item.source} not in {collection.source}", expr,
                item.uses | collection.uses, words, item.weight + collection.weight - 1)  # fmt: skip


def empty(collection: Term) -> Atom:
    """`len(collection) == 0`."""
    length = Length(collection.expr, type=INT)
    expr = Equal(length, Literal(0, type=INT), type=BOOL)
    return Atom(f"len({collection.source}) == 0", f"len({collection.source}) > 0", expr, collection.uses,
                ("no", *collection.words), collection.weight + 1)  # fmt: skip


def truth(term: Term, *, may_raise: bool = False) -> Atom:
    """A term that is a truth value."""
    return Atom(term.source, f"not {term.source}", term.expr, term.uses, term.words, term.weight, may_raise)


def at_most(collection: Term, most: int) -> Atom:
    """`len(collection) <= most`."""
    length = length_of(collection)
    atom = less(length, known(most, str(most), INT, str(most)))
    return evolve(atom, weight=collection.weight + 2)


def length_of(collection: Term) -> Term:
    """`len(collection)`."""
    expr = Length(collection.expr, type=INT)
    return evolve(collection, source=f"len({collection.source})", expr=expr,
                  words=("number", "of", *collection.words), weight=collection.weight + 1)  # fmt: skip


def guarded(guard: Guard, atom: Atom) -> Iterator[Atom]:
    """There is nothing to speak of, or the atom holds; and the same of its denial."""
    for source, expr, negative in ((atom.source, atom.expr, False),
                                   (atom.denied, Not(atom.expr, type=BOOL), True)):  # fmt: skip
        whole = f"{guard.source} or {source}"
        yield evolve(atom, source=whole, denied=f"not ({whole})", expr=Or((guard.expr, expr), type=BOOL),
                     weight=atom.weight + 1, flipped=("", ""), guard=guard, negative=negative)  # fmt: skip


def of_all(variable: Variable, said: Said) -> Atom:
    """`all(said for variable in self.every(…))`."""
    body, atom = said.expr, said.atom
    expr = Quantifier("all", (For(variable.name, variable.every),), body, type=BOOL)
    source = f"all({said.source} {variable.loop})"
    opposite = Said(atom, not said.holds).source
    words = ("all" if said.holds else "nowhere", *atom.words)
    return Atom(source, f"any({opposite} {variable.loop})", expr, atom.uses - {variable.name}, words,
                atom.weight + 2, atom.may_raise)  # fmt: skip


# -- names in expressions -------------------------------------------------------------------------


def apart(expr: Expr, mark: str) -> Expr:
    """The expression with a mark on every name that it binds itself, to stand beside others in a clause."""
    bound = {name for node in everything(expr) for name in binders(node)}

    def change(node: Expr) -> Expr:
        if isinstance(node, Local) and node.name in bound:
            return evolve(node, name=f"{node.name}_{mark}")
        if isinstance(node, Quantifier):
            loops = tuple(evolve(q, name=f"{q.name}_{mark}") if isinstance(q, For) else q
                          for q in node.qualifiers)  # fmt: skip
            return evolve(node, qualifiers=loops)
        return node

    return transformed(expr, change) if bound else expr
