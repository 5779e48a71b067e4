"""Records: their fields, their construction, their update, and what a crash keeps of them."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import attrs
from attrs import NOTHING as NO_DEFAULT
from attrs import frozen

from checker.compile.body import Body
from checker.compile.faults import outside, unknown_field
from checker.compile.scope import Scope
from checker.ir.nodes import As, Expr, Field, MakeRecord, Stuck, Update
from checker.ir.typing import options
from checker.lang.hints import Place, durability
from checker.lang.types import NOTHING, FiniteType, IntType, RecordType, UnionType


def field_of(body: Body, value: Expr, name: str, scope: Scope, node: Any) -> Expr:
    """A field of a record; of a union, of whichever of its options has it, and stuck for the others."""
    kinds = scope.possible(value)
    if not isinstance(value.type, UnionType):
        return _field(body, value, name, node)
    having = [kind for kind in kinds if isinstance(kind, RecordType) and name in dict(kind.fields)]
    if not kinds:
        return scope.view(value)
    if not having:
        raise _no_field(body, value.type, kinds, name, node)
    if len(kinds) == 1:
        return _field(body, As(value, type=kinds[0], at=value.at), name, node)
    return body.named(
        value,
        "record",
        lambda found: body.cases(found, tuple(having), lambda one: _field(body, one, name, node)),
    )


def _field(body: Body, value: Expr, name: str, node: Any) -> Expr:
    if value.type == NOTHING:
        return value
    if isinstance(value.type, RecordType):
        kind = dict(value.type.fields).get(name)
        if kind is not None:
            return Field(value, name, type=kind, at=body.at(node))
    raise _no_field(body, value.type, options(value.type), name, node)


def _no_field(body: Body, kind: FiniteType, kinds: tuple[FiniteType, ...], name: str, node: Any) -> Exception:
    known = [field for one in kinds if isinstance(one, RecordType) for field, _ in one.fields]
    return unknown_field(name, str(kind), known, body.at(node))


# -- construction ---------------------------------------------------------------------------------


@frozen
class Given:
    """The arguments of a call, not yet compiled: by place and by name."""

    places: tuple[ast.expr, ...]
    names: dict[str, ast.expr]

    @classmethod
    def of(cls, body: Body, node: ast.Call) -> Given:
        """The arguments of a call; none of them is a star."""
        star = next((a for a in node.args if isinstance(a, ast.Starred)), None)
        spread = next((k.value for k in node.keywords if k.arg is None), None)
        if star is not None or spread is not None:
            raise outside(
                "subset/arguments",
                "arguments are passed with a star",
                "Which parameter gets which argument must be known before the model runs.",
                "Write the arguments one by one.",
                body.at(star or spread),
            )
        return cls(tuple(node.args), {k.arg: k.value for k in node.keywords if k.arg is not None})


def make(
    body: Body, cls: type[Any], hint: Any, node: ast.Call, scope: Scope, wanted: FiniteType | None
) -> Expr:
    """A call of a record class; what its type parameters stand for is taken from the wanted type, from
    the call (`Packet[N, M](...)`), or from the arguments."""
    body.unit.kinds.check_record(cls)
    kind = _wanted(cls, wanted) or _declared(body, cls, hint, node)
    given = _bind(body, cls, Given.of(body, node), node)
    values = []
    for attribute in attrs.fields(cls):
        field = dict(kind.fields)[attribute.name] if kind is not None else _own(body, cls, attribute)
        argument = given.get(attribute.alias or attribute.name)
        if argument is None:
            values.append(_default(body, attribute, field, node))
        elif field is None:
            values.append(body.expr(argument, scope))
        elif isinstance(field, IntType):
            values.append(body.fit(argument, scope, field))
        else:
            values.append(body.fit(argument, scope, field))
    if kind is None:
        names = [attribute.name for attribute in attrs.fields(cls)]
        kinds = [value.type for value in values]
        found = body.unit.kinds.interned(RecordType(cls, tuple(zip(names, kinds, strict=True))))
        assert isinstance(found, RecordType)
        kind = found
    return MakeRecord(tuple(values), type=kind, at=body.at(node))


def _wanted(cls: type[Any], wanted: FiniteType | None) -> RecordType | None:
    """The option of the wanted type that is of this class."""
    kinds = options(wanted) if wanted is not None else ()
    found = [kind for kind in kinds if isinstance(kind, RecordType) and kind.cls is cls]
    return found[0] if len(found) == 1 else None


def _declared(body: Body, cls: type[Any], hint: Any, node: ast.Call) -> RecordType | None:
    if hint is cls and getattr(cls, "__parameters__", None):
        return None
    place = Place(f"`{cls.__name__}`", lambda: body.at(node))
    found = body.unit.kinds.of_hint(hint, body.source.given, place)
    return found if isinstance(found, RecordType) else None


def _own(body: Body, cls: type[Any], attribute: Any) -> FiniteType | None:
    """The type of a field of a generic record, where it names no type parameter."""
    return body.unit.field_type(cls, attribute.name)


def _bind(body: Body, cls: type[Any], given: Given, node: ast.Call) -> dict[str, ast.expr]:
    """The argument for each field."""
    fields = list(attrs.fields(cls))
    places = [a.alias or a.name for a in fields if not a.kw_only]
    known = [a.alias or a.name for a in fields]
    if len(given.places) > len(places):
        raise outside(
            "subset/arguments",
            f"`{cls.__name__}` takes {len(places)} arguments, and {len(given.places)} are given",
            "A record has one value for each field.",
            f"Its fields are: {', '.join(known)}.",
            body.at(node),
        )
    found = dict(zip(places, given.places, strict=False))
    for name, value in given.names.items():
        if name not in known:
            raise unknown_field(name, cls.__name__, known, body.at(value))
        found[name] = value
    return found


def _default(body: Body, attribute: Any, kind: FiniteType | None, node: ast.Call) -> Expr:
    default = attribute.default
    if isinstance(default, attrs.Factory) and not default.takes_self:  # type: ignore[arg-type]
        default = default.factory()
    if default is NO_DEFAULT or isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        raise outside(
            "subset/arguments",
            f"the field `{attribute.name}` gets no value",
            "A record has one value for each field.",
            f"Add {attribute.name}=... to the call.",
            body.at(node),
        )
    value = body.literal(default, node)
    return value if kind is None else body.fitted(value, Scope({}), kind, body.at(node))


# -- update ---------------------------------------------------------------------------------------


def evolve(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`evolve(record, field=value, ...)`."""
    given = Given.of(body, node)
    if len(given.places) != 1:
        raise outside(
            "subset/arguments",
            "evolve takes one record, and the new values by the names of their fields",
            "It gives the same record with other values for these fields.",
            "Write evolve(record, field=value).",
            body.at(node),
        )
    record = body.expr(given.places[0], scope)
    return body.each_option(record, scope, lambda one: _evolved(body, one, given, scope))


