"""Lines of C in the making: indentation, blocks, and parts that are written aside first.

The rule kept: what is written comes out in order, one statement a line, four spaces to a block.
Knows nothing of the IR; a line is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

INDENT = "    "
LONGEST_LINE = 100


class Writer:
    """The lines of one C function."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 1

    def write(self, line: str) -> None:
        """Add a statement at the present depth."""
        self.lines.append(INDENT * self.depth + line)

    def paste(self, lines: list[str]) -> None:
        """Add lines that were written aside at the present depth."""
        self.lines.extend(lines)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """A statement with a block: the braces are left out where it is one line."""
        with self.aside() as inner:
            self.depth += 1
            try:
                yield
            finally:
                self.depth -= 1
        self._close(head, inner)

    def _close(self, head: str, inner: list[str]) -> None:
        outer = INDENT * self.depth
        one_line = len(inner) == 1 and not _declares(inner[0])
        if one_line and not head.startswith(("for", "} else")) and len(outer + head + inner[0]) < 100:
            self.lines.append(f"{outer}{head} {inner[0].strip()}".rstrip())
            return
        self.lines.append(f"{outer}{head} {{".replace("  {", " {"))
        self.lines.extend(inner)
        self.lines.append(f"{outer}}}")

    @contextmanager
    def aside(self) -> Iterator[list[str]]:
        """Statements written here go to the list that this gives, not to the function."""
        before, self.lines = self.lines, []
        try:
            yield self.lines
        finally:
            self.lines = before

    def branches(self, test: str, then: list[str], other: list[str]) -> None:
        """`if` with both parts, written aside one level deeper."""
        outer = INDENT * self.depth
        self.lines += [f"{outer}if ({test}) {{", *then]
        chained = other and other[0].startswith(f"{outer}{INDENT}if (") and _is_one_statement(other, outer)
        if chained:
            shallower = [line.removeprefix(INDENT) for line in other]
            self.lines += [f"{outer}}} else {shallower[0].strip()}", *shallower[1:]]
            return
        self.lines += [f"{outer}}} else {{", *other, f"{outer}}}"] if other else [f"{outer}}}"]


def _is_one_statement(lines: list[str], outer: str) -> bool:
    """Whether the lines are one `if` in braces, with its `else` if it has one."""
    starts = [line for line in lines if line.startswith(outer + INDENT) and line[len(outer) + 4] != " "]
    return (
        lines[0].endswith("{")
        and all(line.strip().startswith(("if (", "}")) for line in starts)
        and (sum(line.strip().startswith("if (") for line in starts) == 1)
    )


def _declares(line: str) -> bool:
    """Whether a line is a declaration or a label, neither of which may stand alone after an `if`."""
    return re.match(r"\s*(const |static |[A-Za-z_]\w* \**[a-z_A-Z]\w*( = |;|\[))", line) is not None and (
        not line.strip().startswith(("return", "goto"))
    )


def without_last_jump(lines: list[str], jump: str) -> None:
    """Drop a jump that ends a block to where the block leads anyway."""
    if lines and lines[-1].strip() == jump:
        lines.pop()


def mentions(lines: list[str], name: str) -> bool:
    """Whether a variable occurs in some lines; members of structs may have the same name."""
    return any(name in line and name in variables(line) for line in lines)


@lru_cache(maxsize=4096)
def variables(line: str) -> frozenset[str]:
    """The words of a line that are no members of structs."""
    return frozenset(_VARIABLE.findall(line))


def finished(lines: list[str]) -> list[str]:
    """The lines of a whole function without jumps to its end and without variables nobody reads."""
    lines = _started([line for line in lines if line.strip()])
    while lines and lines[-1].strip() == "return;":
        lines = lines[:-1]
    changed = True
    while changed:
        changed = False
        for place, line in enumerate(lines):
            found = _DECLARATION.match(line)
            if found is None or _mentioned_after(lines, place, found["name"]):
                continue
            value = found["value"] or ""
            keeps = "worker" in value
            lines[place : place + 1] = [f"{found['indent']}(void)({value.strip()});"] if keeps else []
            changed = True
            break
    return [part for line in _with_unread(lines) for part in folded(line)]


def folded(line: str) -> list[str]:
    """A line that is too long, broken where its parentheses are fewest."""
    if len(line) <= LONGEST_LINE:
        return [line]
    indent = len(line) - len(line.lstrip())
    depth, best, quality = 0, 0, 99
    for place, letter in enumerate(line[:LONGEST_LINE]):
        depth += (letter in "([{") - (letter in ")]}")
        after = line[: place + 1]
        if place > indent + 20 and after.endswith((", ", " && ", " || ", " ? ")) and depth <= quality:
            best, quality = place + 1, depth
    if not best and not line.lstrip().startswith("if ("):
        best = line.find("(") + 1
    if not best:
        return [line]
    rest = " " * min(indent + 8, 40) + line[best:].lstrip()
    if len(rest) >= len(line):
        return [line]
    return [line[:best].rstrip(), *folded(rest)]


def _with_unread(lines: list[str]) -> list[str]:
    """Says of variables that are only ever assigned that this is meant so."""
    made = []
    for place, line in enumerate(lines):
        made.append(line)
        found = _DECLARATION.match(line)
        if found is not None and not line.strip().startswith(("return", "goto", "(void)")):
            name = found["name"]
            later = (line for line in lines[place + 1 :] if mentions([line], name))
            if all(_only_assigns(line, name) for line in later):
                made.append(f"{found['indent']}(void){name};")
    return made


def _only_assigns(line: str, name: str) -> bool:
    """Whether a line assigns to a variable or a part of it, and does not read it."""
    found = _ASSIGNMENT.match(line)
    return found is not None and found["name"] == name and name not in re.findall(r"\w+", found["value"])


def _started(lines: list[str]) -> list[str]:
    """Declarations put together with the assignment that follows at once."""
    made: list[str] = []
    for line in lines:
        declared = _DECLARATION.match(made[-1]) if made else None
        if declared is not None and declared["value"] is None and "*" not in made[-1]:
            start = f"{declared['indent']}{declared['name']} = "
            if line.startswith(start) and not mentions([line[len(start) :]], declared["name"]):
                made[-1] = f"{made[-1][:-1]} = {line[len(start) :]}"
                continue
        made.append(line)
    return made


_VARIABLE = re.compile(r"(?<![\w.])(?<!->)[A-Za-z_]\w*")
_ASSIGNMENT = re.compile(r"\s*(?P<name>\w+)(\.\w+|\[[^\]]*\])* = (?P<value>.*)")
_DECLARATION = re.compile(
    r"(?P<indent> +)(?:const )?[A-Za-z_]\w* \*?(?P<name>[a-z_A-Z]\w*)(?: = (?P<value>.+))?;$"
)


def _mentioned_after(lines: list[str], place: int, name: str) -> bool:
    """Whether a variable is read below its declaration; the names of a function are unique."""
    return lines[place].strip().startswith(("return", "goto")) or mentions(lines[place + 1 :], name)
