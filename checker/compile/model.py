"""From a declared model to its program in the IR: the way into the compiler.

`compile_model` compiles initial states, actions, properties and whatever they call.  What lies outside
the subset of Python that the compiler reads is a located `SpecError` with a code `subset/...`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from checker.compile.body import Body
from checker.compile.instances import Target, call_values
from checker.compile.letters import LetterCompiler, Letters
from checker.compile.scope import SELF, Bound, Scope
from checker.compile.sources import Source
from checker.compile.table import EXPRESSIONS, STATEMENTS
from checker.compile.tidy import reachable
from checker.compile.unit import Unit, whole
from checker.ir.nodes import BOOL, Expr, Field, Local
from checker.ir.program import Choice, Predicate, Program, Transition
from checker.lang import source as places
from checker.lang.declarations import Action, Declaration, Property
from checker.lang.parameters import Parameter
from checker.lang.types import FiniteType, NoneType, RecordType, UnionType


def compile_model(declaration: Declaration, letters: Letters | None = None) -> Program:
    """The program of a declared model, with letters of its states and steps if any are wanted.

    Raises SpecError for what the compiler does not read.
    """
    return _Compiler(declaration).program(letters)


class _Compiler:
    """Compiles the marked methods of one model."""

    def __init__(self, declaration: Declaration):
        self.declaration = declaration
        self.unit = Unit(declaration, EXPRESSIONS, STATEMENTS)
        state = self.unit.kinds.interned(declaration.state)
        assert isinstance(state, RecordType)
        self.state = state
        everything: tuple[Action | Property, ...] = (*declaration.initial, *declaration.actions, *declaration.properties,
                      *declaration.lemmas, *declaration.final, *declaration.boundary)  # fmt: skip
        for one in everything:
            self.unit.fresh_name(one.name)

    def program(self, letters: Letters | None) -> Program:
        declared = self.declaration
        program = Program(
            name=declared.name,
            constants=tuple((c.name, c.type, c.value) for c in declared.constants),
            state=self.declaration.state,  # as declared: bounds keep their own texts
            initial=tuple(self._transition(one, initial=True) for one in declared.initial),
            actions=tuple(self._transition(one, initial=False) for one in declared.actions),
            properties=tuple(
                self._predicate(one, one.kind) for one in (*declared.properties, *declared.lemmas)
            ),
            final=tuple(self._predicate(one, "final") for one in declared.final),
            boundary=tuple(self._predicate(one, "boundary") for one in declared.boundary),
            functions=(),
        )
        if letters is not None:
            program = LetterCompiler(self.unit, program, self.state).with_letters(letters)
        functions = tuple(reachable(program, self.unit.functions))
        return attrs.evolve(program, functions=functions, sources=tuple(self.unit.files))

    def _source(self, function: Callable[..., Any]) -> Source:
        order = type(self.declaration.model).__mro__
        owner = next(owner for owner in order if function in vars(owner).values())
        return self.unit.source(function, owner, places.at_function(function))

    def _begun(self, function: Callable[..., Any], result: FiniteType) -> tuple[Body, list[str]]:
        """A marked method as a body to compile, and the names of its parameters."""
        source = self._source(function)
        arguments = source.node.args
        body = Body(self.unit, source, result)
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        for name in names[1:]:
            body.names.reserve(name)
        return body, names

    def _transition(self, action: Action, *, initial: bool) -> Transition:
        result = UnionType((self.state, NoneType()))
        body, names = self._begun(action.function, result)
        bound: dict[str, Bound] = {names[0]: SELF}
        state = None if initial else names[1]
        if state is not None:
            bound[state] = Local(state, type=self.state)
        choices = []
        for parameter in action.parameters:
            choices.append(self._choice(body, parameter, bound, state))
            bound[parameter.name] = Local(parameter.name, type=choices[-1].type)
        at = places.at_function(action.function)
        value = self.unit.finished(whole(body, Scope(bound), at), names[1:])
        return Transition(action.name, state, tuple(choices), value, action.doc, at)

    def _choice(self, body: Body, parameter: Parameter, bound: dict[str, Bound], state: str | None) -> Choice:
        kind = self.unit.kinds.interned(parameter.type)
        domain: Expr | None = None
        if parameter.field is not None:
            assert state is not None
            of = dict(self.state.fields)[parameter.field]
            domain = Field(Local(state, type=self.state), parameter.field, type=of)
        elif parameter.function is not None:
            values = [bound[state or ""] if name == "" else bound[name] for name in parameter.arguments]
            domain = self._domain(body, parameter.function, values)
        return Choice(parameter.name, kind, domain, parameter.subsets)

    def _domain(self, body: Body, function: Callable[..., Any], values: list[Bound]) -> Expr:
        """The collection that a method gives for the state and earlier choices."""
        order = type(self.declaration.model).__mro__
        owner = next((owner for owner in order if function in vars(owner).values()), None)
        source = self.unit.source(function, owner, places.at_function(function))
        return call_values(body, Target(source), [SELF, *values])

    def _predicate(self, declared: Property, kind: Any) -> Predicate:
        body, names = self._begun(declared.function, BOOL)
        bound: dict[str, Bound] = {names[0]: SELF}
        for name in names[1:]:
            bound[name] = Local(name, type=self.state)
        at = places.at_function(declared.function)
        value = self.unit.finished(whole(body, Scope(bound), at), names[1:])
        return Predicate(declared.name, kind, tuple(names[1:]), value, declared.doc, at)
