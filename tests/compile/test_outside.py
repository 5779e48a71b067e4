"""What is outside the subset gets a located error: the code, and the caret on the very expression."""

from __future__ import annotations

import linecache
from pathlib import Path

import pytest

from checker.compile.model import compile_model
from checker.lang.errors import Location, SpecError
from tests.compile.snippets import PRELUDE, compiled, declaration

STATEMENTS = {
    "while": ("while s.flag:\n    pass\nreturn 1", "statement", "while"),
    "try": ("try:\n    return 1\nexcept KeyError:\n    return 2", "statement", "try"),
    "with": ("with s:\n    return 1", "statement", "with"),
    "def": ("def f(x: int) -> int:\n    return x\nreturn f(1)", "statement", "def"),
    "class": ("class A:\n    pass\nreturn 1", "statement", "class"),
    "import": ("import math\nreturn 1", "statement", "import"),
    "from": ("from math import pi\nreturn 1", "statement", "from"),
    "global": ("global LIMIT\nreturn 1", "statement", "global"),
    "del": ("x = 1\ndel x\nreturn 1", "statement", "del"),
    "for-else": ("for e in s.log:\n    pass\nelse:\n    x = 1\nreturn 1", "statement", "x = 1"),
    "attribute": ("s.n = 1\nreturn 1", "statement", "s.n"),
    "item": ("s.votes[s.maybe] = 1\nreturn 1", "statement", "s.votes[s.maybe]"),
    "augmented attribute": ("s.n += 1\nreturn 1", "statement", "s.n"),
    "unassigned": ("if s.flag:\n    x = 1\nreturn x", "unassigned", "x"),
    "after a loop": ("for e in s.log:\n    pass\nreturn e.term", "unassigned", "e"),
    "wrong length": ("a, b, c = s.pair\nreturn a", "type", "a, b, c"),
    "grows": (
        "x = None\nfor e in s.log:\n    x = (x, e)\nreturn 1 if x else 2",
        "needs-type",
        "for e in s.log:",
    ),
    "mapping pattern": ("match s.votes:\n    case {1: x}:\n        return x\nreturn 1", "pattern", "{1: x}"),
    "pattern too long": (
        "match s.msg:\n    case Ping(a, b):\n        return 1\nreturn 1",
        "pattern",
        "Ping(a, b)",
    ),
    "pattern field": (
        "match s.msg:\n    case Ping(too=a):\n        return 1\nreturn 1",
        "unknown-field",
        "a",
    ),
    "walrus that changes a local": (
        "x = 1\nys = tuple(x for e in s.log if (x := e.term) > 1)\nreturn x + len(ys)",
        "walrus",
        "(x := e.term) > 1",
    ),
    "a list that grows in place": (
        "x = [1]\ny = x\nx += [s.n]\nreturn len(y)",
        "mutable",
        "x += [s.n]",
    ),
    "a set that grows in place": (
        "x = {1}\ny = x\nif s.flag:\n    x |= {s.n}\nreturn len(y)",
        "mutable",
        "x |= {s.n}",
    ),
    "wrong annotation": ("x: bool = s.n\nreturn 1", "type", "s.n"),
}

