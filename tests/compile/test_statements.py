"""Every statement of the subset means what CPython makes of it, in random states."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compile.snippets import compiled, differences

STATEMENTS = {
    "assignment": """
def tried(self, s: State) -> int:
    x = s.n
    x = x + 1
    y: int = x * 2
    x += y
    return x""",
    "unpacking": """
def tried(self, s: State) -> tuple[int, int, bool]:
    a, (b, c) = s.n, s.pair
    a, b = b, a
    return a, b, c""",
    "unpacking a sequence": """
def tried(self, s: State) -> int:
    a, b = s.log
    return a.term + b.term""",
    "unpacking with a star": """
def tried(self, s: State) -> tuple[int, int]:
    head, *rest = s.log
    *front, last = s.log
    return len(rest), last.term""",
    "several targets": """
def tried(self, s: State) -> int:
    a = b = s.n
    b += 1
    return a * 10 + b""",
    "early return": """
def tried(self, s: State) -> int:
    if s.flag:
        return 1
    if s.n > 3:
        return 2
    elif s.n > 1:
        return 3
    else:
        return 4""",
    "branches that meet": """
def tried(self, s: State) -> tuple[int, int]:
    x, y = 0, 1
    if s.flag:
        x = s.n
    elif s.n == 2:
        x, y = 5, s.m
    else:
        pass
    if s.m > 2:
        y = y + x
    return x, y""",
    "branches of which some return": """
def tried(self, s: State) -> int:
    x = 0
    if s.flag:
        if s.n > 2:
            return 100
        x = s.n
    elif s.n == 0:
        x = 7
    if s.m > 2:
        if s.n == 1:
            return 200
        x = x + 1
    if s.pair[1]:
        if s.n == s.m:
            return 300
        x = x * 2
    if s.phase is Phase.DONE:
        if x > 4:
            return 400
        x = x + 50
    return x + s.m""",
    "different values on ways to a lifted rest": """
def tried(self, s: State) -> int:
    x = 0
    if s.flag:
        if s.n > 3:
            return 9
        x = 1
    else:
        x = 2
    y = x + s.n + s.m + x * x + s.n * s.n + s.m * s.m + s.n + s.m
    return y * x""",
    "narrowing survives to a lifted rest": """
def tried(self, s: State) -> bool:
    x = s.maybe
    if x is None or s.decision is None:
        return False
    if s.flag:
        if s.n > 3:
            return True
        y = 1
    else:
        y = 2
    z = s.votes[x] + y + s.n + s.m + s.n * s.m + s.n * s.n + s.m * s.m + s.n * 2
    return s.votes[x] == z or x in s.nodes or s.decision is Phase.BUSY""",
    "implicit None": """
def tried(self, s: State) -> int | None:
    if s.n > 2:
        return s.n""",
    "assertions": """
def tried(self, s: State) -> int:
    assert s.n != 3, "three"
    assert s.maybe is not None
    return s.votes[s.maybe]""",
    "raise": """
def tried(self, s: State) -> int:
    if s.n == 2:
        raise ValueError("two")
    return s.n""",
    "a raise among branches that meet": """
def tried(self, s: State) -> int:
    if s.n == 2:
        raise ValueError("two")
    elif s.n == 3:
        x = 1
    else:
        x = 2
    return x""",
    "a value nobody looks at": """
def tried(self, s: State) -> int:
    s.log[0]
    return 1""",
    "loop": """
def tried(self, s: State) -> int:
    x, y = 0, 1
    for e in s.log:
        x = x + e.term
        y = y * 2
    return x * 100 + y""",
    "loop over maps and bags": """
def tried(self, s: State) -> int:
    x = 0
    for n in s.votes:
        x = x + s.votes[n]
    for n, v in s.votes.items():
        x = x + v
    for v in s.votes.values():
        x = x + v
    for m, c in s.bag.items():
        x = x + c
    for m in s.bag:
        x = x + 1
    for m in s.bag.elements():
        x = x + 100
    return x""",
    "continue": """
def tried(self, s: State) -> int:
    x = 0
    for e in s.log:
        if e.node is None:
            continue
        x = x + e.term
    return x""",
    "break": """
def tried(self, s: State) -> int:
    x = 0
    for e in s.log:
        if e.node is None:
            break
        x = x + e.term
    return x""",
    "return inside a loop": """
