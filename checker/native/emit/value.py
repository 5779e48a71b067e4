"""What an expression has become in C: a piece of text with what is known about it.

A scalar is a C expression; an aggregate is always an lvalue that keeps its content as long as it
is in scope.  Integers carry the interval in which they surely lie, so that only operations that may
leave 64 bits are checked.  Knows nothing of how nodes are emitted.
"""

from __future__ import annotations

from attrs import evolve, frozen

from checker.lang.types import FiniteType

PRIMARY, UNARY, PRODUCT, SUM, SHIFT, RELATION, EQUALITY, AND, OR, CHOICE = range(16, 6, -1)
"""How tightly C binds: a larger number binds tighter."""

INT64_LOW, INT64_HIGH = -(2**63), 2**63 - 1
INT32_LOW, INT32_HIGH = -(2**31), 2**31 - 1


@frozen
class Value:
    """A C expression of a type.

    `pointer` is a C expression of the address, where that is the shorter way to say it.  `inverse`
    is the negation of a truth value, where C can say it directly.  `wide`: the C type is int64_t
    and not a promoted int.  `parts`: the items of a tuple that exists only by its items.  `place` is the rank of the
    value in its type, where a loop has it.
    """

    text: str
    type: FiniteType
    rank: int = PRIMARY
    low: int = INT64_LOW
    high: int = INT64_HIGH
    wide: bool = True
    inverse: str = ""
    inverse_rank: int = PRIMARY
    pointer: str = ""
    parts: tuple[Value, ...] = ()
    place: str = ""

    def within(self, rank: int) -> str:
        """The text as an operand of something that binds as tightly as `rank`."""
        return self.text if self.rank >= rank else f"({self.text})"

    @property
    def address(self) -> str:
        """A pointer to the value, which is an lvalue."""
        return self.pointer or f"&{self.text}"

    def member(self, name: str) -> str:
        """The member of a struct by its C name."""
        return f"{self.pointer}->{name}" if self.pointer else f"{self.text}.{name}"

    @property
    def is_name(self) -> bool:
        """Whether the text is a plain name or number, which may stand anywhere any number of times."""
        return self.text.isidentifier() or self.text.isdigit()

    def typed(self, kind: FiniteType) -> Value:
        """The same text seen at another type."""
        return evolve(self, type=kind)


def at_pointer(pointer: str, kind: FiniteType) -> Value:
    """What a pointer variable points to."""
    return Value(f"(*{pointer})", kind, pointer=pointer)


def negated(value: Value) -> Value:
    """The opposite truth value; where the value is found, its opposite is not."""
    value = evolve(value, place="", pointer="")
    if value.inverse:
        return evolve(
            value,
            text=value.inverse,
            rank=value.inverse_rank,
            inverse=value.text,
            inverse_rank=value.rank,
        )
    text = f"!{value.within(UNARY)}"
    return evolve(value, text=text, rank=UNARY, inverse=value.text, inverse_rank=value.rank)


def number(value: int, kind: FiniteType) -> Value:
    """An integer that is known and fits into 64 bits."""
    wide = not INT32_LOW < value < INT32_HIGH
    text = "INT64_MIN" if value == INT64_LOW else f"INT64_C({value})" if wide else str(value)
    return Value(text, kind, PRIMARY if value >= 0 else UNARY, value, value, wide)
