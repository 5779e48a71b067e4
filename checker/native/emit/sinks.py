"""Where a value goes: into a variable or a field, out of the function, to the search as a successor.

An expression in tail position is emitted into a sink, so that its branches become branches of C and
aggregates are built where they are wanted.  A sink that `leaves` ends with a jump: what follows
in the text then belongs to the other branch.  Knows nothing of particular nodes but the two with
which an action says whether it is enabled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from checker.ir.nodes import Coerce, Expr, Literal
from checker.lang.types import FiniteType, NoneType, RecordType
from checker.native.emit.value import Value, at_pointer

if TYPE_CHECKING:
    from checker.native.emit.body import Body


class Sink:
    """What takes a value; `place` is the lvalue in which to build an aggregate, if there is one."""

    leaves = False
    place: Value | None = None

    def takes(self, body: Body, node: Expr) -> bool:
        """Whether the sink has emitted this node in a way of its own."""
        return False

    def accept(self, body: Body, value: Value) -> None:
        """Take a value that is there."""
        raise NotImplementedError

    def built(self, body: Body) -> None:
        """The value now lies in `place`."""


class Into(Sink):
    """A variable or a field: `stored` if integers may be narrower there than 64 bits."""

    def __init__(self, place: Value, *, stored: bool = False) -> None:
        self.target = place
        self.place = place
        self.stored = stored

    def accept(self, body: Body, value: Value) -> None:
        """Assign it, return it, or hand it over."""
        if value.text != self.target.text:
            source = body.materialised(value)
            text = body.narrowed(source, self.target.type) if self.stored else source.text
            target = f"*{self.target.pointer}" if self.target.pointer else self.target.text
            text = f"*{source.pointer}" if source.pointer and text == source.text else text
            body.write(f"{target} = {text};")


class Return(Sink):
    """The result of a function: a scalar, or an aggregate that is built behind `*result`."""

    leaves = True

    def __init__(self, kind: FiniteType, *, scalar: bool) -> None:
        self.place = None if scalar else at_pointer("result", kind)

    def accept(self, body: Body, value: Value) -> None:
        """Assign it, return it, or hand it over."""
        if self.place is None:
            body.note_result(value)
            body.write(f"return {value.text};")
        else:
            Into(self.place).accept(body, value)
            body.write("return;")

    def built(self, body: Body) -> None:
        """The caller has it."""
        body.write("return;")


class Found(Sink):
    """The search: a state is a successor, None is nothing.  `leave` is the jump to the next witness.

    `before` writes what is to be done with a successor before it is handed over.
    """

    leaves = True

    def __init__(
        self, state: RecordType, leave: str, call: str, before: Callable[[Body, Value], None] | None = None
    ) -> None:
        self.state = state
        self.leave = leave
        self.call = call
        self.before = before

    def takes(self, body: Body, node: Expr) -> bool:
        """A state is handed over where it is made, and nothing is not handed over."""
        if is_nothing(node):
            body.write(self.leave)
            return True
        if isinstance(node, Coerce) and isinstance(node.value.type, RecordType):
            self._hand_over(body, body.value(node.value, hint="next"))
            return True
        if isinstance(node.type, RecordType):
            self._hand_over(body, body.value(node, hint="next"))
            return True
        return False

    def accept(self, body: Body, value: Value) -> None:
        """Assign it, return it, or hand it over."""
        if isinstance(value.type, NoneType):
            body.write(self.leave)
            return
        with body.writer.block(f"if ({body.types.is_option(body, value, self.state).text})"):
            self._call(body, body.types.as_option(body, value, self.state))
        body.write(self.leave)

    def _hand_over(self, body: Body, state: Value) -> None:
        self._call(body, state)
        body.write(self.leave)

    def _call(self, body: Body, state: Value) -> None:
        if self.before is not None:
            self.before(body, state)
        body.write(f"{self.call}(worker, {state.address});")


def is_nothing(node: Expr) -> bool:
    """Whether an action's body says here that it is not enabled."""
    if isinstance(node, Coerce):
        return is_nothing(node.value)
    return isinstance(node, Literal) and node.value is None