def tried(self, s: State) -> int | None:
    x = 0
    for e in s.log:
        if e.node is not None:
            return x + e.term
        x = x + 100
    if x > 150:
        return None
    return -x""",
    "return None inside a loop": """
def tried(self, s: State) -> int | None:
    for e in s.log:
        if e.term > 3:
            return None
    return s.n""",
    "everything inside a loop": """
def tried(self, s: State) -> int:
    x = 0
    for i, e in enumerate(s.log):
        if e.term == 0:
            continue
        if e.term == 1:
            break
        if e.term == 2:
            return 1000 + x
        if i > 0:
            x = x + 10
        x = x + e.term
    return x""",
    "loops in loops": """
def tried(self, s: State) -> int:
    x = 0
    for a in range(s.n):
        for b in range(s.m):
            if a == b:
                continue
            if a + b > 6:
                return x
            x = x + a * b
        if x > 20:
            break
    return x""",
    "loop over nothing": """
def tried(self, s: State) -> int:
    x = 1
    for i in range(0):
        x = x + i
    return x""",
    "a loop that collects": """
def tried(self, s: State) -> tuple[Node, ...]:
    found = ()
    for e in s.log:
        if e.node is not None:
            found = (*found, e.node)
    return found""",
    "a loop that collects a set": """
def tried(self, s: State) -> frozenset[Message]:
    found = frozenset()
    for n in s.nodes:
        found = found | {Ping(n)}
    for e in s.log:
        if e.node is not None:
            found = found | {Pong(e.node, e.term)}
    return found""",
    "a loop that remembers what may be None": """
def tried(self, s: State) -> Node | None:
    last = None
    for e in s.log:
        if e.node is not None:
            last = e.node
    return last""",
    "match on classes": """
def tried(self, s: State) -> int:
    match s.msg:
        case Ping():
            return 1
        case Pong(to, n):
            return 10 + n + s.votes[to]
        case Stop():
            return 3""",
    "match by keyword, nested, with guards": """
def tried(self, s: State) -> int:
    match s.msg:
        case Pong(n=0):
            return 1
        case Pong(n=1 | 2, to=who) if who == s.maybe:
            return 2
        case Pong(n=k) if k > s.n:
            return 3
        case Ping(who) | Pong(to=who):
            return 4 + s.votes[who]
        case _:
            return 99""",
    "match on values": """
def tried(self, s: State) -> int:
    match s.phase:
        case Phase.IDLE | Phase.BUSY:
            x = 1
        case Phase.DONE:
            x = 2
    match s.decision:
        case None:
            x = x + 10
        case Phase.IDLE:
            x = x + 20
        case other:
            x = x + 30 + other.value
    match s.n:
        case 0:
            x = x + 100
        case 1 | 2:
            x = x + 200
        case -1:
            x = x + 300
    match s.flag:
        case True:
            x = x + 1000
        case False:
            pass
    return x""",
    "match on tuples": """
def tried(self, s: State) -> int:
    match s.pair:
        case (0, True):
            return 1
        case (n, False):
            return n
        case (n, _):
            return n + 10""",
    "match on several": """
def tried(self, s: State) -> int:
    match s.maybe, s.msg:
        case None, _:
            return 1
        case who, Ping(to) if who == to:
            return 2
        case _, Pong(to):
            return 3 + s.votes[to]
        case _:
            return 4""",
    "match on sequences": """
def tried(self, s: State) -> int:
    match s.log:
        case ():
            return 0
        case (Entry(term=t),):
            return t
        case (first, *rest, last):
            return 100 + first.term + 10 * len(rest) + last.term""",
    "match with as": """
def tried(self, s: State) -> int:
    match s.msg:
        case Ping() | Pong() as m:
            return s.votes[m.to]
        case Stop() as m:
            return 0 if m == Stop() else 1""",
    "match that falls through": """
def tried(self, s: State) -> int:
    x = 0
    match s.msg:
        case Ping(to):
            x = s.votes[to]
        case Pong(n=n) if n > 3:
            return 77
    return x + s.n""",
    "assert_never": """
def tried(self, s: State) -> int:
    match s.msg:
        case Ping():
            return 1
        case Pong():
            return 2
        case Stop():
            return 3
        case _:
            assert_never(s.msg)""",
    "a map whose annotation leaves its keys open": """
