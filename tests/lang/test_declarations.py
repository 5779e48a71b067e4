"""What a model declares: roles, overrides, domains, constants; each mistake with code and place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import pytest

from checker.api import check
from checker.lang import (
    Bag,
    Between,
    Capacity,
    Map,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    always,
    boundary,
    evolve,
    final,
    frozen,
    initial,
    lemma,
    one_of,
    refines,
    sometimes,
    subset_of,
)
from checker.lang.declarations import Declaration, declare
from checker.lang.errors import CallError, SpecError
from checker.lang.model import identify
from checker.lang.types import IntType, SetType, SortType
from checker.reference.system import ReferenceSystem
from checker.result.result import Counts

Digit = Annotated[int, Between(0, 5)]


class Node(Sort, label="n"):
    """Some identity."""


N1, N2 = Node(1), Node(2)


@frozen
class State:
    """One field of each kind of collection."""

    nodes: frozenset[Node]
    table: Map[Node, Digit]
    bag: Annotated[Bag[Digit], Capacity(3)]
    log: Annotated[tuple[Digit, ...], MaxLen(3)]
    pair: tuple[Digit, Digit]
    number: Digit


@frozen
class Other:
    """A record that is no state, with a field of the same name."""

    nodes: frozenset[Node]
    strangers: frozenset[Node]


START = State(frozenset({N2, N1}), Map.fill((N1, N2), 0), Bag([4, 2, 2]), (3, 1, 3), (2, 0), 3)


@frozen
class Abstract(Model[Other]):
    """What the model below refines."""

    size: Size[Node] = 2

    @initial
    def start(self) -> Other:
        return Other(frozenset(), frozenset())

    @action
    def stays(self, s: Other) -> Other | None:
        return s


@frozen
class Everything(Model[State]):
    """A model with every role and every domain."""

    size: Size[Node] = 2
    most: Annotated[int, Between(0, 5)] = 1
    first: Node = N1

    @initial
    def start(self) -> State:
        """Where it starts."""
        return START

    @initial
    def elsewhere(self, number: Annotated[int, Between(0, "most")]) -> State:
        return evolve(START, number=number)

    def below(self, s: State) -> range:
        return range(s.number)

    def beside(self, s: State, node: Node) -> frozenset[Node]:
        return self.every(Node) - {node}

    def constants_only(self) -> tuple[int, ...]:
        return (self.most, 4)

    @action
    def over_type(self, s: State, node: Node, number: Annotated[int, Between(1, "most")]) -> State | None:
        """Ranges over its types."""
        return s

    @action
    def over_set(self, s: State, node: Node = one_of(State.nodes)) -> State | None:
        return s

    @action
    def over_map(self, s: State, node: Node = one_of(State.table)) -> State | None:
        return s

    @action
    def over_bag(self, s: State, n: int = one_of(State.bag)) -> State | None:
        return s

    @action
    def over_sequence(self, s: State, n: int = one_of(State.log)) -> State | None:
        return s

    @action
    def over_tuple(self, s: State, n: int = one_of(State.pair)) -> State | None:
        return s

    @action
    def over_range(self, s: State, n: int = one_of(below)) -> State | None:
        return s

    @action
    def over_constants(self, s: State, n: int = one_of(constants_only)) -> State | None:
        return s

    @action
    def over_others(self, s: State, node: Node, other: Node = one_of(beside)) -> State | None:
        return s

    @action
    def over_subsets(self, s: State, some: frozenset[Node] = subset_of(State.nodes)) -> State | None:
        return s

    @action
    def over_subsets_of_a_bag(self, s: State, some: frozenset[int] = subset_of(State.bag)) -> State | None:
        return s

    @always
    def an_invariant(self, s: State) -> bool:
        """Something that holds."""
        return True

    @always
    def a_step(self, before: State, after: State) -> bool:
        return True

    @sometimes
    def a_goal(self, s: State) -> bool:
        return True

    @lemma
    def a_lemma(self, s: State) -> bool:
        """Something that helps."""
        return True

    @lemma
    def another_lemma(self, s: State) -> bool:
        return True

    @final
    def an_end(self, s: State) -> bool:
        return True

    @boundary
    def a_boundary(self, s: State) -> bool:
        return True

    @refines(Abstract)
    def as_abstract(self, s: State) -> Other:
        return Other(s.nodes, frozenset())


@frozen
class Fewer(Everything):
    """Overrides with and without marks, and removes."""

    start = None  # type: ignore[assignment]
    over_set = None  # type: ignore[assignment]
    an_invariant = None  # type: ignore[assignment]
    another_lemma = None  # type: ignore[assignment]

    def a_lemma(self, s: State) -> bool:
        """Overridden too."""
        return False

    def over_map(self, s: State, node: Node = one_of(State.table)) -> State | None:
        """Overridden without a mark."""
        return None

    def beside(self, s: State, node: Node) -> frozenset[Node]:
        """A domain that is overridden counts too."""
        return frozenset({node})

    @always
    def a_goal(self, s: State) -> bool:
        return True

    @action
    def one_more(self, s: State) -> State | None:
        return s


@frozen
class Marked(Everything):
    """A lemma that becomes a promise, and a promise that becomes a lemma."""

    @always
    def a_lemma(self, s: State) -> bool:
        return True

    @lemma
    def an_invariant(self, s: State) -> bool:
        return True


@frozen
class OverTwo(Everything):
    """A lemma over a step."""

    @lemma
    def over_two(self, before: State, after: State) -> bool:
        return True


MODEL = Everything()
DECLARED = declare(MODEL)


def witnesses(model: Model[Any], action_name: str) -> list[tuple[Any, ...]]:
    """What an action's parameters range over in the state START."""
    system = ReferenceSystem(declare(model))
    return system.available(list(system.action_names).index(action_name), START)


