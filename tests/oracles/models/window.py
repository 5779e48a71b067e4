"""Go-back-N over FIFO channels that lose: right while the window is smaller than the modulus."""

from typing import Annotated

from checker.lang import (
    Between,
    MaxLen,
    Model,
    action,
    always,
    boundary,
    evolve,
    frozen,
    initial,
    one_of,
    sometimes,
)

Number = Annotated[int, Between(0, "items")]
Label = Annotated[int, Between(0, "modulus - 1")]


@frozen
class Frame:
    label: Label
    item: Number


@frozen
class State:
    base: Number  # how many items the sender knows to have arrived
    got: Number  # how many items the receiver has taken
    frames: Annotated[tuple[Frame, ...], MaxLen("longest + 1")]
    acks: Annotated[tuple[Label, ...], MaxLen("longest + 1")]
    in_order: bool


@frozen
class Window(Model[State]):
    items: int = 4
    modulus: int = 3
    width: int = 2
    longest: int = 3

    @initial
    def start(self) -> State:
        return State(base=0, got=0, frames=(), acks=(), in_order=True)

    def open_window(self, s: State) -> range:
        return range(s.base, min(s.base + self.width, self.items))

    @action
    def sender_sends(self, s: State, item: int = one_of(open_window)) -> State:
        return evolve(s, frames=(*s.frames, Frame(item % self.modulus, item)))

    @action
    def receiver_takes(self, s: State) -> State | None:
        if s.frames == ():
            return None
        frame, *_ = s.frames
        expected = frame.label == s.got % self.modulus
        got = s.got + 1 if expected else s.got
        return evolve(
            s,
            got=got,
            frames=s.frames[1:],
            acks=(*s.acks, got % self.modulus),
            in_order=s.in_order and (not expected or frame.item == s.got),
        )

    @action
    def sender_hears(self, s: State) -> State | None:
        if s.acks == ():
            return None
        arrived = [item + 1 for item in self.open_window(s) if (item + 1) % self.modulus == s.acks[0]]
        return evolve(s, base=arrived[0] if arrived else s.base, acks=s.acks[1:])

    def frame_places(self, s: State) -> range:
        return range(len(s.frames))

    @action
    def frame_is_lost(self, s: State, i: int = one_of(frame_places)) -> State:
        return evolve(s, frames=s.frames[:i] + s.frames[i + 1 :])

    def ack_places(self, s: State) -> range:
        return range(len(s.acks))

    @action
    def ack_is_lost(self, s: State, i: int = one_of(ack_places)) -> State:
        return evolve(s, acks=s.acks[:i] + s.acks[i + 1 :])

    @boundary
    def short(self, s: State) -> bool:
        return len(s.frames) <= self.longest and len(s.acks) <= self.longest

    @always
    def items_arrive_in_order(self, s: State) -> bool:
        return s.in_order

    @always
    def sender_lags_behind(self, s: State) -> bool:
        return s.base <= s.got

    @always
    def both_go_forward(self, before: State, after: State) -> bool:
        return before.base <= after.base and before.got <= after.got

    @sometimes
    def all_arrive(self, s: State) -> bool:
        return s.base == self.items
