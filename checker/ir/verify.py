"""Whether a program keeps the rules of the IR: types, scopes, names, and what its parts are made of.

`verify` is run on what the front end makes, and in tests after every pass.  What it finds is a fault of
ours, so it raises InternalError, which shows the function with the offending node in it marked as
`⟦…⟧`.  What each node demands of its operands is in `checker.ir.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from checker.ir.demands import Wrong, exactly, has, holds_identity, must_be, need
from checker.ir.nodes import BOOL, Call, Constant, Expr, Literal, Local
from checker.ir.printer import printed_definition
from checker.ir.program import Choice, Function, Marking, Predicate, Program, Transition, Variable
from checker.ir.rules import RULES
from checker.ir.scopes import item_of, parts
from checker.ir.typing import same
from checker.ir.walk import binders, everything
from checker.lang.errors import InternalError
from checker.lang.types import FiniteType, NoneType, SetType, UnionType

Scope = dict[str, FiniteType]


def verify(program: Program) -> None:
    """Check all of a program; InternalError for the first thing that is wrong."""
    verifier = _Verifier(program)
    for function in program.functions:
        with _shown(function):
            verifier.function(function)
    for transitions, initial in ((program.initial, True), (program.actions, False)):
        for transition in transitions:
            with _shown(transition):
                verifier.transition(transition, initial=initial)
    for predicate in (*program.properties, *program.final, *program.boundary):
        with _shown(predicate):
            verifier.predicate(predicate)
    verifier.letters()
    for kind in (program.functions, (*program.initial, *program.actions)):
        _unique([part.name for part in kind], program)
    _acyclic(program)


class _Broken(Exception):
    """A node that is wrong, and why."""

    def __init__(self, node: Expr, why: str) -> None:
        super().__init__(why)
        self.node = node


@contextmanager
def _shown(part: Function | Transition | Predicate | Marking) -> Iterator[None]:
    """Turn what is found wrong inside a part of the program into an error that shows it."""
    try:
        yield
    except _Broken as broken:
        text = printed_definition(part, mark=broken.node)
        name = type(broken.node).__name__
        raise InternalError(f"the IR of `{part.name}` is wrong at {name}: {broken}\n\n{text}") from broken
    except Wrong as wrong:
        text = printed_definition(part)
        raise InternalError(f"the IR of `{part.name}` is wrong: {wrong}\n\n{text}") from wrong


class _Verifier:
    """Goes through the parts of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.constants: Mapping[str, FiniteType] = {name: kind for name, kind, _ in program.constants}
        self.functions = {function.name: function for function in program.functions}
        self._bound: set[str] = set()
        self._identities = False  # whether a literal may hold an identity of a sort

    # -- definitions --

    def function(self, function: Function) -> None:
        need(function.name.isidentifier() and function.name.isascii(), "its name is no C identifier")
        scope = self._begin((p.name, p.type) for p in function.parameters)
        self.expression(function.body, scope)

    def transition(self, transition: Transition, *, initial: bool) -> None:
        scope = self._begin([] if transition.state is None else [(transition.state, self.program.state)])
        need((transition.state is None) == initial, "initial states have no state before, and actions do")
        for place, choice in enumerate(transition.choices):
            self._guards(transition, place, scope)
            self._choice(choice, scope)
            self._bind(choice.name)
            scope = {**scope, choice.name: choice.type}
        self._guards(transition, len(transition.choices), scope)
        known = all(0 <= place <= len(transition.choices) for place, _ in transition.guards)
        need(known, "a guard is asked after more choices than there are")
        self.expression(transition.body, scope)
        kind = transition.body.type
        options = kind.options if isinstance(kind, UnionType) else ()
        fitting = len(options) == 2 and set(options) == {self.program.state, NoneType()}
        need(fitting, f"its body is of type {kind}, and should be of {self.program.state} | None")

    def _guards(self, transition: Transition, place: int, scope: Scope) -> None:
        for after, guard in transition.guards:
            if after == place:
                self.expression(guard, scope)
                must_be(guard, BOOL, "a guard")

    def _choice(self, choice: Choice, scope: Scope) -> None:
        if choice.domain is None:
            need(not choice.subsets, f"{choice.name} ranges over subsets of nothing")
            return
        self.expression(choice.domain, scope)
        item = item_of(choice.domain.type)
        need(item is not None, f"the domain of {choice.name} is a {choice.domain.type}, no collection")
        assert item is not None
        if choice.subsets:
            need(isinstance(choice.type, SetType), f"{choice.name} is a subset, and no set")
            assert isinstance(choice.type, SetType)
            fitting = same(choice.type.item, item)
        else:
            fitting = same(choice.type, item)
        need(fitting, f"{choice.name} is a {choice.type}, and its domain holds {item}")

    def predicate(self, predicate: Predicate) -> None:
        need(len(predicate.states) == 1 + (predicate.kind == "step"), "it looks at a wrong number of states")
        scope = self._begin((name, self.program.state) for name in predicate.states)
        self.expression(predicate.body, scope)
        must_be(predicate.body, BOOL, "its body")

    def letters(self) -> None:
        """Check atoms and markings, which alone may name identities."""
        self._identities = True
        for atom in self.program.atoms:
            with _shown(atom):
                self.predicate(atom)
        for marking in self.program.markings:
            with _shown(marking):
                self.marking(marking)

    def marking(self, marking: Marking) -> None:
        need(0 <= marking.action < len(self.program.actions), f"there is no action {marking.action}")
        need(0 <= marking.mark < (self.program.marks or 0), f"there is no mark {marking.mark}")
        choices = {(choice.name, choice.type) for choice in self.program.actions[marking.action].choices}
        need(choices == {(one.name, one.type) for one in marking.choices}, "its choices are not the action's")
        state = self.program.state
        scope = self._begin([(marking.state, state), *((one.name, one.type) for one in marking.choices)])
        self.expression(marking.fixed, scope)
        must_be(marking.fixed, BOOL, "what is fixed")
        if marking.where is None:
            return
        if marking.after is not None:
            self._bind(marking.after)
            scope = {**scope, marking.after: state}
        self.expression(marking.where, scope)
        must_be(marking.where, BOOL, "the condition")

    def _begin(self, given: Iterable[tuple[str, FiniteType]]) -> Scope:
        """Enter a function with these parameters."""
        self._bound = set()
        scope: Scope = {}
        for name, kind in given:
            self._bind(name)
            scope[name] = kind
        return scope

    def _bind(self, name: str) -> None:
        need(name not in self._bound, f"`{name}` is bound twice")
        self._bound.add(name)

    # -- expressions --

    def expression(self, node: Expr, scope: Scope) -> None:
        """Check an expression with all inside it, where these names are known."""
        try:
            self._node(node, scope)
            for name in binders(node):
                self._bind(name)
        except Wrong as wrong:
            raise _Broken(node, str(wrong)) from None
        for operand, bound in parts(node):
            self.expression(operand, {**scope, **dict(bound)} if bound else scope)

    def _node(self, node: Expr, scope: Scope) -> None:
        rule = RULES.get(type(node))
        need(rule is not None, f"{type(node).__name__} has no rule")
        assert rule is not None
        rule(node)
        if isinstance(node, Local):
            need(node.name in scope, f"`{node.name}` is not known here")
            exactly(node, scope[node.name])
        elif isinstance(node, Constant):
            need(node.name in self.constants, f"the model has no constant `{node.name}`")
            has(node, self.constants[node.name])
        elif isinstance(node, Call):
            self._call(node)
        elif isinstance(node, Literal) and not self._identities:
            need(not holds_identity(node.value), f"{node.value!r} is, or holds, an identity of a sort")

    def _call(self, node: Call) -> None:
        function = self.functions.get(node.function)
        need(function is not None, f"the program has no function `{node.function}`")
        assert function is not None
        parameters: tuple[Variable, ...] = function.parameters
        need(len(parameters) == len(node.arguments), f"`{node.function}` takes {len(parameters)} arguments")
        for parameter, argument in zip(parameters, node.arguments, strict=True):
            must_be(argument, parameter.type, f"the argument {parameter.name}")
        has(node, function.body.type)


def _unique(names: list[str], program: Program) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InternalError(f"in the IR of `{program.name}`, there are several of: {', '.join(twice)}")


def _acyclic(program: Program) -> None:
    """Check that no function comes back to itself."""
    calls = {
        f.name: {n.function for n in everything(f.body) if isinstance(n, Call)} for f in program.functions
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            line = " → ".join((*path[path.index(name) :], name))
            raise InternalError(f"the IR of `{program.name}` has a recursion: {line}")
        if name not in done:
            for called in sorted(calls[name]):
                visit(called, (*path, name))
            done.add(name)

    for name in calls:
        visit(name, ())
