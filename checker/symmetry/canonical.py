"""One representative of each orbit, exactly, by colour refinement and search; and the orbit's size.

An *orbit* is all that one object becomes when identities are exchanged.  This module knows nothing
of the object but what `Structure` says: how each identity is seen when all others are known by
their colours only, what a permutation makes of the object, and a total order of such images.

A *colouring* gives each identity the number of identities in the cells before its own.  So cells
are in order, a finer colouring keeps the order of the cells that it splits, and a colouring without
two of one colour is itself a permutation: it sends each identity to its colour.

The search.  `_refined` splits cells by signatures until nothing more splits.  If a cell remains
whose members differ, each of them is set apart in turn, and so on: a tree, whose leaves are
permutations.  The representative is the least image of the object over all leaves.

Why it is exact.  Signatures move along when identities are exchanged, and so do colourings, cells,
the cell that is chosen, and the whole tree.  Call the object s and a permutation of it g(s): the
leaves for g(s) are the leaves p for s as p after g-inverse, and (p after g-inverse)(g(s)) is p(s).
So all members of an orbit have the same set of images at their leaves, and the same least one; and
this is a member of the orbit, so different orbits have different ones.  For the same reason, if p is
a leaf for s and a(s) = s, then p after a is a leaf; and if p and q are leaves with p(s) = q(s), then
p-inverse after q leaves s as it is.  So there are just as many leaves with the least image as there
are permutations that leave s as it is, and the orbit's size is the order of the group divided by
that number.  None of this needs signatures to tell apart all that could be told apart.

What is left out.  Not the whole tree is walked:

- Twins: two identities whose exchange leaves s as it is.  Setting apart one or the other gives
  subtrees with the same images, so one is walked, and its count is taken for both.  A cell in which
  all are twins is put into any order at once, for the same reason; that stands for m! leaves.
- Two leaves with one image, p(s) = q(s), give a = p-inverse after q with a(s) = s.  If both lie below
  one node, both keep its cells in their places, and so a keeps its colouring: the subtrees of x and
  a(x) at that node have the same images, and one is walked.  To find such leaves soon, the first leaf
  below x is made before anything else below x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial
from typing import Any, Protocol

from attrs import frozen

from checker.symmetry.group import Permutation, composed, inverse

Colouring = tuple[int, ...]


class Structure(Protocol):
    """An object in which identities occur."""

    @property
    def start(self) -> Colouring:
        """The colouring that tells only the sorts apart."""

    @property
    def repeats(self) -> bool:
        """Whether signatures may tell more once colours do; False if one look is enough."""

    def signatures(self, colours: Colouring) -> Sequence[Any]:
        """For each identity how it occurs, the others being known by their colours; can be ordered."""

    def fixed_by(self, permutation: Permutation) -> bool:
        """Whether a permutation leaves the object as it is."""

    def image(self, permutation: Permutation) -> Any:
        """What a permutation makes of the object; images can be hashed and compared for equality."""

    def key(self, image: Any) -> Any:
        """What puts images into a total order."""

    def transposition(self, one: int, other: int) -> Permutation:
        """The exchange of two identities."""


@frozen
class Canonical:
    """The representative, a permutation that leads to it, and how many leave the object as it is."""

    image: Any
    permutation: Permutation
    stabiliser: int


def canonical(structure: Structure) -> Canonical:
    """The representative of the orbit of an object."""
    search = _Search(structure)
    tree = search.walk(search.root, 1)
    return Canonical(tree.image, tree.permutation, tree.count)


@frozen
class _Tree:
    """What is known of a subtree: its least image, how many leaves have it, and leaves by image."""

    image: Any
    permutation: Permutation
    count: int
    leaves: dict[Any, Permutation]


class _Search:
    """The search for one object."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.root = self.refined(structure.start)
        self.twins = self._all_twins()

    # -- colours --

    def refined(self, colours: Colouring) -> Colouring:
        """The colouring split by signatures until nothing more splits."""
        while True:
            finer = _split(colours, self.structure.signatures(colours))
            if finer == colours or not self.structure.repeats:
                return finer
            colours = finer

    def _set_apart(self, colours: Colouring, one: int) -> Colouring:
        """The colouring in which one identity goes before the rest of its cell."""
        cell = colours[one]
        apart = [c + 1 if c == cell and i != one else c for i, c in enumerate(colours)]
        return self.refined(tuple(apart)) if self.structure.repeats else tuple(apart)

    def _all_twins(self) -> dict[int, int]:
        """For each identity that has others of its colour, the first of its twins.

        All of them at once, at the root: the shape of the tree depends on who are twins.
        """
        twins: dict[int, int] = {}
        for cell in _cells(self.root):
            firsts: list[int] = []
            for one in cell:
                twins[one] = next((first for first in firsts if self._are_twins(first, one)), one)
                if twins[one] == one:
                    firsts.append(one)
        return twins

    def _are_twins(self, one: int, other: int) -> bool:
        return self.structure.fixed_by(self.structure.transposition(one, other))

    # -- the tree --

    def walk(self, colours: Colouring, weight: int, *, first_only: bool = False) -> _Tree:
        """The subtree below a colouring, each leaf counted `weight` times."""
        ordered = list(colours)
        target: list[int] | None = None
        for cell in _cells(colours):
            if all(self.twins[one] == self.twins[cell[0]] for one in cell):
                weight *= factorial(len(cell))
                for place, one in enumerate(cell):
                    ordered[one] = colours[one] + place
            elif target is None or len(cell) < len(target):
                target = cell
        node = tuple(ordered)
        if target is None:
            image = self.structure.image(node)
            return _Tree(image, node, weight, {image: node})
        if first_only:
            return self.walk(self._set_apart(node, target[0]), weight, first_only=True)
        return self._branch(node, target, weight)

    def _branch(self, colours: Colouring, target: list[int], weight: int) -> _Tree:
        """The subtrees of the members of a cell, those that have the same images walked once."""
        alike = _Partition(target)
        firsts: dict[int, int] = {}
        for one in target:
            alike.join(one, firsts.setdefault(self.twins[one], one))
        walked: dict[int, _Tree] = {}
        leaves: dict[Any, Permutation] = {}
        for one in target:
            if any(alike.same(one, other) for other in walked):
                continue
            child = self._set_apart(colours, one)
            if walked:
                first = self.walk(child, weight, first_only=True)
                known = leaves.get(first.image)
                if known is not None:
                    alike.follow(composed(inverse(known), first.permutation))
                    if any(alike.same(one, other) for other in walked):
                        continue
            walked[one] = self.walk(child, weight)
            for image, leaf in walked[one].leaves.items():
                known = leaves.setdefault(image, leaf)
                alike.follow(composed(inverse(known), leaf))
        return self._least(walked, alike, leaves)

    def _least(self, walked: dict[int, _Tree], alike: _Partition, leaves: dict[Any, Permutation]) -> _Tree:
        """The least of some subtrees, with the leaves of all that have its image."""
        best = _least_of(list(walked.values()), self.structure.key)
        counts = {alike.first(one): tree.count for one, tree in walked.items() if tree.image == best.image}
        count = sum(alike.size(first) * each for first, each in counts.items())
        return _Tree(best.image, best.permutation, count, leaves)


