"""Customers draw numbers without end, and a boundary ends the search; neighbours in line may swap."""

from typing import Annotated

from checker.lang import (
    Between,
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


class Customer(Sort):
    """Stands in line."""


Number = Annotated[int, Between(0, "most + 1")]


@frozen
class State:
    next: Number
    serving: Number
    ticket: Map[Customer, Number | None]
    line: Annotated[tuple[Customer, ...], MaxLen("customers")]


@frozen
class Tickets(Model[State]):
    customers: Size[Customer] = 3
    most: int = 4

    @initial
    def start(self) -> State:
        return State(next=0, serving=0, ticket=Map.fill(self.every(Customer), None), line=())

    @action
    def customer_draws(self, s: State, c: Customer) -> State | None:
        if s.ticket[c] is not None:
            return None
        return evolve(s, next=s.next + 1, ticket=s.ticket.set(c, s.next), line=(*s.line, c))

    @action
    def customer_is_served(self, s: State) -> State | None:
        if s.line == ():
            return None
        first = s.line[0]
        number = s.ticket[first]
        assert number is not None
        return evolve(s, serving=number, ticket=s.ticket.set(first, None), line=s.line[1:])

    def neighbours(self, s: State) -> range:
        return range(len(s.line) - 1)

    @action
    def neighbours_swap(self, s: State, i: int = one_of(neighbours)) -> State:
        return evolve(s, line=(*s.line[:i], s.line[i + 1], s.line[i], *s.line[i + 2 :]))

    @boundary
    def few(self, s: State) -> bool:
        return s.next <= self.most

    @always
    def numbers_grow(self, before: State, after: State) -> bool:
        return after.next >= before.next

    @always
    def served_in_order(self, before: State, after: State) -> bool:
        """False once neighbours have swapped."""
        return after.serving >= before.serving

    @always
    def little_behind(self, s: State) -> bool:
        """False, and first so in a state outside the boundary."""
        return s.next - s.serving <= self.most

    @sometimes
    def all_wait(self, s: State) -> bool:
        return len(s.line) == self.customers
