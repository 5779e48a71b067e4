"""Actions, initial states and properties in C: the functions of a model that the search calls.

An action is one function: a loop for each choice, its guards as soon as they can be asked, and the
body, which hands each successor to the search.
"""

from __future__ import annotations

from collections.abc import Callable

from checker.ir.nodes import Field, Local
from checker.ir.program import Asked, Choice, Predicate, Program, Transition
from checker.lang.types import SetType
from checker.native.emit import letters, loops, ranges, subsets
from checker.native.emit.body import Body
from checker.native.emit.sinks import Found, Return
from checker.native.emit.unit import Unit, described
from checker.native.emit.value import Value, at_pointer, negated
from checker.native.layout.bounds import sites


def transition(
    unit: Unit, action: Transition, call: str, before: Callable[[Body, Value], None] | None = None
) -> str:
    """Emit an action or a source of initial states; the name of its function.

    `before` writes what is to be done with a successor before it is handed over.
    """
    body = Body(unit)
    parameters = []
    if action.state is not None:
        shown = body.names.fresh(action.state)
        body.known[action.state] = at_pointer(shown, unit.program.state)
        parameters.append(f"const State *{shown}")
    leave = "continue;" if action.choices else "return;"
    sink = Found(unit.program.state, leave, call, before)
    _choose(body, action, 0, lambda: body.deliver(action.body, sink))
    name = unit.c_name("action", action.name)
    unit.add(
        name, "void", parameters, body, described(_signature(action), action.doc, action.at), worker=True
    )
    return name


def _signature(action: Transition) -> str:
    """The action as the spec declares it."""
    parameters = [f"{action.state}: State"] if action.state is not None else []
    parameters += [f"{choice.name}: {choice.type}" for choice in action.choices]
    kind = "action" if action.state is not None else "initial"
    return f"{kind} {action.name}({', '.join(parameters)})"


def _choose(body: Body, action: Transition, fixed: int, inside: Callable[[], None]) -> None:
    """The loops over the choices from one on, each with the guards that it decides."""
    leave = "continue;" if fixed else "return;"
    for after, guard in action.guards:
        if after == fixed:
            test = negated(body.value(guard))
            body.write(f"if ({test.text}) {leave}")
            body.assume(guard, True)
    if fixed == len(action.choices):
        inside()
        return
    choice = action.choices[fixed]
    _each(body, choice, lambda: _choose(body, action, fixed + 1, inside))


def _each(body: Body, choice: Choice, inside: Callable[[], None]) -> None:
    if choice.domain is not None and not _holds_only_valid(choice):
        inside = _checked(body, choice, inside)
    if choice.domain is None:
        loops.all_of(body, choice.name, choice.type, inside)
    elif choice.subsets:
        assert isinstance(choice.type, SetType)
        subsets.each_subset(body, choice.name, choice.domain, choice.type, inside)
    else:
        ranges.each(body, choice.name, choice.domain, inside)


def _holds_only_valid(choice: Choice) -> bool:
    """Whether a domain is a field of the state, all of whose items have the type of the choice."""
    domain = choice.domain
    if not isinstance(domain, Field) or not isinstance(domain.record, Local) or choice.subsets:
        return False
    return subsets.item_type(domain.type) == choice.type


def _checked(body: Body, choice: Choice, inside: Callable[[], None]) -> Callable[[], None]:
    """What a domain gives must belong to the type of the parameter; the host says so if it does not."""
    bounded = bool(sites(body.types.layouts, choice.type))

    def check_first() -> None:
        value = _held_as(body, body.known[choice.name], choice)
        body.known[choice.name] = value
        if bounded:
            body.write(f"if ({body.types.outside(body, value)}) {body.escape()}")
        inside()

    return check_first


