"""A spec that is wrong in every second line: a strict type checker says so, at exactly these lines.

It is read by a type checker and never imported.  `# error` marks each line that must be refused;
every other line must be accepted.
"""
# fmt: off

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Bag,
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
    final,
    frozen,
    initial,
    one_of,
    sometimes,
    subset_of,
)


class Node(Sort):
    """An identity."""


class Phase(Enum):
    """An enumeration."""

    WORKING = "working"
    DONE = "done"


@frozen
class Prepared:
    """A message."""

    node: Node


@frozen
class Decided:
    """Another message."""

    phase: Phase


Message = Prepared | Decided


@frozen
class State:
    """The state."""

    phase: Map[Node, Phase]
    sent: frozenset[Message]
    mail: Annotated[Bag[Prepared], Capacity(2)]
    log: Annotated[tuple[int, ...], MaxLen(2)]
    leader: Node | None
    term: Annotated[int, Between(0, "max_term")]


@frozen
class Spec(Model[State]):
    """The model."""

    nodes: Size[Node] = 3
    max_term: int = 2
    lossy: bool = "no"  # error

    @initial
    def start(self) -> State:
        return State(
            phase=Map.fill(self.every(Node), Phase.WORKING),
            sent=frozenset(),
            mail=Bag(),
            log=(),
            leader=None,
            term=0,
        )

    @initial
    def forgets_a_field(self) -> State:
        return State(Map.fill(self.every(Node), Phase.WORKING), frozenset(), Bag(), (), None)  # error

    @action
    def right(self, s: State, node: Node) -> State | None:
        if s.phase[node] is not Phase.WORKING or s.term >= self.max_term:
            return None
        return evolve(s, phase=s.phase.set(node, Phase.DONE), sent=s.sent | {Prepared(node)}, term=s.term + 1)

    @action
    def misspells_a_field_in_evolve(self, s: State) -> State | None:
        return evolve(s, terms=1)  # error

    @action
    def gives_a_wrong_type_to_evolve(self, s: State) -> State | None:
        return evolve(s, term="one")  # error

    @action
    def gives_a_list_to_evolve(self, s: State) -> State | None:
        return evolve(s, log=[1])  # error

    @action
    def sends_what_is_no_message(self, s: State, node: Node) -> State | None:
        return evolve(s, sent=s.sent | {node})  # error

    @action
    def puts_a_wrong_value_into_a_map(self, s: State, node: Node) -> State | None:
        return evolve(s, phase=s.phase.set(node, "done"))  # error

    @action
    def uses_a_wrong_key(self, s: State) -> State | None:
        return s if s.phase["n1"] is Phase.DONE else None  # error

    @action
    def adds_a_wrong_member_to_a_bag(self, s: State, node: Node) -> State | None:
        return evolve(s, mail=s.mail.add(node))  # error

    @action
    def misspells_a_constant(self, s: State) -> State | None:
        return s if s.term < self.max_terms else None  # error

    @action
    def assigns_to_the_state(self, s: State) -> State | None:
        s.term = 1  # error
        return s

    @action
    def compares_identities(self, s: State, a: Node, b: Node) -> State | None:
        return s if a < b else None  # error

    @action
    def returns_a_wrong_record(self, s: State, node: Node) -> State | None:
        return Prepared(node)  # error

    @action
    def receives(self, s: State, m: Message = one_of(State.sent)) -> State | None:
        match m:
            case Prepared(node):
                return evolve(s, leader=node)
            case Decided(phase):
                return evolve(s, phase=s.phase.map(lambda _: phase))

    @action
    def receives_the_wrong_type(self, s: State, m: Prepared = one_of(State.sent)) -> State | None:  # error
        return s

    @action
    def misspells_the_domain(self, s: State, m: Message = one_of(State.send)) -> State | None:  # error
        return s

    @action
    def ranges_over_no_collection(self, s: State, n: int = one_of(State.term)) -> State | None:  # error
        return s

    def others(self, s: State, node: Node) -> frozenset[Node]:
        return self.every(Node) - {node}

    @action
    def ranges_over_a_method(self, s: State, a: Node, b: Node = one_of(others)) -> State | None:
        return s

    @action
    def ranges_over_a_method_of_another_type(self, s: State, n: Phase = one_of(others)) -> State | None:  # error
        return s

    @action
    def ranges_over_subsets(self, s: State, some: frozenset[Message] = subset_of(State.sent)) -> State | None:
        return s

    @action
    def forgets_that_subsets_are_sets(self, s: State, some: Message = subset_of(State.sent)) -> State | None:  # error
        return s

    @always
    def right_invariant(self, s: State) -> bool:
        return all(s.phase[node] is Phase.DONE for node in s.phase) or s.leader is None

    @always
    def right_step(self, before: State, after: State) -> bool:
        return before.term <= after.term

    @always
    def misspells_a_field(self, s: State) -> bool:
        return s.trem > 0  # error

    @always
    def misspells_a_member(self, s: State) -> bool:
        return all(s.phase[node] is not Phase.DOEN for node in s.phase)  # error

    @always  # error
    def is_no_truth_value(self, s: State) -> int:
        return len(s.sent)

    @always
    def returns_no_truth_value(self, s: State) -> bool:
        return s.leader  # error

    @sometimes  # error
    def returns_nothing(self, s: State) -> None:
        return None

    @final  # error
    def is_no_end(self, s: State) -> frozenset[Node]:
        return frozenset()

    @boundary
    def is_small(self, s: State) -> bool:
        return s.term < 5


WRONG_CONSTANT = Spec(node=3)  # error
RIGHT = Spec(nodes=3)
