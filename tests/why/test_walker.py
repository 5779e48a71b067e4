"""Why a predicate has its truth value: each form of expression with its reasons in full."""

from __future__ import annotations

import ast
import linecache
import textwrap
from enum import Enum
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.lang import Map, Sort, frozen
from checker.why.explain import reasons
from checker.why.walker import walk


class Node(Sort, label="n"):
    """Some identity."""


class Role(Enum):
    """Some enumeration."""

    LEADER = 1
    FOLLOWER = 2


@frozen
class State:
    """What the predicates look at."""

    role: Map[Node, Role]
    votes: frozenset[int]
    log: tuple[int, ...]
    leader: Node | None


N1, N2 = Node(1), Node(2)
S = State(Map({N1: Role.LEADER, N2: Role.FOLLOWER}), frozenset({1, 3}), (5, 6, 7), N1)


class Model:
    """Predicates, each with one form of expression."""

    limit = 2

    def conjunction(self, s: State) -> bool:
        return len(s.log) > 1 and 2 in s.votes and s.leader is not None

    def disjunction(self, s: State) -> bool:
        return s.leader is None or 2 in s.votes

    def negation(self, s: State) -> bool:
        return not (s.leader is not None)

    def exists(self, s: State) -> bool:
        return any(n in s.votes and n > 5 for n in s.log)

    def none_there(self, s: State) -> bool:
        return any(n > 0 for n in s.log if n > 100)

    def for_all(self, s: State) -> bool:
        return all(n < 7 for n in s.log)

    def not_any(self, s: State) -> bool:
        return not any(s.role[a] is Role.LEADER and a != b for a in s.role for b in s.role)

    def choice(self, s: State) -> bool:
        return len(s.votes) > 5 if s.leader is not None else False

    def branches(self, s: State) -> bool:
        if s.leader is None:
            return True
        size = len(s.votes)
        return size > self.limit

    def loops(self, s: State) -> bool:
        for n in s.log:
            if n > 6:
                return n in s.votes
        return True

    def matches(self, s: State) -> bool:
        match s.leader:
            case None:
                return True
            case Node() if s.leader == Node(1):
                return 1 not in s.votes
            case _:
                return True

    def is_quorum(self, s: State, least: int = 3) -> bool:
        return len(s.votes) >= least

    def helper(self, s: State) -> bool:
        return self.is_quorum(s)

    def chain(self, s: State) -> bool:
        return 1 < len(s.votes) < self.limit

    def names_a_member(self, s: State) -> bool:
        return s.role[N2] is Role.LEADER


class Derived(Model):
    """A predicate that asks the one it overrides."""

    def conjunction(self, s: State) -> bool:
        return super().conjunction(s)


WHY = {
    "conjunction": """
        false: len(s.log) > 1 and 2 in s.votes and s.leader is not None
          false: 2 in s.votes
            where s.votes = {1, 3}
    """,
    "disjunction": """
        false: s.leader is None or 2 in s.votes
          false: s.leader is None
            where s.leader = n1
          false: 2 in s.votes
            where s.votes = {1, 3}
    """,
    "negation": """
        false: not (s.leader is not None)
          true: s.leader is not None
            where s.leader = n1
    """,
    "exists": """
        false: any(n in s.votes and n > 5 for n in s.log)   (of 3 tried)
    """,
    "none_there": """
        false: any(n > 0 for n in s.log if n > 100)   (there is nothing to range over)
    """,
    "for_all": """
        false: all(n < 7 for n in s.log)
          with n = 7
          false: n < 7
            where n = 7
    """,
    "not_any": """
        false: not any(s.role[a] is Role.LEADER and a != b for a in s.role for b in s.role)
          with a = n1, b = n2
          true: s.role[a] is Role.LEADER
            where s.role[a] = LEADER
          true: a != b
            where a = n1
            where b = n2
    """,
    "choice": """
        false: len(s.votes) > 5
          where len(s.votes) = 2
          where s.votes = {1, 3}
    """,
    "branches": """
        false: size > self.limit
          where size = 2
          where self.limit = 2
    """,
    "loops": """
        false: n in s.votes
          where n = 7
          where s.votes = {1, 3}
    """,
    "matches": """
        false: 1 not in s.votes
          where s.votes = {1, 3}
    """,
    "helper": """
        false: self.is_quorum(s)
          false: len(s.votes) >= least
            where len(s.votes) = 2
            where s.votes = {1, 3}
            where least = 3
    """,
    "chain": """
        false: 1 < len(s.votes) < self.limit
          where len(s.votes) = 2
          where s.votes = {1, 3}
          where self.limit = 2
    """,
    "names_a_member": """
        false: s.role[N2] is Role.LEADER
          where s.role[N2] = FOLLOWER
    """,
}


@pytest.mark.parametrize("name", WHY)
def test_the_reasons_of_each_form(name: str) -> None:
    """The false part, the witnesses and the values, and nothing else."""
    walked = walk(getattr(Model, name), (Model(), S))
    assert walked is not None
    assert walked.value is getattr(Model(), name)(S) is False
    assert walked.reason is not None
    assert "\n".join(reasons(walked.reason)) == textwrap.dedent(WHY[name]).strip()