class _Partition:
    """Which members of a cell are known to have subtrees with the same images."""

    def __init__(self, members: Sequence[int]) -> None:
        self._first = {one: one for one in members}

    def first(self, one: int) -> int:
        """The member that stands for all that are alike to this one."""
        while self._first[one] != one:
            one = self._first[one]
        return one

    def same(self, one: int, other: int) -> bool:
        """Whether two members are known to be alike."""
        return self.first(one) == self.first(other)

    def size(self, one: int) -> int:
        """How many members are alike to this one, itself included."""
        return sum(self.same(one, other) for other in self._first)

    def join(self, one: int, other: int) -> None:
        """Two members are alike."""
        self._first[self.first(one)] = self.first(other)

    def follow(self, automorphism: Permutation) -> None:
        """What is alike by a permutation that leaves the object, and the colouring here, as they are."""
        for one in self._first:
            self.join(one, automorphism[one])


def _split(colours: Colouring, signatures: Sequence[Any]) -> Colouring:
    """The colouring in which cells are split by signatures, and the parts ordered by them."""
    seen = list(zip(colours, signatures, strict=True))
    places: dict[Any, int] = {}
    for place, each in enumerate(sorted(seen)):
        places.setdefault(each, place)
    return tuple([places[each] for each in seen])


def _cells(colours: Colouring) -> list[list[int]]:
    """The cells of more than one identity, in order."""
    cells: dict[int, list[int]] = {}
    for one, colour in enumerate(colours):
        cells.setdefault(colour, []).append(one)
    return [cells[colour] for colour in sorted(cells) if len(cells[colour]) > 1]


def _least_of(trees: list[_Tree], key: Callable[[Any], Any]) -> _Tree:
    best = trees[0]
    for tree in trees[1:]:
        if tree.image != best.image and key(tree.image) < key(best.image):
            best = tree
    return best
