"""Safra's termination detection on a ring (EWD 998), with messages in transit as mere counts."""

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Map,
    Model,
    action,
    always,
    boundary,
    evolve,
    frozen,
    initial,
    sometimes,
)


class Color(Enum):
    WHITE = "white"
    BLACK = "black"


Node = Annotated[int, Between(0, "n - 1")]
Count = Annotated[int, Between("-most - 1", "most + 1")]


@frozen
class Token:
    pos: Node
    q: Annotated[int, Between(-9, 10)]
    color: Color


@frozen
class State:
    active: Map[Node, bool]
    color: Map[Node, Color]
    counter: Map[Node, Count]
    pending: Map[Node, Annotated[int, Between(0, "most + 1")]]
    token: Token


def total(f: Map[int, int]) -> int:
    result = 0
    for v in f.values():
        result += v
    return result


@frozen
class Safra(Model[State]):
    n: Annotated[int, Between(1, 9)] = 3
    most: int = 1

    @initial
    def start(self, active: Map[Node, bool], color: Map[Node, Color], pos: Node) -> State:
        zero: Map[int, int] = Map.fill(range(self.n), 0)
        return State(active, color, zero, zero, Token(pos=pos, q=0, color=Color.BLACK))

    @action
    def initiate_probe(self, s: State) -> State | None:
        t = s.token
        if t.pos != 0:
            return None
        if not (t.color is Color.BLACK or s.color[0] is Color.BLACK or s.counter[0] + t.q > 0):
            return None
        return evolve(s, token=Token(self.n - 1, 0, Color.WHITE), color=s.color.set(0, Color.WHITE))

    @action
    def initiate_probe_again(self, s: State, which: Annotated[int, Between(0, 1)]) -> State | None:
        """TLC counts each disjunct of the guard that holds."""
        t = s.token
        reasons = (t.color is Color.BLACK, s.color[0] is Color.BLACK, s.counter[0] + t.q > 0)
        if t.pos != 0 or sum(reasons) < 2 + which:
            return None
        return evolve(s, token=Token(self.n - 1, 0, Color.WHITE), color=s.color.set(0, Color.WHITE))

    @action
    def pass_token(self, s: State, i: Annotated[int, Between(1, "n - 1")]) -> State | None:
        if s.active[i] or s.token.pos != i:
            return None
        black = s.color[i] is Color.BLACK
        token = evolve(
            s.token, pos=i - 1, q=s.token.q + s.counter[i], color=Color.BLACK if black else s.token.color
        )
        return evolve(s, token=token, color=s.color.set(i, Color.WHITE))

    @action
    def send_msg(self, s: State, i: Node, j: Node) -> State | None:
        if i == j or not s.active[i]:
            return None
        return evolve(
            s, counter=s.counter.set(i, s.counter[i] + 1), pending=s.pending.set(j, s.pending[j] + 1)
        )

    @action
    def recv_msg(self, s: State, i: Node) -> State | None:
        if s.pending[i] == 0:
            return None
        return evolve(
            s,
            pending=s.pending.set(i, s.pending[i] - 1),
            counter=s.counter.set(i, s.counter[i] - 1),
            color=s.color.set(i, Color.BLACK),
            active=s.active.set(i, True),
        )

    @action
    def deactivate(self, s: State, i: Node) -> State | None:
        return evolve(s, active=s.active.set(i, False)) if s.active[i] else None

    @boundary
    def small(self, s: State) -> bool:
        return (
            all(s.counter[i] <= self.most and s.pending[i] <= self.most for i in range(self.n))
            and s.token.q <= 9
        )

    def detected(self, s: State) -> bool:
        match s.token:
            case Token(pos=0, q=q, color=Color.WHITE):
                return q + s.counter[0] == 0 and s.color[0] is Color.WHITE and not s.active[0]
            case _:
                return False

    @always
    def termination_is_detected_rightly(self, s: State) -> bool:
        return not self.detected(s) or (total(s.pending) == 0 and True not in s.active.values())

    @always
    def conserved(self, s: State) -> bool:
        return total(s.pending) == total(s.counter)

    @sometimes
    def detection(self, s: State) -> bool:
        return self.detected(s)
