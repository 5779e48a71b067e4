"""How types of the IR relate: which values fit where, and the least type for values of two.

Bounds of integers, lengths and sizes do not count here: inside an expression they are not promised.
"""

from __future__ import annotations

from checker.ir.nodes import INT
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


def same(left: FiniteType, right: FiniteType) -> bool:
    """Whether no `Coerce` is needed between two types: they are equal, or both are integers."""
    return left == right or (isinstance(left, IntType) and isinstance(right, IntType))


def options(kind: FiniteType) -> tuple[FiniteType, ...]:
    """The options of a union; of any other type, itself alone."""
    return kind.options if isinstance(kind, UnionType) else (kind,)


def fits(source: FiniteType, target: FiniteType) -> bool:
    """Whether every value of one shape may be seen at another: what `Coerce` may do."""
    if same(source, target):
        return True
    if isinstance(target, UnionType) or isinstance(source, UnionType):
        return all(option_for(option, target) is not None for option in options(source))
    match source, target:
        case RecordType(), RecordType():
            return source.cls is target.cls and all(
                fits(a, b) for (_, a), (_, b) in zip(source.fields, target.fields, strict=True)
            )
        case TupleType(), TupleType():
            return len(source.items) == len(target.items) and all(
                fits(a, b) for a, b in zip(source.items, target.items, strict=True)
            )
        case TupleType(), SeqType():
            return all(fits(item, target.item) for item in source.items)
        case SeqType(item=a), SeqType(item=b):
            return fits(a, b)
        case SetType(item=a), SetType(item=b):
            return fits(a, b)
        case BagType(item=a), BagType(item=b):
            return fits(a, b)
        case MapType(), MapType():
            return fits(source.key, target.key) and fits(source.value, target.value)
        case _:
            return False


def option_for(kind: FiniteType, target: FiniteType) -> FiniteType | None:
    """The option of a type (itself, if it is no union) that values of another, no union, belong to."""
    candidates = options(target)
    exact = next((option for option in candidates if same(kind, option)), None)
    return exact or next((option for option in candidates if fits(kind, option)), None)


def join(left: FiniteType, right: FiniteType) -> FiniteType:
    """The least type that both fit; a union where nothing smaller does."""
    if left == right:
        return left
    if isinstance(left, IntType) and isinstance(right, IntType):
        return INT
    if fits(left, right):
        return right
    if fits(right, left):
        return left
    match left, right:
        case SeqType(item=a), SeqType(item=b):
            return SeqType(join(a, b), None)
        case SetType(item=a), SetType(item=b):
            return SetType(join(a, b))
        case TupleType(items=a), SeqType(item=b):
            return SeqType(joined((*a, b)), None)
        case SeqType(item=a), TupleType(items=b):
            return SeqType(joined((a, *b)), None)
        case TupleType(items=a), TupleType(items=b) if len(a) == len(b):
            return TupleType(tuple(join(x, y) for x, y in zip(a, b, strict=True)))
        case TupleType(items=a), TupleType(items=b):
            return SeqType(joined((*a, *b)), None)
        case _:
            return _union(left, right)


def joined(kinds: tuple[FiniteType, ...]) -> FiniteType:
    """The least type that all of them fit; the type without values for none."""
    if not kinds:
        return UnionType(())
    found = kinds[0]
    for kind in kinds[1:]:
        found = join(found, kind)
    return found


def _union(left: FiniteType, right: FiniteType) -> FiniteType:
    found = list(options(left))
    for option in options(right):
        place = next((i for i, known in enumerate(found) if _one_kind(known, option)), None)
        if place is None:
            found.append(option)
        else:
            found[place] = join(found[place], option)
    return found[0] if len(found) == 1 else UnionType(tuple(found))


def _one_kind(left: FiniteType, right: FiniteType) -> bool:
    """Whether two options of a union would be told apart by nothing but what they contain."""
    if type(left) is not type(right):
        return {type(left), type(right)} == {TupleType, SeqType}
    return getattr(left, "cls", None) is getattr(right, "cls", None)


# -- maps whose annotation leaves their keys open: `Map[int, bool]` --------------------------------


def unbounded(kind: FiniteType) -> bool:
    """Whether a type of keys leaves open which they are."""
    if isinstance(kind, IntType):
        return kind.low is None or kind.high is None
    return isinstance(kind, TupleType) and any(unbounded(part) for part in kind.items)


def is_open(kind: FiniteType | None) -> bool:
    """Whether a type is that of maps with keys that it does not say."""
    return isinstance(kind, MapType) and (unbounded(kind.key) or is_open(kind.value))


def closed(kind: FiniteType, found: FiniteType) -> FiniteType:
    """A type with the keys that a value has, where it leaves them open."""
    if not is_open(kind) or not isinstance(found, MapType):
        return kind
    assert isinstance(kind, MapType)
    key = found.key if unbounded(kind.key) and fits(found.key, kind.key) else kind.key
    return MapType(key, closed(kind.value, found.value))