EXPRESSIONS = {
    "string": ('"a" == s.phase', "expression", '"a"'),
    "fraction": ("1.5 < s.n", "expression", "1.5"),
    "bytes": ('b"x" == s.n', "expression", 'b"x"'),
    "formatted": ('f"{s.n}" == 1', "expression", 'f"{s.n}"'),
    "lambda": ("(lambda x: x)(1)", "call", "(lambda x: x)"),
    "lambda alone": ("[lambda x: x]", "expression", "lambda x: x"),
    "dict": ("{1: 2}[s.n]", "expression", "{1: 2}"),
    "generator": ("(e for e in s.log) == s.log", "expression", "(e for e in s.log)"),
    "function as a value": ("double == 1", "expression", "double"),
    "the model as a value": ("self == s.n", "expression", "self"),
    "a string constant": ("s.n == ROMAN", "value", "ROMAN"),
    "member name": ("s.phase.name == 1", "unknown-field", "s.phase.name"),
    "division": ("s.n / 2", "operator", "s.n / 2"),
    "shift": ("s.n << 2", "operator", "s.n << 2"),
    "bits": ("s.n & 2", "operator", "s.n & 2"),
    "invert": ("~s.n", "operator", "~s.n"),
    "repetition of a set": ("s.nodes * 2", "operator", "s.nodes * 2"),
    "next of an iterator": ("next(reversed(s.log))", "arguments", "reversed(s.log)"),
    "optional arithmetic": ("self.option + 1", "operator", "self.option + 1"),
    "truth values with &": ("s.flag & s.pair[1]", "operator", "s.flag & s.pair[1]"),
    "order of identities": ("min(s.nodes)", "operator", "min(s.nodes)"),
    "order of members": ("s.phase < Phase.DONE", "operator", "s.phase < Phase.DONE"),
    "truth and number": ("s.flag == s.n", "type", "s.flag == s.n"),
    "list and tuple": ("s.log == [e for e in s.log]", "mutable", "s.log == [e for e in s.log]"),
    "list in a tuple": ("(1, [2])", "mutable", "[2]"),
    "list to a field": ("evolve(s, log=[e for e in s.log])", "mutable", "[e for e in s.log]"),
    "set to a field": ("evolve(s, nodes={s.maybe} - {None})", "mutable", "{s.maybe} - {None}"),
    "a function of a library": ("random.random() > s.n", "call", "random.random"),
    "print": ("print(s.n)", "call", "print"),
    "sorted": ("sorted(s.log)", "call", "sorted"),
    "getattr": ("getattr(s, 'n')", "call", "getattr"),
    "map": ("map(double, s.log)", "call", "map"),
    "unknown method": ("s.votes.pop(s.maybe)", "call", "s.votes.pop"),
    "append": ("s.log.append(1)", "call", "s.log.append"),
    "calling a value": ("s.n(1)", "call", "s.n"),
    "identity": ("Node(1) in s.nodes", "identity", "Node(1)"),
    "enum call": ("Phase(1) is s.phase", "call", "Phase"),
    "unknown name": ("LIMITS + s.n", "unknown-name", "LIMITS"),
    "unknown field": ("s.phse is Phase.IDLE", "unknown-field", "s.phse"),
    "unknown field of a union": ("s.msg.too", "unknown-field", "s.msg.too"),
    "unknown member": ("s.phase is Phase.WORKING", "unknown-name", "Phase.WORKING"),
    "unknown constant": ("self.sizes + 1", "unknown-field", "self.sizes"),
    "unknown model method": ("self.doubled(s.n)", "unknown-field", "self.doubled(s.n)"),
    "evolve of an unknown field": ("evolve(s, N=1)", "unknown-field", "1"),
    "record without a value": ("Ping()", "arguments", "Ping()"),
    "record with too many": ("Ping(s.maybe, 1)", "arguments", "Ping(s.maybe, 1)"),
    "record with a wrong value": ("Ping(s.n)", "type", "s.n"),
    "too few arguments": ("self.scaled()", "arguments", "self.scaled()"),
    "too many arguments": ("self.scaled(1, 2)", "arguments", "self.scaled(1, 2)"),
    "unknown argument": ("double(y=s.n)", "arguments", "s.n"),
    "wrong argument": ("double(s.phase)", "type", "s.phase"),
    "star argument": ("double(*s.log)", "arguments", "*s.log"),
    "key of min": ("min(s.log, key=double)", "arguments", "double"),
    "wrong key": ("s.votes[s.phase]", "type", "s.phase"),
    "subscript of a number": ("s.n[0]", "type", "s.n[0]"),
    "tuple index": ("s.pair[2]", "type", "s.pair[2]"),
    "step of a slice": ("s.log[::2]", "expression", "2"),
    "step of a range": ("range(0, 5, s.n)", "arguments", "s.n"),
    "order of a set": ("tuple(enumerate(s.nodes))", "order", "s.nodes"),
    "zip of a map": ("tuple(zip(s.votes, s.log))", "order", "s.votes"),
    "no collection": ("all(x for x in s.n)", "type", "s.n"),
    "isinstance of a value": ("isinstance(s.msg, s.n)", "call", "s.n"),
    "map of unknown keys": (
        "Map({e.term + 1: 1 for e in s.log})",
        "needs-type",
        "Map({e.term + 1: 1 for e in s.log})",
    ),
    "walrus that may not run": ("s.flag and (x := s.n) > 1", "walrus", "(x := s.n)"),
    "one object": ("s.msg is Stop()", "operator", "s.msg is Stop()"),
    "one object or not": ("s.log is not s.log", "operator", "s.log is not s.log"),
    "nested truth and number": ("(s.flag, s.n) == (s.n, s.n)", "type", "(s.flag, s.n) == (s.n, s.n)"),
    "membership of a truth value": ("s.flag in {s.n, 7}", "type", "s.flag in {s.n, 7}"),
    "an Enum as a value": ("Phase == s.phase", "expression", "Phase"),
    "membership in an Enum": ("s.decision in Phase", "type", "s.decision"),
    "an item of an Enum": ("Phase[s.n]", "expression", "Phase"),
    "truth value or number": ("s.flag if s.n > 2 else s.m", "type", "s.flag if s.n > 2 else s.m"),
    "a mixed set": ("frozenset({s.flag, s.n})", "type", "{s.flag, s.n}"),
}


def caret(at: Location | None) -> str:
    """The text that a location points at."""
    assert at is not None
    line = linecache.getline(at.file, at.line)
    return line[at.column - 1 : (at.end or at.column) - 1]


def problem(function: str, folder: Path, more: str = "") -> tuple[str, str]:
    """The code and the caret's text of the error for a function."""
    declared = declaration(function, folder, more)
    linecache.checkcache()
    with pytest.raises(SpecError) as caught:
        compile_model(declared)
    found = caught.value.problem
    assert found.what
    assert found.why
    assert found.instead
    return found.code, caret(found.at)


