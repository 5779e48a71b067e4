"""Loops of C as such, and those in which a name takes every value of a type.

The rule kept: the values of a type are never listed, only counted through, each once.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from checker.ir.nodes import Local, MakeRecord, MakeTuple
from checker.lang.errors import SpecError
from checker.lang.types import FiniteType, IntType, RecordType, TupleType
from checker.native.emit.body import Body
from checker.native.emit.value import Value, at_pointer
from checker.native.emit.writer import without_last_jump
from checker.native.layout.shapes import LARGEST_UNIVERSE
from checker.native.layout.shapes import size as size_of

Inside = Callable[[], None]


def loop(body: Body, head: str, inside: Inside) -> None:
    """A `for` with its block."""
    body.loops += 1
    with body.scope(), body.writer.block(f"for ({head})"):
        inside()
        without_last_jump(body.writer.lines, "continue;")
    body.loops -= 1


def counted(body: Body, hint: str, low: str, below: str, inside: Callable[[str], None]) -> None:
    """A loop that counts; the inside gets the name of the counter."""
    name = body.names.fresh(hint)
    loop(body, f"int {name} = {low}; {name} < {below}; {name}++", lambda: inside(name))


def all_of(body: Body, name: str, kind: FiniteType, inside: Inside) -> None:
    """The loop in which a name takes every value of a type."""
    if isinstance(kind, IntType):
        _numbers(body, name, kind, inside)
        return
    if size_of(kind) is None:
        _part_by_part(body, name, kind, inside)
        return
    size = body.types.size(kind)
    if body.types.is_own_rank(kind):

        def with_value(counter: str) -> None:
            body.known[name] = Value(counter, kind, low=0, high=size - 1, wide=False, place=counter)
            inside()

        counted(body, name, "0", str(size), with_value)
        return

    def with_rank(rank: str) -> None:
        text = body.operation("unrank", (kind,), rank)
        if body.types.is_scalar(kind):
            body.known[name] = evolve(body.named(Value(text, kind), name), place=rank)
        else:
            pointer = body.names.fresh(name)
            body.write(f"const {body.types.name(kind)} *{pointer} = {text};")
            body.known[name] = evolve(at_pointer(pointer, kind), place=rank)
        inside()

    counted(body, f"{name}_rank", "0", str(size), with_rank)


def _part_by_part(body: Body, name: str, kind: FiniteType, inside: Inside) -> None:
    """Every value of a type that has too many to number them: a loop for each of its parts."""
    if not isinstance(kind, RecordType | TupleType):
        raise SpecError(
            "native/too-large",
            f"`{name}` ranges over all of `{kind}`, which has more than {LARGEST_UNIVERSE} values",
            why="The native engine numbers the values of a type through.",
            instead="Let it range over what the state holds, as in one_of(State.sent); tighten the bounds; or "
            "run with --engine python.",
        )
    fields = kind.fields if isinstance(kind, RecordType) else tuple(enumerate(kind.items))
    values = tuple(Local(f"{name}_{label}", type=part) for label, part in fields)

    def build(done: int) -> None:
        if done < len(values):
            all_of(body, values[done].name, values[done].type, lambda: build(done + 1))
        elif isinstance(kind, RecordType):
            body.bound(name, MakeRecord(values, type=kind))
            inside()
        else:
            body.bound(name, MakeTuple(values, type=kind))
            inside()

    build(0)


def _numbers(body: Body, name: str, kind: IntType, inside: Inside) -> None:
    assert kind.low is not None
    assert kind.high is not None
    low, high = kind.low, kind.high

    def with_value(counter: str) -> None:
        place = counter if low == 0 else f"{counter} {'-' if low > 0 else '+'} {abs(low)}"
        body.known[name] = Value(counter, kind, low=low, high=high, wide=False, place=place)
        inside()

    counted(body, name, str(low), str(high + 1), with_value)
