"""Paxos Commit (Gray and Lamport): six kinds of messages, records in maps of maps, CHOOSE by `next`."""

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Map,
    Model,
    Size,
    Sort,
    action,
    always,
    evolve,
    frozen,
    initial,
    majorities,
    one_of,
    sometimes,
)


class RM(Sort):
    """Has prepared, or has aborted."""


class Acceptor(Sort):
    """Remembers what a resource manager has said."""


class RMState(Enum):
    WORKING = 1
    PREPARED = 2
    COMMITTED = 3
    ABORTED = 4


class Value(Enum):
    PREPARED = 1
    ABORTED = 2


Ballot = Annotated[int, Between(0, "max_ballot")]
MaybeBallot = Annotated[int, Between(-1, "max_ballot")]


@frozen
class Phase1a:
    ins: RM
    bal: Ballot


@frozen
class Phase1b:
    ins: RM
    mbal: Ballot
    bal: MaybeBallot
    val: Value | None
    acc: Acceptor


@frozen
class Phase2a:
    ins: RM
    bal: Ballot
    val: Value


@frozen
class Phase2b:
    ins: RM
    bal: Ballot
    val: Value
    acc: Acceptor


@frozen
class Commit:
    """All may commit."""


@frozen
class Abort:
    """All must abort."""


Message = Phase1a | Phase1b | Phase2a | Phase2b | Commit | Abort


@frozen
class AState:
    mbal: Ballot = 0
    bal: MaybeBallot = -1
    val: Value | None = None


@frozen
class State:
    rm_state: Map[RM, RMState]
    a_state: Map[RM, Map[Acceptor, AState]]
    msgs: frozenset[Message]

    def with_(self, m: Message) -> "State":
        return evolve(self, msgs=self.msgs | {m})


@frozen
class PaxosCommit(Model[State]):
    rms: Size[RM] = 2
    acceptors: Size[Acceptor] = 3
    max_ballot: Annotated[int, Between(0, 5)] = 1

    @initial
    def start(self) -> State:
        fresh = Map.fill(self.every(Acceptor), AState())
        return State(Map.fill(self.every(RM), RMState.WORKING), Map.fill(self.every(RM), fresh), frozenset())

    def set_rm(self, s: State, rm: RM, to: RMState) -> State:
        return evolve(s, rm_state=s.rm_state.set(rm, to))

    @action
    def rm_prepare(self, s: State, rm: RM) -> State | None:
        if s.rm_state[rm] is not RMState.WORKING:
            return None
        return self.set_rm(s, rm, RMState.PREPARED).with_(Phase2a(rm, 0, Value.PREPARED))

    @action
    def rm_choose_to_abort(self, s: State, rm: RM) -> State | None:
        if s.rm_state[rm] is not RMState.WORKING:
            return None
        return self.set_rm(s, rm, RMState.ABORTED).with_(Phase2a(rm, 0, Value.ABORTED))

    @action
    def rm_rcv_commit(self, s: State, rm: RM) -> State | None:
        return self.set_rm(s, rm, RMState.COMMITTED) if Commit() in s.msgs else None

    @action
    def rm_rcv_abort(self, s: State, rm: RM) -> State | None:
        return self.set_rm(s, rm, RMState.ABORTED) if Abort() in s.msgs else None

    @action
    def phase1a(self, s: State, bal: Annotated[int, Between(1, "max_ballot")], rm: RM) -> State | None:
        return s.with_(Phase1a(rm, bal))

    def quorums(self, s: State) -> frozenset[frozenset[Acceptor]]:
        return majorities(self.every(Acceptor))

    @action
    def phase2a(
        self,
        s: State,
        bal: Annotated[int, Between(1, "max_ballot")],
        rm: RM,
        quorum: frozenset[Acceptor] = one_of(quorums),
    ) -> State | None:
        for m in s.msgs:
            match m:
                case Phase2a(ins, b) if b == bal and ins == rm:
                    return None
        heard = {
            m for m in s.msgs if isinstance(m, Phase1b) and m.ins == rm and m.mbal == bal and m.acc in quorum
        }
        if not all(any(m.acc == a for m in heard) for a in quorum):
            return None
        highest = max((m.bal for m in heard), default=-1)
        if highest == -1:
            return s.with_(Phase2a(rm, bal, Value.ABORTED))
        value = next(m.val for m in heard if m.bal == highest)
        assert value is not None
        return s.with_(Phase2a(rm, bal, value))

    def decided(self, s: State, rm: RM, v: Value) -> bool:
        return any(
            all(Phase2b(rm, b, v, acc) in s.msgs for acc in q)
            for b in range(self.max_ballot + 1)
            for q in majorities(self.every(Acceptor))
        )

    @action
    def decide_commit(self, s: State) -> State | None:
        if all(self.decided(s, rm, Value.PREPARED) for rm in s.rm_state):
            return s.with_(Commit())
        return None

    @action
    def decide_abort(self, s: State) -> State | None:
        return s.with_(Abort()) if any(self.decided(s, rm, Value.ABORTED) for rm in s.rm_state) else None

    def set_acceptor(self, s: State, rm: RM, acc: Acceptor, a: AState) -> Map[RM, Map[Acceptor, AState]]:
        return s.a_state.set(rm, s.a_state[rm].set(acc, a))

    @action
    def phase1b(self, s: State, acc: Acceptor, m: Message = one_of(State.msgs)) -> State | None:
        if not isinstance(m, Phase1a):
            return None
        mine = s.a_state[m.ins][acc]
        if mine.mbal >= m.bal:
            return None
        reply = Phase1b(ins=m.ins, mbal=m.bal, bal=mine.bal, val=mine.val, acc=acc)
        return evolve(s, a_state=self.set_acceptor(s, m.ins, acc, evolve(mine, mbal=m.bal))).with_(reply)

    @action
    def phase2b(self, s: State, acc: Acceptor, m: Message = one_of(State.msgs)) -> State | None:
        match m:
            case Phase2a(ins=ins, bal=bal, val=val) if s.a_state[ins][acc].mbal <= bal:
                after = self.set_acceptor(s, ins, acc, AState(bal, bal, val))
                return State(s.rm_state, after, s.msgs | {Phase2b(ins, bal, val, acc)})
            case _:
                return None

    @always
    def consistent(self, s: State) -> bool:
        states = frozenset(s.rm_state.values())
        return not ({RMState.COMMITTED, RMState.ABORTED} <= states)

    @sometimes
    def committed(self, s: State) -> bool:
        return all(x is RMState.COMMITTED for x in s.rm_state.values())