def names(things: Any) -> list[str]:
    return [thing.name for thing in things]


# -- roles --


def test_each_role_is_read() -> None:
    """In the order of definition, with the first line of the docstring."""
    assert names(DECLARED.initial) == ["start", "elsewhere"]
    assert names(DECLARED.actions)[:3] == ["over_type", "over_set", "over_map"]
    assert [(prop.name, prop.kind) for prop in DECLARED.properties] == [
        ("an_invariant", "always"),
        ("a_step", "step"),
        ("a_goal", "sometimes"),
    ]
    assert [(found.name, found.kind, found.doc) for found in DECLARED.lemmas] == [
        ("a_lemma", "lemma", "Something that helps."),
        ("another_lemma", "lemma", ""),
    ]
    assert names(DECLARED.final) == ["an_end"]
    assert names(DECLARED.boundary) == ["a_boundary"]
    assert [(r.name, r.abstract) for r in DECLARED.refinements] == [("as_abstract", Abstract)]
    assert DECLARED.properties[0].doc == "Something that holds."
    assert DECLARED.initial[0].doc == "Where it starts."


def test_a_decorated_method_is_still_the_plain_function() -> None:
    """Tests and debuggers call it as it is written."""
    assert MODEL.over_type(START, N1, 1) is START
    assert MODEL.an_invariant(START) is True


def test_constants_have_their_types_values_and_defaults() -> None:
    """A size is an integer from 1; a constant may be of a sort."""
    found = {
        c.name: (c.type, c.value, c.default) for c in declare(Everything(size=3, first=Node(3))).constants
    }
    assert found == {
        "size": (IntType(1, None), 3, 2),
        "most": (IntType(0, 5), 1, 1),
        "first": (SortType(Node, 3), Node(3), N1),
    }


# -- overrides --


def test_an_override_keeps_its_mark_and_its_place() -> None:
    """A method that is overridden without a mark has the one of the base."""
    declared = declare(Fewer())
    overridden = next(a for a in declared.actions if a.name == "over_map")
    assert overridden.doc == "Overridden without a mark."
    assert names(declared.actions)[:2] == ["over_type", "over_map"]
    assert names(declared.actions)[-1] == "one_more"


def test_overriding_by_none_removes() -> None:
    """An initial state, an action, a property: gone."""
    declared = declare(Fewer())
    assert names(declared.initial) == ["elsewhere"]
    assert "over_set" not in names(declared.actions)
    assert "an_invariant" not in names(declared.properties)
    assert names(declared.lemmas) == ["a_lemma"]


