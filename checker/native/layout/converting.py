"""The same value at another C type: `coerce`, `narrow`, and the options of unions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checker.ir.typing import option_for
from checker.lang.errors import InternalError
from checker.lang.types import BagType, FiniteType, IntType, MapType, SeqType, SetType, UnionType
from checker.native.layout.canonical import canonical_options
from checker.native.layout.comparing import alternative, members_of
from checker.native.layout.function import Definition, Rows, block, cases, function
from checker.native.layout.ranks import offsets
from checker.native.layout.shapes import WORD, storage_bits

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


# -- integers -------------------------------------------------------------------------------------


def _narrow(layouts: Layouts, kind: IntType) -> Definition:
    bits, storage = storage_bits(kind), layouts.storage(kind)
    if bits == WORD:
        return function("narrow_Int64", storage, ["int64_t value"], "return value;")
    body = f"if (value != ({storage})value) escape(w);\nreturn ({storage})value;"
    return function(f"narrow_Int{bits}", storage, ["int64_t value"], body, escapes=True)


def stored(layouts: Layouts, kind: FiniteType, value: str) -> str:
    """The expression with which a value (an aggregate by its place) is written to storage."""
    if isinstance(kind, IntType) and storage_bits(kind) < WORD:
        return layouts.call("narrow", kind, value)
    return value


def narrows(kind: FiniteType) -> bool:
    """Whether storing such a value may escape."""
    return isinstance(kind, IntType) and storage_bits(kind) < WORD


# -- options of unions ----------------------------------------------------------------------------


def _range(layouts: Layouts, kind: UnionType, option: FiniteType) -> tuple[int, int]:
    """The first code of an option and the first after it."""
    shapes = [layouts.shape(each) for each in canonical_options(kind)]
    first = offsets(layouts, kind)[shapes.index(layouts.shape(option))]
    return first, first + layouts.universe(option)


def _is(layouts: Layouts, kind: UnionType, option: FiniteType) -> Definition:
    name = f"is_{layouts.label(option)}_in_{layouts.label(kind)}"
    parameter = [layouts.parameter(kind, "value")]
    if layouts.representation(kind) == "union":
        return function(name, "bool", parameter, f"return value->tag == {layouts.tag(option)};")
    low, high = _range(layouts, kind, option)
    tests = [f"value >= {low}"] if low else []
    tests += [f"value < {high}"] if high < layouts.universe(kind) else []
    test = f"value == {low}" if high == low + 1 else " && ".join(tests)
    return function(name, "bool", parameter, f"return {test};" if test else "(void)value;\nreturn true;")


def _as(layouts: Layouts, kind: UnionType, option: FiniteType) -> Definition:
    name = f"as_{layouts.label(option)}_of_{layouts.label(kind)}"
    parameter = [layouts.parameter(kind, "value")]
    test = layouts.call("is", (kind, option), "value")
    if layouts.representation(kind) == "codes":
        low, _ = _range(layouts, kind, option)
        result, value = layouts.name(option), f"value - {low}" if low else "value"
    elif layouts.is_scalar(option):
        member = alternative(layouts, option)
        result, value = layouts.name(option), "0" if member is None else f"value->{member}"
    else:
        result, value = f"const {layouts.name(option)} *", f"&value->{alternative(layouts, option)}"
    body = f"if (!{test}) escape(w);\nreturn {value};"
    return function(name, result, parameter, body, escapes=True)


# -- coercion -------------------------------------------------------------------------------------


class _Coercion:
    """One `coerce` function in the making: the lines of its body, and whether it may escape."""

    def __init__(self, layouts: Layouts, source: FiniteType, target: FiniteType) -> None:
        self.layouts = layouts
        self.source = source
        self.target = target
        self.escapes = False

    def write(self, source: FiniteType, target: FiniteType, place: str, value: str) -> str:
        """The statement that writes the value at one place to another place."""
        layouts = self.layouts
        if layouts.storage(source) == layouts.storage(target):
            return f"{place} = {value};"
        if isinstance(source, IntType) and isinstance(target, IntType):
            self.escapes |= narrows(target)
            return f"{place} = {stored(layouts, target, value)};"
        given = layouts.argument(source, value)
        self.escapes |= layouts.can_escape("coerce", source, target)
        if layouts.is_scalar(target):
            return f"{place} = {layouts.call('coerce', (source, target), given)};"
        return f"{layouts.call('coerce', (source, target), f'&{place}', given)};"

    def call(self, operation: str, kind: FiniteType, *arguments: str) -> str:
        self.escapes |= self.layouts.can_escape(operation, kind)
        return self.layouts.call(operation, kind, *arguments)

    def escape(self) -> str:
        self.escapes = True
        return "escape(w);"

    def made(self, lines: list[str]) -> Definition:
        layouts = self.layouts
        name = f"coerce_{layouts.label(self.source)}_to_{layouts.label(self.target)}"
        result, parameters = layouts.result(self.target)
        parameters = [*parameters, layouts.parameter(self.source, "value")]
        return function(name, result, parameters, "\n".join(lines), escapes=self.escapes)


def _coerce(layouts: Layouts, source: FiniteType, target: FiniteType) -> Definition:
    coercion = _Coercion(layouts, source, target)
    if layouts.name(source) == layouts.name(target):
        return coercion.made(["return value;" if layouts.is_scalar(target) else "*out = *value;"])
    if isinstance(source, UnionType):
        return coercion.made(_from_union(coercion, source, target))
    if isinstance(target, UnionType):
        return coercion.made(_to_union(coercion, source, target))
    for (left, right), row in _SHAPES.items():
        if isinstance(source, left) and isinstance(target, right):
            return coercion.made(row(coercion, source, target))
    return coercion.made(_fields(coercion, source, target))


def _option(kind: FiniteType, target: FiniteType) -> FiniteType:
    found = option_for(kind, target)
    if found is None:
        raise InternalError(f"{kind} is no part of {target}")
    return found


def _from_union(c: _Coercion, source: UnionType, target: FiniteType) -> list[str]:
    layouts, rows = c.layouts, []
    for option in canonical_options(source):
        if layouts.representation(source) == "codes":
            low, high = _range(layouts, source, option)
            label = f"{low}" if high == low + 1 else f"{low} ... {high - 1}"
            value = f"value - {low}" if low else "value"
            if high == low:
                continue
        else:
            label, member = layouts.tag(option), alternative(layouts, option)
            value = "0" if member is None else f"value->{member}"
        rows.append((label, "\n".join([*_alternative(c, option, target, value), _leave(layouts, target)])))
    if not rows:
        return ["(void)value;", *([] if layouts.is_scalar(target) else ["(void)out;"]), c.escape()]
    body = cases("value", rows) if layouts.representation(source) == "codes" else cases("value->tag", rows)
    lines = (_begin(layouts, target), body, "__builtin_unreachable();")
    return [line for line in lines if line]


def _begin(layouts: Layouts, target: FiniteType) -> str:
    return f"{layouts.name(target)} made;" if layouts.is_scalar(target) else ""


def _leave(layouts: Layouts, target: FiniteType) -> str:
    return "return made;" if layouts.is_scalar(target) else "return;"


def _to_union(c: _Coercion, source: FiniteType, target: UnionType) -> list[str]:
    layouts = c.layouts
    value = c.layouts.place(source, "value")
    lines = [_begin(layouts, target), *_alternative(c, source, target, value)]
    lines += ["return made;"] if layouts.is_scalar(target) else []
    void = ["(void)value;"] if layouts.representation(source) == "none" else []
    return [line for line in (*void, *lines) if line]


def _alternative(c: _Coercion, source: FiniteType, target: FiniteType, value: str) -> list[str]:
    """Write the value at a place, of no union type, as one of the target, which may be a union."""
    layouts = c.layouts
    place = "made" if layouts.is_scalar(target) else "(*out)"
    option = _option(source, target)
    if not isinstance(target, UnionType):
        return [_whole(c, source, option, place, value)]
    if layouts.representation(target) == "codes":
        low, _ = _range(layouts, target, option)
        return [f"made = {f'{low} + ' if low else ''}{value};"]
    lines, member = [f"out->tag = {layouts.tag(option)};"], alternative(layouts, option)
    if member is not None:
        lines.append(c.write(source, option, f"out->{member}", value))
    return lines


def _whole(c: _Coercion, source: FiniteType, target: FiniteType, place: str, value: str) -> str:
    if isinstance(source, IntType):
        return f"{place} = {value};"
    return c.write(source, target, place, value).replace("&(*out)", "out")


def _sequence(c: _Coercion, source: SeqType, target: SeqType) -> list[str]:
    room = c.layouts.capacity(target)
    lines = [f"if (value->length > {room}) {c.escape()}"] if c.layouts.capacity(source) > room else []
    step = c.write(source.item, target.item, "out->item[i]", "value->item[i]")
    loop = f"for (int i = 0; i < value->length; i++) {step}"
    return [*lines, "out->length = value->length;", loop]


def _tuple_to_sequence(c: _Coercion, source: Any, target: SeqType) -> list[str]:
    if len(source.items) > c.layouts.capacity(target):
        return ["(void)out, (void)value;", c.escape()]
    lines = [] if source.items else ["(void)value;"]
    lines.append(f"out->length = {len(source.items)};")
    for place, item in enumerate(source.items):
        lines.append(c.write(item, target.item, f"out->item[{place}]", f"value->item_{place}"))
    return lines


def _map(c: _Coercion, source: MapType, target: MapType) -> list[str]:
    """Key by key: the same key may have another place."""
    layouts = c.layouts
    if layouts.keys(source) != layouts.keys(target):
        return ["(void)out, (void)value;", c.escape()]
    if not layouts.keys(source):
        return ["(void)out, (void)value;"]
    loop = f"for (int i = 0; i < {layouts.keys(source)}; i++)"
    if source.key == target.key:
        return [f"{loop} {c.write(source.value, target.value, 'out->at[i]', 'value->at[i]')}"]
    key, lines = _converted(c, source.key, target.key, layouts.call("unrank", source.key, "i"))
    lines += [f"int slot = {c.call('slot', target, key)};"]
    lines += [c.write(source.value, target.value, "out->at[slot]", "value->at[i]")]
    return [block(loop, lines)]


def _converted(c: _Coercion, source: FiniteType, target: FiniteType, value: str) -> tuple[str, list[str]]:
    """An argument of the target type for one of the source type, after some statements."""
    layouts = c.layouts
    if layouts.name(source) == layouts.name(target):
        return value, []
    c.escapes |= layouts.can_escape("coerce", source, target)
    if layouts.is_scalar(target):
        return layouts.call("coerce", (source, target), value), []
    lines = [
        f"{layouts.name(target)} converted;",
        f"{layouts.call('coerce', (source, target), '&converted', value)};",
    ]
    return "&converted", lines


def _set(c: _Coercion, source: SetType, target: SetType) -> list[str]:
    layouts = c.layouts
    begin, place = _empty(c, target)
    item = f"{layouts.name(source.item)} item;"
    if not layouts.is_scalar(source.item):
        item = f"const {layouts.name(source.item)} *item;"
    value, lines = _converted(c, source.item, target.item, "item")
    lines.append(f"{c.call('add', target, place, value)};")
    loop = block(f"while ({layouts.call('next', source, 'value', '&cursor', '&item')})", lines)
    end = ["return made;"] if layouts.is_scalar(target) else []
    return [*begin, item, "int cursor = 0;", loop, *end]


def _empty(c: _Coercion, target: FiniteType) -> tuple[list[str], str]:
    """An empty collection to add to, and a pointer to it."""
    if c.layouts.is_scalar(target):
        return [f"{c.layouts.name(target)} made = {c.layouts.call('empty', target)};"], "&made"
    return [f"{c.layouts.call('empty', target, 'out')};"], "out"


def _bag(c: _Coercion, source: BagType, target: BagType) -> list[str]:
    given = c.layouts.argument(source.item, "value->entry[i].item")
    value, lines = _converted(c, source.item, target.item, given)
    lines.append(f"{c.call('put', target, 'out', value, 'value->entry[i].count')};")
    begin, _ = _empty(c, target)
    return [*begin, block("for (int i = 0; i < value->length; i++)", lines)]


def _fields(c: _Coercion, source: FiniteType, target: FiniteType) -> list[str]:
    """Records of one class, tuples of one length: field by field."""
    before, after = members_of(c.layouts, source), members_of(c.layouts, target)
    lines = [
        c.write(old, new, f"out->{name}", f"value->{name}")
        for (name, old), (_, new) in zip(before, after, strict=True)
    ]
    return lines or ["(void)out, (void)value;"]


_SHAPES: dict[tuple[type[Any], type[Any]], Any] = {
    (SeqType, SeqType): _sequence,
    (object, SeqType): _tuple_to_sequence,
    (MapType, MapType): _map,
    (SetType, SetType): _set,
    (BagType, BagType): _bag,
}
"""How collections are converted, by what they were and become."""

ROWS: Rows = {
    ("narrow", "int"): _narrow,
    ("is", "codes"): _is,
    ("is", "union"): _is,
    ("as", "codes"): _as,
    ("as", "union"): _as,
    ("coerce", "any"): _coerce,
}
