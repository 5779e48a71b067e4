"""Letters in C: which atoms are true of a state, and which marks a step bears.

For each action there is a function that notes the marks of a step, called before the successor is handed
over; only the graph of a search asks for them.  A condition is a function of its own.  What escapes while
marks are computed is an escape of the action.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checker.ir.nodes import BOOL, Literal
from checker.ir.program import Marking, Transition, Variable
from checker.ir.scopes import free
from checker.native.emit.body import Body
from checker.native.emit.sinks import Return
from checker.native.emit.unit import Unit, described
from checker.native.emit.value import AND, Value, at_pointer

Before = Callable[[Body, Value], None]


def atoms(unit: Unit, names: Sequence[str]) -> list[str]:
    """The function that asks an atom by its number; nothing in a program without letters."""
    if unit.program.marks is None:
        return []
    cases = "".join(f"    case {number}: return {name}(s);\n" for number, name in enumerate(names))
    unused = "" if names else "    (void)s;\n"
    return [
        f"static bool model_atom(int atom, const State *s)\n{{\n{unused}"
        f"    switch (atom) {{\n{cases}    default: return false;\n    }}\n}}\n"
    ]


def before(unit: Unit, number: int) -> Before | None:
    """What an action does with a successor before it is handed over: its marks are noted."""
    if unit.program.marks is None:
        return None
    action = unit.program.actions[number]
    markings = [marking for marking in unit.program.markings if marking.action == number]
    used = {name for marking in markings for name in _names(marking)}
    choices = [Variable(choice.name, choice.type) for choice in action.choices if choice.name in used]
    name = _marks(unit, action, markings, choices)

    def call(body: Body, state: Value) -> None:
        assert action.state is not None
        given = [body.known[action.state].address]
        given += [body.types.argument(body, body.known[choice.name]) for choice in choices]
        body.write(f"if (worker->letter_marks) {name}({', '.join(['worker', *given, state.address])});")

    return call


def _names(marking: Marking) -> frozenset[str]:
    return free(marking.fixed) | (frozenset() if marking.where is None else free(marking.where))


def _marks(unit: Unit, action: Transition, markings: Sequence[Marking], choices: Sequence[Variable]) -> str:
    """Emit the function that notes the marks of a step; its name."""
    conditions = [_condition(unit, place, marking, choices) for place, marking in enumerate(markings)]
    assert action.state is not None
    body, parameters = _begun(unit, action.state, choices)
    after = body.names.fresh("after")
    parameters.append(f"const State *{after}")
    body.write("letter_begin(worker);")
    inside = body.names.fresh("inside")
    if any(marking.after is not None for marking in markings):
        body.write(f"bool {inside} = letter_inside(worker, {after});")
    for marking, condition in zip(markings, conditions, strict=True):
        with body.scope():
            test = body.value(marking.fixed)
            tests = [] if _is_true(marking) else [test.within(AND)]
            if condition:
                given = ["worker"] if condition[1] else []
                given += [parameter.split()[-1].lstrip("*") for parameter in parameters]
                call = f"{condition[0]}({', '.join(given)})"
                tests.append(call if marking.after is None else f"(!{inside} || {call})")
            head = f"if ({' && '.join(tests)}) " if tests else ""
            body.write(f"{head}letter_mark(worker, {marking.mark});")
    name = unit.c_name("marks", f"marks_{action.name}")
    comment = described(f"The marks of a step by {action.name}", "", None)
    unit.add(name, "void", parameters, body, comment, worker=True)
    return name


def _is_true(marking: Marking) -> bool:
    return isinstance(marking.fixed, Literal) and marking.fixed.value is True


def _condition(
    unit: Unit, place: int, marking: Marking, choices: Sequence[Variable]
) -> tuple[str, bool] | None:
    """Emit what a choice of steps asks: the name of the function, and whether it may escape."""
    if marking.where is None:
        return None
    body, parameters = _begun(unit, marking.state, choices)
    after = body.names.fresh(marking.after or "after")
    parameters.append(f"const State *{after}")
    if marking.after is not None:
        body.known[marking.after] = at_pointer(after, unit.program.state)
    body.deliver(marking.where, Return(BOOL, scalar=True))
    name = unit.c_name(f"where {marking.action} {place}", f"where_{marking.mark}_{marking.name}")
    comment = described(f"mark {marking.mark} of {marking.name}", "", marking.at)
    unit.add(name, "bool", parameters, body, comment)
    return name, body.escapes


def _begun(unit: Unit, state: str, choices: Sequence[Variable]) -> tuple[Body, list[str]]:
    """A function of the state before a step and of some choices."""
    body = Body(unit)
    shown = body.names.fresh(state)
    body.known[state] = at_pointer(shown, unit.program.state)
    parameters = [f"const State *{shown}"]
    for choice in choices:
        scalar, shown = unit.types.is_scalar(choice.type), body.names.fresh(choice.name)
        kind = unit.types.name(choice.type)
        parameters.append(f"{kind} {shown}" if scalar else f"const {kind} *{shown}")
        body.known[choice.name] = Value(shown, choice.type) if scalar else at_pointer(shown, choice.type)
    return body, parameters