def test_a_lemma_that_is_overridden_is_still_one() -> None:
    """It needs no mark of its own."""
    (found,) = declare(Fewer()).lemmas
    assert (found.kind, found.doc, found.function(MODEL, START)) == ("lemma", "Overridden too.", False)


def test_a_lemma_may_become_a_property_and_the_other_way_round() -> None:
    """Another mark wins, as anywhere."""
    declared = declare(Marked())
    assert [(prop.name, prop.kind) for prop in declared.properties if "a_lemma" in prop.name] == [
        ("a_lemma", "always")
    ]
    assert [lemma.name for lemma in declared.lemmas] == ["an_invariant", "another_lemma"]


def test_lemmas_can_be_left_out() -> None:
    """All of them, or all but some."""
    assert DECLARED.without_lemmas().lemmas == ()
    assert DECLARED.without_lemmas(but=DECLARED.lemmas[1:]).lemmas == DECLARED.lemmas[1:]
    assert DECLARED.without_lemmas().properties == DECLARED.properties


def test_a_lemma_looks_at_one_state() -> None:
    """Two would be a step."""
    with pytest.raises(SpecError) as caught:
        declare(OverTwo())
    assert caught.value.problem.code == "property/parameters"
    assert "`over_two` takes 3 parameters" in caught.value.problem.what


def test_another_mark_wins() -> None:
    """A `sometimes` that is overridden as `always` is one."""
    kinds = {prop.name: prop.kind for prop in declare(Fewer()).properties}
    assert kinds["a_goal"] == "always"


# -- domains --


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("over_type", [(N1, 1), (N2, 1)]),
        ("over_set", [(N1,), (N2,)]),
        ("over_map", [(N1,), (N2,)]),
        ("over_bag", [(2,), (4,)]),
        ("over_sequence", [(3,), (1,), (3,)]),
        ("over_tuple", [(2,), (0,)]),
        ("over_range", [(0,), (1,), (2,)]),
        ("over_constants", [(1,), (4,)]),
        ("over_others", [(N1, N2), (N2, N1)]),
        ("over_subsets", [(frozenset(),), (frozenset({N1}),), (frozenset({N2}),), (frozenset({N1, N2}),)]),
        (
            "over_subsets_of_a_bag",
            [(frozenset(),), (frozenset({2}),), (frozenset({4}),), (frozenset({2, 4}),)],
        ),
    ],
)
def test_what_a_parameter_ranges_over(name: str, expected: list[Any]) -> None:
    """Each member of a set, each different member of a bag, each place of a sequence, each key."""
    assert witnesses(MODEL, name) == expected


def test_an_overridden_domain_is_used() -> None:
    """The default names the method, not the function that it was when the action was written."""
    assert witnesses(Fewer(), "over_others") == [(N1, N1), (N2, N2)]


def test_every_witness_is_one_transition() -> None:
    """Three different states; each has 2 + 2 + 2 + 2 + 3 + 2 + number + 2 + 2 + 4 + 4 self-loops."""
    result = check(MODEL)
    each = 2 + 2 + 2 + 2 + 3 + 2 + 2 + 2 + 4 + 4
    assert result.states == Counts(distinct=3, generated=3 + 3 * each + (3 + 0 + 1), depth=1)


def test_parameters_know_their_domains() -> None:
    """The declaration says which field or function it is, and what the function takes."""
    parameters = {a.name: a.parameters for a in DECLARED.actions}
    assert parameters["over_set"][0].field == "nodes"
    assert parameters["over_type"][0].over_type
    assert parameters["over_others"][1].arguments == ("", "node")
    assert parameters["over_constants"][0].arguments == ()
    assert parameters["over_subsets"][0].subsets
    assert parameters["over_subsets"][0].type == SetType(SortType(Node, 2))


# -- mistakes in a model --


