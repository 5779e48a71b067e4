"""The orbits of the states of a model: which state stands for each, and how many states it has.

What the search of `checker.symmetry.canonical` asks of a state is answered field by field, and each
answer is remembered for the value of the field: from one state to the next, most fields are the
same, so that little is looked at or exchanged anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from checker.lang.records import evolve
from checker.lang.types import FiniteType, RecordType
from checker.lang.values import order
from checker.symmetry.canonical import Colouring, canonical
from checker.symmetry.group import Group, Permutation
from checker.symmetry.looking import looker
from checker.symmetry.moving import Images, mover
from checker.symmetry.traits import is_joint, occurrences

State = Any

REMEMBERED = 200_000
"""So many answers are remembered before starting afresh."""


@frozen
class Orbit:
    """The state that stands for an orbit, how many states the orbit has, and how one gets there."""

    form: State
    size: int
    permutation: Permutation


class Orbits:
    """The orbits of the values of a record type under a group."""

    def __init__(self, group: Group, state: RecordType) -> None:
        self.group = group
        self._order = group.order
        self._fields = [
            _Field(name, kind, group) for name, kind in state.fields if occurrences(kind, group.sorts)
        ]
        self._joint = [field for field in self._fields if field.joint]
        self._images: dict[Permutation, Images] = {}
        self._transpositions: dict[tuple[int, int], Permutation] = {}

    def orbit(self, state: State) -> Orbit:
        """The orbit of a state."""
        found = canonical(_Structure(self, state))
        return Orbit(found.image, self._order // found.stabiliser, found.permutation)

    def moved(self, state: State, permutation: Permutation) -> State:
        """A state with its identities exchanged."""
        images = self.images(permutation)
        changes = {}
        for field in self._fields:
            before = getattr(state, field.name)
            after = field.moved(before, permutation, images)
            if after is not before:
                changes[field.name] = after
        return evolve(state, **changes) if changes else state

    def images(self, permutation: Permutation) -> Images:
        """Where a permutation sends each identity."""
        found = self._images.get(permutation)
        if found is None:
            if len(self._images) >= REMEMBERED:
                self._images.clear()
            found = self._images[permutation] = self.group.images(permutation)
        return found

    def signatures(self, state: State, colours: Colouring) -> Sequence[Any]:
        """How each identity occurs in a state, field by field.

        Fields in which no identity is seen beside another are looked at once, by the first colouring.
        """
        fields = self._fields if colours == self.group.starts else self._joint
        if not fields:
            return [()] * len(colours)
        return list(zip(*[f.signatures(getattr(state, f.name), colours) for f in fields], strict=True))

    def fixed_by(self, state: State, permutation: Permutation) -> bool:
        """Whether exchanging identities leaves a state as it is."""
        images = self.images(permutation)
        for field in self._fields:
            value = getattr(state, field.name)
            if field.moved(value, permutation, images) != value:
                return False
        return True

    @property
    def repeats(self) -> bool:
        """Whether identities are ever seen beside others, so that the others' colours matter."""
        return bool(self._joint)

    def transposition(self, one: int, other: int) -> Permutation:
        """The exchange of two identities."""
        found = self._transpositions.get((one, other))
        if found is None:
            found = self._transpositions[one, other] = self.group.transposition(one, other)
        return found


class _Field:
    """A field that holds identities, with what is remembered of its values."""

    def __init__(self, name: str, kind: FiniteType, group: Group) -> None:
        self.name = name
        self.joint = is_joint(kind, group.sorts)
        self._identities = range(len(group.members))
        self._look = looker(kind, group.sorts, {member: place for place, member in enumerate(group.members)})
        self._move = mover(kind, group.sorts)
        self._signatures: dict[tuple[Any, Colouring], tuple[int, ...]] = {}
        self._moved: dict[tuple[Any, Permutation], Any] = {}

    def signatures(self, value: Any, colours: Colouring) -> tuple[int, ...]:
        """A number for each identity: how it occurs in the value."""
        known = self._signatures.get((value, colours))
        if known is None:
            if len(self._signatures) >= REMEMBERED:
                self._signatures.clear()
            _, marks = self._look(value, colours)
            known = tuple([marks.get(one, 0) for one in self._identities])
            self._signatures[value, colours] = known
        return known

    def moved(self, value: Any, permutation: Permutation, images: Images) -> Any:
        """The value with its identities exchanged; the very same object where nothing changes."""
        known = self._moved.get((value, permutation), self)
        if known is self:
            if len(self._moved) >= REMEMBERED:
                self._moved.clear()
            known = self._move(value, images)
            if known == value:
                known = value
            self._moved[value, permutation] = known
        return known


class _Structure:
    """A state as the search for its representative sees it."""

    __slots__ = ("_orbits", "_state", "repeats", "start", "transposition")

    def __init__(self, orbits: Orbits, state: State) -> None:
        self._orbits = orbits
        self._state = state
        self.start = orbits.group.starts
        self.repeats = orbits.repeats
        self.transposition = orbits.transposition

    def signatures(self, colours: Colouring) -> Sequence[Any]:
        return self._orbits.signatures(self._state, colours)

    def fixed_by(self, permutation: Permutation) -> bool:
        return self._orbits.fixed_by(self._state, permutation)

    def image(self, permutation: Permutation) -> State:
        return self._orbits.moved(self._state, permutation)

    def key(self, image: State) -> Any:
        return order(image)