def tried(self, s: State) -> Map[int, int]:
    m: Map[int, int] = Map.fill(range(self.count), 0)
    return self.bumped(self.bumped(m, 1), s.n % 2)
def bumped(self, m: Map[int, int], i: int) -> Map[int, int]:
    if i > 1:
        return m
    return m.set(i, m[i] + 1)""",
    "maps in a map whose annotation leaves keys open": """
def tried(self, s: State) -> Map[int, Map[int, tuple[Entry, ...]]]:
    zero: Map[int, Map[int, tuple[Entry, ...]]] = Map({i: Map.fill((1, 2), ()) for i in range(3)})
    return zero.set(2, zero[0].set(1, s.log))""",
    "keys that are counted off": """
def tried(self, s: State) -> tuple[Map[tuple[int, Node], bool], Map[int, int], Map[int, Phase]]:
    pairs = Map({(i, n): i > s.n for i in range(1, self.count + 1) for n in self.every(Node)})
    places = Map.fill(self.places(), s.n)
    return pairs, places.set(1, 0), Map({0: s.phase, 1: Phase.IDLE})
def places(self) -> frozenset[int]:
    return frozenset(range(self.size))""",
    "the first item of a sequence": """
def tried(self, s: State) -> tuple[int, Entry | None, int]:
    late = next((e for e in s.log if e.term > 3), None)
    return next(e.term for e in s.log if e.node is not None), late, next(iter(s.log), s.log[1]).term""",
    "the one member of a set": """
def tried(self, s: State) -> tuple[Node | None, Node, int]:
    found = next((n for n in s.votes if n == s.maybe), None)
    return found, next(n for n in s.votes if n == s.maybe), next((0 for n in s.nodes), s.log[1].term)""",
    "repetition": """
def tried(self, s: State) -> tuple[tuple[Entry, ...], tuple[int, ...], tuple[bool, int, bool, int], int]:
    return s.log * 2, (s.n,) * (self.count - s.m), (s.flag, s.m) * 2, len([0] * s.n)""",
    "a list and a set that are collected": """
def tried(self, s: State) -> tuple[int, ...]:
    numbers: list[int] = []
    for e in s.log:
        if e.term > 2:
            numbers = [*numbers, e.term + self.known(s)]
    return tuple(numbers)
def known(self, s: State) -> int:
    return len(self.seen(s))
def seen(self, s: State) -> frozenset[Node]:
    found: set[Node] = set()
    for e in s.log:
        if e.node is not None:
            found = found | {e.node}
    return frozenset(found)""",
    "walrus": """
def tried(self, s: State) -> int:
    if (x := s.n + 1) > 3:
        return x
    y = (z := s.m) + z
    return x * 100 + y + z""",
    "walrus in a comprehension": """
def tried(self, s: State) -> frozenset[int]:
    return frozenset(k for e in s.log if (k := e.term * 2) > 3)""",
    "a docstring": '''
def tried(self, s: State) -> int:
    """What it does."""
    ...
    return s.n''',
}


def test_branches_one_after_the_other_cost_their_sum(tmp_path: Path) -> None:
    """What follows each is compiled once, however many ways lead to it."""
    branch = "    if s.n > {0}:\n        if s.m == {0}:\n            return x + {0}\n        x = x + s.n\n"
    lines = "".join(branch.format(number) for number in range(20))
    program = compiled(f"def tried(self, s: State) -> int:\n    x = 0\n{lines}    return x\n", tmp_path)
    assert len(program.functions) <= 21


@pytest.mark.parametrize("function", STATEMENTS.values(), ids=STATEMENTS)
def test_statements_mean_what_cpython_makes_of_them(function: str, tmp_path: Path) -> None:
    """The compiled function gives the same results, and is stuck where CPython raises."""
    assert differences(function, tmp_path) == []


def test_a_choice_from_a_set_of_several_is_left_to_cpython(tmp_path: Path) -> None:
    """Where one member is possible it is taken; where several are, the compiled function is stuck."""
    function = "def tried(self, s: State) -> Node:\n    return next(iter(s.nodes))"
    found = differences(function, tmp_path)
    assert {len(state.nodes) for state, _, _ in found} == {2}
    assert {result for _, _, result in found} == {"stuck"}
