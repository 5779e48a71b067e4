"""What makes an annotation finite: markers for `Annotated`, read by `checker.lang.resolve`.

A bound is an integer, or a string: an expression over the constants of the model, such as
`"max_ballot"` or `"2 * nodes"`.  Strings, because types are written above the model that has the
constants.  Markers say nothing to a type checker and nothing to a running system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from attrs import frozen

T = TypeVar("T")

Bound = int | str


@frozen
class Between:
    """`Annotated[int, Between(0, "max_ballot")]`: an integer, both bounds included."""

    low: Bound
    high: Bound


@frozen
class MaxLen:
    """`Annotated[tuple[Entry, ...], MaxLen("max_log")]`: a sequence of at most so many items."""

    limit: Bound


@frozen
class Capacity:
    """`Annotated[frozenset[Message], Capacity(4)]`: at most so many members.

    Also for a `Bag`, where every copy counts.  A set or bag over a small type needs none.
    """

    limit: Bound


@frozen
class MaxCount:
    """`Annotated[Bag[Message], MaxCount(2)]`: at most so many copies of each member."""

    limit: Bound


@frozen
class SizeOf:
    """Marks a constant as the number of members of a sort; written `Size[Node]`."""

    sort: Any


@frozen
class Kept:
    """Marks a field of a node's state as surviving a crash or not."""

    durable: bool


@frozen
class Relaxed:
    """Marks a constant as an assumption, and gives the value with which it does not hold.

    `pauses: Annotated[bool, Relaxed(True, "a client may pause anywhere")] = False`.  It bounds nothing;
    `quorate assumptions` checks each property with this value in place of the one that the model has.
    `along` names another such constant, without which this one means nothing: whether a node that has
    crashed comes back says something only where one crashes.
    """

    value: bool | int
    words: str
    along: str = ""


Durable = Annotated[T, Kept(durable=True)]
"""`Durable[Term]`: a field on stable storage, which a crash leaves as it was."""

Volatile = Annotated[T, Kept(durable=False)]
"""`Volatile[Role]`: a field in memory, which a crash resets to what a booting node has."""

if TYPE_CHECKING:
    from typing_extensions import TypeAliasType

    Size = TypeAliasType("Size", int, type_params=(T,))
else:

    class Size:
        """`nodes: Size[Node] = 3`: a constant, the number of members of a sort."""

        def __class_getitem__(cls, sort: Any) -> Any:
            return Annotated[int, SizeOf(sort)]