@frozen
class Base(Model[State]):
    """What the mistakes below are made in."""

    size: Size[Node] = 2

    @initial
    def start(self) -> State:
        return START

    @action
    def stays(self, s: State) -> State | None:
        return s

    def domain(self, s: State, node: Node) -> frozenset[Node]:
        return frozenset({node})


@frozen
class NoInitial(Model[State]):
    size: Size[Node] = 2

    @action
    def stays(self, s: State) -> State | None:
        return s


@frozen
class NoAction(Base):
    stays = None  # type: ignore[assignment]


@frozen
class NoState(Model):  # type: ignore[type-arg]
    size: Size[Node] = 2


class NotFrozen(Base):
    extra: int = 3


@frozen
class NoSize(Model[State]):
    pass


@frozen
class ActionWithoutState(Base):
    @action
    def wrong(self) -> State | None:
        return None


@frozen
class ActionWithoutStateType(Base):
    @action
    def wrong(self, s: Other) -> State | None:
        return None


@frozen
class ParameterWithoutType(Base):
    @action
    def wrong(self, s: State, node) -> State | None:  # type: ignore[no-untyped-def]
        return None


@frozen
class ParameterWithoutBounds(Base):
    @action
    def wrong(self, s: State, n: int) -> State | None:
        return None


@frozen
class ParameterWithDefault(Base):
    @action
    def wrong(self, s: State, n: Digit = 3) -> State | None:
        return None


@frozen
class FieldWithoutOneOf(Base):
    @action
    def wrong(self, s: State, node: Node = State.nodes) -> State | None:  # type: ignore[assignment]
        return None


@frozen
class FieldOfAnotherRecord(Base):
    @action
    def wrong(self, s: State, node: Node = one_of(Other.nodes)) -> State | None:
        return None


@frozen
class UnknownField(Base):
    @action
    def wrong(self, s: State, node: Node = one_of(Other.strangers)) -> State | None:
        return None


@frozen
class FieldIsNoCollection(Base):
    @action
    def wrong(self, s: State, n: int = one_of(State.number)) -> State | None:  # type: ignore[arg-type]
        return None


@frozen
class DomainIsAValue(Base):
    @action
    def wrong(self, s: State, n: int = one_of((1, 2))) -> State | None:
        return None


@frozen
class DomainTakesALaterParameter(Base):
    @action
    def wrong(
        self, s: State, other: Node = one_of(Base.domain), node: Node = one_of(State.nodes)
    ) -> State | None:
        return None


@frozen
class InitialOverAField(Base):
    @initial
    def wrong(self, node: Node = one_of(State.nodes)) -> State:
        return START


@frozen
class InitialOverAState(Base):
    def some(self, s: State) -> frozenset[Node]:
        return s.nodes

    @initial
    def wrong(self, node: Node = one_of(some)) -> State:
        return START


@frozen
class SubsetIsNoSet(Base):
    @action
    def wrong(self, s: State, n: Node = subset_of(State.nodes)) -> State | None:  # type: ignore[assignment]
        return None


@frozen
class PropertyOverNothing(Base):
    @always
    def wrong(self) -> bool:
        return True


@frozen
class PropertyOverThree(Base):
    @always
    def wrong(self, s: State, t: State, u: State) -> bool:
        return True


@frozen
class SometimesOverTwo(Base):
    @sometimes
    def wrong(self, s: State, t: State) -> bool:
        return True


@frozen
class PropertyOfAnotherState(Base):
    @always
    def wrong(self, s: Other) -> bool:
        return True


@frozen
class UnknownName(Base):
    @action
    def wrong(self, s: State, n: Missing) -> State | None:  # type: ignore[name-defined]  # noqa: F821
        return None


