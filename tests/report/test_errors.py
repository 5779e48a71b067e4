"""How a mistake is drawn; and that docs/errors.md lists every code there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from checker.lang.errors import Location, Problem
from checker.report.errors import render_problem

ROOT = Path(__file__).parents[2]
RAISERS = {"SpecError", "CallError", "outside"}


def test_a_problem_shows_what_where_why_and_what_instead(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("x = 1\n\ty = x + zebra\n")
    at = Location(str(tmp_path / "a.py"), 2, 10, 15)
    problem = Problem("a/b", "it is wrong", "because", "write this", at, ("it happened",))
    assert render_problem(problem) == (
        "error[a/b]: it is wrong\n"
        " --> a.py:2:10\n"
        "  |\n"
        "2 | \ty = x + zebra\n"
        "  | \t        ^^^^^\n"
        "why: because\n"
        "note: it happened\n"
        "instead: write this\n"
    )


def test_a_problem_without_place_has_no_source():
    assert render_problem(Problem("a/b", "it is wrong")) == "error[a/b]: it is wrong\n"


def test_a_place_in_a_file_that_is_gone_still_has_its_name():
    problem = Problem("a/b", "wrong", at=Location("/nowhere/a.py", 3, 1))
    assert render_problem(problem) == "error[a/b]: wrong\n --> /nowhere/a.py:3:1\n"


def test_carets_end_with_the_line():
    problem = Problem("a/b", "wrong", at=Location("command line", 1, 4, 99, "-c x=1"))
    assert render_problem(problem).splitlines()[-1] == " |    ^^^^"


def test_long_remarks_wrap_under_their_first_word():
    lines = render_problem(Problem("a/b", "wrong", why="word " * 40), width=60).splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert all(line.startswith("     word") for line in lines[2:])


def test_colours_are_added_and_nothing_else():
    problem = Problem("a/b", "wrong", "because", "this", Location("command line", 1, 1, 3, "abc"))
    coloured = render_problem(problem, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render_problem(problem)


def codes() -> set[str]:
    """Every code in the source: the first argument of a SpecError or a CallError."""
    found = set()
    for file in (ROOT / "checker").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISERS and node.args:
                found |= _texts(node.args[0])
    return found


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.JoinedStr):
        return {"".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)}
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and "/" in str(n.value)}


def test_every_code_is_documented_with_its_remedy():
    listed = set(re.findall(r"^\| `([a-z-]+/[a-z-]+)` \|", (ROOT / "docs/errors.md").read_text(), re.M))
    used = codes()
    plain = {code for code in used if "*" not in code}
    patterns = [code.replace("*", "[a-z]+") for code in used if "*" in code]
    made = {code for code in listed if any(re.fullmatch(pattern, code) for pattern in patterns)}
    assert sorted(plain - listed) == [], "codes that docs/errors.md lacks"
    assert sorted(listed - plain - made) == [], "codes that no longer exist"
    assert all(any(re.fullmatch(p, code) for code in listed) for p in patterns)
