"""The group under which a model is symmetric: every way to exchange the members of its sorts.

A permutation is a tuple over all members of all sorts of the group, in order: the place that each
of them goes to.  It never leaves a sort.  Sorts of one member, and sorts that no state holds, have
nothing to exchange and are not in the group.  Nothing here knows how a state is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import factorial, prod
from random import Random

from attrs import field, frozen

from checker.lang.declarations import Declaration
from checker.lang.types import SortType
from checker.lang.values import Sort
from checker.symmetry.moving import mover
from checker.symmetry.traits import parts

Permutation = tuple[int, ...]


@frozen
class Group:
    """The product of the full symmetric groups of some sorts."""

    sorts: tuple[SortType, ...]
    members: tuple[Sort, ...] = field(init=False)
    starts: tuple[int, ...] = field(init=False)
    """For each member, the place of the first member of its sort."""

    def __attrs_post_init__(self) -> None:
        members: list[Sort] = []
        starts: list[int] = []
        for sort in self.sorts:
            starts += [len(members)] * sort.size
            members += sort.members()
        object.__setattr__(self, "members", tuple(members))
        object.__setattr__(self, "starts", tuple(starts))

    @property
    def order(self) -> int:
        """How many permutations there are."""
        return prod(factorial(sort.size) for sort in self.sorts)

    @property
    def identity(self) -> Permutation:
        """The permutation that moves nothing."""
        return tuple(range(len(self.members)))

    def transposition(self, one: int, other: int) -> Permutation:
        """The permutation that exchanges two members, by their places."""
        places = list(range(len(self.members)))
        places[one], places[other] = other, one
        return tuple(places)

    def transpositions(self) -> Iterator[Permutation]:
        """Every exchange of two members of one sort; together they generate the group."""
        for place, start in enumerate(self.starts):
            for earlier in range(start, place):
                yield self.transposition(earlier, place)

    def generators(self) -> Iterator[Permutation]:
        """Exchanges of neighbours only: few, and enough to generate the group."""
        for one, other in pairwise(range(len(self.members))):
            if self.starts[one] == self.starts[other]:
                yield self.transposition(one, other)

    def random(self, random: Random) -> Permutation:
        """Any permutation but the identity."""
        while True:
            places: list[int] = []
            for sort in self.sorts:
                block = list(range(len(places), len(places) + sort.size))
                random.shuffle(block)
                places += block
            if tuple(places) != self.identity:
                return tuple(places)

    def images(self, permutation: Permutation) -> dict[Sort, Sort]:
        """Where each member goes."""
        members = self.members
        return {members[place]: members[goal] for place, goal in enumerate(permutation)}

    def show(self, permutation: Permutation) -> str:
        """A permutation as `n1 -> n2, n2 -> n1`: the members that it moves."""
        images = self.images(permutation)
        return ", ".join(f"{old!r} -> {new!r}" for old, new in images.items() if old is not new)


def inverse(permutation: Permutation) -> Permutation:
    """The permutation that undoes another."""
    places = [0] * len(permutation)
    for place, goal in enumerate(permutation):
        places[goal] = place
    return tuple(places)


def composed(second: Permutation, first: Permutation) -> Permutation:
    """The permutation that does the first, then the second."""
    return tuple([second[place] for place in first])


def group_of(
    declaration: Declaration, apart: Mapping[type[Sort], str] | None = None
) -> tuple[Group | None, tuple[str, ...]]:
    """The group of a declared model, and remarks on sorts that are left out of it.

    None where no two identities can be exchanged.  A constant that names some members of a sort and
    not others tells them apart, and so does what is asked of the model: `apart` gives the words for each
    such sort.  It is then left out: the search is larger, never wrong.
    """
    asked = {} if apart is None else apart
    found = dict.fromkeys(kind for kind in parts(declaration.state) if isinstance(kind, SortType))
    kept: list[SortType] = []
    remarks: list[str] = []
    for sort in (kind for kind in found if kind.size > 1):
        named = _named_apart(declaration, Group((sort,)))
        why = next((words for cls, words in asked.items() if issubclass(sort.cls, cls)), None)
        if why is not None:
            remarks.append(
                f"no symmetry over `{sort}`: {why} tells its members apart, and what is asked of "
                "behaviours depends on it."
            )
        elif named is None:
            kept.append(sort)
        else:
            remarks.append(
                f"no symmetry over `{sort}`: the constant `{named}` tells its members apart, so states "
                "that differ in their names only are all explored."
            )
    return (Group(tuple(kept)) if kept else None), tuple(remarks)


def _named_apart(declaration: Declaration, group: Group) -> str | None:
    """The first constant that some permutation of a group changes."""
    for constant in declaration.constants:
        move = mover(constant.type, group.sorts)
        for permutation in group.generators():
            if move(constant.value, group.images(permutation)) != constant.value:
                return constant.name
    return None
