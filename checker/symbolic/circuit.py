"""A circuit: truth values that depend on variables, as shared gates.

A truth value is a `Lit`, an integer other than 0: the number of a gate or variable, negative for its
negation; `TRUE` is 1 and `FALSE` is -1.  Gates that compute the same from the same are one gate, and what
is known folds: a formula about a state that is known altogether becomes `TRUE` or `FALSE` by being built.
That is what keeps formulas over unrolled types small.

Nothing here knows the IR, or a solver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from attrs import frozen

Lit = int
"""The number of a gate or a variable; negative for its negation."""

TRUE: Lit = 1
FALSE: Lit = -1

POLL_MASK = 1023
"""Whoever waits is asked once for so many gates plus one."""


class TooLarge(Exception):
    """Raised where a formula outgrows its budget, or is given up; `str` says why."""


@frozen
class Gate:
    """A gate: "and" of two or more inputs; "if" of three, as in `a ? b : c`; "same" of two.

    The inputs of "and" are sorted and of different gates; those of "same" are positive and sorted; the
    first two of "if" are positive, and the last two of different gates.
    """

    kind: Literal["and", "if", "same"]
    inputs: tuple[Lit, ...]


class Circuit:
    """Variables and gates, numbered as they are made; a gate's inputs come before it.

    `limit` is the largest number of variables and gates; one more raises `TooLarge`.  `poll` is asked now and
    then for a reason to give up, which raises it too.
    """

    def __init__(self, limit: int = 20_000_000, poll: Callable[[], str] = lambda: "") -> None:
        self.limit = limit
        self._poll = poll
        self.names: dict[int, str] = {}
        """The variables' names, which are unique."""
        self.gates: dict[int, Gate] = {}
        self._known: dict[tuple[str, tuple[Lit, ...]], Lit] = {}
        self._last = 1  # TRUE is number 1

    @property
    def size(self) -> int:
        """The highest number in use."""
        return self._last

    def variable(self, name: str) -> Lit:
        """A new variable; whoever names variables sees to it that no two have one name."""
        number = self._next()
        self.names[number] = name
        return number

    # -- gates --

    def both(self, left: Lit, right: Lit) -> Lit:
        """Whether both hold."""
        if left == right or right == TRUE:
            return left
        if left == TRUE:
            return right
        if left == FALSE or right == FALSE or left == -right:
            return FALSE
        return self._gate("and", (left, right) if left < right else (right, left))

    def either(self, left: Lit, right: Lit) -> Lit:
        """Whether at least one holds."""
        return -self.both(-left, -right)

    def all(self, lits: Iterable[Lit]) -> Lit:
        """Whether all hold; TRUE for none."""
        wanted: set[Lit] = set()
        for lit in lits:
            if lit == FALSE or -lit in wanted:
                return FALSE
            if lit != TRUE:
                wanted.add(lit)
        if len(wanted) < 2:
            return next(iter(wanted), TRUE)
        return self._gate("and", tuple(sorted(wanted)))

    def any(self, lits: Iterable[Lit]) -> Lit:
        """Whether at least one holds; FALSE for none."""
        return -self.all([-lit for lit in lits])

    def implies(self, left: Lit, right: Lit) -> Lit:
        """Whether the right one holds if the left one does."""
        return -self.both(left, -right)

    def ite(self, test: Lit, then: Lit, other: Lit) -> Lit:
        """`then` where the test holds, otherwise `other`."""
        if test == TRUE or then == other:
            return then
        if test == FALSE:
            return other
        if test < 0:
            test, then, other = -test, other, then
        if then in (TRUE, test):
            return self.either(test, other)
        if then == FALSE or then == -test:
            return self.both(-test, other)
        if other in (FALSE, test):
            return self.both(test, then)
        if other == TRUE or other == -test:
            return self.either(-test, then)
        if then == -other:
            return self.same(test, then)
        if then < 0:
            return -self._gate("if", (test, -then, -other))
        return self._gate("if", (test, then, other))

    def same(self, left: Lit, right: Lit) -> Lit:
        """Whether both hold or neither."""
        if left == right:
            return TRUE
        if left == -right:
            return FALSE
        for one, other in ((left, right), (right, left)):
            if one == TRUE:
                return other
            if one == FALSE:
                return -other
        negated = (left < 0) != (right < 0)
        left, right = abs(left), abs(right)
        gate = self._gate("same", (left, right) if left < right else (right, left))
        return -gate if negated else gate

    # -- counting --

    def at_most_one(self, lits: Iterable[Lit]) -> Lit:
        """Whether no two hold."""
        return self._one(list(lits))[1]

    def exactly_one(self, lits: Iterable[Lit]) -> Lit:
        """Whether one holds and no other does."""
        some, single = self._one(list(lits))
        return self.both(some, single)

    def _one(self, lits: list[Lit]) -> tuple[Lit, Lit]:
        """Whether some hold, and whether no two do: by halves."""
        if len(lits) <= 4:
            pairs = [(lits[i], lits[j]) for i in range(len(lits)) for j in range(i)]
            return self.any(lits), self.all(-self.both(left, right) for left, right in pairs)
        middle = len(lits) // 2
        left, right = self._one(lits[:middle]), self._one(lits[middle:])
        some = self.either(left[0], right[0])
        return some, self.all((left[1], right[1], -self.both(left[0], right[0])))

    def at_least(self, count: int, lits: Iterable[Lit]) -> Lit:
        """Whether at least so many hold."""
        return self.sums(lits, count)[count - 1] if count > 0 else TRUE

    def sums(self, lits: Iterable[Lit], most: int | None = None) -> list[Lit]:
        """Whether at least 1, 2, … of them hold, up to `most` or all."""
        given = list(lits)
        most = len(given) if most is None else most
        counted: list[Lit] = []
        for lit in given:
            longer = [*counted, FALSE]
            counted = [
                self.either(has, self.both(lit, longer[place - 1] if place else TRUE))
                for place, has in enumerate(longer)
            ][:most]
        return counted + [FALSE] * (most - len(counted))

    # -- evaluation --

    def evaluate(self, known: Mapping[int, bool], wanted: Iterable[Lit]) -> dict[int, bool]:
        """The values of these and all they depend on, given variables; those that are not given are false."""
        values: dict[int, bool] = {1: True}
        for root in wanted:
            stack = [abs(root)]
            while stack:
                number = stack[-1]
                if number in values:
                    stack.pop()
                    continue
                gate = self.gates.get(number)
                if gate is None:
                    values[number] = known.get(number, False)
                    stack.pop()
                    continue
                missing = [abs(lit) for lit in gate.inputs if abs(lit) not in values]
                if missing:
                    stack.extend(missing)
                    continue
                values[number] = _computed(gate, values)
                stack.pop()
        return values

    # -- making --

    def _gate(self, kind: Literal["and", "if", "same"], inputs: tuple[Lit, ...]) -> Lit:
        key = (kind, inputs)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._next()
            self.gates[found] = Gate(kind, inputs)
        return found

    def _next(self) -> int:
        if self._last >= self.limit:
            raise TooLarge(f"the formula has more than {self.limit:,} gates")
        self._last += 1
        if not self._last & POLL_MASK and (reason := self._poll()):
            raise TooLarge(reason)
        return self._last


def holds(values: Mapping[int, bool], lit: Lit) -> bool:
    """The value of a literal where those of the gates are known."""
    return values[lit] if lit > 0 else not values[-lit]


def _computed(gate: Gate, values: Mapping[int, bool]) -> bool:
    inputs = [holds(values, lit) for lit in gate.inputs]
    if gate.kind == "and":
        return all(inputs)
    if gate.kind == "if":
        return inputs[1] if inputs[0] else inputs[2]
    return inputs[0] == inputs[1]
