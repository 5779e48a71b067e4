"""What a search uses of symmetry: orbits instead of states, and the law checked as it goes.

The first states that are expanded are all checked against the law, later ones in samples, each
against one permutation chosen at random, and the very first against several exchanges of two members
as well: a small model has no others.  The choice is the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from checker.lang.declarations import Declaration
from checker.lang.values import Sort
from checker.symmetry.group import Group, Permutation, group_of, inverse
from checker.symmetry.law import Law
from checker.symmetry.orbits import Orbit, Orbits
from checker.system import Predicate, State, System

ALWAYS = 100
"""So many of the first states are all checked against the law."""

THOROUGHLY, EXCHANGES = 16, 6
"""So many of the first states are checked against so many exchanges of two members each."""

ONE_IN = 128
"""After those, one state in so many: a check costs a few times what expanding a state does."""


class Reduction:
    """The symmetry of one model, as a search sees it."""

    def __init__(self, orbits: Orbits, law: Law) -> None:
        self.samples = 0
        self._orbits = orbits
        self._group = orbits.group
        self._law = law
        self._random = Random(0)
        self._expanded = 0

    @property
    def group(self) -> Group:
        """The group of all exchanges."""
        return self._orbits.group

    @property
    def sorts(self) -> tuple[tuple[str, int], ...]:
        """The sorts whose members may be exchanged, with their sizes."""
        return tuple((str(sort), sort.size) for sort in self._orbits.group.sorts)

    def orbit(self, state: State) -> Orbit:
        """The orbit of a state that lies within its types."""
        return self._orbits.orbit(state)

    def begun(self) -> None:
        """All initial states are known to be within their types: check that their set is symmetric."""
        self._law.check_initial()

    def expanded(self, state: State) -> None:
        """A state was expanded: check it against the law, if its turn has come."""
        self._expanded += 1
        if self._expanded <= ALWAYS or not self._expanded % ONE_IN:
            for permutation in self._chosen():
                self._law.check(state, permutation)
            self.samples += 1

    def _chosen(self) -> Iterator[Permutation]:
        """The permutations for a state whose turn has come."""
        if self._expanded <= THOROUGHLY:
            exchanges = list(self._group.transpositions())
            yield from self._random.sample(exchanges, min(EXCHANGES, len(exchanges)))
        yield self._group.random(self._random)

    def lost(self, form: State, state: State) -> Exception:
        """The error for a step from the form of an orbit that another state of it does not have."""
        return self._law.lost(form, inverse(self._orbits.orbit(state).permutation))


def reduction_of(
    declaration: Declaration,
    system: System,
    predicates: Sequence[Predicate],
    steps: Sequence[Predicate],
    apart: Mapping[type[Sort], str] | None = None,
) -> tuple[Reduction | None, tuple[str, ...]]:
    """The symmetry of a model, None where it has none, and remarks about what it leaves out.

    `predicates` and `steps` are the properties that the search will ask, of one state and of two; `apart`
    are sorts whose members something else tells apart, with the words for it.
    """
    group, remarks = group_of(declaration, apart)
    if group is None:
        return None, remarks
    orbits = Orbits(group, declaration.state)
    return Reduction(orbits, Law(declaration, system, orbits, predicates, steps)), remarks
