"""A program as text: compact, in the words of the mathematics, and the same in every run.

The text is for readers (`quorate compile SPEC --show ir`) and for golden tests; nothing reads it back.
Types are shown at parameters, and everywhere a value is seen at another type if `coercions` is asked
for (`value :> type`).  Where a place in the source is known does not matter here.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from checker.ir.nodes import Expr
from checker.ir.printing import Printer
from checker.ir.program import Choice, Function, Marking, Predicate, Program, Transition, Variable
from checker.ir.text import WIDTH, laid_out
from checker.lang.values import Bag, Map, order

Definition = Function | Transition | Predicate | Marking


def printed(program: Program, *, coercions: bool = False) -> str:
    """The whole program: constants, state, then everything that is defined, functions last."""
    blocks = [f"model {program.name}"]
    if program.constants:
        blocks.append("\n".join(f"constant {n}: {kind} = {value(v)}" for n, kind, v in program.constants))
    fields = [f"  {name}: {kind}" for name, kind in program.state.fields]
    blocks.append("\n".join([f"state {program.state}", *fields]))
    blocks += [
        printed_definition(part, coercions=coercions)
        for parts in (
            program.initial,
            program.actions,
            program.properties,
            program.final,
            program.boundary,
            program.atoms,
            program.markings,
            program.functions,
        )
        for part in parts
    ]
    return "\n\n".join(blocks) + "\n"


def printed_definition(part: Definition, *, coercions: bool = False, mark: Expr | None = None) -> str:
    """One function, action or predicate; `mark` is a node inside it to point out as `⟦…⟧`."""
    printer = Printer(value, coercions=coercions, mark=mark)
    lines = [_heading(part, printer)]
    if isinstance(part, Transition):
        for place, guard in part.guards:
            names = ", ".join(choice.name for choice in part.choices[:place]) or "state"
            lines.append(f"  guard knowing {names}: " + laid_out(printer.whole(guard), 4).lstrip())
    if isinstance(part, Marking):
        lines += _conditions(part, printer)
    else:
        lines.append("  " + laid_out(printer.whole(part.body), 2))
    return "\n".join(lines)


def _conditions(part: Marking, printer: Printer) -> list[str]:
    shown = "  " + laid_out(printer.whole(part.fixed), 2)
    if part.where is None:
        return [shown]
    return [shown, "  where " + laid_out(printer.whole(part.where), 2).lstrip()]


def printed_expression(node: Expr, *, coercions: bool = False) -> str:
    """An expression by itself."""
    return laid_out(Printer(value, coercions=coercions).whole(node))


def _heading(part: Definition, printer: Printer) -> str:
    match part:
        case Function():
            result = f": {part.body.type}"
            return _signature("function", part.name, [_variable(p) for p in part.parameters], result)
        case Transition():
            kind = "initial" if part.state is None else "action"
            state = [] if part.state is None else [f"{part.state}: State"]
            choices = [_choice(choice, printer) for choice in part.choices]
            return _signature(kind, part.name, [*state, *choices])
        case Predicate():
            return _signature(part.kind, part.name, [f"{name}: State" for name in part.states])
        case Marking():
            after = [] if part.after is None else [f"{part.after}: State"]
            choices = [_variable(choice) for choice in part.choices]
            return _signature(f"mark {part.mark} of", part.name, [f"{part.state}: State", *choices, *after])


def _signature(kind: str, name: str, parameters: list[str], result: str = "") -> str:
    """A heading, on several lines where it is long."""
    flat = f"{kind} {name}({', '.join(parameters)}){result}"
    if len(flat) <= WIDTH:
        return flat
    return "\n".join([f"{kind} {name}(", *[f"    {parameter}," for parameter in parameters], f"){result}"])


def _variable(variable: Variable) -> str:
    return f"{variable.name}: {variable.type}"


def _choice(choice: Choice, printer: Printer) -> str:
    text = f"{choice.name}: {choice.type}"
    if choice.domain is None:
        return text
    word = "subset of" if choice.subsets else "in"
    return f"{text} {word} " + laid_out(printer.whole(choice.domain), 4)


def value(content: Any) -> str:
    """A value, as it stands in the text of a program: members of sets and maps in canonical order."""
    match content:
        case Enum():
            return content.name
        case tuple():
            return "[" + ", ".join(map(value, content)) + "]"
        case frozenset():
            return "{" + ", ".join(map(value, sorted(content, key=order))) + "}"
        case Map():
            return "[" + ", ".join(f"{value(k)}: {value(v)}" for k, v in content.items()) + "]"
        case Bag():
            items = sorted(content.items(), key=lambda item: order(item[0]))
            return "bag{" + ", ".join(f"{value(item)}: {copies}" for item, copies in items) + "}"
        case _:
            return _record_or_atom(content)


def _record_or_atom(content: Any) -> str:
    fields = getattr(type(content), "__attrs_attrs__", None)
    if fields is None:
        return repr(content)
    return f"{type(content).__name__}({', '.join(value(getattr(content, f.name)) for f in fields)})"