def _evolved(body: Body, record: Expr, given: Given, scope: Scope) -> Expr:
    if record.type == NOTHING:
        return record
    if not isinstance(record.type, RecordType):
        if any(isinstance(kind, RecordType) for kind in options(record.type)):  # pragma: no cover
            return record
        return Stuck("evolve of what is no record", type=NOTHING, at=record.at)
    fields = dict(record.type.fields)
    names = {a.alias or a.name: a.name for a in attrs.fields(record.type.cls)}
    changes = []
    for name, value in given.names.items():
        if name not in names:
            raise unknown_field(name, str(record.type), list(names), body.at(value))
        changes.append((names[name], body.fit(value, scope, fields[names[name]])))
    if not changes:
        return record
    return Update(record, tuple(changes), type=record.type, at=record.at)


def kept(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`kept(node, booted)`: the booted record with the durable fields of the other."""
    before, booted = (body.expr(argument, scope) for argument in node.args)
    assert isinstance(before.type, RecordType)
    assert isinstance(booted.type, RecordType)
    marks = durability(before.type.cls)

    def update(record: Expr) -> Expr:
        changes = tuple(
            (name, Field(record, name, type=kind, at=body.at(node)))
            for name, kind in booted_fields
            if marks.get(name, False)
        )
        return Update(booted, changes, type=booted.type, at=body.at(node)) if changes else booted

    booted_fields = booted.type.fields
    return body.named(before, "before", update)


def own_attribute(cls: type[Any], name: str) -> Any:
    """What a record class has under a name that is no field: a method, a property, a constant."""
    return inspect.getattr_static(cls, name, None)
