"""Names, calls and case analysis in C.

The rule kept: only what Python evaluates is evaluated.  In tail position the branches of `If` are
branches of C; elsewhere they are an expression if they can be, and otherwise fill a variable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import Call, Constant, Expr, Fold, If, Item, Let, Literal, Local, MakeTuple, Stuck
from checker.lang.types import TupleType
from checker.native.emit import ranges
from checker.native.emit import value as v
from checker.native.emit.body import Body, chosen
from checker.native.emit.sinks import Found, Into, Sink, is_nothing
from checker.native.emit.value import Value, negated


def _local(body: Body, node: Local) -> Value:
    return body.known[node.name]


def _literal(body: Body, node: Literal) -> Value:
    return body.unit.known_value(body, node.type, node.value)


def _constant(body: Body, node: Constant) -> Value:
    return body.unit.constant(body, node)


def _let(body: Body, node: Let) -> Value:
    hint = body.hint
    body.bound(node.name, node.value)
    return body.value(node.body, hint)


def _let_in_tail(body: Body, node: Let, sink: Sink) -> None:
    body.bound(node.name, node.value)
    body.deliver(node.body, sink)


def if_(body: Body, node: If) -> Value:
    """A conditional expression where neither branch needs statements, otherwise a variable."""
    hint = body.hint
    if not _branches_need_statements(body, node):
        test = body.value(node.test)
        with body.assuming(node.test, True):
            then = body.value(node.then)
        with body.assuming(node.test, False):
            other = body.value(node.other)
        if not then.parts and not other.parts:
            return _choice(body, node, test, then, other)
    place = body.variable(node.type, hint)
    _if_in_tail(body, node, Into(place))
    return place


def _branches_need_statements(body: Body, node: If) -> bool:
    with body.assuming(node.test, True):
        then = body.needs_statements(node.then)
    with body.assuming(node.test, False):
        return then or body.needs_statements(node.other)


def _choice(body: Body, node: If, test: Value, then: Value, other: Value) -> Value:
    if body.types.is_scalar(node.type):
        low, high = min(then.low, other.low), max(then.high, other.high)
        return Value(chosen(test, then, other), node.type, v.CHOICE, low, high, then.wide or other.wide)
    pick = f"({test.within(v.CHOICE + 1)} ? {then.address} : {other.address})"
    return v.at_pointer(pick, node.type)


def _if_in_tail(body: Body, node: If, sink: Sink) -> None:
    test = body.value(node.test)
    if sink.leaves:
        first_is_short = not (
            isinstance(sink, Found) and is_nothing(node.other) and not is_nothing(node.then)
        )
        shown, short, long = (test, node.then, node.other)
        if not first_is_short:
            shown, short, long = (negated(test), node.other, node.then)
        with body.assuming(node.test, short is node.then), body.writer.block(f"if ({shown.text})"):
            body.deliver(short, sink)
        with body.scope():
            body.assume(node.test, long is node.then)
            body.deliver(long, sink)
        return
    with body.assuming(node.test, True):
        then = body.written(lambda: body.deliver(node.then, sink))
    with body.assuming(node.test, False):
        other = body.written(lambda: body.deliver(node.other, sink))
    if then:
        body.writer.branches(test.text, then, other)
    elif other:
        body.writer.branches(negated(test).text, other, [])


def stuck(body: Body, node: Stuck) -> Value:
    """Outside of tail position: a variable that nobody will read."""
    place = body.variable(node.type, start="0" if body.types.is_scalar(node.type) else "")
    body.write(body.escape())
    return place


def _stuck_in_tail(body: Body, node: Stuck, sink: Sink) -> None:
    body.write(f"{body.escape()} /* {' '.join(node.reason.split())} */".replace(" /*  */", ""))


def call(body: Body, node: Call) -> Value:
    """A function with a scalar result."""
    made = body.unit.function(node.function)
    if not body.types.is_scalar(node.type):
        place = body.variable(node.type, body.hint or node.function)
        _call_into(body, node, place)
        return place
    text = f"{made.name}({', '.join(_arguments(body, node))})"
    low, high = made.interval
    return Value(text, node.type, low=low, high=high)


def _call_into(body: Body, node: Call, place: Value) -> None:
    made = body.unit.function(node.function)
    arguments = _arguments(body, node)
    arguments.insert(1 if made.escapes else 0, place.address)
    body.write(f"{made.name}({', '.join(arguments)});")


def _arguments(body: Body, node: Call) -> list[str]:
    worker = [body.worker()] if body.unit.function(node.function).escapes else []
    values = [body.materialised(body.value(argument)) for argument in node.arguments]
    return worker + [x.text if body.types.is_scalar(x.type) else x.address for x in values]


def fold(body: Body, node: Fold) -> Value:
    """Variables that a loop changes; the tuple of them exists only by its items."""
    places = []
    for name, initial in zip(node.accumulators, node.initial, strict=True):
        place = body.variable(initial.type, name)
        body.into(initial, place)
        body.known[name] = place
        places.append(place)

    def round_() -> None:
        if node.until is not None:
            test = body.value(node.until)
            body.write(f"if ({test.text}) break;")
        body.deliver(node.body, Accumulators(node.accumulators, tuple(places)))

    with body.scope():
        ranges.each(body, node.name, node.domain, round_, ordered=True)
    return Value("", node.type, parts=tuple(places))


class Accumulators(Sink):
    """The variables of a loop: what is unchanged is left alone, the rest is assigned all at once."""

    def __init__(self, names: tuple[str, ...], places: tuple[Value, ...]) -> None:
        self.names = names
        self.places = places

    def takes(self, body: Body, node: Expr) -> bool:
        """A display of the next values needs no tuple."""
        if isinstance(node, Let) and isinstance(node.value, If) and _takes_apart(node):
            body.deliver(node.value, TakenApart(node, self))
            return True
        if not isinstance(node, MakeTuple):
            return False
        changed = [
            (place, item)
            for name, place, item in zip(self.names, self.places, node.items, strict=True)
            if not (isinstance(item, Local) and item.name == name)
        ]
        values = [self._next(body, place, item) for place, item in changed]
        for (place, _), value in zip(changed, values, strict=True):
            Into(place).accept(body, value)  # which leaves it alone if it is the place itself
        return True

    def _next(self, body: Body, place: Value, item: Any) -> Value:
        """The next value, which nothing that is assigned meanwhile can change."""
        value = body.value(item, hint=f"next_{place.text}")
        if value.text == place.text or self._is_its_own(value) or len(self.places) == 1:
            return value
        fresh = body.variable(item.type, f"next_{place.text}")
        Into(fresh).accept(body, value)
        return fresh

    def _is_its_own(self, value: Value) -> bool:
        """Whether the value is a number, or a variable beside those that are assigned."""
        return value.is_name and value.text not in [place.text for place in self.places]

    def accept(self, body: Body, value: Value) -> None:
        """Take a tuple apart."""
        parts = value.parts or tuple(body.types.item(value, number) for number in range(len(self.places)))
        for place, part in zip(self.places, parts, strict=True):
            Into(place).accept(body, part)


class TakenApart(Sink):
    """The value of a `let` whose body only takes a tuple apart: where it is displayed, none is made."""

    def __init__(self, let: Let, rest: Sink) -> None:
        self.let = let
        self.rest = rest
        self.leaves = rest.leaves

    def takes(self, body: Body, node: Expr) -> bool:
        """The items of a display are known one by one."""
        if not isinstance(node, MakeTuple):
            return False
        parts = tuple(body.value(item) for item in node.items)
        self.accept(body, Value("", node.type, parts=parts))
        return True

    def accept(self, body: Body, value: Value) -> None:
        """Go on with the body of the `let`."""
        body.known[self.let.name] = value
        body.deliver(self.let.body, self.rest)


def _takes_apart(node: Let) -> bool:
    """Whether the body of a `let` only binds items of its tuple and puts names together again."""
    rest = node.body
    while isinstance(rest, Let) and isinstance(rest.value, Item) and isinstance(rest.value.tuple, Local):
        rest = rest.body
    return (
        isinstance(node.value.type, TupleType)
        and isinstance(rest, MakeTuple)
        and all(isinstance(item, Local | Item) for item in rest.items)
    )


VALUES: dict[type[Any], Callable[[Body, Any], Value]] = {
    Local: _local,
    Literal: _literal,
    Constant: _constant,
    Let: _let,
    If: if_,
    Stuck: stuck,
    Call: call,
    Fold: fold,
}
BUILDS: dict[type[Any], Callable[[Body, Any, Value], None]] = {Call: _call_into}
TAILS: dict[type[Any], Callable[[Body, Any, Sink], None]] = {
    Let: _let_in_tail,
    If: _if_in_tail,
    Stuck: _stuck_in_tail,
}