@pytest.mark.parametrize(("text", "code", "where"), STATEMENTS.values(), ids=STATEMENTS)
def test_statements_outside_the_subset(text: str, code: str, where: str, tmp_path: Path) -> None:
    """Each has its code, and the caret on what is wrong."""
    lines = "\n    ".join(text.split("\n"))
    function = f"def tried(self, s: State) -> int:\n    {lines}"
    assert (f"subset/{code}", where) == problem(function, tmp_path)


@pytest.mark.parametrize(("text", "code", "where"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expressions_outside_the_subset(text: str, code: str, where: str, tmp_path: Path) -> None:
    """Each has its code, and the caret on what is wrong."""
    found = problem(f"def tried(self, s: State):\n    return {text}", tmp_path)
    assert (f"subset/{code}", where.strip("()")) == (found[0], found[1].strip("()"))


DEFINITIONS = {
    "recursion": (
        "def tried(self, s: State) -> bool:\n    return self.tried(s)",
        "",
        "recursion",
        "self.tried(s)",
    ),
    "mutual recursion": (
        "def tried(self, s: State) -> int:\n    return even(s.n)",
        "def even(n: int) -> int:\n    return 0 if n == 0 else odd(n - 1)\n"
        "def odd(n: int) -> int:\n    return 1 if n == 0 else even(n - 1)",
        "recursion",
        "even(n - 1)",
    ),
    "decorated": (
        "def tried(self, s: State) -> int:\n    return wrapped(s.n)",
        "def twice(f):\n    @functools.wraps(f)\n    def g(x):\n        return f(f(x))\n    return g\n"
        "@twice\ndef wrapped(x: int) -> int:\n    return x + 1",
        "decorated",
        "wrapped(s.n)",
    ),
    "a lambda": (
        "def tried(self, s: State) -> int:\n    return short(s.n)",
        "short = lambda x: x",
        "no-source",
        "short(s.n)",
    ),
    "a generator function": (
        "def tried(self, s: State) -> int:\n    return sum(several(s.n))",
        "def several(n: int):\n    yield n",
        "call",
        "several(s.n)",
    ),
    "any number of arguments": (
        "def tried(self, s: State) -> int:\n    return several(s.n, 2)",
        "def several(*n: int) -> int:\n    return 1",
        "arguments",
        "several(s.n, 2)",
    ),
    "a loop that returns what is not known": (
        "def tried(self, s: State) -> int | None:\n    return found(s.log)",
        "def found(log: tuple[Entry, ...]):\n    for e in log:\n        return e.term",
        "needs-type",
        "for e in log:",
    ),
    "a record that compares in its own way": (
        "def tried(self, s: State) -> bool:\n    return Odd(1) == Odd(2)",
        "@attrs.frozen(eq=False)\nclass Odd:\n    n: Num\n    def __eq__(self, other):\n        return True\n"
        "    def __hash__(self):\n        return 1",
        "record",
        "Odd",
    ),
    "a record with a converter": (
        "def tried(self, s: State) -> bool:\n    return Odd(1) == Odd(2)",
        "@attrs.frozen\nclass Odd:\n    n: Num = attrs.field(converter=int)",
        "record",
        "n: Num = attrs.field(converter=int)",
    ),
    "a mixed Enum": (
        "def tried(self, s: State) -> bool:\n    return Level.LOW == 1",
        "class Level(IntEnum):\n    LOW = 1",
        "value",
        "Level",
    ),
}


@pytest.mark.parametrize(("text", "more", "code", "where"), DEFINITIONS.values(), ids=DEFINITIONS)
def test_definitions_outside_the_subset(text: str, more: str, code: str, where: str, tmp_path: Path) -> None:
    """What is called must be a plain function or a plain record."""
    assert (f"subset/{code}", where) == problem(text, tmp_path, more)


def test_the_nearest_name_is_suggested(tmp_path: Path) -> None:
    """A field that is misspelt is answered with the one that was meant."""
    declared = declaration("def tried(self, s: State) -> bool:\n    return s.phse is Phase.IDLE", tmp_path)
    with pytest.raises(SpecError) as caught:
        compile_model(declared)
    assert caught.value.problem.instead == "Did you mean `phase`?"


def test_a_function_of_very_many_statements_is_told(tmp_path: Path) -> None:
    """It is no crash."""
    lines = "    x = x + s.n\n" * 400
    text = f"def tried(self, s: State) -> int:\n    x = 0\n{lines}    return x\n"
    assert problem(text, tmp_path) == ("subset/too-long", "tried")


def test_a_file_that_changed_since_it_was_imported_is_not_compiled(tmp_path: Path) -> None:
    """What is compiled must be what Python runs."""
    declared = declaration("def tried(self, s: State) -> int:\n    return s.n", tmp_path)
    file = tmp_path / "tried_spec.py"
    file.write_text(file.read_text().replace("return s.n", "return s.m + 1"))
    with pytest.raises(SpecError) as caught:
        compile_model(declared)
    assert caught.value.problem.code == "subset/no-source"


def test_what_is_inside_compiles(tmp_path: Path) -> None:
    """The model around the snippets is no reason for an error."""
    assert "Tried" in PRELUDE
    assert compiled("def tried(self, s: State) -> int:\n    return s.n", tmp_path).name == "Tried"
