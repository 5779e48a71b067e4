"""The translation unit of one model: what it consists of, in which order, and what refers to what.

Functions are emitted when something calls them, before their caller; so whether one may escape is known
to all who call it.  Constants of the spec that are no scalars become static data.
"""

from __future__ import annotations

import re
from textwrap import wrap
from typing import Any

from attrs import frozen

from checker.interpret.machine import Machine
from checker.interpret.stuck import Stuck
from checker.ir.nodes import (
    Aggregate,
    Call,
    Comprehension,
    Constant,
    Every,
    Expr,
    Local,
    MapComprehension,
    Quantifier,
    Subsets,
)
from checker.ir.program import Function, Program
from checker.ir.walk import binders, everything
from checker.lang.errors import InternalError, Location
from checker.lang.types import BoolType, EnumType, FiniteType, IntType, NoneType, SetType, UnionType
from checker.native.emit import names
from checker.native.emit.access import Access
from checker.native.emit.body import Body
from checker.native.emit.integers import PRELUDE
from checker.native.emit.sinks import Return
from checker.native.emit.table import ROWS
from checker.native.emit.value import INT64_HIGH, INT64_LOW, Value, at_pointer, number
from checker.native.emit.writer import finished, folded, mentions
from checker.native.layout.layouts import Layouts
from checker.native.layout.literals import set_of
from checker.native.layout.names import snake

CALLED = frozenset(
    {"found", "found_initial", "escape", "begin_action", "asking", "Worker", "State"}
    | {"letter_marks", "letter_begin", "letter_mark", "letter_inside"}
)
"""What generated functions use of the runtime."""

LONGEST_LINE = 100


WORTHWHILE = (Aggregate, Call, Comprehension, Every, MapComprehension, Quantifier, Subsets)
"""What takes C longer to compute than to know."""


def is_closed(node: Expr) -> bool:
    """Whether every name in an expression is bound inside it."""
    inside = list(everything(node))
    bound = {name for inner in inside for name in binders(inner)}
    return all(inner.name in bound for inner in inside if isinstance(inner, Local))


@frozen
class Made:
    """A function that has been emitted."""

    name: str
    escapes: bool
    interval: tuple[int, int]


