"""Loops of C over what a name ranges over: collections that exist, and collections that need not.

The rule kept: all items of a type, ranges, keys of maps, pairs of place and item are never built, only
counted through.  Every member of a set and every different member of a bag comes once, every place of
a sequence once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import (
    BOOL,
    INT,
    And,
    Comprehension,
    Enumerate,
    Every,
    Expr,
    For,
    Keys,
    MakeSeq,
    Qualifier,
    Range,
    Where,
    Zip,
)
from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType
from checker.native.emit import sieves
from checker.native.emit import value as v
from checker.native.emit.body import Body
from checker.native.emit.loops import Inside, all_of, counted, loop
from checker.native.emit.value import Value, at_pointer


def each(
    body: Body, name: str, domain: Expr, inside: Inside, *, ordered: bool = False, repeats: bool = False
) -> None:
    """The loop in which `name` takes each item of the domain.

    With `repeats`, a member of a set may come more than once; the domain then need not be built.
    """
    row = DOMAINS.get(type(domain))
    if row is not None:
        row(body, name, domain, inside)
    elif isinstance(domain, Comprehension) and (repeats or isinstance(domain.type, SeqType)):
        _through_comprehension(body, name, domain, inside, repeats=repeats)
    else:
        over_value(body, name, body.kept(body.value(domain), f"{name}_domain"), inside)


def qualified(
    body: Body,
    qualifiers: tuple[Qualifier, ...],
    inside: Inside,
    *,
    repeats: bool = False,
    if_met: Callable[[Value], None] | None = None,
) -> None:
    """The loops and conditions of a comprehension around its inside.

    With `if_met`, that there is a choice is all that matters: where the last loop is not needed to
    know it, this gets the test instead.
    """
    if not qualifiers:
        inside()
        return
    first, rest = _first(qualifiers)

    def go_on(left: tuple[Qualifier, ...]) -> None:
        qualified(body, left, inside, repeats=repeats, if_met=if_met)

    with body.scope():
        if isinstance(first, For):
            test = met(body, qualifiers) if if_met else None
            if test is not None and if_met is not None:
                if_met(test)
            else:
                _ranged(body, first, rest, go_on, repeats=repeats)
        elif isinstance(first, Where):
            _where(body, first, lambda: go_on(rest))
        else:
            body.bound(first.name, first.value)
            go_on(rest)


def is_built(domain: Expr, *, repeats: bool) -> bool:
    """Whether a domain is a collection that lies somewhere once it is gone through."""
    return type(domain) not in DOMAINS and not (repeats and isinstance(domain, Comprehension))


def _ranged(
    body: Body,
    ranged: For,
    rest: tuple[Qualifier, ...],
    go_on: Callable[[tuple[Qualifier, ...]], None],
    *,
    repeats: bool,
) -> None:
    """The loop of a `For`; if conditions right after it can be sieves, over what passes these."""
    conditions, others = sieves.split(rest)
    built = conditions and is_built(ranged.domain, repeats=repeats)
    found = sieves.sifted(body, ranged.domain, ranged.name, conditions) if built else []
    if not found:
        each(body, ranged.name, ranged.domain, lambda: go_on(rest), repeats=repeats)
        return
    left = (*map(Where, conditions[len(found) :]), *others)
    passing = sieves.through(body, body.value(ranged.domain), ranged.name, found)

    def inside() -> None:
        for sieve in found:
            body.assume(sieve.condition, True)
        go_on(left)

    over_value(body, ranged.name, passing, inside)


def sieves_alone(body: Body, qualifiers: tuple[Qualifier, ...]) -> tuple[For, list[sieves.Sieve]] | None:
    """The only loop of some qualifiers and its sieves, where nothing else is asked."""
    ranged, (conditions, others) = qualifiers[0], sieves.split(qualifiers[1:])
    if others or not conditions or not isinstance(ranged, For) or not is_built(ranged.domain, repeats=True):
        return None
    found = sieves.sifted(body, ranged.domain, ranged.name, conditions)
    return (ranged, found) if len(found) == len(conditions) else None


def met(body: Body, qualifiers: tuple[Qualifier, ...]) -> Value | None:
    """Whether there is a choice, where one loop is left and sieves are all that is asked."""
    alone = sieves_alone(body, qualifiers) if qualifiers else None
    if alone is None:
        return None
    ranged, found = alone
    return sieves.meets(body, body.value(ranged.domain), ranged.name, found)


def _first(qualifiers: tuple[Qualifier, ...]) -> tuple[Qualifier, tuple[Qualifier, ...]]:
    """The first qualifier; of conditions one after the other, all of them as one."""
    count = next((n for n, q in enumerate(qualifiers) if not isinstance(q, Where)), len(qualifiers))
    if count < 2:
        return qualifiers[0], qualifiers[1:]
    tests = tuple(q.test for q in qualifiers[:count] if isinstance(q, Where))
    return Where(And(tests, type=BOOL)), qualifiers[count:]


def _where(body: Body, where: Where, inside: Inside) -> None:
    test = body.value(where.test)
    body.assume(where.test, True)
    with body.writer.block(f"if ({test.text})"):
        inside()


# -- domains that are never built -----------------------------------------------------------------


def _every(body: Body, name: str, domain: Every, inside: Inside) -> None:
    assert isinstance(domain.type, SetType)
    all_of(body, name, domain.type.item, inside)


def _keys(body: Body, name: str, domain: Keys, inside: Inside) -> None:
    assert isinstance(domain.map.type, MapType)
    all_of(body, name, domain.map.type.key, inside)


def _range(body: Body, name: str, domain: Range, inside: Inside) -> None:
    low = body.named(body.value(domain.low), f"{name}_from")
    high = body.named(body.value(domain.high), f"{name}_to")
    counter = body.names.fresh(name)
    if domain.step > 0:
        head = f"{counter} < {high.within(v.SHIFT)}"
        least, most = low.low, max(low.low, high.high - 1)
    else:
        head = f"{counter} > {high.within(v.SHIFT)}"
        least, most = min(low.high, high.low + 1), low.high
    step = {1: f"{counter}++", -1: f"{counter}--"}.get(domain.step, f"{counter} += {domain.step}")
    if abs(domain.step) > 1:
        body.escape_unless(
            f"{high.within(v.SHIFT)} < INT64_MAX / 2 && {high.within(v.SHIFT)} > INT64_MIN / 2"
        )
    body.known[name] = Value(counter, INT, low=least, high=most)
    loop(body, f"int64_t {counter} = {low.text}; {head}; {step}", inside)


def _enumerate(body: Body, name: str, domain: Enumerate, inside: Inside) -> None:
    sequence = body.named(body.value(domain.sequence), f"{name}_items")

    def with_pair(counter: str) -> None:
        place = Value(counter, INT, low=0, high=v.INT32_HIGH, wide=False)
        if domain.start:
            place = Value(
                f"{counter} + {domain.start}", INT, v.SUM, domain.start, domain.start + v.INT32_HIGH, False
            )
            place = body.named(place, f"{name}_place")
        found = body.types.item_of(sequence, counter)
        body.known[name] = Value("", _item_type(domain), parts=(place, body.named(found, f"{name}_item")))
        inside()

    counted(body, f"{name}_place", "0", body.types.length(sequence).text, with_pair)


def _zip(body: Body, name: str, domain: Zip, inside: Inside) -> None:
    sequences = [
        body.named(body.value(part), f"{name}_{number}") for number, part in enumerate(domain.sequences)
    ]
    lengths = [body.types.length(sequence) for sequence in sequences]
    if domain.strict:
        for other in lengths[1:]:
            body.escape_unless(f"{lengths[0].text} == {other.text}")
    test = " && ".join(f"{{0}} < {length.text}" for length in (lengths[:1] if domain.strict else lengths))
    counter = body.names.fresh(f"{name}_place")

    def with_items() -> None:
        parts = [
            body.named(body.types.item_of(sequence, counter), f"{name}_{number}_item")
            for number, sequence in enumerate(sequences)
        ]
        body.known[name] = Value("", _item_type(domain), parts=tuple(parts))
        inside()

    loop(body, f"int {counter} = 0; {test.format(counter)}; {counter}++", with_items)


def _item_type(domain: Expr) -> FiniteType:
    assert isinstance(domain.type, SeqType)
    return domain.type.item


def _display(body: Body, name: str, domain: MakeSeq, inside: Inside) -> None:
    """A display of at most one item needs no loop."""
    if len(domain.items) == 1:
        loop(body, "int once = 0; once < 1; once++", lambda: _bound(body, name, domain.items[0], inside))
    elif domain.items:
        over_value(body, name, body.kept(body.value(domain), f"{name}_domain"), inside)


def _bound(body: Body, name: str, item: Expr, inside: Inside) -> None:
    body.bound(name, item)
    inside()


def _through_comprehension(
    body: Body, name: str, domain: Comprehension, inside: Inside, *, repeats: bool
) -> None:
    def with_element() -> None:
        body.bound(name, domain.element)
        inside()

    qualified(body, domain.qualifiers, with_element, repeats=repeats)


# -- domains that are there -----------------------------------------------------------------------


def over_value(body: Body, name: str, domain: Value, inside: Inside) -> None:
    """The loop over a collection that exists."""
    if isinstance(domain.type, MapType):
        all_of(body, name, domain.type.key, inside)
    elif isinstance(domain.type, SeqType):
        _places(body, name, domain, inside)
    else:
        assert isinstance(domain.type, SetType | BagType)
        _members(body, name, domain, domain.type, inside)


def _places(body: Body, name: str, domain: Value, inside: Inside) -> None:
    def with_place(place: str) -> None:
        body.known[name] = body.named(body.types.item_of(domain, place), name)
        inside()

    counted(body, f"{name}_place", "0", body.types.length(domain).text, with_place)


def _members(body: Body, name: str, domain: Value, kind: SetType | BagType, inside: Inside) -> None:
    item = body.names.fresh(name)
    cursor = body.names.fresh("cursor")
    scalar = body.types.is_scalar(kind.item)
    body.write(f"{body.types.name(kind.item)} {item};" if scalar
               else f"const {body.types.name(kind.item)} *{item};")  # fmt: skip
    low, high = body.types.interval(kind.item)
    body.known[name] = Value(item, kind.item, low=low, high=high) if scalar else at_pointer(item, kind.item)
    values = body.types.argument(body, domain)
    test = body.operation("next", (kind,), values, f"&{cursor}", f"&{item}")
    loop(body, f"int {cursor} = 0; {test};", inside)


DOMAINS: dict[type[Any], Callable[[Body, str, Any, Inside], None]] = {
    Every: _every,
    Keys: _keys,
    Range: _range,
    Enumerate: _enumerate,
    Zip: _zip,
    MakeSeq: _display,
}
"""Domains that are counted through instead of being built."""
