"""Node protocols: what one node does, as a pure function of its state and an event.

    step(me, node, event) -> (node, effects)

Time is an event, randomness is a choice that an event carries, and effects are data.  The same
`step` is explored in an environment (`checker.lang.cluster`) and run on real sockets and disks.

The order of effects is a contract.  Whoever runs a step first writes the durable fields of the new
state to stable storage, and only then sends and answers, in the order of the effects.  So a message
never says what a crash could make untrue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Never, cast

import attrs

from checker.lang.hints import durability
from checker.lang.model import Universe
from checker.lang.records import evolve

if TYPE_CHECKING:
    from attrs import frozen
    from typing_extensions import TypeVar

    N = TypeVar("N")
    S = TypeVar("S")
    M = TypeVar("M")
    T = TypeVar("T", default=Never)
    C = TypeVar("C", default=Never)
    R = TypeVar("R", default=Never)
    H = TypeVar("H", default=None)
    Node = TypeVar("Node", covariant=True)
    Content = TypeVar("Content", covariant=True)
else:
    from typing import TypeVar

    from checker.lang.records import frozen

    N, S, M, T, C, R, H = (TypeVar(name) for name in "NSMTCRH")
    Node, Content = TypeVar("Node", covariant=True), TypeVar("Content", covariant=True)


# -- events ---------------------------------------------------------------------------------------


@frozen
class Start:
    """The node begins to run, for the first time or after a crash."""


@frozen
class Receive(Generic[Node, Content]):
    """A message arrives."""

    sender: Node
    message: Content


@frozen
class Timeout(Generic[Content]):
    """A timer fires; it is no longer set, until the node sets it again."""

    timer: Content


@frozen
class Request(Generic[Content]):
    """A client asks for something."""

    command: Content


# -- effects --------------------------------------------------------------------------------------


@frozen
class Send(Generic[Node, Content]):
    """Give a message to the network."""

    shown_as: ClassVar[str] = "→{to} {message}"
    to: Node
    message: Content


@frozen
class SetTimer(Generic[Content]):
    """Set a timer, or set it anew."""

    timer: Content


@frozen
class CancelTimer(Generic[Content]):
    """Make a timer not fire."""

    timer: Content


@frozen
class Reply(Generic[Content]):
    """Answer a client."""

    value: Content


if TYPE_CHECKING:
    Effect = Send[N, M] | SetTimer[T] | CancelTimer[T] | Reply[R]
    Step = tuple[S, tuple[Send[N, M] | SetTimer[T] | CancelTimer[T] | Reply[R], ...]]
else:

    class Step:
        """`Step[State, Node, Message, Timer, Answer]`: what a step returns; the last two may be left out."""

        def __class_getitem__(cls, given: Any) -> Any:
            state, node, message, timer, answer = padded(given, (S, N, M, T, R))
            effect = Send[node, message] | SetTimer[timer] | CancelTimer[timer] | Reply[answer]
            return tuple[state, tuple[effect, ...]]


def padded(given: Any, parameters: Any) -> tuple[Any, ...]:
    """A type argument for each parameter: `Never` where it is None or was left out, for there are none.

    Only for the history (H) does None mean None: nothing is remembered.
    """
    listed = given if isinstance(given, tuple) else (given,)
    missing = len(parameters) - len(listed)
    return tuple(
        Never if argument is None and parameter is not H else argument
        for argument, parameter in zip((*listed, *[None] * missing), parameters, strict=True)
    )


class NodeProtocol(Universe, Generic[N, S, M, T, C, R]):
    """Derive a frozen class whose fields are the protocol's constants, and say what each event does.

    Type parameters: the sort of the nodes, a node's state, the union of the messages; and, where
    there are any, the Enum of the timers, the type of a client's commands and that of the replies;
    None, or nothing, where there are none.

    Each handler returns the node's next state and its effects.  Those that a protocol does not
    define ignore their event.
    """

    if not TYPE_CHECKING:

        def __class_getitem__(cls, given: Any) -> Any:
            return super().__class_getitem__(padded(given, cls.__parameters__))

    def boot(self, me: N, /) -> S:
        """The state of a node that has never run."""
        raise NotImplementedError(f"{type(self).__name__} does not define boot(me)")

    def start(self, me: N, node: S, /) -> Step[S, N, M, T, R]:
        """The node begins to run: from `boot`, or from what a crash has left."""
        return node, ()

    def receive(self, me: N, node: S, sender: N, message: M, /) -> Step[S, N, M, T, R]:
        """A message arrives."""
        return node, ()

    def timeout(self, me: N, node: S, timer: T, /) -> Step[S, N, M, T, R]:
        """A timer fires."""
        return node, ()

    def request(self, me: N, node: S, command: C, /) -> Step[S, N, M, T, R] | None:
        """A client asks for something; None where this node cannot take it now."""
        return None

    def recover(self, me: N, node: S, /) -> S:
        """What a crash leaves of a node: durable fields as they were, volatile ones as `boot` has them."""
        return kept(node, self.boot(me))

    def step(
        self, me: N, node: S, event: Start | Receive[N, M] | Timeout[T] | Request[C]
    ) -> Step[S, N, M, T, R] | None:
        """What one node does on one event.  None only for a request that it cannot take now."""
        match event:
            case Start():
                return self.start(me, node)
            case Receive(sender, message):
                return self.receive(me, node, sender, message)
            case Timeout(timer):
                return self.timeout(me, node, timer)
            case Request(command):
                return self.request(me, node, command)


def kept(node: S, booted: S) -> S:
    """The state of a booting node with the durable fields of the state before the crash."""
    marks = durability(type(node))
    changes = {
        attribute.name: getattr(node, attribute.name)
        for attribute in attrs.fields(cast(Any, type(node)))
        if marks.get(attribute.name, False)
    }
    return cast(S, evolve(booted, **changes))
