"""The operations of the layout in C do what Python does, or escape where they cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.lang.types import BagType, FiniteType, IntType, MapType, SeqType, SetType, UnionType
from checker.lang.values import Bag
from checker.native.layout.canonical import canonical_key, canonical_options, place_of_option
from checker.native.layout.layouts import OPERATIONS, Layouts
from checker.native.layout.shapes import inside, size, storage_bits, universe
from checker.testing.strategies import strategy
from tests.native.layout.harness import BOOL, INT, Escape, Library, Operation, carried
from tests.native.layout.kinds import CHOSEN, LARGE, MESSAGE, random_kinds

Model = Callable[..., Any]
Case = tuple[Operation, Model]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, dict[str, list[Case]]]:
    """One library of all operations on all types, and the same operations in Python, by their names."""
    return built([*CHOSEN, *random_kinds(1, 8)], tmp_path_factory.mktemp("layout"))


def built(kinds: list[FiniteType], folder: Path) -> tuple[Library, dict[str, list[Case]]]:
    layouts = Layouts(kinds=kinds)
    parts = list(dict.fromkeys(part for kind in carried(layouts, kinds) for part in inside(kind)))
    rows = [case for kind in carried(layouts, parts) for case in cases(layouts, kind)]
    by_name: dict[str, list[Case]] = {}
    for operation, model in rows:
        by_name.setdefault(operation.name, []).append((operation, model))
    return Library(layouts, [operation for operation, _ in rows], folder), by_name


# -- what Python says -----------------------------------------------------------------------------


def cases(layouts: Layouts, kind: FiniteType) -> Iterator[Case]:
    """Every operation on a type, with what it must give."""
    key = canonical_key(kind)
    yield Operation("equal", (kind,), (kind, kind), BOOL), lambda a, b: a == b
    yield Operation("order", (kind,), (kind, kind), INT), lambda a, b: (key(a) > key(b)) - (key(a) < key(b))
    if size(kind) is not None:
        values = list(universe(kind))
        yield Operation("rank", (kind,), (kind,), INT), lambda v: values.index(v) if v in values else -1
        if values:
            pointer = not layouts.is_scalar(kind)
            yield Operation("unrank", (kind,), (INT,), kind, pointer=pointer), lambda rank: values[rank]
    rows = {SetType: of_sets, SeqType: of_sequences, MapType: of_maps, BagType: of_bags}
    rows |= {UnionType: of_unions, IntType: of_integers}
    if type(kind) in rows:
        yield from rows[type(kind)](layouts, kind)


def guarded(layouts: Layouts, kind: Any, model: Model) -> Model:
    """The operation, with an escape where the result is too large for C."""

    def run(*values: Any) -> Any:
        result = model(*values)
        if isinstance(kind, SetType) and layouts.representation(kind) != "array":
            if any(kind.item.fault(item) is not None for item in result):
                raise Escape
        elif len(result) > layouts.capacity(kind):
            raise Escape
        return result

    return run


def of_sets(layouts: Layouts, kind: SetType) -> Iterator[Case]:
    def fits(model: Model) -> Model:
        return guarded(layouts, kind, model)

    item, two = kind.item, (kind, kind)
    yield Operation("has", (kind,), (kind, item), BOOL), lambda a, x: x in a
    yield Operation("add", (kind,), (kind, item), kind, True), fits(lambda a, x: a | {x})
    yield Operation("remove", (kind,), (kind, item), kind, True), lambda a, x: a - {x}
    yield Operation("size", (kind,), (kind,), INT), len
    yield Operation("empty", (kind,), (), kind), frozenset
    yield Operation("union", (kind,), two, kind), fits(lambda a, b: a | b)
    yield Operation("intersection", (kind,), two, kind), lambda a, b: a & b
    yield Operation("difference", (kind,), two, kind), lambda a, b: a - b
    yield Operation("symmetric", (kind,), two, kind), fits(lambda a, b: a ^ b)
    yield Operation("subset", (kind,), two, BOOL), lambda a, b: a <= b
    yield Operation("next", (kind,), (kind,), INT), len
    if layouts.representation(kind) == "array":
        yield Operation("every", (kind,), (), kind), escapes
    else:
        yield Operation("every", (kind,), (), kind), lambda: frozenset(universe(kind.item))
        yield Operation("meets", (kind,), two, BOOL), lambda a, b: bool(a & b)


def escapes(*values: Any) -> Any:
    """An operation that always escapes."""
    raise Escape


def of_sequences(layouts: Layouts, kind: SeqType) -> Iterator[Case]:
    def fits(model: Model) -> Model:
        return guarded(layouts, kind, model)

    item = kind.item
    yield Operation("has", (kind,), (kind, item), BOOL), lambda a, x: x in a
    yield Operation("append", (kind,), (kind, item), kind, True), fits(lambda a, x: (*a, x))
    yield Operation("empty", (kind,), (), kind), tuple
    yield Operation("concat", (kind,), (kind, kind), kind), fits(lambda a, b: a + b)
    yield Operation("slice", (kind,), (kind, INT, INT), kind), lambda a, low, high: a[low:high]
    yield Operation("at", (kind,), (kind, INT), item, pointer=True), at


def at(sequence: Any, index: int) -> Any:
    """The item; an index outside must escape."""
    try:
        return sequence[index]
    except IndexError:
        raise Escape from None


def of_maps(layouts: Layouts, kind: MapType) -> Iterator[Case]:
    keys = list(universe(kind.key))

    def slot(key: Any) -> int:
        if key not in keys:
            raise Escape
        return keys.index(key)

    yield Operation("has", (kind,), (kind, kind.key), BOOL), lambda a, x: x in a
    yield Operation("slot", (kind,), (kind.key,), INT), slot


def of_bags(layouts: Layouts, kind: BagType) -> Iterator[Case]:
    def fits(model: Model) -> Model:
        return guarded(layouts, kind, model)

    item = kind.item
    yield Operation("has", (kind,), (kind, item), BOOL), lambda a, x: x in a
    yield Operation("count", (kind,), (kind, item), INT), lambda a, x: a[x]
    yield Operation("put", (kind,), (kind, item, INT), kind, True), fits(attempted(Bag.add))
    yield Operation("take", (kind,), (kind, item, INT), kind, True), attempted(Bag.remove)
    yield Operation("empty", (kind,), (), kind), Bag
    yield Operation("plus", (kind,), (kind, kind), kind), fits(lambda a, b: a + b)
    yield Operation("minus", (kind,), (kind, kind), kind), lambda a, b: a - b
    yield Operation("included", (kind,), (kind, kind), BOOL), lambda a, b: a <= b
    yield Operation("total", (kind,), (kind,), INT), Bag.total
    yield Operation("next", (kind,), (kind,), INT), len
    members = SetType(item)
    if layouts.representation(members) != "array":
        yield Operation("support", (kind,), (kind,), members), guarded(layouts, members, Bag.support)


def attempted(change: Callable[..., Any]) -> Model:
    """The change of a bag; one that Python refuses, or by a negative number, must escape."""

    def run(bag: Any, item: Any, copies: int) -> Any:
        try:
            changed = change(bag, item, copies)
        except (KeyError, ValueError):
            raise Escape from None
        if copies < 0:
            raise Escape
        return changed

    return run


def of_unions(layouts: Layouts, kind: UnionType) -> Iterator[Case]:
    for place, option in enumerate(canonical_options(kind)):

        def is_option(value: Any, place: int = place) -> bool:
            return place_of_option(kind, value) == place

        def as_option(value: Any, test: Model = is_option) -> Any:
            if not test(value):
                raise Escape
            return value

        pointer = not layouts.is_scalar(option)
        yield Operation("is", (kind, option), (kind,), BOOL), is_option
        yield Operation("as", (kind, option), (kind,), option, pointer=pointer), as_option
        yield Operation("coerce", (option, kind), (option,), kind), lambda value: value


def of_integers(layouts: Layouts, kind: IntType) -> Iterator[Case]:
    def narrow(value: int) -> int:
        if not -(2 ** (storage_bits(kind) - 1)) <= value < 2 ** (storage_bits(kind) - 1):
            raise Escape
        return value

    yield Operation("narrow", (kind,), (INT,), kind), narrow


# -- what C says ----------------------------------------------------------------------------------


def operand(library: Library, operation: Operation, place: int) -> st.SearchStrategy[Any]:
    """Values for a parameter: within its type, near its bounds, or anything that C can hold."""
    kind = operation.operands[place]
    if kind == INT:
        if operation.name == "unrank":
            return st.integers(0, len(universe(operation.kinds[0])) - 1)
        return (
            st.integers(-4, 12) | st.integers(-(2**63), 2**63 - 1)
            if operation.name in WIDE
            else st.integers(-4, 12)
        )
    key = library, kind
    if key not in STRATEGIES:
        STRATEGIES[key] = strategy(kind) | strategy(library.carrier(kind))
    return STRATEGIES[key]


STRATEGIES: dict[Any, st.SearchStrategy[Any]] = {}


WIDE = {"narrow", "slice", "at"}
NAMES = [
    "equal", "order", "rank", "unrank", "has", "add", "remove", "size", "empty", "every", "union",
    "intersection", "difference", "symmetric", "subset", "meets", "append", "at", "concat", "slice", "slot",
    "next", "count", "put", "take", "plus", "minus", "included", "total", "support", "is", "as", "coerce", "narrow",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_gives_what_python_gives(
    library: tuple[Library, dict[str, list[Case]]], name: str
) -> None:
    """On values of all types, within their bounds and beyond, C computes the same or escapes as it must."""
    agree(library, name, 120)


def agree(library: tuple[Library, dict[str, list[Case]]], name: str, examples: int) -> None:
    built_library, by_name = library

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        operation, model = data.draw(st.sampled_from(by_name[name]))
        strategies = [operand(built_library, operation, n) for n in range(len(operation.operands))]
        if any(s.is_empty for s in strategies):
            return
        values = [data.draw(s) for s in strategies]
        if len(values) > 1 and data.draw(st.booleans()):
            values[1] = related(data, operation, values)
        expected = outcome(model, *values)
        if expected != "escaped" and not built_library.carries(operation.result, expected):
            return
        actual = outcome(lambda *given: built_library.call(operation, *given), *values)
        if name == "order" and isinstance(actual, int):
            actual = (actual > 0) - (actual < 0)
        assert actual == expected

    check()


def related(data: st.DataObject, operation: Operation, values: list[Any]) -> Any:
    """A second operand that has to do with the first: the same value, or one of its members."""
    first, second = operation.operands[:2]
    if first == second:
        return values[0]
    if getattr(first, "item", None) == second:
        members = sorted(values[0], key=canonical_key(second))
        return data.draw(st.sampled_from(members)) if members else values[1]
    return values[1]


def outcome(run: Model, *values: Any) -> Any:
    """What comes out, or that it escaped."""
    try:
        return run(*values)
    except Escape:
        return "escaped"


BRIM = [("add", SetType(LARGE, 3)), ("put", BagType(LARGE, 3, 2)), ("append", SeqType(MESSAGE, 2))]


@pytest.mark.parametrize(("name", "kind"), BRIM)
def test_a_collection_takes_as_many_as_it_has_room_for(
    library: tuple[Library, dict[str, list[Case]]], name: str, kind: Any
) -> None:
    """One after the other goes in until there is no room; the next one escapes."""
    operation, model = next(row for row in library[1][name] if row[0].kinds == (kind,))
    room = library[0].layouts.capacity(kind)
    held, copies = {"add": frozenset(), "put": Bag(), "append": ()}[name], [1] if name == "put" else []
    for item in list(islice(kind.item.members(), room + 1)):
        full = len(held) == room
        expected = outcome(model, held, item, *copies)
        assert (expected == "escaped") == full
        assert outcome(lambda *given: library[0].call(operation, *given), held, item, *copies) == expected
        held = held if full else expected
    assert len(held) == room


def test_every_operation_is_tried(library: tuple[Library, dict[str, list[Case]]]) -> None:
    """No operation is left out of these tests but those of packing, which have their own."""
    operations = {operation for operation, _ in OPERATIONS} - {"bound", "code", "pack", "decode", "unpack"}
    assert set(library[1]) == operations == set(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 13))
def test_more_random_types(tmp_path: Path, seed: int) -> None:
    """The same on types that the quick tests do not have."""
    more = built(random_kinds(seed, 20), tmp_path)
    for name in more[1]:
        agree(more, name, 150)
