"""Clauses as a user reads them: a method to paste into the spec, laid out as the formatter would.

What is denied comes first, as the premises of an implication do.  Names are made of the words of the
atoms.  The text is Python in the style of the specs; that it means what the IR says is a test's work.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.prove.lemmas.evaluating import Frame
from checker.prove.lemmas.scope import Scope
from checker.prove.lemmas.words import Said

WIDTH = 110
"""Columns of a line."""

LONGEST_NAME = 48
"""A name of more letters than this is given up for a number."""


def in_order(literals: Sequence[Said]) -> list[Said]:
    """The literals with premises first."""
    return sorted(literals, key=lambda said: said.holds)


def name_of(literals: Sequence[Said]) -> str:
    """A name in the words of the atoms, or "" where it would be too long."""
    premises = ["_".join(said.atom.words) for said in literals if not said.holds]
    rest = ["_".join(said.atom.words) for said in literals if said.holds]
    if premises and rest:
        name = "_and_".join(premises) + "_needs_" + "_or_".join(rest)
    elif premises:
        name = "never_" + "_and_".join(premises)
    else:
        name = "_or_".join(rest)
    return name if len(name) <= LONGEST_NAME and name.isidentifier() else ""


def method(scope: Scope, name: str, frame: Frame, literals: Sequence[Said]) -> str:
    """The clause as a method of the model, not indented, without a line end."""
    head = f"def {name}(self, {scope.state.source}: {scope.annotation}) -> bool:"
    body = _body([said.source for said in in_order(literals)], [v.loop for v in frame.variables])
    return "\n".join(["@lemma", head, *[f"    {line}" for line in body]])


def formula(frame: Frame, literals: Sequence[Said]) -> str:
    """The clause in one line."""
    said = " or ".join(one.source for one in in_order(literals))
    loops = [v.loop for v in frame.variables]
    return f"all({said} {' '.join(loops)})" if loops else said


def _body(parts: list[str], loops: list[str]) -> list[str]:
    """The lines of a function that returns whether one of the parts holds, in every round of the loops."""
    room = WIDTH - 8  # in a method of a class
    clause = " or ".join(parts)
    if not loops:
        line = f"return {clause}"
        if len(line) <= room:
            return [line]
        if (hanging := _hanging(parts)) is not None:
            return hanging
        whole = [clause] if len(clause) + 4 <= room else [parts[0], *[f"or {part}" for part in parts[1:]]]
        return ["return (", *[f"    {text}" for text in whole], ")"]
    line = f"return all({clause} {' '.join(loops)})"
    if len(line) <= room:
        return [line]
    line = f"    {clause} {' '.join(loops)}"
    if len(line) <= room:
        return ["return all(", line, ")"]
    first = [clause] if len(clause) + 4 <= room else [parts[0], *[f"or {part}" for part in parts[1:]]]
    return ["return all(", *[f"    {text}" for text in (*first, *loops)], ")"]


def _hanging(parts: list[str]) -> list[str] | None:
    """Two parts of which the second is a call, split inside its parentheses as the formatter does."""
    if len(parts) != 2 or not parts[1].endswith(")") or not parts[1].startswith(("all(", "any(")):
        return None
    head, inside = f"return {parts[0]} or {parts[1][:4]}", f"    {parts[1][4:-1]}"
    return [head, inside, ")"] if max(len(head), len(inside)) <= WIDTH - 8 else None
