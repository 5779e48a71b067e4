"""Models that make the native engine do what it does not do every day."""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Capacity,
    Map,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    always,
    boundary,
    evolve,
    frozen,
    initial,
    one_of,
    sometimes,
)


class Node(Sort, label="n"):
    """An identity."""


Small = Annotated[int, Between(0, "most")]


@frozen
class Tally:
    """A number, and what it was."""

    count: Small
    past: Annotated[tuple[Small, ...], MaxLen(3)]


@frozen
class Detour(Model[Tally]):
    """Every step computes with a value that no storage class of the state has room for."""

    most: Annotated[int, Between(1, 100)] = 5
    factor: Annotated[int, Between(1, 10**9)] = 10**6

    @initial
    def zero(self) -> Tally:
        return Tally(0, ())

    @action
    def count(self, s: Tally) -> Tally | None:
        wide = evolve(s, count=(s.count + 1) * self.factor)
        if wide.count > self.most * self.factor:
            return None
        return evolve(wide, count=wide.count // self.factor)

    @action
    def forget(self, s: Tally) -> Tally | None:
        return evolve(s, past=()) if s.past else None

    @action
    def note(self, s: Tally) -> Tally:
        """Leaves the bound on the length when called a fourth time."""
        return evolve(s, past=(*s.past, s.count))

    @sometimes
    def full(self, s: Tally) -> bool:
        return len(s.past) == 3


@frozen
class Stumbles(Detour):
    """An action that raises in some state that is not the first."""

    factor: Annotated[int, Between(1, 10**9)] = 1

    def forget(self, s: Tally) -> Tally | None:
        return evolve(s, past=s.past[1:], count=s.past[0]) if s.count < 3 and s.past else self.fails(s)

    def fails(self, s: Tally) -> Tally | None:
        return None if s.count < 3 else evolve(s, count=s.past[2])


@frozen
class Misjudges(Detour):
    """A property that raises in some state that is not the first."""

    factor: Annotated[int, Between(1, 10**9)] = 1

    @always
    def reads(self, s: Tally) -> bool:
        return s.count < 4 or s.past[2] >= 0


@frozen
class Judges(Detour):
    """A property that needs a value beyond every storage class, and is violated at a count of 4."""

    factor: Annotated[int, Between(1, 10**9)] = 1

    @always
    def stays_low(self, s: Tally) -> bool:
        return evolve(s, count=s.count * 10**9).count < 4 * 10**9


@frozen
class Fenced(Detour):
    """A boundary beyond which a property fails, although nothing there is stored."""

    factor: Annotated[int, Between(1, 10**9)] = 1

    @boundary
    def low(self, s: Tally) -> bool:
        return s.count <= 2

    @always
    def not_three(self, s: Tally) -> bool:
        return s.count != 3


@frozen
class Ring:
    """Who holds the token, and who has held it."""

    token: Node
    held: Map[Node, bool]


@frozen
class Passing(Model[Ring]):
    """A token goes from anybody to anybody; nobody gets it twice."""

    nodes: Size[Node] = 4

    @initial
    def begins(self, first: Node) -> Ring:
        return Ring(first, Map.fill(self.every(Node), False).set(first, True))

    def others(self, s: Ring) -> frozenset[Node]:
        return frozenset(n for n in s.held if not s.held[n])

    @action
    def passes(self, s: Ring, to: Node = one_of(others)) -> Ring | None:
        return Ring(to, s.held.set(to, True))

    @sometimes
    def all_held(self, s: Ring) -> bool:
        return all(s.held[n] for n in s.held)


Bit = Annotated[int, Between(0, 39)]


@frozen
class Wide:
    """Many bits that are set one by one, so that there are very many states."""

    bits: Map[Bit, bool]


@frozen
class Endless(Model[Wide]):
    """More states than anybody has memory for."""

    @initial
    def none(self) -> Wide:
        return Wide(Map.fill(self.every(Bit), False))

    @action
    def sets(self, s: Wide, bit: Bit) -> Wide | None:
        return None if s.bits[bit] else evolve(s, bits=s.bits.set(bit, True))


@frozen
class Letter:
    """One of some ten thousand messages."""

    sender: Node
    to: Node
    number: Annotated[int, Between(0, 999)]


@frozen
class Post:
    """What is under way."""

    sent: Annotated[frozenset[Letter], Capacity("room")]


@frozen
class Writing(Model[Post]):
    """A parameter over a type with too many values to number them."""

    nodes: Size[Node] = 4
    room: Annotated[int, Between(0, 9)] = 1

    @initial
    def none(self) -> Post:
        return Post(frozenset())

    @action
    def writes(self, s: Post, letter: Letter) -> Post | None:
        return evolve(s, sent=s.sent | {letter})


@frozen
class Unbounded:
    """A set without a capacity over very many members."""

    open: bool
    sent: frozenset[Letter]


@frozen
class TooWide(Model[Unbounded]):
    """A state that no packed one has room for."""

    nodes: Size[Node] = 4

    @initial
    def none(self) -> Unbounded:
        return Unbounded(False, frozenset())

    @action
    def opens(self, s: Unbounded) -> Unbounded | None:
        return None if s.open else evolve(s, open=True)


@frozen
class Overfull(Detour):
    """Of its initial states only the first lies within its types."""

    @initial
    def zero(self, times: Annotated[int, Between(0, 3)]) -> Tally:
        return Tally(times * 2, ())


@frozen
class Returning(Model[Tally]):
    """The one violation is the last step of all, and leads to a state that is known."""

    most: Annotated[int, Between(1, 100)] = 9

    @initial
    def zero(self) -> Tally:
        return Tally(0, ())

    @action
    def count(self, s: Tally) -> Tally | None:
        return evolve(s, count=s.count + 1) if s.count < self.most else None

    @action
    def back(self, s: Tally) -> Tally:
        return evolve(s, count=0)

    @always
    def forgets(self, s: Tally) -> bool:
        return not s.past

    @always
    def slowly(self, s: Tally, t: Tally) -> bool:
        return t.count - s.count > -self.most

    @sometimes
    def remembers(self, s: Tally) -> bool:
        return len(s.past) == 1


@frozen
class Point:
    """Two numbers."""

    x: Small
    y: Small


@frozen
class FailsAndRaises(Model[Point]):
    """In one level a property is false in one state and raises in another."""

    most: Annotated[int, Between(1, 100)] = 30

    @initial
    def origin(self) -> Point:
        return Point(0, 0)

    @action
    def right(self, s: Point) -> Point | None:
        return evolve(s, x=s.x + 1) if s.x < self.most else None

    @action
    def up(self, s: Point) -> Point | None:
        return evolve(s, y=s.y + 1) if s.y < self.most else None

    @always
    def holds(self, s: Point) -> bool:
        return (s.x, s.y) != (20, 10) and 10 // (abs(s.x - 10) + abs(s.y - 20)) >= 0


Rank = Annotated[int, Between(0, 40)]


@frozen
class Line:
    """Who stands where in a line; 0 is nowhere."""

    length: Rank
    rank: Map[Node, Rank]


@frozen
class Queueing(Model[Line]):
    """Everybody joins a line, in any order: as many full lines as there are permutations."""

    nodes: Size[Node] = 40

    @initial
    def empty(self) -> Line:
        return Line(0, Map.fill(self.every(Node), 0))

    @action
    def joins(self, s: Line, node: Node) -> Line | None:
        return None if s.rank[node] else Line(s.length + 1, s.rank.set(node, s.length + 1))


@frozen
class Hands:
    """On which rung everybody is."""

    at: Map[Node, Small]


@frozen
class Ladder(Model[Hands]):
    """Everybody climbs in turn: very deep, with few states on each level."""

    nodes: Size[Node] = 2
    most: Annotated[int, Between(1, 10**6)] = 9
    wide: Annotated[int, Between(1, 10**9)] = 1

    @initial
    def ground(self) -> Hands:
        return Hands(Map.fill(self.every(Node), 0))

    @action
    def climbs(self, s: Hands, node: Node) -> Hands | None:
        if any(rung < s.at[node] for rung in s.at.values()):
            return None
        return evolve(s, at=s.at.set(node, s.at[node] + 1 + self.overflowing(s, node)))

    def overflowing(self, s: Hands, node: Node) -> int:
        """Zero, by way of a number that generated code cannot hold if `wide` is large enough."""
        return 0 if s.at[node] % 3 else s.at[node] * self.wide * self.wide * 0

    @sometimes
    def top(self, s: Hands) -> bool:
        return all(rung == self.most for rung in s.at.values())


@frozen
class Falls(Ladder):
    """Whoever reaches the top has done what must never be done."""

    @always
    def not_at_the_top(self, s: Hands) -> bool:
        return not self.top(s)

    @always
    def not_onto_the_top(self, before: Hands, after: Hands) -> bool:
        return not self.top(after)


@frozen
class Nothing(Model[Tally]):
    """No choice makes an initial state."""

    most: Annotated[int, Between(1, 100)] = 9

    @initial
    def none(self, count: Small) -> Tally | None:
        return Tally(count, ()) if count > self.most else None

    @action
    def stays(self, s: Tally) -> Tally | None:
        return s

    @always
    def never(self, s: Tally) -> bool:
        return False


@frozen
class AssertsNothingMore(Detour):
    """An action that gives up without a word."""

    def forget(self, s: Tally) -> Tally | None:
        assert s.count < 3
        return None
