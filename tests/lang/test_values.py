"""Maps, bags and sorts: the laws of dict and Counter, immutability, canonical order, copies."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections import Counter
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.lang import Bag, Map, Sort, evolve, frozen, majorities, maps, subsets
from checker.lang.containers import sorted_members
from checker.lang.values import order


class Node(Sort, label="n"):
    """Some identity."""


class Server(Sort):
    """Another."""


class Colour(Enum):
    """In an order that is not that of the names."""

    RED = 1
    GREEN = 2
    BLUE = 3


@frozen
class Entry:
    """A record."""

    term: int
    colour: Colour


KEYS = st.integers(0, 6)
TABLES = st.dictionaries(KEYS, st.integers(), max_size=7)
MEMBERS = st.lists(KEYS, max_size=8)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.integers(-2, 3), st.sampled_from(Colour), st.integers(1, 3).map(Node),
        st.builds(Entry, st.integers(0, 2), st.sampled_from(Colour)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.frozensets(inner, max_size=3),
        st.dictionaries(inner, inner, max_size=3).map(Map),
        st.lists(inner, max_size=3).map(Bag),
    ),
    max_leaves=6,
)  # fmt: skip


# -- maps against dict --


@given(TABLES)
def test_a_map_holds_what_the_dict_holds(table: dict[int, int]) -> None:
    """Lookup, membership, length, and content are those of the dict."""
    made = Map(table)
    assert made.as_dict() == table
    assert len(made) == len(table)
    assert made.keys() == frozenset(table)
    assert dict(made.items()) == table
    assert sorted(made.values()) == sorted(table.values())
    assert all(made[key] == table[key] and key in made for key in table)
    assert made.get(99, "none") == "none"
    assert 99 not in made


@given(TABLES, KEYS, st.integers())
def test_setting_a_key_is_setting_it_in_a_copy(table: dict[int, int], key: int, value: int) -> None:
    """The old map stays as it was; a key that is not there cannot be set."""
    made = Map(table)
    if key in table:
        assert made.set(key, value).as_dict() == {**table, key: value}
        assert made.update({key: value}) == made.set(key, value)
    else:
        for change in (lambda: made.set(key, value), lambda: made.update({key: value}), lambda: made[key]):
            with pytest.raises(KeyError):
                change()
    assert made.as_dict() == table


@given(TABLES, TABLES)
def test_equal_maps_have_equal_hashes(one: dict[int, int], other: dict[int, int]) -> None:
    """Maps are equal exactly when the dicts are."""
    assert (Map(one) == Map(other)) == (one == other)
    if one == other:
        assert hash(Map(one)) == hash(Map(other))


@given(TABLES, st.randoms())
def test_a_map_does_not_depend_on_the_order_of_its_making(table: dict[int, int], chance: Any) -> None:
    """Iteration is in the canonical order of the keys, however the map was made."""
    pairs = list(table.items())
    chance.shuffle(pairs)
    made = Map(pairs)
    assert made == Map(table)
    assert list(made) == sorted(table)
    assert list(made.items()) == sorted(table.items())
    assert repr(made) == repr(Map(table))


@given(TABLES)
def test_mapping_and_filling(table: dict[int, int]) -> None:
    """`map` changes values and keeps keys; `fill` gives every key the same."""
    assert Map(table).map(lambda n: -n).as_dict() == {key: -value for key, value in table.items()}
    assert Map.fill(table, None).as_dict() == dict.fromkeys(table)


def test_a_map_over_truth_values_is_not_one_over_numbers() -> None:
    """False == 0, yet the keys of each map are of its own type, whichever was made first."""
    numbers = Map({0: "a", 1: "b"})
    truths = Map({False: "a", True: "b"})
    pairs = Map({(0, 1): "a"}), Map({(False, True): "a"})
    assert [type(key) for key in numbers] == [int, int]
    assert [type(key) for key in truths] == [bool, bool]
    assert [[type(n) for n in key] for made in pairs for key in made] == [[int, int], [bool, bool]]


# -- bags against Counter --


@given(MEMBERS)
def test_a_bag_counts_as_a_counter_does(members: list[int]) -> None:
    """Copies, different members and the total."""
    bag, counter = Bag(members), Counter(members)
    assert dict(bag.items()) == dict(counter)
    assert bag.total() == counter.total()
    assert len(bag) == len(counter)
    assert bag.support() == frozenset(members)
    assert sorted(bag.elements()) == sorted(members)
    assert all(bag[n] == counter[n] and (n in bag) == (n in counter) for n in range(8))


@given(MEMBERS, MEMBERS)
def test_adding_and_subtracting_bags(one: list[int], other: list[int]) -> None:
    """Sum and difference are those of counters, and equality is too."""
    assert dict((Bag(one) + Bag(other)).items()) == dict(Counter(one) + Counter(other))
    assert dict((Bag(one) - Bag(other)).items()) == dict(Counter(one) - Counter(other))
    assert (Bag(one) == Bag(other)) == (Counter(one) == Counter(other))
    if sorted(one) == sorted(other):
        assert hash(Bag(one)) == hash(Bag(other))


@given(MEMBERS, KEYS, st.integers(0, 3))
def test_adding_and_removing_copies(members: list[int], member: int, copies: int) -> None:
    """Removing undoes adding; more than there are cannot be removed."""
    bag = Bag(members)
    assert bag.add(member, copies)[member] == bag[member] + copies
    assert bag.add(member, copies).remove(member, copies) == bag
    with pytest.raises(KeyError):
        bag.remove(member, bag[member] + 1)
    assert bag == Bag(members)


def test_a_bag_has_no_negative_counts() -> None:
    """Neither when made nor when added to."""
    with pytest.raises(ValueError, match="fewer than no copies"):
        Bag.of_counts({1: -1})
    with pytest.raises(ValueError, match="fewer than no copies"):
        Bag([1]).add(1, -2)
    assert Bag.of_counts({1: 0, 2: 1}) == Bag([2])


# -- sorts --


def test_a_member_of_a_sort_is_always_the_same_object() -> None:
    """Equal exactly when it is the same member of the same sort."""
    assert Node(1) is Node(1)
    assert Node(1) != Node(2)
    assert Node(1) != Server(1)
    assert repr(Node(3)) == "n3"
    assert repr(Server(3)) == "server3"


@pytest.mark.parametrize("number", [0, -1, True, "1", 1.0])
def test_members_count_from_one(number: Any) -> None:
    """Nothing else is a member."""
    with pytest.raises(ValueError, match="count from 1"):
        type("Fresh", (Sort,), {})(number)


def test_the_sort_of_all_sorts_has_no_members() -> None:
    """Only derived classes have."""
    with pytest.raises(ValueError, match="count from 1"):
        Sort(1)


def test_members_have_no_order() -> None:
    """No spec can depend on which member is which."""
    with pytest.raises(TypeError):
        Node(1) < Node(2)  # type: ignore[operator]  # noqa: B015


# -- immutability --


@pytest.mark.parametrize("value", [Node(1), Map({1: 2}), Bag([1]), Entry(1, Colour.RED)])
def test_values_cannot_be_changed(value: Any) -> None:
    """No attribute can be set, known or new, and no item."""
    for name in ("number", "term", "colour", "fresh"):
        with pytest.raises(AttributeError):
            setattr(value, name, 5)
    with pytest.raises(TypeError):
        value[1] = 3


@pytest.mark.parametrize("collection", [Map({1: 2}), Bag([1])])
def test_what_a_collection_gives_away_does_not_change_it(collection: Any) -> None:
    """`items()` and `as_dict()` are copies."""
    before = hash(collection)
    dict(collection.items()).clear()
    if isinstance(collection, Map):
        collection.as_dict().clear()
    assert hash(collection) == before
    assert len(collection) == 1


# -- copies --


@given(VALUES)
def test_copies_are_equal_and_hash_alike(value: Any) -> None:
    """Copied, deeply copied or pickled and back: the same value."""
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert other == value
        assert hash(other) == hash(value)
        assert order(other) == order(value)


def test_a_sort_survives_copies_as_the_same_object() -> None:
    """Identity is all that a sort has."""
    assert copy.deepcopy(Node(2)) is Node(2)
    assert pickle.loads(pickle.dumps(Node(2))) is Node(2)


def test_pickles_do_not_carry_hashes_of_another_process() -> None:
    """A map that was hashed under one hash seed is found in a set under another."""
    make = (
        "import pickle, sys; from checker.lang import Map, Bag; from specs.transactions.two_phase_commit import *\n"
        "v = (Map({Phase.WORKING: 'a'}), Map({1: Phase.WORKING}), Bag([Phase.WORKING]), Decided(Outcome.COMMIT))\n"
        "hash(v)\n"
    )
    save = make + "sys.stdout.buffer.write(pickle.dumps(v))"
    load = make + "print(pickle.loads(sys.stdin.buffer.read()) in {v})"
    one = subprocess.run(
        [sys.executable, "-c", save], env={"PYTHONHASHSEED": "1"}, capture_output=True, check=True
    )
    other = subprocess.run(
        [sys.executable, "-c", load], env={"PYTHONHASHSEED": "2"}, input=one.stdout, capture_output=True,
        check=True,
    )  # fmt: skip
    assert other.stdout.strip() == b"True"


# -- canonical order --


@given(st.lists(VALUES, max_size=5), st.randoms())
def test_the_canonical_order_is_total(values: list[Any], chance: Any) -> None:
    """Any values can be sorted, and the outcome does not depend on where they stood before."""
    shuffled = list(values)
    chance.shuffle(shuffled)
    keys = [order(value) for value in sorted(values, key=order)]
    assert keys == [order(value) for value in sorted(shuffled, key=order)]


@given(VALUES, VALUES)
def test_the_canonical_order_tells_values_apart(one: Any, other: Any) -> None:
    """Values are equal exactly when they stand at the same place."""
    assert (one == other) == (order(one) == order(other))


def test_the_canonical_order_of_each_kind() -> None:
    """Numbers by size, sorts by number, members of an Enum as they were defined."""
    assert sorted_members(frozenset({3, -1, 2})) == (-1, 2, 3)
    assert sorted_members(frozenset({Node(2), Node(1)})) == (Node(1), Node(2))
    assert sorted_members(frozenset(Colour)) == (Colour.RED, Colour.GREEN, Colour.BLUE)
    assert sorted_members(frozenset({(1, 2), (0,), ()})) == ((), (0,), (1, 2))


# -- records and sets of sets --


def test_evolve_changes_a_copy() -> None:
    """Other fields stay; a wrong name is told with the nearest one."""
    entry = Entry(1, Colour.RED)
    assert evolve(entry, term=2) == Entry(2, Colour.RED)
    assert entry == Entry(1, Colour.RED)
    with pytest.raises(TypeError, match=r"`Entry` has no field `trem`.*`term`"):
        evolve(entry, trem=2)  # type: ignore[call-arg]


@frozen
class Odd:
    """Fields whose names `evolve` might want for itself, and a private one."""

    record: int
    cls: int
    same: int
    _hidden: int


def test_evolve_knows_any_field_by_the_name_that_the_constructor_takes() -> None:
    """No name of a field is in its way."""
    odd = Odd(1, 2, 3, 4)
    assert evolve(odd, record=5) == Odd(5, 2, 3, 4)
    assert evolve(odd, cls=5, same=6) == Odd(1, 5, 6, 4)
    assert evolve(odd, hidden=5) == Odd(1, 2, 3, 5)


def test_subsets_majorities_and_maps() -> None:
    """All of them, or those of one size."""
    nodes = {Node(1), Node(2), Node(3)}
    assert len(subsets(nodes)) == 8
    assert subsets([1, 2, 2], 1) == {frozenset({1}), frozenset({2})}
    assert {len(quorum) for quorum in majorities(nodes)} == {2}
    assert len(majorities(nodes)) == 3
    assert all(a & b for a in majorities(nodes) for b in majorities(nodes))
    assert maps([1, 2], "ab") == {Map({1: x, 2: y}) for x in "ab" for y in "ab"}
    assert maps([], "ab") == {Map()}


def test_two_classes_of_one_name_are_told_apart() -> None:
    """Records, sorts and enums that are called alike and hold the same have different keys."""

    class Other:
        """Another place for the names."""

        class Server(Sort):
            """Not the server above."""

        @frozen
        class Entry:
            """Not the record above."""

            term: int
            colour: Any

        class Colour(Enum):
            """Not the colours above."""

            RED = 1

    assert order(Server(1)) != order(Other.Server(1))
    assert order(Colour.RED) != order(Other.Colour.RED)
    assert order(Entry(1, Colour.RED)) != order(Other.Entry(1, Colour.RED))
