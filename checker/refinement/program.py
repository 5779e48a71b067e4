"""A refinement as part of a program: the mapping, and each step of it as a step of the abstract model.

The abstract model is compiled by itself.  Its functions get names of their own, and its constants become
literals.  What cannot be put together is a `SpecError` with a code `subset/...`; the reference engine
checks such a refinement.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from checker.compile.faults import outside
from checker.compile.mapping import compile_mapping
from checker.compile.model import compile_model
from checker.compile.tidy import unique
from checker.ir.demands import holds_identity
from checker.ir.nodes import BOOL, And, Call, Constant, Equal, Expr, If, Let, Literal, Local, Not, Or, Stuck
from checker.ir.passes.bodies import with_bodies
from checker.ir.passes.conditions import split_conditions
from checker.ir.passes.facts import Facts
from checker.ir.passes.fold import fold_constants
from checker.ir.passes.guards import hoist_guards
from checker.ir.program import Function, Predicate, Program
from checker.ir.walk import transformed
from checker.lang import source
from checker.lang.declarations import Declaration, Refinement
from checker.liveness.letters import Letters
from checker.refinement.abstract import abstract_of
from checker.refinement.fairness import Seen
from checker.refinement.inside import YES, Inside, both
from checker.refinement.steps import Steps

BEFORE, AFTER, HERE, THERE = "before", "after", "here__", "there__"


def with_refinements(program: Program, declaration: Declaration, letters: Letters | None = None) -> Program:
    """The program with a step property for each refinement of the model, of the name of its mapping.

    The letters that abstract fairness is made of are put in as well.
    """
    for refinement in declaration.refinements:
        program = _Refined(program, declaration, refinement).program()
        if letters is not None:
            program = _with_seen(program, refinement, letters)
    return program


def _with_seen(program: Program, refinement: Refinement, letters: Letters) -> Program:
    """The program with the letters that are about what states are mapped to, where they are whole actions."""
    atoms = [
        evolve(
            atom,
            body=_seen(program, refinement, letters.atoms[number].predicate, atom.states[0]) or atom.body,
        )
        for number, atom in enumerate(program.atoms)
    ]
    markings = []
    for marking in program.markings:
        body = None
        for chosen in letters.marks[marking.mark].chosen:
            if chosen.action == marking.action and chosen.where is not None:
                body = _seen(program, refinement, chosen.where, marking.state, marking.after)
        markings.append(evolve(marking, where=body or marking.where))
    return evolve(program, atoms=tuple(atoms), markings=tuple(markings))


def _seen(
    program: Program, refinement: Refinement, predicate: Any, before: str, after: str | None = None
) -> Expr | None:
    """What a method of `Seen` asks, as an expression; None for other predicates, and for single steps."""
    seen = getattr(predicate, "__self__", None)
    if not isinstance(seen, Seen) or seen.marks.mapping.refinement != refinement or seen.actions is None:
        return None
    prefix = f"{refinement.name}__"
    names = [seen.marks.mapping.abstract.actions[number].name for number in seen.actions]
    abstract = program.function(prefix).body.type
    here, there = Local(HERE, type=abstract), Local(THERE, type=abstract)
    image = Call(prefix, (Local(before, type=program.state),), type=abstract)
    if after is None:
        asked = _any(Call(f"{prefix}moves_{name}", (here, here), type=BOOL) for name in names)
        asked = Not(asked, type=BOOL) if predicate.__name__ == "disabled" else asked
        return Let(HERE, image, asked, type=BOOL)
    led = _any(Call(f"{prefix}takes_{name}", (here, there), type=BOOL) for name in names)
    changed = And((Not(Equal(here, there, type=BOOL), type=BOOL), led), type=BOOL)
    goal = Call(prefix, (Local(after, type=program.state),), type=abstract)
    return Let(HERE, image, Let(THERE, goal, changed, type=BOOL), type=BOOL)


def _any(tests: Iterable[Expr]) -> Expr:
    found = tuple(tests)
    return found[0] if len(found) == 1 else Or(found, type=BOOL)


def initially(program: Program, refinement: str) -> Predicate:
    """Whether a state is mapped to an initial state, as a property of the program of `with_refinements`."""
    prefix = f"{refinement}__"
    begins = [one for one in program.functions if one.name.startswith(f"{prefix}begins_")]
    here = Local(HERE, type=begins[0].parameters[0].type)
    made = Call(prefix, (Local(BEFORE, type=program.state),), type=here.type)
    one_of = [Call(one.name, (here,), type=BOOL) for one in begins]
    asked: Expr = one_of[0] if len(one_of) == 1 else Or(tuple(one_of), type=BOOL)
    return Predicate(refinement, "always", (BEFORE,), Let(HERE, made, asked, type=BOOL))


class _Refined:
    """Puts one refinement into a program."""

    def __init__(self, program: Program, declaration: Declaration, refinement: Refinement) -> None:
        self._program = program
        self._declaration = declaration
        self._refinement = refinement
        self._abstract = abstract_of(declaration, refinement)
        self._at = source.at_function(refinement.function)
        self._prefix = f"{refinement.name}__"
        self._inside = Inside("part__")

    def program(self) -> Program:
        mapping, called, files = compile_mapping(self._declaration, self._refinement.function, self._abstract)
        abstract = self._abstract_program()
        steps = Steps(abstract, f"{self._prefix}takes_")
        taken = tuple(steps.functions())
        begins = tuple(Steps(abstract, self._prefix).beginnings())
        made = evolve(mapping, name=self._prefix, body=self._renamed(mapping.body, "of_"))
        mine = tuple(evolve(one, name=f"{self._prefix}of_{one.name}", body=self._renamed(one.body, "of_"))
                     for one in called)  # fmt: skip
        moves = tuple(Steps(abstract, f"{self._prefix}moves_").moves())
        parts = (*mine, made, *abstract.functions, *map(_tidied, (*taken, *moves, *begins)))
        sources = dict.fromkeys((*self._program.sources, *files, *abstract.sources))
        found = evolve(self._program, functions=(*self._program.functions, *parts), sources=tuple(sources))
        return evolve(found, properties=(*found.properties, self._predicate(found, made, taken)))

    def _predicate(self, program: Program, mapping: Function, taken: tuple[Function, ...]) -> Predicate:
        """Whether a step is mapped to a step of the abstract model, or to none."""
        before, after = (Local(name, type=program.state) for name in (BEFORE, AFTER))
        here, there = (Local(name, type=self._abstract.state) for name in (HERE, THERE))
        same = Equal(here, there, type=BOOL)
        steps = [Call(one.name, (here, there), type=BOOL) for one in taken]
        asked: Expr = Or((same, *steps), type=BOOL)
        if not Facts(program).fits(
            mapping.body, self._abstract.state, frozenset({mapping.parameters[0].name})
        ):
            within = both([part for part in (self._within(here), self._within(there)) if part is not YES])
            asked = If(within, asked, Stuck("the mapping leaves the abstract types", type=BOOL), type=BOOL)
        second = Let(THERE, Call(mapping.name, (after,), type=there.type), asked, type=BOOL)
        body = Let(HERE, Call(mapping.name, (before,), type=here.type), second, type=BOOL)
        doc = self._refinement.doc
        return Predicate(self._refinement.name, "step", (BEFORE, AFTER), body, doc, self._at)

    def _within(self, state: Expr) -> Expr:
        return self._inside(state, self._abstract.state)

    # -- the abstract model --

    def _abstract_program(self) -> Program:
        """The abstract model with functions of other names, no constants, and conditions put early."""
        kept = evolve(self._abstract, properties=(), lemmas=(), final=(), boundary=(), refinements=())
        program = compile_model(kept)
        known = {name: (kind, value) for name, kind, value in program.constants}

        def change(node: Expr) -> Expr:
            if isinstance(node, Constant):
                value = known[node.name][1]
                if holds_identity(value):
                    raise outside(
                        "subset/refinement",
                        f"the constant `{node.name}` of `{self._abstract.name}` holds a member of a sort",
                        "Generated code has no way to name one.",
                        "Check it with --engine python.",
                        self._at,
                    )
                return Literal(value, type=node.type, at=node.at)
            return self._call(node, "")

        renamed = with_bodies(program, lambda body, _: transformed(body, change))
        functions = tuple(evolve(one, name=f"{self._prefix}{one.name}") for one in renamed.functions)
        found = evolve(renamed, functions=functions)
        for one in (fold_constants, split_conditions, hoist_guards):
            found = one(found)
        return found

    def _renamed(self, body: Expr, group: str) -> Expr:
        return transformed(body, lambda node: self._call(node, group))

    def _call(self, node: Expr, group: str) -> Expr:
        """A call of a function by its new name."""
        return (
            evolve(node, function=f"{self._prefix}{group}{node.function}") if isinstance(node, Call) else node
        )


def _tidied(function: Function) -> Function:
    """With names that are bound once."""
    return evolve(function, body=unique(function.body, [one.name for one in function.parameters]))
