"""The law that symmetry rests on, checked while a search runs: exchanging identities changes nothing.

For a state s and a permutation g: the transitions out of g(s) are those out of s, each successor
with its identities exchanged by g, action by action and as often; every predicate says the same of
both; and g of an initial state is an initial state.  The language has only equality for identities,
so a spec keeps the law unless it names a member (`Node(1)`) or depends on the order in which Python
iterates over a set or a map.  Sampling does not prove the law.  What it finds is told with the
state, the permutation and what broke.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import frozen

from checker.lang import source
from checker.lang.declarations import Declaration
from checker.lang.errors import SpecError
from checker.result.show import show
from checker.symmetry.group import Permutation, inverse
from checker.symmetry.orbits import Orbits
from checker.system import Predicate, State, System

WHY = (
    "Symmetry explores one state for all that differ only in the names of identities. That is sound "
    "only if exchanging identities turns every step into a step."
)
INSTEAD = (
    "Compare identities for equality only: name no member such as Node(1), and let nothing depend on "
    "the order in which a set or a map is iterated over. Or check without symmetry: --no-symmetry "
    "(symmetry=False)."
)


@frozen
class _Breach:
    """What is not the same after an exchange, in words, and whose doing it is."""

    culprit: str
    function: Callable[..., Any] | None
    how: str


class Law:
    """Checks the law at states and permutations of somebody's choice.

    `predicates` are asked of one state, `steps` of a state and a successor.
    """

    def __init__(
        self,
        declaration: Declaration,
        system: System,
        orbits: Orbits,
        predicates: Sequence[Predicate],
        steps: Sequence[Predicate],
    ) -> None:
        self._declaration = declaration
        self._system = system
        self._orbits = orbits
        self._predicates = predicates
        self._steps = steps
        self._last: tuple[State, list[tuple[int, State]]] | None = None

    def check(self, state: State, permutation: Permutation) -> None:
        """Check one state against one permutation; SpecError with the simplest witness of a breach."""
        if self._breach(state, permutation) is None:
            return
        for simple in [*self._orbits.group.transpositions(), permutation]:
            found = self._breach(state, simple)
            if found is not None:
                raise self._error(found, state, simple)

    def check_initial(self) -> None:
        """Check that exchanging identities in an initial state gives an initial state."""
        states = dict.fromkeys(self._system.initial())
        for permutation in self._orbits.group.generators():
            for state in states:
                if self._orbits.moved(state, permutation) not in states:
                    initial = self._declaration.initial[0]
                    how = "it makes the first an initial state, and nothing makes the second one."
                    raise self._error(_Breach(initial.name, initial.function, how), state, permutation)

    def lost(self, state: State, permutation: Permutation) -> SpecError:
        """The error for a path through orbits that no behaviour follows."""
        self.check(state, permutation)
        how = "a step that was found from the one has no counterpart from the other."
        return self._error(_Breach("some action", None, how), state, permutation)

    # -- breaches --

    def _breach(self, state: State, permutation: Permutation) -> _Breach | None:
        """The first thing that is not the same, or None."""
        for breaches in (self._predicate_breaches, self._transition_breaches, self._step_breaches):
            for found in breaches(state, self._orbits.moved(state, permutation), permutation):
                return found
        return None

    def _predicate_breaches(self, state: State, moved: State, _: Permutation) -> Iterator[_Breach]:
        declaration = self._declaration
        asked = [(p.name, p.holds) for p in self._predicates]
        asked += [(p.name, self._system.inside) for p in declaration.boundary[:1]]
        asked += [(p.name, self._system.final) for p in declaration.final[:1]]
        for name, holds in asked:
            before, after = holds(state), holds(moved)
            if before != after:
                yield _Breach(
                    name, self._function(name), f"it is {before} in the one and {after} in the other."
                )

    def _transition_breaches(self, state: State, moved: State, permutation: Permutation) -> Iterator[_Breach]:
        expected = Counter(
            (action, self._orbits.moved(successor, permutation)) for action, successor in self._listed(state)
        )
        actual = Counter(self._transitions(moved))
        if expected == actual:
            return
        # The missing ones come first where both are there: that is how a reader finds the cause.
        for wrong, words in ((expected - actual, self._missing), (actual - expected, self._extra)):
            for action, successor in sorted(wrong, key=lambda each: each[0])[:1]:
                name = self._system.action_names[action]
                back = self._orbits.moved(successor, inverse(permutation))
                yield _Breach(name, self._function(name), words(back, successor))

    @staticmethod
    def _missing(first: State, second: State) -> str:
        return (
            f"from the first it leads to {show(first)}; so from the second it should lead to "
            f"{show(second)}, and does not, or not as often."
        )

    @staticmethod
    def _extra(first: State, second: State) -> str:
        return (
            f"from the second it leads to {show(second)}; so from the first it should lead to "
            f"{show(first)}, and does not, or not as often."
        )

    def _step_breaches(self, state: State, moved: State, permutation: Permutation) -> Iterator[_Breach]:
        for _, successor in self._listed(state) if self._steps else ():
            if successor == state or self._system.fault(successor, None) is not None:
                continue  # no step of a behaviour, so a search does not ask about it either
            after = self._orbits.moved(successor, permutation)
            for predicate in self._steps:
                before = predicate.holds(state, successor)
                if before != predicate.holds(moved, after):
                    how = f"it is {before} of the step from the first to {show(successor)}, and {not before} "
                    yield _Breach(
                        predicate.name,
                        self._function(predicate.name),
                        f"{how}of the step from the second to {show(after)}.",
                    )

    def _listed(self, state: State) -> list[tuple[int, State]]:
        """The transitions out of a state that is asked about several times in a row."""
        if self._last is None or self._last[0] is not state:
            self._last = state, list(self._transitions(state))
        return self._last[1]

    def _transitions(self, state: State) -> Iterator[tuple[int, State]]:
        """The transitions out of a state, with successors that can be hashed and compared."""
        for action, arguments, successor in self._system.successors(state):
            try:
                fault = self._system.fault(successor, None)
            except TypeError:
                raise self._system.unhashable(successor, state, action, arguments) from None
            if fault is not None and fault.bound is None:
                raise self._system.not_in_type(fault, successor, state, action, arguments)
            yield action, successor

    # -- words --

    def _function(self, name: str) -> Callable[..., Any] | None:
        """The function of an action or a predicate."""
        declared = self._declaration
        groups = (
            declared.actions,
            declared.properties,
            declared.lemmas,
            declared.boundary,
            declared.final,
        )
        known = {each.name: each.function for each in (each for group in groups for each in group)}
        return known.get(name)

    def _error(self, breach: _Breach, state: State, permutation: Permutation) -> SpecError:
        group = self._orbits.group
        images = self._orbits.images(permutation)
        sorts = [str(sort) for sort in group.sorts if any(images[m] is not m for m in sort.members())]
        moved = self._orbits.moved(state, permutation)
        becomes = (
            "it stays as it is, so the second is the first"
            if moved == state
            else f"it becomes the second, {show(moved)}"
        )
        return SpecError(
            "symmetry/broken",
            f"`{breach.culprit}` of `{self._declaration.name}` tells the members of "
            f"{' and '.join(f'`{sort}`' for sort in sorts)} apart",
            why=WHY,
            instead=INSTEAD,
            at=source.at_function(breach.function) if breach.function else None,
            notes=(
                f"The first state is {show(state)}.",
                f"Under {group.show(permutation)} {becomes}.",
                f"`{breach.culprit}`: {breach.how}",
            ),
        )
