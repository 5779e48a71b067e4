"""`quorate show`: one spec's constants with bounds, state, actions, properties, fairness and lemmas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from checker.cli import options
from checker.cli.streams import Command, reports

if TYPE_CHECKING:
    from checker.lang.declarations import Action, Declaration, Refinement, Temporal
    from checker.lang.parameters import Parameter
    from checker.report.text import Section


@click.command("show", cls=Command, short_help="One spec: constants, state, actions, properties.")
@options.spec
@options.constants
def command(**given: Any) -> None:
    """Show the constants of SPEC with their bounds, its state, its actions and its properties."""
    run(**given)


def run(*, spec: str, constants: tuple[str, ...]) -> None:
    """Show a spec."""
    from checker.cli.output import Destination, wants_colour, width_of
    from checker.constants import instantiate
    from checker.lang.declarations import declare
    from checker.lang.model import identify
    from checker.library import find
    from checker.report.text import render_sections

    cls = find(spec)
    declaration = declare(instantiate(cls, constants))
    stream = reports()
    text = render_sections(
        identify(cls),
        declaration.doc,
        sections(declaration),
        width=width_of(stream),
        colour=wants_colour(stream),
    )
    Destination().echo(text)


def sections(declaration: Declaration) -> list[Section]:
    """What a model declares, section by section; empty ones are left out."""
    from checker.lang.declarations import describe
    from checker.report.text import Section
    from checker.result.show import show

    rows = {
        "constants": [(f"{c.name} = {show(c.value)}", describe(c.type)) for c in declaration.constants],
        f"state: {declaration.state}": [(name, describe(kind)) for name, kind in declaration.state.fields],
        "initial states": [(_signature(a), a.doc) for a in declaration.initial],
        "actions": [(_signature(a), a.doc) for a in declaration.actions],
        "always": [(p.name, p.doc) for p in declaration.properties if p.kind == "always"],
        "always, for every step": [(p.name, p.doc) for p in declaration.properties if p.kind == "step"],
        "sometimes": [(p.name, p.doc) for p in declaration.properties if p.kind == "sometimes"],
        "temporal, of every fair behaviour": [(_signature(p), p.doc) for p in declaration.temporal],
        "fair behaviours": _fairness(declaration),
        "lemmas": [(p.name, p.doc) for p in declaration.lemmas],
        "may end where": [(p.name, p.doc) for p in declaration.final],
        "explored within": [(p.name, p.doc) for p in declaration.boundary],
        "refines": [(_refinement(r), r.doc) for r in declaration.refinements],
    }
    return [Section(title, tuple(found)) for title, found in rows.items() if found]


def _signature(declared: Action | Temporal) -> str:
    return f"{declared.name}({', '.join(_parameter(p) for p in declared.parameters)})"


def _fairness(declaration: Declaration) -> list[tuple[str, str]]:
    """What every fair behaviour does: of each action, and as methods say."""
    rows = []
    for action in declaration.actions:
        if action.fair is not None:
            each = f"for each {', '.join(action.per)}" if action.per else ""
            rows.append((f"{action.name}: {action.fair} fairness", each))
    return rows + [(f"{method.name}()", method.doc) for method in declaration.fairness]


def _refinement(refinement: Refinement) -> str:
    """A refinement with the constants that it gives: `Voting(max_ballot = rounds - 1) by as_voting`."""
    given = ", ".join(f"{name} = {text}" for name, text in refinement.given)
    return f"{refinement.abstract.__name__}{given and f'({given})'} by {refinement.name}"


def _parameter(parameter: Parameter) -> str:
    """A parameter with what it ranges over: `rm: RM`, `m in sent`, `q subset of nodes`."""
    if parameter.over_type:
        return f"{parameter.name}: {parameter.type}"
    domain = parameter.field or f"{getattr(parameter.function, '__name__', '...')}()"
    return f"{parameter.name} {'subset of' if parameter.subsets else 'in'} {domain}"