@pytest.mark.parametrize(
    ("cls", "code", "carets"),
    [
        (NoInitial, "model/no-initial", "NoInitial"),
        (NoAction, "model/no-action", "NoAction"),
        (NoState, "model/no-state", "NoState"),
        (NotFrozen, "model/not-frozen", "NotFrozen"),
        (NoSize, "sort/no-size", "nodes: frozenset[Node]"),
        (ActionWithoutState, "action/state-parameter", "wrong"),
        (ActionWithoutStateType, "action/state-parameter", "s: Other"),
        (ParameterWithoutType, "action/no-annotation", "node"),
        (ParameterWithoutBounds, "type/unbounded-int", "n: int"),
        (ParameterWithDefault, "action/default", "n: Digit"),
        (FieldWithoutOneOf, "action/default", "node: Node"),
        (FieldOfAnotherRecord, "action/not-a-field", "node: Node"),
        (UnknownField, "action/not-a-field", "node: Node"),
        (FieldIsNoCollection, "action/bad-domain", "n: int"),
        (DomainIsAValue, "action/bad-domain", "n: int"),
        (DomainTakesALaterParameter, "action/domain-parameter", "node: Node"),
        (InitialOverAField, "action/bad-domain", "node: Node"),
        (InitialOverAState, "action/bad-domain", "node: Node"),
        (SubsetIsNoSet, "action/subset-type", "n: Node"),
        (PropertyOverNothing, "property/parameters", "wrong"),
        (PropertyOverThree, "property/parameters", "wrong"),
        (SometimesOverTwo, "property/parameters", "wrong"),
        (PropertyOfAnotherState, "action/state-parameter", "s: Other"),
        (UnknownName, "type/unknown-name", "n: Missing"),
    ],
)
def test_a_mistake_is_shown_where_it_was_made(cls: type[Model[Any]], code: str, carets: str) -> None:
    """The error has its code, says what to write instead, and points at the culprit."""
    with pytest.raises(SpecError) as raised:
        declare(cls())
    problem = raised.value.problem
    assert problem.code == code
    assert problem.instead
    assert problem.at is not None
    assert problem.at.file == __file__
    lines = Path(__file__).read_text().splitlines()
    assert lines[problem.at.line - 1][problem.at.column - 1 : (problem.at.end or 0) - 1] == carets
    start = next(n for n, line in enumerate(lines, 1) if re.match(rf"class {cls.__name__}\b", line))
    if cls not in (NoSize, DomainTakesALaterParameter):
        assert problem.at.line in range(start, start + 9)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (Everything(size=0), "size", "0"),
        (Everything(size=True), "size", "True"),
        (Everything(size="3"), "size", "'3'"),  # type: ignore[arg-type]
        (Everything(most=6), "most", "6"),
        (Everything(most=-1), "most", "-1"),
        (Everything(first=Node(3)), "first", "n3"),
    ],
)
def test_a_constant_outside_its_type_is_a_mistake_in_the_call(
    model: Model[Any], name: str, value: str
) -> None:
    """The message names the constant and the value, and points at its declaration."""
    with pytest.raises(CallError) as raised:
        declare(model)
    problem = raised.value.problem
    assert problem.code == "constant/outside-type"
    assert f"{name} = {value}" in problem.what
    assert problem.at is not None
    text = Path(__file__).read_text().splitlines()[problem.at.line - 1]
    assert text.strip().startswith(f"{name}:")


@pytest.mark.parametrize("thing", [Everything, 5, None, START])
def test_what_is_no_model_is_a_mistake_in_the_call(thing: Any) -> None:
    """The class of a model is the common one."""
    with pytest.raises(CallError) as raised:
        declare(thing)
    assert raised.value.problem.code == "call/not-a-model"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TwoPhaseCommit", "two-phase-commit"),
        ("Raft", "raft"),
        ("PBFTLight", "pbft-light"),
        ("Raft2", "raft2"),
    ],
)
def test_ids_are_class_names_in_lower_case(name: str, expected: str) -> None:
    """Words are joined by hyphens."""
    assert identify(type(name, (), {})) == expected


def test_every_is_the_set_of_all_members() -> None:
    """Of a sort, as many as the model has; of the same model always the same set."""
    assert MODEL.every(Node) == {N1, N2}
    assert MODEL.every(Node) is MODEL.every(Node)
    assert Everything(size=3).every(Node) == {N1, N2, Node(3)}


def test_a_declaration_is_data() -> None:
    """Two readings of one model are alike."""
    again: Declaration = declare(MODEL)
    assert again.state == DECLARED.state
    assert names(again.actions) == names(DECLARED.actions)
