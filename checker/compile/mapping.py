"""A refinement mapping as a function of the IR, compiled with what it calls.

Its result is a state of the abstract model, at the very type that it has there.  Bounds of its parts may
name constants that the abstract model alone has, so those count here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from checker.compile.faults import outside
from checker.compile.kinds import Kinds
from checker.compile.model import _Compiler
from checker.compile.scope import SELF, Bound, Scope
from checker.compile.unit import whole
from checker.ir.nodes import Call, Coerce, Expr, Local
from checker.ir.program import Function, Variable
from checker.ir.walk import everything
from checker.lang import source as places
from checker.lang.declarations import Declaration
from checker.lang.errors import SpecError
from checker.lang.hints import sort_sizes
from checker.lang.model import constants_of
from checker.lang.resolve import Resolver
from checker.lang.types import (
    BagType,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)


def compile_mapping(
    declaration: Declaration, function: Callable[..., Any], abstract: Declaration
) -> tuple[Function, tuple[Function, ...], tuple[str, ...]]:
    """The mapping, the functions that it leads to, and the files they were read from.

    Raises SpecError `subset/...` for what the compiler does not read.
    """
    try:
        return _compiled(declaration, function, abstract)
    except SpecError as error:
        problem = error.problem
        if problem.code.startswith("subset/"):
            raise
        at = problem.at or places.at_function(function)
        raise outside("subset/refinement", problem.what, problem.why, problem.instead, at) from error


def _compiled(
    declaration: Declaration, function: Callable[..., Any], abstract: Declaration
) -> tuple[Function, tuple[Function, ...], tuple[str, ...]]:
    compiler = _Compiler(declaration)
    unit = compiler.unit
    unit.kinds = Kinds(_both(declaration, abstract))
    compiler.state = unit.kinds.interned(declaration.state)  # type: ignore[assignment]
    body, names = compiler._begun(function, unit.kinds.interned(abstract.state))
    bound: dict[str, Bound] = {names[0]: SELF, names[1]: Local(names[1], type=compiler.state)}
    at = places.at_function(function)
    value = unit.finished(whole(body, Scope(bound), at), names[1:])
    made = Function(
        function.__name__, (Variable(names[1], declaration.state),), value, function.__name__, at=at
    )
    called = _called(value, {one.name: one for one in unit.functions})
    found = tuple(one for one in unit.functions if one.name in called)
    for one in (made, *found):
        _keys_are_kept(one, at)
    return made, found, tuple(unit.files)


def _both(declaration: Declaration, abstract: Declaration) -> Resolver:
    """What resolves annotations under the constants of both models; those of the concrete one come first."""
    here, there = constants_of(declaration.model), constants_of(abstract.model)
    sizes = {
        **sort_sizes(type(abstract.model), there),
        **sort_sizes(type(declaration.model), here),
    }
    return Resolver(declaration.name, {**there, **here}, sizes)


def _called(value: Expr, known: dict[str, Function]) -> set[str]:
    found: set[str] = set()
    waiting = [value]
    while waiting:
        for node in everything(waiting.pop()):
            if isinstance(node, Call) and node.function not in found:
                found.add(node.function)
                waiting.append(known[node.function].body)
    return found


def _keys_are_kept(function: Function, at: Any) -> None:
    """Refuse a map that would have other keys in the abstract model: it is total there too."""
    for node in everything(function.body):
        if isinstance(node, Coerce) and not _same_keys(node.value.type, node.type):
            raise outside(
                "subset/refinement",
                f"a map in `{function.title}` has other keys than it has in the abstract model",
                "Under the constants of the two models its keys have different bounds.",
                "Give the abstract model constants with which they are the same.",
                node.at or at,
            )


def _same_keys(here: FiniteType, there: FiniteType) -> bool:
    """Whether maps have the same keys at both of two types, of which one fits the other."""
    match here, there:
        case MapType(), MapType():
            return here.key == there.key and _same_keys(here.value, there.value)
        case RecordType(), RecordType():
            pairs: Iterable[tuple[Any, Any]] = zip(here.fields, there.fields, strict=False)
            return all(_same_keys(a, b) for (_, a), (_, b) in pairs)
        case (SeqType(), SeqType()) | (SetType(), SetType()) | (BagType(), BagType()):
            return _same_keys(here.item, there.item)  # type: ignore[union-attr]
        case TupleType(), TupleType():
            return all(_same_keys(a, b) for a, b in zip(here.items, there.items, strict=False))
        case UnionType(), _:
            return all(_same_keys(one, there) for one in here.options)
        case _, UnionType():
            classes = getattr(here, "cls", type(here))
            alike = [one for one in there.options if getattr(one, "cls", type(one)) is classes]
            return not alike or any(_same_keys(here, one) for one in alike)
        case _:
            return True
