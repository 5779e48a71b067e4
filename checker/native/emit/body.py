"""One C function in the making: its names, what is known at this point, and the way to its nodes.

The rule kept: what may escape says so (`worker`), so that the unit knows which functions take the
worker, and whether anything escapes at all.  Which node becomes what is in the tables of the
modules beside this one, gathered in `table.py`; `Body` only looks them up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from checker.ir.nodes import (
    And,
    Constant,
    Equal,
    Every,
    Expr,
    Field,
    Is,
    Keys,
    Literal,
    Local,
    MakeSet,
    Not,
    Or,
    SetOperation,
)
from checker.ir.walk import everything
from checker.lang.errors import InternalError
from checker.lang.types import FiniteType, IntType, UnionType
from checker.native.emit.names import Names
from checker.native.emit.sinks import Into, Sink
from checker.native.emit.value import CHOICE, INT64_HIGH, INT64_LOW, Value
from checker.native.emit.writer import Writer

if TYPE_CHECKING:
    from checker.native.emit.unit import Unit

HARMLESS = (And, Constant, Equal, Every, Field, Is, Keys, Literal, Local, MakeSet, Not, Or, SetOperation)
"""Nodes that always have a value if their operands have."""

_PATH = re.compile(r"\w+((->|\.)\w+|\[\w+\])*")

Fact = tuple[Expr, FiniteType]


@frozen
class Rows:
    """The tables from node class to emission: as a value, built in place, or in tail position."""

    values: dict[type[Any], Callable[[Body, Any], Value]]
    builds: dict[type[Any], Callable[[Body, Any, Value], None]]
    tails: dict[type[Any], Callable[[Body, Any, Sink], None]]


class Body:
    """The body of one C function."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.types = unit.types
        self.rows = unit.rows
        self.writer = Writer()
        self.names = Names(unit.reserved)
        self.known: dict[str, Value] = {}
        self.facts: set[Fact] = set()
        self.escapes = False
        self.result: tuple[int, int] | None = None
        self.hint = ""
        self.loops = 0

    # -- nodes --

    def value(self, node: Expr, hint: str = "") -> Value:
        """The node as a C expression, after the statements that it needs."""
        known = self.unit.closed_value(self, node)
        if known is not None:
            return known
        row = self.rows.values.get(type(node))
        self.hint = hint
        if row is not None:
            return row(self, node)
        place = self.variable(node.type, hint)
        self.deliver(node, Into(place))
        return place

    def deliver(self, node: Expr, sink: Sink) -> None:
        """Emit the node in tail position."""
        if sink.takes(self, node):
            return
        kind = type(node)
        known = self.unit.closed_value(self, node)
        if known is not None:
            sink.accept(self, known)
        elif kind in self.rows.tails:
            self.rows.tails[kind](self, node, sink)
        elif sink.place is not None and kind in self.rows.builds and not self.types.is_scalar(node.type):
            self.rows.builds[kind](self, node, sink.place)
            sink.built(self)
        else:
            sink.accept(self, self.value(node))

    def into(self, node: Expr, place: Value, *, stored: bool = False) -> None:
        """Write the value of the node to an lvalue."""
        self.deliver(node, Into(place, stored=stored))

    def aside(self, node: Expr, deeper: int = 0) -> tuple[Value, list[str]]:
        """The value, and the statements it needs, which are not yet written."""
        with self.writer.aside() as lines:
            self.writer.depth += deeper
            value = self.value(node)
            self.writer.depth -= deeper
        return value, lines

    def needs_statements(self, node: Expr) -> bool:
        """Whether the value of the node takes more than an expression; tried out, and undone."""
        with self.trial():
            _, lines = self.aside(node)
        return bool(lines)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is emitted inside leaves no trace in names and knowledge."""
        before = self.names.copy(), dict(self.known), self.escapes
        try:
            yield
        finally:
            self.names, self.known, self.escapes = before

    def written(self, write: Callable[[], None], deeper: int = 1) -> list[str]:
        """The statements of a part, written aside and deeper."""
        with self.writer.aside() as lines:
            self.writer.depth += deeper
            write()
            self.writer.depth -= deeper
        return lines

    # -- statements and names --

    def write(self, line: str) -> None:
        """Add a statement."""
        self.writer.write(line)

    def variable(self, kind: FiniteType, hint: str = "", start: str = "") -> Value:
        """A new local variable of a type."""
        name = self.names.fresh(hint or self.types.base_name(kind))
        self.write(f"{self.types.name(kind)} {name}{' = ' + start if start else ''};")
        return Value(name, kind)

    def flag(self, hint: str, start: bool) -> Value:
        """A new truth value that loops may change."""
        name = self.names.fresh(hint)
        self.write(f"bool {name} = {'true' if start else 'false'};")
        return Value(name, self.types.boolean)

    def bound(self, name: str, node: Expr) -> None:
        """Let a name of the IR stand for the value of a node from here on."""
        self.known[name] = self.named(self.value(node, hint=name), name)

    def named(self, value: Value, hint: str) -> Value:
        """The value under a name of its own, so that it is computed once."""
        value = value if value.parts else evolve(value, parts=())
        if value.is_name or value.parts:
            return value
        name = self.names.fresh(hint)
        if not self.types.is_scalar(value.type):
            if value.pointer.isidentifier():
                return value
            self.write(f"const {self.types.name(value.type)} *{name} = {value.address};")
            return Value(f"(*{name})", value.type, pointer=name)
        self.write(f"{self.types.name(value.type)} {name} = {value.text};")
        return Value(name, value.type, low=value.low, high=value.high)

    def kept(self, value: Value, hint: str) -> Value:
        """The value, computed once: a path to what nobody changes is as good as a name."""
        return value if _PATH.fullmatch(value.text) else self.named(value, hint)

    def materialised(self, value: Value) -> Value:
        """The value as one C object, where it was only known by its items."""
        if not value.parts or value.text:
            return value
        place = self.variable(value.type)
        for number, part in enumerate(value.parts):
            Into(self.types.item(place, number), stored=True).accept(self, part)
        return place

    def store(self, value: Value, place: Value) -> None:
        """Write a value to a field or an item."""
        Into(place, stored=True).accept(self, value)

    # -- escapes --

    def escape(self) -> str:
        """The statement with which the host takes over."""
        self.escapes = True
        return "escape(worker);"

    def worker(self) -> str:
        """The first argument of what may escape."""
        self.escapes = True
        return "worker"

    def escape_unless(self, test: str) -> None:
        """Go on only where a condition holds."""
        self.write(f"if (!({test})) {self.escape()}")

    def operation(self, operation: str, kinds: tuple[FiniteType, ...], *arguments: str) -> str:
        """A call of an operation of the layout on values of these types."""
        name = self.types.operation(operation, *kinds)
        worker = [self.worker()] if self.types.can_escape(operation, *kinds) else []
        return f"{name}({', '.join([*worker, *arguments])})"

    def helper(self, name: str, *arguments: str) -> str:
        """A call of a function of the prelude that may escape."""
        self.unit.prelude.add(name)
        return f"{name}({', '.join([self.worker(), *arguments])})"

    def narrowed(self, value: Value, kind: FiniteType) -> str:
        """The text with which a value is stored in a field of a type."""
        if not isinstance(kind, IntType):
            return value.text
        bits = self.types.bits(kind)
        low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        if bits == 64 or (low <= value.low and value.high <= high):
            return value.text
        return self.helper(f"narrow_{bits}", value.text)

    def note_result(self, value: Value) -> None:
        """Remember in which interval the results of this function lie."""
        low, high = self.result or (INT64_HIGH, INT64_LOW)
        self.result = min(low, value.low), max(high, value.high)

    # -- what is known --

    @contextmanager
    def assuming(self, test: Expr, truth: bool) -> Iterator[None]:
        """Inside, the test is known to have come out so."""
        before = self.facts
        self.facts = before | set(facts(test, truth))
        try:
            yield
        finally:
            self.facts = before

    def assume(self, test: Expr, truth: bool) -> None:
        """From here on the test is known to have come out so."""
        self.facts = self.facts | set(facts(test, truth))

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is assumed inside is forgotten after."""
        before = self.facts
        try:
            yield
        finally:
            self.facts = before

    def may_be_stuck(self, node: Expr) -> bool:
        """Whether evaluating a node could fail; cautious."""
        return any(not isinstance(inner, HARMLESS) for inner in everything(node))

    def is_known(self, value: Expr, option: FiniteType) -> bool:
        """Whether a value is known to be of an option of its type."""
        return (value, option) in self.facts


def facts(test: Expr, truth: bool) -> Iterator[Fact]:
    """Which options values are known to have where a test came out so."""
    if isinstance(test, Not):
        yield from facts(test.operand, not truth)
    elif isinstance(test, And if truth else Or):
        for operand in test.operands:
            yield from facts(operand, truth)
    elif isinstance(test, Is):
        kind = test.value.type
        if truth:
            yield test.value, test.option
        elif isinstance(kind, UnionType):
            rest = [option for option in kind.options if option != test.option]
            if len(rest) == 1:
                yield test.value, rest[0]


def chosen(test: Value, then: Value, other: Value) -> str:
    """The conditional expression of C."""
    return f"{test.within(CHOICE + 1)} ? {then.within(CHOICE)} : {other.within(CHOICE)}"


def unknown(node: Expr) -> InternalError:
    """No table has a row for this node."""
    return InternalError(f"no C for {type(node).__name__}")
