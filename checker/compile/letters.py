"""The letters of a model's states and steps, from the functions that temporal properties are made of.

An atom is a predicate over a state, a mark a choice of steps: actions with arguments, and conditions.
These functions are methods of the model, plain functions, and lambdas, which may use values of the method
around them, members of sorts among them.  What is asked comes as plain functions and values; formulas and
automata are unknown here.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Protocol

import attrs

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.scope import SELF, Bound, Scope
from checker.compile.sources import Source, plain
from checker.compile.unit import Unit, whole
from checker.ir.nodes import BOOL, Equal, Literal, Local, Stuck
from checker.ir.program import Marking, Predicate, Program, Transition, Variable
from checker.lang import source as places
from checker.lang.errors import SpecError
from checker.lang.hints import type_arguments
from checker.lang.types import RecordType


class Atom(Protocol):
    """A predicate over a state, and how a reader knows it."""

    @property
    def predicate(self) -> Callable[..., bool]:
        """The function."""

    @property
    def title(self) -> str:
        """How a reader knows it."""


class Chosen(Protocol):
    """Steps of one action: arguments by place, and a condition that takes the state and, by name,
    parameters by place; place -1 is the state after."""

    @property
    def action(self) -> int:
        """The number of the action."""

    @property
    def arguments(self) -> tuple[tuple[int, Any], ...]:
        """What some of its parameters are, by their places."""

    @property
    def where(self) -> Callable[..., bool] | None:
        """The condition, if there is one."""

    @property
    def wanted(self) -> tuple[tuple[str, int], ...]:
        """The parameters that the condition takes after the state, with their places."""


class Mark(Protocol):
    """A choice of steps, as the union of choices by action."""

    @property
    def chosen(self) -> Sequence[Chosen]:
        """The choices, action by action."""


class Letters(Protocol):
    """All atoms and marks, numbered by their places."""

    @property
    def atoms(self) -> Sequence[Atom]:
        """Those of states."""

    @property
    def marks(self) -> Sequence[Mark]:
        """Those of steps."""


class LetterCompiler:
    """Compiles the letters of one program."""

    def __init__(self, unit: Unit, program: Program, state: RecordType) -> None:
        self.unit = unit
        self.program = program
        self.state = state
        self._lambdas: dict[CodeType, tuple[str, ast.FunctionDef]] = {}

    def with_letters(self, letters: Letters) -> Program:
        """The program with its atoms and markings.  Raises SpecError for what the compiler does not read."""
        return attrs.evolve(
            self.program,
            atoms=tuple(self._atom(number, atom) for number, atom in enumerate(letters.atoms)),
            markings=tuple(
                self._marking(number, chosen)
                for number, mark in enumerate(letters.marks)
                for chosen in mark.chosen
            ),
            marks=len(letters.marks),
        )

    # -- atoms and markings --

    def _atom(self, number: int, atom: Atom) -> Predicate:
        if stands_in(atom.predicate):
            state = "s"
            return Predicate(f"atom_{number}", "atom", (state,), _left_open(atom.title), atom.title)
        function = _Function.of(self, atom.predicate)
        body = Body(self.unit, function.source, BOOL)
        name = body.names.fresh(function.names[0])
        scope = function.scope({function.names[0]: Local(name, type=self.state)})
        value = self.unit.finished(whole(body, scope, function.source.at(function.source.node)), [name])
        at = function.source.at(function.source.node)
        return Predicate(f"atom_{number}", "atom", (name,), value, atom.title, at)

    def _marking(self, number: int, chosen: Chosen) -> Marking:
        action = self.program.actions[chosen.action]
        assert action.state is not None
        tests = [
            Equal(_local(action, place), Literal(value, type=action.choices[place].type), type=BOOL)
            for place, value in chosen.arguments
        ]
        marking = Marking(
            action.name,
            number,
            chosen.action,
            action.state,
            tuple(Variable(choice.name, choice.type) for choice in action.choices),
            build.conjunction(tests),
        )
        return marking if chosen.where is None else self._where(marking, action, chosen)

    def _where(self, marking: Marking, action: Transition, chosen: Chosen) -> Marking:
        """With the condition that a choice of steps asks."""
        assert chosen.where is not None
        if stands_in(chosen.where):
            return attrs.evolve(marking, where=_left_open(chosen.where.__name__), after="after")
        function = _Function.of(self, chosen.where)
        body = Body(self.unit, function.source, BOOL)
        names = [marking.state, *(choice.name for choice in marking.choices)]
        for name in names:
            body.names.reserve(name)
        bound: dict[str, Bound] = {function.names[0]: Local(marking.state, type=self.state)}
        after = None
        for name, place in chosen.wanted:
            if place < 0:
                after = body.names.fresh("after")
                bound[name] = Local(after, type=self.state)
            else:
                bound[name] = _local(action, place)
        at = function.source.at(function.source.node)
        taken = names if after is None else [*names, after]
        where = self.unit.finished(whole(body, function.scope(bound), at), taken)
        return attrs.evolve(marking, where=where, after=after, at=at)

    # -- functions --

    def source(self, function: Callable[..., Any]) -> Source:
        """The source of a predicate: of a lambda as of a function that returns what it computes."""
        owner = _owner(function, type(self.unit.model))
        if getattr(function, "__name__", "") != "<lambda>" or not isinstance(function, FunctionType):
            return self.unit.source(function, owner, places.at_function(function))
        code = function.__code__
        if code not in self._lambdas:
            self._lambdas[code] = _lambda(function)
        file, node = self._lambdas[code]
        self.unit.files[file] = None
        given = {} if owner is None else type_arguments(type(self.unit.model), owner)
        return Source(function, file, node, owner, given)


def stands_in(predicate: Callable[..., Any]) -> bool:
    """Whether a predicate is made of something that has no source: a refinement puts its expression in.

    Where none does it stays open, and what it asks is left to CPython.
    """
    return bool(getattr(getattr(predicate, "__self__", None), "__quorate_stands_in__", False))


def _left_open(title: str) -> Stuck:
    return Stuck(f"{title} is left to CPython", type=BOOL)


@attrs.frozen
class _Function:
    """A predicate: its source, its parameters but for the model, and what it takes from around it."""

    source: Source
    names: list[str]
    around: dict[str, Bound]

    @classmethod
    def of(cls, compiler: LetterCompiler, predicate: Callable[..., Any]) -> _Function:
        """What a predicate is; an error for a method of something else than the model."""
        inner = getattr(predicate, "__func__", predicate)
        if plain(inner) is None:
            raise outside(
                "subset/decorated",
                f"a predicate is made with `{type(inner).__name__}`, and is not a plain function",
                "The compiler reads the source of a predicate.",
                "Write a lambda that calls the function: lambda s: self.is_up(node, s).",
                None,
            )
        source = compiler.source(inner)
        around = _around(compiler.unit, source)
        names = [*inspect.signature(inner).parameters]
        if inner is not predicate:
            if getattr(predicate, "__self__", None) is not compiler.unit.model:
                raise outside(
                    "subset/call",
                    f"`{source.title}` is a method of something else than the model",
                    "The compiler knows the constants of this model alone.",
                    "Write a method of the model, or a lambda that calls a function.",
                    places.at_function(inner),
                )
            around[names.pop(0)] = SELF
        return cls(source, names, around)

    def scope(self, bound: dict[str, Bound]) -> Scope:
        """What is known at its beginning, given what its parameters stand for."""
        return Scope({**self.around, **bound})


def _local(action: Transition, place: int) -> Local:
    choice = action.choices[place]
    return Local(choice.name, type=choice.type)


def _owner(function: Callable[..., Any], model: type[Any]) -> type[Any] | None:
    """The class of the model in whose body a function, or the method around it, is defined."""
    name = getattr(function, "__qualname__", "")
    return next((cls for cls in model.__mro__ if name.startswith(f"{cls.__qualname__}.")), None)


def _around(unit: Unit, source: Source) -> dict[str, Bound]:
    """The values that a function takes from the method around it, and the defaults of its parameters.

    What is no value of the language is left to the place that uses it.
    """
    code, cells = source.function.__code__, source.function.__closure__ or ()
    found: dict[str, Bound] = {}
    for name, cell in zip(code.co_freevars, cells, strict=True):
        try:
            value = cell.cell_contents
        except ValueError:
            continue  # not assigned yet
        _note(unit, source, found, name, value)
    for parameter in inspect.signature(source.function).parameters.values():
        if parameter.default is not parameter.empty:
            _note(unit, source, found, parameter.name, parameter.default)
    return found


def _note(unit: Unit, source: Source, found: dict[str, Bound], name: str, value: Any) -> None:
    if value is unit.model:
        found[name] = SELF
        return
    at = source.at(source.node)
    try:
        kind = unit.kinds.of_value(value, at, identities=True)
    except SpecError:
        return
    if kind.fault(value) is None:
        found[name] = Literal(value, type=kind, at=at)


# -- lambdas --------------------------------------------------------------------------------------


def _lambda(function: FunctionType) -> tuple[str, ast.FunctionDef]:
    """The file of a lambda, and a definition that returns what it computes."""
    linecache.checkcache(function.__code__.co_filename)
    found = places.lambda_node(function)
    if found is None or not _is_read(function.__code__):
        raise outside(
            "subset/no-source",
            "the source of a lambda cannot be read, or several on one line could be meant",
            "The compiler reads lambdas from the file that they are written in, as it was when Python read it.",
            "Write a method of the model, or `def`, in a file; and run again if the file has changed since.",
            None if found is None else places.at_node(found[0], found[1]),
        )
    file, node = found
    result = ast.copy_location(ast.Return(node.body), node.body)
    made = ast.FunctionDef("lambda_", node.args, [result], [], None, None)
    return file, ast.copy_location(made, node)


def _is_read(code: CodeType) -> bool:
    """Whether the file of a lambda is still the one that Python runs."""
    tree = places.module_tree(code.co_filename)
    if tree is None:
        return False
    here = [*code.co_positions()]
    return any(
        other == code and [*other.co_positions()] == here for other in _lambdas(tree, code.co_filename)
    )


@lru_cache(maxsize=64)
def _lambdas(tree: ast.Module, file: str) -> tuple[CodeType, ...]:
    """What Python makes of every lambda of a file."""
    compiled = compile(tree, file, "exec", dont_inherit=True)
    return tuple(code for code in _inside(compiled) if code.co_name == "<lambda>")


def _inside(code: CodeType) -> Iterable[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inside(constant)
