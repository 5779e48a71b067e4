"""Mistakes that the front end finds: what lies outside the subset, and what cannot be typed.

Each is a `SpecError` that points at the expression, says why, and what to write instead.  The codes
are described in docs/errors.md.
"""

from __future__ import annotations

from difflib import get_close_matches

from checker.lang.errors import Location, SpecError, nearest, suggestion
from checker.lang.types import FiniteType

SLOW = "With --engine auto or python the reference engine runs the spec, more slowly."


def outside(code: str, what: str, why: str, instead: str, at: Location | None) -> SpecError:
    """Something that Python has and the subset has not."""
    return SpecError(code, what, why=why, instead=instead, at=at, notes=(SLOW,))


def mismatch(found: FiniteType, expected: FiniteType, at: Location | None) -> SpecError:
    """A value where one of another type is needed."""
    return SpecError(
        "subset/type",
        f"this is `{found}`, and `{expected}` is needed here",
        why="Every value that a spec computes has one type, which must fit where it goes.",
        instead=_advice(found, expected),
        at=at,
    )


def _advice(found: FiniteType, expected: FiniteType) -> str:
    if str(found) == "bool" and str(expected).startswith(("int", "-", "0", "1")):
        return "Write int(...) around it to count with a truth value."
    if str(found) == str(expected):
        return "They have the same name but not the same content: look at their type arguments."
    return "Change the value, or the annotation that asks for the other type."


def unknown_field(name: str, owner: str, known: list[str], at: Location | None) -> SpecError:
    """A field that a record has not."""
    return SpecError(
        "subset/unknown-field",
        f"`{owner}` has no field `{name}`",
        why="The fields of a record are those that its class declares.",
        instead=suggestion(name, known),
        at=at,
    )


def unknown_name(name: str, known: list[str], at: Location | None) -> SpecError:
    """A name that nothing defines."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return SpecError(
        "subset/unknown-name",
        f"`{name}` is not defined",
        why="A name is a local variable, or something at the top level of a module.",
        instead=f"Did you mean `{close[0]}`?"
        if close
        else "Define it, or import it, at the top of the file.",
        at=at,
    )


def unassigned(name: str, at: Location | None) -> SpecError:
    """A local that has no value on some way to this place."""
    return outside(
        "subset/unassigned",
        f"`{name}` may have no value here",
        "It is assigned on some ways to this place, and not on all of them.",
        f"Give `{name}` a value before the branch or the loop.",
        at,
    )


def unknown_method(name: str, kind: FiniteType, known: list[str], at: Location | None) -> SpecError:
    """A method that the values of a type do not have, or that the subset does not."""
    return outside(
        "subset/call",
        f"`{kind}` has no method `{name}` in the subset",
        "The compiler knows what each method computes, so there is a list of them.",
        f"Known methods: {nearest(name, known)}",
        at,
    )
