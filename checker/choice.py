"""Which of a model's properties are looked at: all of them, or those that are named."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from checker.explore.search import DEADLOCK
from checker.lang.declarations import FAIRNESS, STEPS, Declaration, Property, Refinement, Temporal
from checker.lang.errors import CallError, suggestion


@frozen
class Chosen:
    """The properties to look at, and whether to look for deadlocks; `notes` say what is left out."""

    properties: tuple[Property, ...]
    temporal: tuple[Temporal, ...]
    refinements: tuple[Refinement, ...]
    deadlock: bool
    notes: tuple[str, ...] = ()


def select(
    declaration: Declaration, names: Sequence[str] | None, deadlock: bool, *, lemmas: bool = False
) -> Chosen:
    """The properties to look at.

    Lemmas are among them where they are named, or all of them with `lemmas`.

    Raises CallError for a name that the model does not have.
    """
    added = [*declaration.lemmas] if lemmas else []
    if names is None:
        properties = (*declaration.properties, *added)
        return Chosen(properties, declaration.temporal, declaration.refinements, deadlock)
    states = {prop.name: prop for prop in (*declaration.properties, *declaration.lemmas)}
    temporal = {prop.name: prop for prop in declaration.temporal}
    refinements = {one.name: one for one in declaration.refinements}
    known = {*states, *temporal, *refinements, *(one.steps.name for one in refinements.values()), DEADLOCK}
    for name in names:
        if name.endswith(FAIRNESS) and name.removesuffix(FAIRNESS) in refinements:
            raise _fairness_alone(name.removesuffix(FAIRNESS))
        if name not in known:
            raise CallError(
                "call/unknown-property",
                f"`{declaration.name}` has no property `{name}`",
                instead=suggestion(name, known),
            )
    if DEADLOCK in names and not deadlock:
        raise CallError(
            "call/contradiction",
            f"`{DEADLOCK}` is among the properties, and deadlocks are not to be looked for",
            instead="Leave one of the two out (on the command line, --no-deadlock or the --property).",
        )
    return Chosen(
        tuple(prop for prop in states.values() if prop.name in names or prop in added),
        tuple(prop for prop in temporal.values() if prop.name in names),
        tuple(
            one if one.name in names else one.steps
            for one in refinements.values()
            if one.name in names or one.steps.name in names
        ),
        DEADLOCK in names,
    )


def _fairness_alone(refinement: str) -> CallError:
    return CallError(
        "call/unknown-property",
        f"`{refinement}{FAIRNESS}` cannot be asked for alone",
        why="Whether abstract fairness is kept is asked of behaviours whose steps are abstract ones.",
        instead=f"Name `{refinement}`, which is both, and let `quorate check` decide it; "
        f"`{refinement}{STEPS}` is about initial states and steps.",
    )


def only_safety(chosen: Chosen, names: Sequence[str] | None, why: str) -> Chosen:
    """Without temporal properties, which cannot be looked at here for the reason `why`.

    Raises CallError where one is asked for by name.
    """
    if not chosen.temporal:
        return chosen
    titles = ", ".join(f"`{prop.name}`" for prop in chosen.temporal)
    if names is not None:
        raise CallError(
            "call/temporal",
            f"{titles} can only be checked by exploring every state",
            why=f"It is about what happens for ever, and {why}.",
            instead="Use `quorate check` without --compact, or name other properties.",
        )
    return evolve(chosen, temporal=(), notes=(f"left out: {titles}, about what happens for ever; {why}.",))
