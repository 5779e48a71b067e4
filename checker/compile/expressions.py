"""Expressions that name, read and choose: constants, names, attributes, subscripts, conditions."""

from __future__ import annotations

import ast
from typing import Any

from checker.compile import build
from checker.compile.body import Body
from checker.compile.conditions import condition
from checker.compile.faults import mismatch, outside, unknown_field
from checker.compile.instances import call_method, call_record
from checker.compile.records import field_of, own_attribute
from checker.compile.scope import Scope, Self
from checker.compile.sources import MISSING
from checker.compile.targets import as_sequence, item
from checker.ir.nodes import (
    BOOL,
    INT,
    Constant,
    CountOf,
    Equal,
    Expr,
    Get,
    Index,
    Literal,
    MakeTuple,
    Slice,
    Stuck,
)
from checker.ir.typing import fits
from checker.ir.walk import NODES
from checker.lang.errors import suggestion
from checker.lang.types import (
    NOTHING,
    BagType,
    EnumType,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    TupleType,
    UnionType,
)

# -- constants and names --------------------------------------------------------------------------


def constant(body: Body, node: ast.Constant, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A number, a truth value or None; the language has no other constants."""
    if isinstance(node.value, bool | int) or node.value is None:
        return body.literal(node.value, node)
    noun = {str: "string", bytes: "bytes", float: "fraction", complex: "complex number"}
    advice = {
        str: "Use an Enum with a member for each string.",
        float: "Use integers, in a unit of your choice.",
    }
    kind = type(node.value)
    raise outside(
        "subset/expression",
        f"a {noun.get(kind, kind.__name__)} is no value of the language",
        "Values are bool, int, Enum, Sort, None, frozen records, tuples, frozenset, Map and Bag.",
        advice.get(kind, "Use an integer or an Enum."),
        body.at(node),
    )


def name(body: Body, node: ast.Name, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A local, or a constant at the top level of a module."""
    found = body.variable(node, scope)
    if isinstance(found, NODES):
        return found  # type: ignore[no-any-return]
    if isinstance(found, Self):
        raise outside(
            "subset/expression",
            "the model itself is no value",
            "A model has constants and methods; it is not part of a state.",
            "Use its constants, or call its methods.",
            body.at(node),
        )
    return _static(body, found, node)


def _static(body: Body, found: Any, node: ast.expr) -> Expr:
    """A Python object that the source names outside of functions."""
    if isinstance(found, type) or callable(found):
        raise outside(
            "subset/expression",
            f"`{ast.unparse(node)}` is no value of the language",
            "A function or a class can be called, not passed on.",
            "Call it, or write the call where it is needed.",
            body.at(node),
        )
    return body.literal(found, node)


def walrus(body: Body, node: ast.NamedExpr, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`(name := value)`, where it is surely evaluated."""
    if not scope.may_bind or scope.walrus is None:
        raise outside(
            "subset/walrus",
            "`:=` stands where it is perhaps not evaluated",
            "The name would have a value on some ways and not on others.",
            "Assign in a statement of its own before.",
            body.at(node),
        )
    value = body.expr(node.value, scope, wanted)
    found = build.local(body.names.fresh(node.target.id), value)
    scope.walrus.append((node.target.id, found, value))
    return found


# -- attributes -----------------------------------------------------------------------------------


def attribute(body: Body, node: ast.Attribute, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A constant of the model, a member of an Enum, a field or a property of a record."""
    if body.is_model(node.value, scope):
        return _of_model(body, node, scope)
    found = body.source.static(node, scope.names)
    if found is not MISSING:
        return _static(body, found, node)
    owner = body.source.static(node.value, scope.names)
    if isinstance(owner, type):
        raise outside("subset/unknown-name", f"`{owner.__name__}` has no member `{node.attr}`",
                      "A member of an Enum is named as its class declares it.",
                      _members(owner, node.attr), body.at(node))  # fmt: skip
    return of_value(body, body.expr(node.value, scope), node, scope)


def _members(owner: type[Any], name: str) -> str:
    return suggestion(name, [known for known in vars(owner) if not known.startswith("_")])


def of_value(body: Body, value: Expr, node: ast.Attribute, scope: Scope) -> Expr:
    """A field or property of a record."""
    kinds = scope.possible(value)
    if any(isinstance(kind, EnumType) for kind in kinds) and node.attr == "value":
        return body.each_option(value, scope, lambda option: _member_value(body, option, node))
    properties = [
        kind
        for kind in kinds
        if isinstance(kind, RecordType) and isinstance(own_attribute(kind.cls, node.attr), property)
    ]
    if not properties:
        constants = [k for k in kinds if isinstance(k, RecordType) and _class_constant(k, node.attr)]
        if constants and len(constants) == len(kinds) == 1:
            return body.literal(own_attribute(constants[0].cls, node.attr), node)
        return field_of(body, value, node.attr, scope, node)

    def one(option: Expr) -> Expr:
        if isinstance(option.type, RecordType):
            found = own_attribute(option.type.cls, node.attr)
            if isinstance(found, property):
                return call_record(body, option, found.fget, node, scope)
        return field_of(body, option, node.attr, scope, node)

    return body.each_option(value, scope, one)


def _member_value(body: Body, member: Expr, node: ast.Attribute) -> Expr:
    """The value of a member of an Enum: one of those that the class declares."""
    if not isinstance(member.type, EnumType):
        return Stuck("this has no value", type=NOTHING, at=body.at(node))
    members = list(member.type.cls)
    values = [body.literal(one.value, node) for one in members]

    def chosen(found: Expr) -> Expr:
        result = values[-1]
        for one, value in zip(members[-2::-1], values[-2::-1], strict=True):
            test = Equal(found, Literal(one, type=found.type), type=BOOL, at=body.at(node))
            result = build.condition(test, value, result, body.at(node))
        return result

    return body.named(member, "member", chosen)


def _class_constant(kind: RecordType, name: str) -> bool:
    found = own_attribute(kind.cls, name)
    return found is not None and name not in dict(kind.fields) and not callable(found)


def _of_model(body: Body, node: ast.Attribute, scope: Scope) -> Expr:
    known = body.unit.constants.get(node.attr)
    if known is not None:
        return Constant(node.attr, type=known, at=body.at(node))
    found = body.unit.attribute(node.attr)
    if isinstance(found, property):
        return call_method(body, node.attr, node, scope)
    if found is MISSING:
        names = [n for n in dir(type(body.unit.model)) if not n.startswith("_")]
        raise unknown_field(
            node.attr, type(body.unit.model).__name__, [*body.unit.constants, *names], body.at(node)
        )
    return _static(body, found, node)


# -- subscripts -----------------------------------------------------------------------------------


def subscript(body: Body, node: ast.Subscript, scope: Scope, wanted: FiniteType | None) -> Expr:
    """The value at a key or a place, a slice, or how many copies a bag holds."""
    value = scope.view(body.expr(node.value, scope))
    if isinstance(value.type, UnionType) and value.type != NOTHING:
        kinds = tuple(
            k for k in scope.possible(value) if isinstance(k, MapType | SeqType | TupleType | BagType)
        )
        if not kinds:
            raise _no_subscript(body, node, value)
        return body.named(
            value, "value", lambda found: body.cases(found, kinds, lambda one: _at(body, one, node, scope))
        )
    return _at(body, value, node, scope)


def _no_subscript(body: Body, node: ast.Subscript, value: Expr) -> Exception:
    return outside(
        "subset/type",
        f"`{value.type}` has no items to be read with [...]",
        "A map is read at a key, a sequence at a place, a bag at a member.",
        "Read a field with a dot, or ask first which option of a union it is.",
        body.at(node),
    )


def _at(body: Body, value: Expr, node: ast.Subscript, scope: Scope) -> Expr:
    at = body.at(node)
    match value.type:
        case MapType(key=key, value=kind):
            return Get(value, key_of(body, node.slice, key, scope), type=kind, at=at)
        case BagType(item=kind):
            return CountOf(value, body.fit(node.slice, scope, kind), type=INT, at=at)
        case TupleType() | SeqType():
            if isinstance(node.slice, ast.Slice):
                return _slice(body, value, node.slice, scope, at)
            return _index(body, value, node.slice, scope, at)
    if value.type == NOTHING:
        return value
    raise _no_subscript(body, node, value)


def key_of(body: Body, node: ast.expr, kind: FiniteType, scope: Scope) -> Expr:
    """A key of a map; where it may be something else, stuck."""
    key = body.expr(node, scope, kind)
    found = build.coerced(key, kind)
    if found is not None:
        return found
    fitting = tuple(option for option in scope.possible(key) if fits(option, kind))
    if not fitting or not isinstance(key.type, UnionType):
        raise mismatch(key.type, kind, body.at(node))
    return body.named(key, "key", lambda k: body.cases(k, fitting, lambda one: build.sure(one, kind)))


def _index(body: Body, value: Expr, node: ast.expr, scope: Scope, at: Any) -> Expr:
    place = body.integer(node, scope)
    if isinstance(value.type, TupleType):
        count = len(value.type.items)
        if isinstance(place, Literal) and -count <= place.value < count:
            number = place.value % count
            return body.named(value, "items", lambda whole: item(whole, number))
        if not value.type.items or isinstance(place, Literal):
            raise outside("subset/type", f"this tuple has {count} items, and none at this place",
                          "A tuple of fixed length has a known number of items.", "Take another place.", at)  # fmt: skip
        value = as_sequence(value)
    assert isinstance(value.type, SeqType)
    return Index(value, place, type=value.type.item, at=at)


def _slice(body: Body, value: Expr, node: ast.Slice, scope: Scope, at: Any) -> Expr:
    if node.step is not None:
        raise outside("subset/expression", "a slice with a step is outside the subset", "A slice is a part of a sequence.",
                      "Write tuple(s[i] for i in range(low, high, step)).", body.at(node.step))  # fmt: skip
    low = body.integer(node.lower, scope) if node.lower is not None else None
    high = body.integer(node.upper, scope) if node.upper is not None else None
    known = all(bound is None or isinstance(bound, Literal) for bound in (low, high))
    if isinstance(value.type, TupleType) and known:
        bounds = [bound.value if isinstance(bound, Literal) else None for bound in (low, high)]
        places = range(len(value.type.items))[slice(*bounds)]

        def part(whole: Expr) -> Expr:
            items = tuple(item(whole, place) for place in places)
            return MakeTuple(items, type=TupleType(tuple(one.type for one in items)), at=at)

        return body.named(value, "items", part)  # all of it is evaluated, whatever is left out
    value = as_sequence(value)
    return Slice(value, low, high, type=value.type, at=at)


# -- choices --------------------------------------------------------------------------------------


def choice(body: Body, node: ast.IfExp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`a if test else b`."""
    told = condition(body, node.test, scope)
    inner = scope.inner()
    if told.value == build.YES:
        return body.expr(node.body, inner.knowing(told.yes), wanted)
    if told.value == build.NO:
        return body.expr(node.orelse, inner.knowing(told.no), wanted)
    then = body.expr(node.body, inner.knowing(told.yes), wanted)
    other = body.expr(node.orelse, inner.knowing(told.no), then.type if wanted is None else wanted)
    return build.condition(told.value, then, other, body.at(node))


def junction(body: Body, node: ast.BoolOp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`and` and `or`; between values that are no truth values, the one that decides."""
    told = condition(body, node, scope)
    return told.value if told.raw is None else told.raw
