"""How much room C gives to sequences, arrays and bags, from the limits that a program declares.

A temporary value may be larger than what its type allows, so there is more room than the limit says:
as much again, and one item for each member of the largest sort, since a step often sends one message to
everybody.  What outgrows even that escapes.  A declared limit is only looked at when a state is packed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sized

from checker.ir.nodes import Expr, Literal, MakeSeq, MakeSet
from checker.lang.errors import SpecError
from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType, SortType
from checker.native.layout.shapes import LARGEST_UNIVERSE, Shapes, inside, size

UNDECLARED = {SeqType: 16, SetType: 32, BagType: 32}
"""Room for collections whose types declare no limit."""

EACH = {SeqType: 4, SetType: 8, BagType: 8}
"""At least so much room there for each member of the largest sort."""

Collection = SeqType | SetType | BagType


class Limits:
    """The room of each shape of collection in one program."""

    def __init__(self, shapes: Shapes, mentioned: Iterable[FiniteType], nodes: Iterable[Expr] = ()) -> None:
        self._shapes = shapes
        self._declared: dict[FiniteType, int] = {}
        self._displayed: dict[FiniteType, int] = {}
        self._crowd = 1
        for kind in mentioned:
            for inner in inside(kind):
                if isinstance(inner, SortType):
                    self._crowd = max(self._crowd, inner.size)
                elif isinstance(inner, Collection):
                    self._note(self._declared, inner, declared(inner))
        for node in nodes:
            self._note_display(node)

    def room(self, kind: Collection) -> int:
        """How many items the struct of this type has room for."""
        shape = self._shapes.shape(kind)
        limit = self._declared.get(shape)
        if limit is None:
            room = max(UNDECLARED[type(kind)], EACH[type(kind)] * self._crowd)
        else:
            room = 2 * limit + self._crowd
        room = max(room, self._displayed.get(shape, 0))
        if isinstance(shape, BagType):
            possible = size(shape.item)
            room = room if possible is None else min(room, max(possible, 1))
        return room

    def keys(self, kind: MapType) -> int:
        """How many keys a map has; SpecError for more than C could reasonably hold."""
        found = size(kind.key)
        if found is None:
            raise SpecError(
                "native/too-large",
                f"`{kind}` has more than {LARGEST_UNIVERSE} keys",
                why="The native engine keeps a value for every key in every state.",
                instead="Tighten the bounds of the key, or run with --engine python.",
            )
        return found

    def _note(self, table: dict[FiniteType, int], kind: FiniteType, limit: int | None) -> None:
        if limit is not None:
            shape = self._shapes.shape(kind)
            table[shape] = max(table.get(shape, 0), limit)

    def _note_display(self, node: Expr) -> None:
        """Whoever writes down a collection with so many items has use for so much room."""
        if not isinstance(node.type, Collection):
            return
        if isinstance(node, MakeSeq | MakeSet):
            self._note(self._displayed, node.type, len(node.items))
        elif isinstance(node, Literal) and isinstance(node.value, Sized):
            self._note(self._displayed, node.type, len(node.value))


def declared(kind: Collection) -> int | None:
    """The most items that a value of this type may have, if that is a small number."""
    if isinstance(kind, SeqType):
        return kind.limit
    if isinstance(kind, SetType):
        return kind.capacity
    if kind.capacity is not None:
        return kind.capacity
    return size(kind.item) if kind.max_count is not None else None