def test_an_overriding_predicate_is_followed_to_the_one_it_calls() -> None:
    """`super()` means in the walk what it means in the method."""
    walked = walk(Derived.conjunction, (Derived(), S))
    assert walked is not None
    assert walked.reason is not None
    lines = reasons(walked.reason)
    assert lines[0] == "false: super().conjunction(s)"
    assert "    false: 2 in s.votes" in lines


def test_the_tests_on_the_way_are_kept() -> None:
    """What decided the branch that was taken can be told as well."""
    walked = walk(Model.branches, (Model(), S))
    assert walked is not None
    assert [(test.text, test.value) for test in walked.tests] == [("s.leader is None", False)]


def test_what_cannot_be_followed_is_not_explained() -> None:
    """A function without source, or a statement that makes no sense alone, gives nothing, no crash."""
    scope: dict[str, Any] = {}
    exec("def made(self, s): return False", scope)
    assert walk(scope["made"], (None, None)) is None
    assert walk(len, ((),)) is None


def breaks(self: object, s: State) -> bool:
    for n in s.log:
        if n == 6:
            break
    else:
        return True
    return False


def raises(self: object, s: State) -> bool:
    return s.log[99] > 0


def counts(self: object, s: State) -> bool:
    total = 0
    for n in s.log:
        total += n
    squares = [n * total for n in s.log]
    return squares == [n * 18 for n in s.log] and total != 18


def unpacks(self: object, s: State) -> bool:
    return helper(*s.log)


def helper(*numbers: int) -> bool:
    return len(numbers) > 3


def shadows(self: object, s: State) -> bool:
    def any(values: object) -> bool:
        return False

    return any(n > 0 for n in s.log)


@pytest.mark.parametrize("function", [breaks, counts, unpacks, shadows])
def test_a_walk_never_contradicts_the_function(function: Any) -> None:
    """It gives the function's own value, or none at all."""
    walked = walk(function, (None, S))
    if walked is not None:
        assert walked.value is function(None, S)
        assert walked.reason is None or walked.reason.value is walked.value


def test_a_predicate_that_raises_is_not_explained() -> None:
    """The error is reported elsewhere."""
    assert walk(raises, (None, S)) is None


# -- generated expressions --

NUMBERS = st.sampled_from(["x", "y", "0", "1", "len(items)", "x + y", "min(x, y)"])
FRESH = count()


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Boolean expressions over x, y and items."""

    def comparison() -> st.SearchStrategy[str]:
        sign = st.sampled_from(["<", "<=", "==", "!=", ">", ">="])
        return st.builds(lambda a, o, b: f"{a} {o} {b}", NUMBERS, sign, NUMBERS)

    member = st.builds(lambda a, o: f"{a} {o} items", NUMBERS, st.sampled_from(["in", "not in"]))
    leaves = st.one_of(
        comparison(), member, st.sampled_from(["True", "False", "truth(x)", "not_less(x, y)", "1 < x < y"])
    )

    def build(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        quantifier = st.sampled_from(["any", "all"])
        return st.one_of(
            st.builds(lambda a, o, b: f"({a} {o} {b})", inner, st.sampled_from(["and", "or"]), inner),
            st.builds(lambda a: f"(not {a})", inner),
            st.builds(lambda a, t, b: f"({a} if {t} else {b})", inner, inner, inner),
            st.builds(lambda q, a: f"{q}({a} for x in items)", quantifier, inner),
            st.builds(lambda q, a, b: f"{q}({a} for y in items if {b})", quantifier, inner, inner),
            st.builds(lambda q, a: f"{q}({a} for x in items for y in range(x))", quantifier, inner),
            st.builds(lambda a, b: f"({a}) == ({b})", inner, inner),
        )

    return draw(st.recursive(leaves, build, max_leaves=6))


HELPERS = """
def truth(n):
    if n > 1:
        return True
    return n == 0

def not_less(a, b=1):
    for n in range(b):
        if n > a:
            return False
    return True
"""


def function_of(expression: str, statements: str) -> Any:
    """A function with this source, as if it stood in a file."""
    text = (
        f"{HELPERS}\ndef predicate(x, y, items):\n{textwrap.indent(statements.format(expression), '    ')}\n"
    )
    file = f"<generated {next(FRESH)}>"
    ast.parse(text)
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    scope: dict[str, Any] = {}
    exec(compile(text, file, "exec"), scope)
    return scope["predicate"]


SHAPES = [
    "return {}",
    "if {0}:\n    return not ({0})\nelse:\n    return {0}",
    "for x in items:\n    if {0}:\n        return True\nreturn {0}",
    "z = {0}\nreturn z or x == y",
    "match x:\n    case 0:\n        return {0}\n    case _ if y > 0:\n        return not ({0})\nreturn False",
]


@given(expressions(), st.sampled_from(SHAPES), st.integers(-1, 3), st.integers(-1, 3),
       st.lists(st.integers(-1, 3), max_size=3).map(tuple))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_the_walk_agrees_with_the_function(
    expression: str, shape: str, x: int, y: int, items: tuple[int, ...]
) -> None:
    """The walked truth value is the function's own result, and so is the reason's."""
    function = function_of(expression, shape)
    walked = walk(function, (x, y, items))
    assert walked is not None
    assert walked.value is function(x, y, items)
    assert walked.reason is not None
    assert walked.reason.value is walked.value
