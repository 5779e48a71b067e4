"""Clauses as a user reads them: a method to paste into the spec, laid out as the formatter would.

What is denied comes first, as the premises of an implication do.  Names are made of the words of the
atoms.  The text is Python in the style of the specs; that it means what the IR says is a test's work.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Sequence

from checker.prove.lemmas.evaluating import Frame
from checker.prove.lemmas.scope import Scope
from checker.prove.lemmas.words import Said

Words = tuple[str, ...]

WIDTH = 110
"""Columns of a line."""

LONGEST_NAME = 48
"""A name has at most so many letters."""

_SHORTER: tuple[Callable[[Words], Words], ...] = (
    lambda words: words,
    lambda words: words if len(words) < 4 else (words[0], *words[-2:]),
    lambda words: words if len(words) < 3 else (words[0], words[-1]),
    lambda words: words[-1:],
)
"""What is left of the words of an atom, the more the better: what it is about, and what is said of it."""


def in_order(literals: Sequence[Said]) -> list[Said]:
    """The literals with premises first."""
    return sorted(literals, key=lambda said: not said.premise)


def name_of(literals: Sequence[Said]) -> str:
    """A name in the words of the atoms: as many of them as there is room for."""
    denied = [said.atom.words for said in literals if said.premise]
    premises = [words for words in denied if words[0] not in _SOME]
    rest = [said.atom.words for said in literals if not said.premise]
    rest += [(_SOME[words[0]], *words[1:]) for words in denied if words[0] in _SOME]
    names = [
        _joined([shorter(words) for words in premises], [shorter(words) for words in rest])
        for shorter in _SHORTER
    ]
    cut = re.sub(r"(_(and|or|needs|is|in))+$", "", names[-2][: LONGEST_NAME + 1].rpartition("_")[0])
    fitting = [name for name in names if len(name) <= LONGEST_NAME]
    return next((name for name in (*fitting, cut) if name.isidentifier() and not keyword.iskeyword(name)), "")


_SOME = {"nowhere": "somewhere", "no": "some"}
"""How the denial of what begins with a word begins."""


def _joined(premises: list[Words], rest: list[Words]) -> str:
    """A sentence of what is supposed, and what one of it is then true."""
    supposed, follows = "_and_".join(map("_".join, premises)), "_or_".join(map("_".join, rest))
    if supposed and follows:
        return f"{supposed}_needs_{follows}"
    return f"never_{supposed}" if supposed else follows


def method(scope: Scope, name: str, frame: Frame, literals: Sequence[Said]) -> str:
    """The clause as a method of the model, not indented, without a line end."""
    head = f"def {name}(self, {scope.state.source}: {scope.annotation}) -> bool:"
    body = _body(_parts(literals), [v.loop for v in frame.variables])
    return "\n".join(["@lemma", head, *[f"    {line}" for line in body]])


def formula(frame: Frame, literals: Sequence[Said]) -> str:
    """The clause in one line."""
    said = " or ".join(_parts(literals))
    loops = [v.loop for v in frame.variables]
    return f"all({said} {' '.join(loops)})" if loops else said


def _parts(literals: Sequence[Said]) -> list[str]:
    """What the clause says holds, one or another, each once: a guard stands before all that it guards."""
    return list(dict.fromkeys(part for said in in_order(literals) for part in said.parts))


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
