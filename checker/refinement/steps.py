"""The steps of an abstract model as functions of the IR: whether an action leads from one state to another.

For each action, any choice of its parameters will do.  Conditions come as early as the passes have put
them, and a successor is compared field by field, those that stay as they are first: so most actions are
ruled out before anything is enumerated.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from checker.ir.nodes import (
    BOOL,
    Coerce,
    Comprehension,
    Equal,
    Every,
    Expr,
    Field,
    For,
    If,
    Keys,
    Let,
    Literal,
    Local,
    MakeRecord,
    Not,
    Qualifier,
    Quantifier,
    Stuck,
    Subsets,
    Support,
    Update,
    Where,
)
from checker.ir.passes.bodies import is_nothing, known_before
from checker.ir.passes.facts import Facts
from checker.ir.passes.within import contains, has_bounds
from checker.ir.program import Choice, Function, Program, Transition, Variable
from checker.ir.scopes import item_of
from checker.ir.walk import transformed
from checker.lang.types import BagType, FiniteType, IntType, MapType, NoneType, RecordType, SeqType, SetType
from checker.refinement.inside import NO, YES, Inside, both

GOAL = "goal__"
"""The name of the state that a step should lead to."""


class Steps:
    """Makes the functions of one abstract program, of which the passes have been over."""

    def __init__(self, program: Program, prefix: str) -> None:
        self._program = program
        self._prefix = prefix
        self._facts = Facts(program)
        self._inside = Inside("item__")

    def functions(self) -> Iterator[Function]:
        """For each action, whether it leads from one state to another."""
        for action in self._program.actions:
            assert action.state is not None
            name = f"{self._prefix}{action.name}"
            yield self._function(name, action, (Variable(action.state, self._program.state),))

    def moves(self) -> Iterator[Function]:
        """For each action, whether it is enabled in a state and would change it: to the function's second
        state, which is the same again."""
        for action in self._program.actions:
            assert action.state is not None
            name = f"{self._prefix}{action.name}"
            before = (Variable(action.state, self._program.state),)
            yield self._function(name, action, before, leads_away=True)

    def beginnings(self) -> Iterator[Function]:
        """For each source of initial states, whether it makes a state."""
        for source in self._program.initial:
            yield self._function(f"{self._prefix}begins_{source.name}", source, ())

    def _function(
        self, name: str, transition: Transition, before: tuple[Variable, ...], *, leads_away: bool = False
    ) -> Function:
        goal = Local(GOAL, type=self._program.state)
        known = known_before(transition)
        qualifiers: list[Qualifier] = []
        body = self._reaches(transition.body, goal, leads_away)
        for place in range(len(transition.choices) + 1):
            qualifiers += [Where(guard) for at, guard in transition.guards if at == place]
            if place < len(transition.choices):
                qualifiers += self._chosen(transition.choices[place], known[place])
        if any(isinstance(one, For) for one in qualifiers):
            asked: Expr = Quantifier("any", tuple(qualifiers), body, type=BOOL)
        else:
            asked = both([*(one.test for one in qualifiers if isinstance(one, Where)), body])
        for choice in transition.choices:
            asked = _seen_at(asked, choice)
        title = f"{self._program.name}.{transition.name}"
        return Function(name, (*before, Variable(GOAL, self._program.state)), asked, title, at=transition.at)

    # -- choices --

    def _chosen(self, choice: Choice, known: frozenset[str]) -> Iterator[Qualifier]:
        if choice.domain is None:
            yield For(choice.name, Every(type=SetType(choice.type)))
            return
        item = item_of(choice.domain.type)
        assert item is not None
        if not choice.subsets:
            yield For(choice.name, choice.domain)
            yield from self._belongs(choice.name, choice.type, choice.domain, item, known)
            return
        base = _as_set(choice.domain, item, f"{choice.name}__item")
        assert isinstance(choice.type, SetType)
        if has_bounds(choice.type.item):
            one = f"{choice.name}__member"
            tests = list(self._belongs(one, choice.type.item, base, item, known))
            yield from (
                Where(Quantifier("all", (For(one, base),), test.test, type=BOOL))
                for test in tests
                if isinstance(test, Where)
            )
        yield For(choice.name, Subsets(base, type=SetType(base.type)))

    def _belongs(
        self, name: str, kind: FiniteType, domain: Expr, item: FiniteType, known: frozenset[str]
    ) -> Iterator[Qualifier]:
        """That an item of a domain is one of the parameter's type: CPython has an error for others."""
        if not has_bounds(kind) or (contains(kind, item) and self._facts.within(domain, known)):
            return
        value = Local(name, type=item)
        yield Where(
            If(self._inside(value, kind), YES, Stuck(f"{name} leaves its type", type=BOOL), type=BOOL)
        )

    # -- successors --

    def _reaches(self, body: Expr, goal: Expr, away: bool = False) -> Expr:
        """Whether the body of an action is a given state; with `away`, whether it is another one."""
        match body:
            case _ if is_nothing(body):
                return NO
            case If(test=test, then=then, other=other):
                first, second = self._reaches(then, goal, away), self._reaches(other, goal, away)
                if first is NO:
                    return NO if second is NO else both([Not(test, type=BOOL), second])
                return both([test, first]) if second is NO else If(test, first, second, type=BOOL)
            case Let(value=value):
                return evolve(body, body=self._reaches(body.body, goal, away), value=value, type=BOOL)
            case Coerce(value=value) if isinstance(value.type, RecordType):
                same = self._equal(value, goal)
                return Not(same, type=BOOL) if away else same
            case _ if away:
                nothing = Equal(body, Coerce(Literal(None, type=NoneType()), type=body.type), type=BOOL)
                same = Equal(body, Coerce(goal, type=body.type), type=BOOL)
                return both([Not(nothing, type=BOOL), Not(same, type=BOOL)])
            case _:
                return Equal(body, Coerce(goal, type=body.type), type=BOOL)

    def _equal(self, value: Expr, goal: Expr) -> Expr:
        """Whether a record is the goal; what is not changed is compared first."""
        kind = value.type
        assert isinstance(kind, RecordType)
        if isinstance(value, Update) and isinstance(value.record, Local):
            changed = dict(value.changes)
            pairs = [
                (changed.get(name, Field(value.record, name, type=of)), name, of) for name, of in kind.fields
            ]
            pairs.sort(key=lambda pair: pair[1] in changed)
        elif isinstance(value, MakeRecord):
            pairs = [(one, name, of) for one, (name, of) in zip(value.values, kind.fields, strict=True)]
        else:
            return Equal(value, goal, type=BOOL)
        return both([Equal(one, Field(goal, name, type=of), type=BOOL) for one, name, of in pairs])


def _as_set(domain: Expr, item: FiniteType, name: str) -> Expr:
    """The set of the items of a collection."""
    match domain.type:
        case MapType():
            return Keys(domain, type=SetType(item))
        case BagType():
            return Support(domain, type=SetType(item))
        case SeqType():
            one = Local(name, type=item)
            return Comprehension((For(name, domain),), one, type=SetType(item))
        case _:
            return domain


def _seen_at(asked: Expr, choice: Choice) -> Expr:
    """With the variable of a choice at the type that it has in its domain, which differs in bounds alone."""
    item = None if choice.domain is None else item_of(choice.domain.type)
    if item is None or item == choice.type or choice.subsets or not isinstance(item, IntType):
        return asked

    def change(node: Expr) -> Expr:
        return evolve(node, type=item) if isinstance(node, Local) and node.name == choice.name else node

    return transformed(asked, change)
