"""Packed states in Python: the same bits as the C of `packing`, from and to the spec's own objects.

A packed value is handled as one integer, bit 0 being bit 0 of the first word.  Only values within
their bounds have a code.  Knows nothing of C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map, number_of
from checker.native.layout.canonical import canonical_options, in_order, place_of_option
from checker.native.layout.shapes import WORD, size, universe
from checker.native.layout.state import words_of

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts

Encoder = Callable[[Any], int]
Decoder = Callable[[int], Any]
Pair = tuple[Encoder, Decoder]


class Codec:
    """Encodes and decodes the states of one program."""

    def __init__(self, layouts: Layouts, kind: FiniteType) -> None:
        self._layouts = layouts
        self.widths = layouts.widths
        self._kind = kind
        self._known: dict[FiniteType, Pair] = {}
        self._encode, self._decode = self.pair(kind)
        self.words = words_of(self.widths.of(kind))

    def encode(self, state: Any) -> tuple[int, ...] | None:
        """The words of a state; None where it is outside its type."""
        if self._kind.fault(state) is not None:
            return None
        code = self._encode(state)
        return tuple(code >> WORD * n & 2**WORD - 1 for n in range(self.words))

    def decode(self, words: Sequence[int]) -> Any:
        """The state that has these words."""
        return self._decode(sum(word << WORD * n for n, word in enumerate(words)))

    def pair(self, kind: FiniteType) -> Pair:
        """How values of a type become numbers, and how numbers become values."""
        known = self._known.get(kind)
        if known is None:
            row = _ROWS[self._layouts.representation(kind)]
            known = self._known[kind] = row(self, kind)
        return known

    def fields(self, kinds: Iterable[FiniteType]) -> list[tuple[Encoder, Decoder, int, int]]:
        """For each of some types side by side: both functions, the place, and the mask."""
        at, found = 0, []
        for kind in kinds:
            width = self.widths.of(kind)
            found.append((*self.pair(kind), at, (1 << width) - 1))
            at += width
        return found

    def list_of(
        self, length: int, stride: int
    ) -> tuple[Callable[[list[int]], int], Callable[[int], list[int]]]:
        """Numbers of so many bits after a length of so many bits, as one number, and back."""

        def join(codes: list[int]) -> int:
            total = len(codes)
            for place, code in enumerate(codes):
                total |= code << length + place * stride
            return total

        def split(code: int) -> list[int]:
            count = code & (1 << length) - 1
            return [code >> length + place * stride & (1 << stride) - 1 for place in range(count)]

        return join, split


def _int(codec: Codec, kind: IntType) -> Pair:
    low = kind.low or 0
    return (lambda value: value - low), (lambda code: code + low)


def _listed_values(codec: Codec, kind: FiniteType) -> Pair:
    """Numbered as in the canonical order."""
    values = universe(kind)
    places = {_identity(value): place for place, value in enumerate(values)}
    return (lambda value: places[_identity(value)]), (lambda code: values[code])


def _identity(value: Any) -> Any:
    """What tells values apart that Python calls equal: False and a member of an IntEnum."""
    return type(value), value


def _sort(codec: Codec, kind: Any) -> Pair:
    cls = kind.cls
    return (lambda value: number_of(value) - 1), (lambda code: cls(code + 1))


def _record(codec: Codec, kind: RecordType) -> Pair:
    rows = codec.fields(inner for _, inner in kind.fields)
    names = [name for name, _ in kind.fields]
    aliases = [attribute.alias or attribute.name for attribute in attrs.fields(kind.cls)]

    def encode(value: Any) -> int:
        total = 0
        for name, (inner, _, at, _) in zip(names, rows, strict=True):
            total |= inner(getattr(value, name)) << at
        return total

    def decode(code: int) -> Any:
        given = {
            alias: inner(code >> at & mask) for alias, (_, inner, at, mask) in zip(aliases, rows, strict=True)
        }
        return kind.cls(**given)

    return encode, decode


def _tuple(codec: Codec, kind: TupleType) -> Pair:
    rows = codec.fields(kind.items)

    def encode(value: Any) -> int:
        total = 0
        for item, (inner, _, at, _) in zip(value, rows, strict=True):
            total |= inner(item) << at
        return total

    return encode, lambda code: tuple([inner(code >> at & mask) for _, inner, at, mask in rows])


def _union(codec: Codec, kind: UnionType) -> Pair:
    pairs = [codec.pair(option) for option in canonical_options(kind)]
    width = codec.widths.tag(kind)

    def encode(value: Any) -> int:
        place = place_of_option(kind, value)
        return place | pairs[place][0](value) << width

    def decode(code: int) -> Any:
        place = code & (1 << width) - 1
        mask = (1 << codec.widths.of(canonical_options(kind)[place])) - 1
        return pairs[place][1](code >> width & mask)

    return encode, decode


def _sequence(codec: Codec, kind: SeqType) -> Pair:
    encode, decode = codec.pair(kind.item) if codec.widths.most(kind) else _nothing
    join, split = codec.list_of(codec.widths.length(kind), codec.widths.of(kind.item))
    return (
        lambda value: join([encode(item) for item in value]),
        lambda code: tuple([decode(item) for item in split(code)]),
    )


_nothing: Pair = (lambda value: 0), (lambda code: None)


def _array(codec: Codec, kind: SetType) -> Pair:
    encode, decode = codec.pair(kind.item) if codec.widths.most(kind) else _nothing
    join, split = codec.list_of(codec.widths.length(kind), codec.widths.of(kind.item))
    return (
        lambda value: join([encode(item) for item in in_order(kind.item, value)]),
        lambda code: frozenset([decode(item) for item in split(code)]),
    )


def _bits(codec: Codec, kind: SetType) -> Pair:
    items = universe(kind.item)
    places = {_identity(item): place for place, item in enumerate(items)}
    if codec.widths.is_listed(kind):
        join, split = codec.list_of(codec.widths.length(kind), codec.widths.listed_item(kind))
        return (
            lambda value: join(sorted(places[_identity(item)] for item in value)),
            lambda code: frozenset([items[place] for place in split(code)]),
        )
    return (
        lambda value: sum(1 << places[_identity(item)] for item in value),
        lambda code: frozenset([items[place] for place in _ones(code)]),
    )


def _ones(code: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while code:
        yield (code & -code).bit_length() - 1
        code &= code - 1


def _map(codec: Codec, kind: MapType) -> Pair:
    keys = universe(kind.key)
    encode, decode = codec.pair(kind.value) if keys else _nothing
    width = codec.widths.of(kind.value)

    def encode_map(value: Any) -> int:
        return sum(encode(value[key]) << place * width for place, key in enumerate(keys))

    def decode_map(code: int) -> Any:
        mask = (1 << width) - 1
        return Map([(key, decode(code >> place * width & mask)) for place, key in enumerate(keys)])

    return encode_map, decode_map


def _bag(codec: Codec, kind: BagType) -> Pair:
    if codec.widths.is_counted(kind):
        return _counted_bag(codec, kind)
    encode, decode = codec.pair(kind.item) if codec.widths.most(kind) else _nothing
    width = codec.widths.of(kind.item)
    join, split = codec.list_of(codec.widths.length(kind), width + codec.widths.count(kind))
    mask = (1 << width) - 1
    return (
        lambda bag: join([encode(item) | bag[item] - 1 << width for item in in_order(kind.item, bag)]),
        lambda code: Bag.of_counts({decode(entry & mask): (entry >> width) + 1 for entry in split(code)}),
    )


def _counted_bag(codec: Codec, kind: BagType) -> Pair:
    items, width = universe(kind.item) if size(kind.item) else (), codec.widths.count(kind)
    mask = (1 << width) - 1
    return (
        lambda bag: sum(bag[item] << place * width for place, item in enumerate(items)),
        lambda code: Bag.of_counts({item: code >> place * width & mask for place, item in enumerate(items)}),
    )


_ROWS: dict[str, Callable[[Codec, Any], Pair]] = {
    "bool": lambda codec, kind: (int, bool),
    "int": _int,
    "enum": _listed_values,
    "sort": _sort,
    "none": lambda codec, kind: ((lambda value: 0), (lambda code: None)),
    "codes": _listed_values,
    "union": _union,
    "record": _record,
    "tuple": _tuple,
    "sequence": _sequence,
    "bits": _bits,
    "words": _bits,
    "array": _array,
    "map": _map,
    "bag": _bag,
}
"""One row for each representation."""