class Unit:
    """The C of one program, as it grows."""

    def __init__(self, program: Program, layouts: Layouts) -> None:
        self.program = program
        self.layouts = layouts
        self.types = Access(layouts)
        self.rows = ROWS
        self.prelude: set[str] = set()
        self.escapes = False
        self.constants = {name: (kind, value) for name, kind, value in program.constants}
        self.machine = Machine(program)
        self._functions = {function.name: function for function in program.functions}
        self._made: dict[str, Made] = {}
        self._data: dict[tuple[FiniteType, Any], Value] = {}
        self._tables: dict[tuple[FiniteType, tuple[int, ...]], str] = {}
        self.data_text: dict[str, str] = {}
        self.function_text: list[str] = []
        names_of_functions = [self.c_name("function", function.name) for function in program.functions]
        self.reserved = names.KEYWORDS | names.OWN | CALLED | set(PRELUDE) | set(names_of_functions)

    def c_name(self, room: str, name: str) -> str:
        """The C name of a part of the program at file level."""
        wanted = f"{name}_" if name in names.LIBRARY else name
        return self.layouts.names.name((room, name), wanted)

    def text(self) -> str:
        """Types, operations and functions that were needed so far, each after what it needs."""
        used = set(re.findall(r"\w+", "\n".join(self.function_text)))
        return "\n".join(
            [
                self.layouts.definitions(),
                *[text for name, text in PRELUDE.items() if name in used],
                "".join(text for name, text in self.data_text.items() if name in used),
                *self.function_text,
            ]
        )

    # -- known values --

    def known_value(self, body: Body, kind: FiniteType, value: Any) -> Value:
        """A value that is known, as a constant of C."""
        if isinstance(kind, IntType):
            if not INT64_LOW <= value <= INT64_HIGH:
                body.write(body.escape())
                value = 0
            return number(value, kind)
        if isinstance(kind, BoolType):
            text, inverse = ("true", "false") if value else ("false", "true")
            return Value(text, kind, inverse=inverse)
        if isinstance(kind, NoneType):
            return Value("0", kind)
        if isinstance(kind, EnumType):
            return Value(self.layouts.constant(kind, value), kind)
        if self.types.is_scalar(kind):
            text = self.layouts.literal(kind, value)
            return Value(f"{text} /* {value} */" if isinstance(kind, UnionType) else text, kind)
        return self._static(kind, value, "")

    def constant(self, body: Body, node: Constant) -> Value:
        """A constant of the model."""
        kind, value = self.constants[node.name]
        if self.types.is_scalar(kind):
            return self.known_value(body, kind, value)
        return self._static(kind, value, node.name)

    def _static(self, kind: FiniteType, value: Any, hint: str) -> Value:
        known = self._data.get((kind, value))
        if known is None:
            shown = self.types.name(kind)
            name = self.c_name("data", hint.upper() if hint else f"KNOWN_{len(self._data) + 1}")
            text = self.layouts.literal(kind, value)
            self.data_text[name] = f"static const {shown} {name} = {text};\n"
            known = self._data[kind, value] = Value(name, kind)
        return known

    def table_of_sets(self, kind: SetType, masks: tuple[int, ...], title: str, wanted: str) -> str:
        """The name of static data: a bit set, or an array of them where there are several masks."""
        known = self._tables.get((kind, masks))
        if known is None:
            shown, values = self.types.name(kind), [set_of(self.layouts, kind, mask) for mask in masks]
            name = self.c_name("data", self.layouts.names.unused(snake(wanted).upper()))
            head = f"static const {shown} {name}"
            several = [f"{head}[{len(masks)}] = {{", *[f"    {row}," for row in values], "};"]
            lines = several if len(masks) > 1 else [f"{head} =", f"    {values[0]};"]
            self.data_text[name] = "\n".join(
                [described(title, "", None), *[part for line in lines for part in folded(line)], ""]
            )
            known = self._tables[kind, masks] = name
        return known

    def closed_value(self, body: Body, node: Expr) -> Value | None:
        """The value of an expression that depends on nothing but the constants of the model, computed now.

        None for other expressions, and where computing it is no gain or it has no value.
        """
        if not isinstance(node, WORTHWHILE) or not is_closed(node):
            return None
        try:
            value = self.machine.value(node, {})
            if isinstance(node.type, SetType):
                return self._static(node.type, value, self._hint(node))
            return self.known_value(body, node.type, value)
        except (Stuck, InternalError, KeyError):
            return None

    def _hint(self, node: Expr) -> str:
        """How to call the value of a closed expression."""
        return node.function if isinstance(node, Call) else ""

    # -- functions --

    def function(self, name: str) -> Made:
        """The C function for a function of the program."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._emitted(self._functions[name])
        return made

    def _emitted(self, function: Function) -> Made:
        body = Body(self)
        parameters = []
        for variable in function.parameters:
            scalar = self.types.is_scalar(variable.type)
            shown = body.names.fresh(variable.name)
            parameters.append(
                f"{self.types.name(variable.type)} {shown}"
                if scalar
                else f"const {self.types.name(variable.type)} *{shown}"
            )
            body.known[variable.name] = (
                Value(shown, variable.type) if scalar else at_pointer(shown, variable.type)
            )
        kind = function.body.type
        scalar = self.types.is_scalar(kind)
        body.deliver(function.body, Return(kind, scalar=scalar))
        if not scalar:
            parameters.insert(0, f"{self.types.name(kind)} *result")
        shown_result = self.types.name(kind) if scalar else "void"
        name = self.c_name("function", function.name)
        self.add(name, shown_result, parameters, body, described(function.title, function.doc, function.at))
        return Made(name, body.escapes, body.result or (INT64_LOW, INT64_HIGH))

    def add(
        self, name: str, result: str, parameters: list[str], body: Body, comment: str, *, worker: bool = False
    ) -> None:
        """Add a function to the text; the worker comes first where it may escape, or if asked for."""
        self.escapes = self.escapes or body.escapes
        given = ["Worker *worker", *parameters] if worker or body.escapes else parameters
        lines = finished(body.writer.lines)
        unused = [p for p in (shown.split()[-1].lstrip("*") for shown in given) if not mentions(lines, p)]
        lines = [f"    (void){p};" for p in unused] + lines
        head = wrapped(f"static {result} {name}", given)
        self.function_text.append("\n".join([comment, head, "{", *lines, "}", ""]))


def wrapped(start: str, parameters: list[str]) -> str:
    """The head of a function, on several lines where one would be too long."""
    line = f"{start}({', '.join(parameters) or 'void'})"
    if len(line) <= LONGEST_LINE:
        return line
    out, at = f"{start}(", len(start) + 1
    indent = " " * 8
    for place, parameter in enumerate(parameters):
        text = parameter + (", " if place < len(parameters) - 1 else ")")
        if at + len(text) > LONGEST_LINE:
            out = out.rstrip() + "\n" + indent
            at = len(indent)
        out += text
        at += len(text)
    return out


def described(title: str, doc: str, at: Location | None) -> str:
    """The comment above a function: what it is in the spec, where, and the first line of its docstring."""
    first = doc.strip().splitlines()[0].strip() if doc.strip() else ""
    where = f"{at.file.replace(chr(92), '/').rsplit('/', 1)[-1]}:{at.line}" if at else ""
    head = f"{title} ({where})" if where else title
    lines = [f"{head}: {first}" if first else head]
    if len(lines[0]) > LONGEST_LINE - 6:
        lines = [
            part
            for text in ([f"{head}:", first] if first else [head])
            for part in wrap(text, LONGEST_LINE - 6, break_long_words=False)
        ]
    shown = "\n * ".join(line.replace("*/", "* /").replace("/*", "/ *") for line in lines)
    return f"/* {shown} */"
