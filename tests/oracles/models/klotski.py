"""A sliding puzzle: a set of pieces, each a set of places; moves are boards that a method computes."""

from typing import Annotated

from checker.lang import (
    Between,
    Capacity,
    Model,
    action,
    always,
    frozen,
    initial,
    one_of,
    sometimes,
)

X = Annotated[int, Between(0, "width - 1")]
Y = Annotated[int, Between(0, "height - 1")]
Place = tuple[X, Y]
Piece = frozenset[Place]
Board = Annotated[frozenset[Piece], Capacity(10)]

KLOTSKI = frozenset(
    {
        frozenset({(0, 0), (0, 1)}),
        frozenset({(1, 0), (2, 0), (1, 1), (2, 1)}),
        frozenset({(3, 0), (3, 1)}),
        frozenset({(0, 2), (0, 3)}),
        frozenset({(1, 2), (2, 2)}),
        frozenset({(3, 2), (3, 3)}),
        frozenset({(1, 3)}),
        frozenset({(2, 3)}),
        frozenset({(0, 4)}),
        frozenset({(3, 4)}),
    }
)
GOAL = frozenset({(1, 3), (1, 4), (2, 3), (2, 4)})
DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))


def shift(piece: frozenset[Place], d: tuple[int, int]) -> frozenset[Place]:
    dx, dy = d
    return frozenset((x - dx, y - dy) for x, y in piece)


@frozen
class State:
    board: Board


@frozen
class Klotski(Model[State]):
    width: int = 4
    height: int = 5

    @initial
    def start(self) -> State:
        return State(KLOTSKI)

    def places(self) -> frozenset[tuple[int, int]]:
        return frozenset((x, y) for x in range(self.width) for y in range(self.height))

    def empty(self, s: State) -> frozenset[tuple[int, int]]:
        free = self.places()
        for piece in s.board:
            free -= piece
        return free

    def updates(self, s: State, e: tuple[int, int]) -> frozenset[Board]:
        holes = self.empty(s)
        found: frozenset[Board] = frozenset()
        for d in DIRECTIONS:
            here = (e[0] + d[0], e[1] + d[1])
            if here not in self.places() or here in holes:
                continue
            piece = next(p for p in s.board if here in p)
            moved = shift(piece, d)
            others = s.board - {piece}
            if moved <= self.places() and not any(moved & other for other in others):
                found |= {others | {moved}}
        return found

    @action
    def move(self, s: State, e: Place = one_of(empty), board: Board = one_of(updates)) -> State | None:
        return State(board)

    @always
    def all_there(self, s: State) -> bool:
        return sum(len(p) for p in s.board) == 18

    @sometimes
    def solved(self, s: State) -> bool:
        return GOAL in s.board
