"""Lets choices that no domain depends on wait until the costly domains are enumerated.

`for v in Value, for q in quorums(s)` asks for the quorums once for each v; `for q, for v` asks once.  The
transitions are the same, in another order: so this is for engines that show no arguments, and is not
among the passes that every engine runs.

A choice waits only if it ranges over its whole type, if no later domain uses it, and if no guard uses
it before the last domain, as such a guard saves more than the wait would.  Where a type is empty, or a
guard fails, domains may be evaluated that Python never asks: an engine that gets stuck there must leave
the action to Python, as it must anyway.
"""

from __future__ import annotations

from attrs import evolve

from checker.ir.nodes import Expr
from checker.ir.passes.guards import hoist_guards
from checker.ir.program import Choice, Program, Transition
from checker.ir.scopes import free


def wait_for_domains(program: Program) -> Program:
    """The program with the choices of its actions in the order that costs least, guards again as early
    as may be."""
    changed = evolve(
        program,
        initial=tuple(map(_reordered, program.initial)),
        actions=tuple(map(_reordered, program.actions)),
    )
    same = changed.initial == program.initial and changed.actions == program.actions
    return program if same else hoist_guards(changed)


def _reordered(transition: Transition) -> Transition:
    choices = transition.choices
    last = max((place for place, choice in enumerate(choices) if choice.domain is not None), default=0)
    waiting = [place for place in range(last) if _may_wait(transition, place, last)]
    if not waiting:
        return transition
    moved = [
        *[choice for place, choice in enumerate(choices) if place <= last and place not in waiting],
        *[choices[place] for place in waiting],
        *choices[last + 1 :],
    ]
    guards = tuple((_place(guard, choices[:before], moved), guard) for before, guard in transition.guards)
    return evolve(transition, choices=tuple(moved), guards=guards)


def _may_wait(transition: Transition, place: int, last: int) -> bool:
    choice = transition.choices[place]
    users = [other.domain for other in transition.choices[place + 1 :] if other.domain is not None]
    users += [guard for before, guard in transition.guards if before <= last]
    return choice.domain is None and not any(choice.name in free(user) for user in users)


def _place(guard: Expr, before: tuple[Choice, ...], moved: list[Choice]) -> int:
    """After how many of the moved choices a guard may be asked: it passes no domain that it did not pass."""
    needed = free(guard) | {choice.name for choice in before if choice.domain is not None}
    return max((place + 1 for place, choice in enumerate(moved) if choice.name in needed), default=0)