def _held_as(body: Body, value: Value, choice: Choice) -> Value:
    """What a domain gives, held as C holds the type of the parameter."""
    if body.types.name(value.type) == body.types.name(choice.type):
        return value.typed(choice.type)
    value = body.materialised(value)
    given = body.types.argument(body, value)
    kinds = (value.type, choice.type)
    if body.types.is_scalar(choice.type):
        return body.named(Value(body.operation("coerce", kinds, given), choice.type), choice.name)
    place = body.variable(choice.type, choice.name)
    body.write(body.operation("coerce", kinds, place.address, given) + ";")
    return place


def predicate(unit: Unit, property_: Predicate) -> str:
    """Emit a property, boundary or final predicate; the name of its function."""
    body = Body(unit)
    parameters = []
    for state in property_.states:
        shown = body.names.fresh(state)
        body.known[state] = at_pointer(shown, unit.program.state)
        parameters.append(f"const State *{shown}")
    body.deliver(property_.body, Return(property_.body.type, scalar=True))
    if body.escapes:
        unit.escapes = True
        body.writer.lines.insert(0, "    Worker *worker = asking;")
        body.escapes = False
    name = unit.c_name("property", property_.name)
    title = f"{property_.kind} {property_.name}"
    unit.add(name, "bool", parameters, body, described(title, property_.doc, property_.at))
    return name


# -- what the search calls ------------------------------------------------------------------------


def interface(unit: Unit) -> str:
    """The functions of model.h, which call those of the model by number."""
    program = unit.program
    initial = [transition(unit, source, "found_initial") for source in program.initial]
    actions = [
        transition(unit, action, "found", letters.before(unit, number))
        for number, action in enumerate(program.actions)
    ]
    return "\n".join(
        [
            _initial(initial),
            _successors(actions),
            *[_numbered(unit, kind, argument) for kind, argument in KINDS.items()],
            *_either(unit, program),
            *letters.atoms(unit, [predicate(unit, atom) for atom in program.atoms]),
        ]
    )


KINDS: dict[Asked, tuple[str, str]] = {
    "always": ("const State *s", "s"),
    "step": ("const State *before, const State *after", "before, after"),
    "sometimes": ("const State *s", "s"),
}


def _initial(functions: list[str]) -> str:
    calls = "".join(f"    {name}(worker);\n" for name in functions)
    return f"static void model_initial(Worker *worker)\n{{\n{calls}}}\n"


def _successors(functions: list[str]) -> str:
    cases = "".join(
        f"    case {number}:\n        begin_action(worker, {number});\n        {name}(worker, s);\n"
        f"        /* fall through */\n"
        for number, name in enumerate(functions)
    )
    unused = "" if functions else "    (void)worker, (void)s;\n"
    return (
        "/* Runs all actions from the given one on. */\n"
        "static void model_successors(Worker *worker, const State *s, int first)\n"
        f"{{\n{unused}    switch (first) {{\n{cases}    default:\n        break;\n    }}\n}}\n"
    )


def _numbered(unit: Unit, kind: Asked, shape: tuple[str, str]) -> str:
    parameters, arguments = shape
    names = [predicate(unit, p) for p in unit.program.asked(kind)]
    cases = "".join(f"    case {n}: return {name}({arguments});\n" for n, name in enumerate(names))
    unused = "" if names else "".join(f"    (void){name.strip()};\n" for name in arguments.split(","))
    return (
        f"static bool model_{kind}(int property, {parameters})\n{{\n{unused}"
        f"    switch (property) {{\n{cases}    default: return true;\n    }}\n}}\n"
    )


def _either(unit: Unit, program: Program) -> list[str]:
    """The boundary, inside which all its predicates hold, and final states, of which one does."""
    made = []
    for name, predicates, joined in (
        ("model_inside", program.boundary, " && "),
        ("model_final", program.final, " || "),
    ):
        if predicates:
            test = joined.join(f"{predicate(unit, p)}(s)" for p in predicates)
            made.append(f"static bool {name}(const State *s)\n{{\n    return {test};\n}}\n")
    return made
