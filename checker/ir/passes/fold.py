"""Computes what is known before any state: constants, arithmetic, decided conditions, dead branches.

Goes from the inside out, one small rule for each class of node.  What is left out must not have been able
to be stuck: Python would have evaluated it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from checker.ir import nodes
from checker.ir.demands import holds_identity
from checker.ir.nodes import Expr, For, Literal, Qualifier, Where, With
from checker.ir.passes.bodies import Knowing, is_literal, negated, truth, with_bodies
from checker.ir.passes.facts import Facts
from checker.ir.passes.known import RULES as KNOWN
from checker.ir.passes.known import NotKnown
from checker.ir.program import Program
from checker.ir.scopes import free
from checker.ir.typing import fits, option_for, same
from checker.ir.walk import rebuilt, transformed
from checker.lang.types import BagType, RecordType, SeqType, SetType, TupleType, UnionType
from checker.lang.values import Bag


def fold_constants(program: Program) -> Program:
    """The program with everything computed that its constants decide."""
    folder = _Folder(program)
    return with_bodies(program, lambda node, known: folder.folded(node, known))


class _Folder:
    def __init__(self, program: Program) -> None:
        self.constants = {name: value for name, _, value in program.constants}
        self.facts = Facts(program)

    def folded(self, node: Expr, known: Knowing) -> Expr:
        """An expression folded, its operands first."""
        places = {id(operand): inner for operand, inner in self.facts.inside(node, known)}
        inside = rebuilt(node, lambda o: self.folded(o, places.get(id(o), frozenset())))
        rule = RULES.get(type(inside))
        return _at_type(computed(inside if rule is None else rule(self, inside, known)), node)

    def sure(self, node: Expr, known: Knowing) -> bool:
        """Whether an expression surely has a value, so that it may be left out."""
        return not self.facts.may_be_stuck(node, known)


def computed(node: Expr) -> Expr:
    """The literal that an operation on literals comes to, or the operation as it is."""
    rule = KNOWN.get(type(node))
    if rule is None:
        return node
    try:
        return Literal(rule(node), type=node.type, at=node.at)
    except NotKnown:
        return node


def _at_type(found: Expr, before: Expr) -> Expr:
    """What an expression has become, at the type that it had: integers may differ in their bounds."""
    if found.type == before.type:
        return found
    if isinstance(found, Literal):
        return evolve(found, type=before.type)
    return nodes.Coerce(found, type=before.type, at=found.at)


Rule = Callable[[_Folder, Any, Knowing], Expr]

# -- atoms, control, truth values -----------------------------------------------------------------


def _constant(f: _Folder, node: nodes.Constant, _: Knowing) -> Expr:
    value = f.constants[node.name]
    return node if holds_identity(value) else Literal(value, type=node.type, at=node.at)


def _let(f: _Folder, node: nodes.Let, known: Knowing) -> Expr:
    if isinstance(node.value, Literal | nodes.Local | nodes.Constant):
        value = node.value
        body = transformed(node.body, lambda n: value if _is_local(n, node.name) else n)
        return f.folded(body, known) if isinstance(value, Literal) else body
    if node.name not in free(node.body) and f.sure(node.value, known):
        return node.body
    return node


def _is_local(node: Expr, name: str) -> bool:
    return isinstance(node, nodes.Local) and node.name == name


def _if(f: _Folder, node: nodes.If, known: Knowing) -> Expr:
    if isinstance(node.test, Literal):
        return node.then if node.test.value else node.other
    if is_literal(node.then, True) and is_literal(node.other, False):
        return node.test
    if is_literal(node.then, False) and is_literal(node.other, True):
        return negated(node.test)
    return node


def _not(_: _Folder, node: nodes.Not, known: Knowing) -> Expr:
    return negated(node.operand)


def _connective(f: _Folder, node: nodes.And | nodes.Or, known: Knowing) -> Expr:
    """Without what does not decide; ends at what decides it; decided if all before surely has a value."""
    deciding = isinstance(node, nodes.Or)
    kept: list[Expr] = []
    for operand in node.operands:
        if is_literal(operand, deciding):
            if all(f.sure(before, known) for before in kept):
                return truth(deciding, node)
            kept.append(operand)
            break
        if not is_literal(operand, not deciding):
            kept.append(operand)
    if len(kept) < 2:
        return kept[0] if kept else truth(not deciding, node)
    return evolve(node, operands=tuple(kept))


# -- unions, records, tuples ----------------------------------------------------------------------


def _is(f: _Folder, node: nodes.Is, known: Knowing) -> Expr:
    """Decided where the value was one option before it was seen at the union."""
    match node.value:
        case nodes.Coerce(value=inner) if not isinstance(inner.type, UnionType) and f.sure(inner, known):
            return truth(option_for(inner.type, node.value.type) == node.option, node)
        case _:
            return node


def _as(_: _Folder, node: nodes.As, known: Knowing) -> Expr:
    match node.value:
        case nodes.Coerce(value=inner) if inner.type == node.type:
            return inner
        case _:
            return node


def _coerce(_: _Folder, node: nodes.Coerce, known: Knowing) -> Expr:
    if node.value.type == node.type:
        return node.value
    match node.value:
        case nodes.Coerce(value=inner) if fits(inner.type, node.type) and not isinstance(
            inner.type, UnionType
        ):
            return evolve(node, value=inner)
        case _:
            return node


def _field(f: _Folder, node: nodes.Field, known: Knowing) -> Expr:
    match node.record:
        case nodes.MakeRecord(values=values, type=RecordType() as kind):
            names = [name for name, _ in kind.fields]
            return _taken_out(f, node, values, names.index(node.name), known)
        case _:
            return node


def _item(f: _Folder, node: nodes.Item, known: Knowing) -> Expr:
    match node.tuple:
        case nodes.MakeTuple(items=items):
            return _taken_out(f, node, items, node.place, known)
        case _:
            return node


def _taken_out(f: _Folder, node: Expr, parts: tuple[Expr, ...], place: int, known: Knowing) -> Expr:
    """One of the parts that a value was just made of, if nothing else can be stuck."""
    others = [part for other, part in enumerate(parts) if other != place]
    exact = parts[place].type == node.type
    return parts[place] if exact and all(f.sure(other, known) for other in others) else node


# -- collections ----------------------------------------------------------------------------------


def _is_empty(node: Expr) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, tuple | frozenset | Bag) and not node.value


def _union(_: _Folder, node: nodes.SetOperation, known: Knowing) -> Expr:
    if node.operator == "|" and _is_empty(node.left) and same(node.right.type, node.type):
        return node.right
    if node.operator in ("|", "-") and _is_empty(node.right) and same(node.left.type, node.type):
        return node.left
    return node


def _concat(_: _Folder, node: nodes.Concat, known: Knowing) -> Expr:
    kept = tuple(part for part in node.parts if not _is_empty(part))
    if len(kept) == 1 and kept[0].type == node.type:
        return kept[0]
    return node if len(kept) == len(node.parts) else evolve(node, parts=kept)


def _display(node: Expr, items: tuple[Expr, ...]) -> Expr:
    """A set or sequence of literals, as one."""
    if not all(isinstance(item, Literal) for item in items):
        return node
    values = [item.value for item in items if isinstance(item, Literal)]
    return Literal(_collection(node, values), type=node.type, at=node.at)


def _collection(node: Expr, values: list[Any]) -> Any:
    match node.type:
        case SeqType() | TupleType():
            return tuple(values)
        case SetType():
            return frozenset(values)
        case BagType():
            return Bag(values)
        case _:
            raise NotKnown


# -- what ranges over collections -----------------------------------------------------------------


def _settled(f: _Folder, node: Any, known: Knowing) -> bool | None:
    """Whether qualifiers leave no choice at all; None if that is not known."""
    qualifiers: tuple[Qualifier, ...] = node.qualifiers
    for place, qualifier in enumerate(qualifiers):
        inner = f.facts.knowing(qualifiers[:place], known)
        match qualifier:
            case Where(test=Literal(value=False)):
                return True
            case For(domain=domain) if _is_empty(domain):
                return True
            case Where(test=operand) | For(domain=operand) | With(value=operand):
                if not f.sure(operand, inner):
                    return None
    return None


def _without_true(node: Any) -> Any:
    """The node without conditions that always hold, unless nothing else is there."""
    kept = tuple(q for q in node.qualifiers if not (isinstance(q, Where) and is_literal(q.test, True)))
    return node if len(kept) in (0, len(node.qualifiers)) else evolve(node, qualifiers=kept)


def _quantifier(f: _Folder, node: nodes.Quantifier, known: Knowing) -> Expr:
    if _settled(f, node, known):
        return truth(node.kind == "all", node)
    found: nodes.Quantifier = _without_true(node)
    if all(isinstance(q, Where) and is_literal(q.test, True) for q in found.qualifiers):
        return found.body
    return found


def _comprehension(f: _Folder, node: nodes.Comprehension, known: Knowing) -> Expr:
    if _settled(f, node, known):
        return Literal(_collection(node, []), type=node.type, at=node.at)
    found: Expr = _without_true(node)
    return found


def _aggregate(f: _Folder, node: nodes.Aggregate, known: Knowing) -> Expr:
    if node.which in ("sum", "count") and _settled(f, node, known):
        return Literal(0, type=node.type, at=node.at)
    found: Expr = _without_true(node)
    return found


RULES: dict[type[Any], Rule] = {
    nodes.Constant: _constant,
    nodes.Let: _let,
    nodes.If: _if,
    nodes.Not: _not,
    nodes.And: _connective,
    nodes.Or: _connective,
    nodes.Is: _is,
    nodes.As: _as,
    nodes.Coerce: _coerce,
    nodes.Field: _field,
    nodes.Item: _item,
    nodes.SetOperation: _union,
    nodes.Concat: _concat,
    nodes.MakeTuple: lambda f, n, known: _display(n, n.items),
    nodes.MakeSet: lambda f, n, known: _display(n, n.items),
    nodes.MakeSeq: lambda f, n, known: _display(n, n.items),
    nodes.Quantifier: _quantifier,
    nodes.Comprehension: _comprehension,
    nodes.Aggregate: _aggregate,
}
"""What each class of node may become, its operands being folded; others only by `known`."""
