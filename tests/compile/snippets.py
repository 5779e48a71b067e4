"""Small functions in a small model, from source text: what the tests of the compiler have in common."""

from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import MethodType, ModuleType
from typing import Any

from checker.compile.model import compile_model
from checker.interpret.machine import Machine
from checker.interpret.stuck import Stuck
from checker.ir.program import Program
from checker.ir.verify import verify
from checker.lang.declarations import Declaration, declare
from tests.programs.twins import sampled

PRELUDE = """
from __future__ import annotations

import functools
import random
from collections.abc import Collection, Iterable
from enum import Enum, IntEnum
from typing import Annotated, Any, ClassVar, Generic, TypeVar, assert_never, cast

import attrs

from checker.lang import *

T = TypeVar("T")


class Node(Sort): pass


class Phase(Enum):
    IDLE = 1
    BUSY = 2
    DONE = 3


Num = Annotated[int, Between(0, 5)]
LIMIT = 3
BUSY_PHASES = frozenset({Phase.BUSY, Phase.DONE})
ROMAN = ("I", "V")


@frozen
class Ping:
    to: Node


@frozen
class Pong:
    to: Node
    n: Num = 2


@frozen
class Stop:
    pass


Message = Ping | Pong | Stop


@frozen
class Entry:
    limit: ClassVar[int] = 4
    term: Num
    node: Node | None

    @property
    def next_term(self) -> int:
        return self.term + 1

    def newer(self, other: Entry, by: int = 0) -> bool:
        return self.term > other.term + by


@frozen
class Box(Generic[T]):
    item: T
    full: bool = True


@frozen
class State:
    n: Num
    m: Num
    flag: bool
    phase: Phase
    maybe: Node | None
    decision: Phase | None
    nodes: frozenset[Node]
    msgs: frozenset[Message]
    log: Annotated[tuple[Entry, ...], MaxLen(3)]
    pair: tuple[Num, bool]
    votes: Map[Node, Num]
    links: Map[tuple[Node, Node], bool]
    owners: Map[Node, Node | None]
    bag: Annotated[Bag[Message], Capacity(3)]
    box: Box[Node | None]
    msg: Message
    sets: frozenset[Phase]


def double(x: int) -> int:
    return 2 * x


def first(items: tuple[T, ...], default: T) -> T:
    return items[0] if items else default


def total(numbers: Iterable[int]) -> int:
    return sum(numbers)


class Base(Model[State]):
    def scaled(self, x: int) -> int:
        return x + 1

    def chosen(self, s: State) -> frozenset[Node]:
        return s.nodes


@frozen
class Tried(Base):
    size: Size[Node] = 2
    count: int = 2
    option: int | None = None
    wide: bool = False

    def scaled(self, x: int) -> int:
        return 10 * super().scaled(x)

    @property
    def most(self) -> int:
        return self.size + 1

    @functools.cache
    def all_nodes(self) -> frozenset[Node]:
        return self.every(Node)

    @staticmethod
    def half(x: int) -> int:
        return x // 2

    @initial
    def start(self, n: Num) -> State:
        return State(
            n=n, m=0, flag=False, phase=Phase.IDLE, maybe=None, decision=None, nodes=frozenset(), msgs=frozenset(),
            log=(), pair=(0, False), votes=Map.fill(self.every(Node), 0),
            links=Map({(a, b): a == b for a in self.every(Node) for b in self.every(Node)}),
            owners=Map.fill(self.every(Node), None), bag=Bag(), box=Box(None), msg=Stop(), sets=frozenset(),
        )

    @action
    def stays(self, s: State) -> State | None:
        return s

"""
"""Everything that the functions in tests may use."""

TRIED = (
    "    @always\n    def tries(self, s: State) -> bool:\n        return self.tried(s) == self.tried(s)\n\n"
)


def loaded(text: str, folder: Path, name: str = "tried_spec") -> ModuleType:
    """A module of this text."""
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"{name}_{abs(hash(text))}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def declaration(function: str, folder: Path, more: str = "") -> Declaration:
    """A model with one function `tried(self, s)`; `more` stands before the model."""
    prelude, model = PRELUDE.split("@frozen\nclass Tried", 1)
    text = prelude + textwrap.dedent(more) + "\n\n@frozen\nclass Tried" + model + TRIED
    text += textwrap.indent(textwrap.dedent(function).strip("\n"), "    ") + "\n"
    return declare(loaded(text, folder).Tried())


def compiled(function: str, folder: Path, more: str = "") -> Program:
    """The verified program of a model with one function."""
    program = compile_model(declaration(function, folder, more))
    verify(program)
    return program


def differences(function: str, folder: Path, states: int = 40, more: str = "") -> list[tuple[Any, Any, Any]]:
    """Where CPython and the compiled function give different results: the state and both results."""
    return compared(declaration(function, folder, more), "Tried.tried", states)


def compared(declared: Declaration, title: str, states: int) -> list[tuple[Any, Any, Any]]:
    """Where CPython and a compiled method of a model differ, in random states."""
    program = compile_model(declared)
    verify(program)
    run = Machine(program).function(next(f.name for f in program.functions if f.title == title))
    method = getattr(declared.model, title.partition(".")[2])
    found = []
    for state in sampled(declared, states):
        expected, actual = _result(method, state), _result(run, state)
        if (expected, type(expected)) != (actual, type(actual)):
            found.append((state, expected, actual))
    return found


def _result(function: Callable[..., Any], state: Any) -> Any:
    """What a function gives, or that it gives nothing; the interpreter may only be stuck."""
    try:
        return function(state)
    except Stuck:
        return "stuck"
    except Exception:
        if isinstance(function, MethodType):
            return "stuck"
        raise
