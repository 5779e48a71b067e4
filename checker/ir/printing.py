"""Expressions as documents to lay out: one row for each class of node.

A row gives the text and how tightly it binds; the printer puts parentheses around what binds less
tightly than its place demands.  How a whole program is laid out is in `checker.ir.printer`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir import nodes
from checker.ir.nodes import Expr, For, Qualifier, Where
from checker.ir.text import Doc, Group, Indent, Line, enclosed, joined

LOOSE, OR, AND, NOT, COMPARE, UNION, MEET, SUM, PRODUCT, POSTFIX, ATOM = range(11)
"""How tightly texts bind: `LOOSE` reaches as far right as it can, `ATOM` never needs parentheses."""

Row = Callable[["Printer", Any], tuple[int, Doc]]


class Printer:
    """Makes documents of expressions; `value` prints a known value."""

    def __init__(
        self, value: Callable[[Any], str], *, coercions: bool = False, mark: Expr | None = None
    ) -> None:
        self.value = value
        self.coercions = coercions
        self.mark = mark

    def whole(self, node: Expr) -> Doc:
        """An expression that stands by itself."""
        return self.at(node, LOOSE)

    def at(self, node: Expr, least: int) -> Doc:
        """An expression in a place that takes only what binds so tightly."""
        tightness, doc = ROWS[type(node)](self, node)
        if node is self.mark:
            return ("⟦", doc, "⟧")
        return doc if tightness >= least else Group(("(", Indent(doc), ")"))

    def all(self, items: tuple[Expr, ...]) -> list[Doc]:
        """Expressions in a list with commas."""
        return [self.at(item, OR) for item in items]

    def call(self, name: str, *operands: Expr | str) -> tuple[int, Doc]:
        """An operation written as a call."""
        given: list[Doc] = [o if isinstance(o, str) else self.at(o, OR) for o in operands]
        return POSTFIX, (name, enclosed("(", given, ")"))

    def infix(self, operator: str, level: int, left: Expr, right: Expr) -> tuple[int, Doc]:
        """A binary operation that groups to the left; comparisons do not group."""
        return level, Group(
            (self.at(left, level + (level == COMPARE)), f" {operator}", Line(), self.at(right, level + 1))
        )

    def chain(self, operator: str, level: int, operands: tuple[Expr, ...]) -> tuple[int, Doc]:
        """An operation on any number of operands."""
        if len(operands) < 2:
            return self.call(operator.strip(), *operands)
        parts: list[Doc] = [self.at(operands[0], level + 1)]
        for operand in operands[1:]:
            parts += [Line(), operator, " ", self.at(operand, level + 1)]
        return level, Group(tuple(parts))

    def qualifiers(self, qualifiers: tuple[Qualifier, ...]) -> Doc:
        """What ranges over what: `a in S, where P, b in T`."""
        return joined([self.qualifier(q) for q in qualifiers])

    def qualifier(self, qualifier: Qualifier) -> Doc:
        """One of them."""
        if isinstance(qualifier, For):
            return (qualifier.name, " in ", self.at(qualifier.domain, OR))
        if isinstance(qualifier, Where):
            return ("where ", self.at(qualifier.test, OR))
        return (qualifier.name, " = ", self.at(qualifier.value, OR))

    def ranging(self, opening: str, element: Doc, qualifiers: tuple[Qualifier, ...], end: Doc) -> Doc:
        """A comprehension between brackets."""
        inner = (element, Line() if element else "", "for ", Indent(self.qualifiers(qualifiers)))
        return Group((opening, Indent((Line(""), *inner)), Line(""), end))


# -- atoms and control ----------------------------------------------------------------------------


def _literal(p: Printer, node: nodes.Literal) -> tuple[int, Doc]:
    return ATOM if not str(node.value).startswith("-") else SUM, p.value(node.value)


def _let(p: Printer, node: nodes.Let) -> tuple[int, Doc]:
    bound = Group(("let ", node.name, " =", Indent((Line(), p.at(node.value, LOOSE)))))
    return LOOSE, Group((bound, " in", Line(), p.at(node.body, LOOSE)))


def _if(p: Printer, node: nodes.If) -> tuple[int, Doc]:
    test, then = p.at(node.test, LOOSE), p.at(node.then, OR)
    head = (Group(("if ", Indent(test), " then")), Indent((Line(), then)), Line(), "else")
    if isinstance(node.other, nodes.If) and node.other is not p.mark:
        _, rest = _if(p, node.other)
        assert isinstance(rest, Group)
        return LOOSE, Group((head, " ", rest.content))
    return LOOSE, Group((head, Indent((Line(), p.at(node.other, LOOSE)))))


def _not(p: Printer, node: nodes.Not) -> tuple[int, Doc]:
    inner = node.operand
    if inner is not p.mark:
        match inner:
            case nodes.Equal():
                return p.infix("!=", COMPARE, inner.left, inner.right)
            case nodes.Member():
                return p.infix("not in", COMPARE, inner.item, inner.collection)
            case nodes.Is():
                return COMPARE, (p.at(inner.value, UNION), f" is not {inner.option}")
    return NOT, ("not ", p.at(inner, NOT))


def _less(p: Printer, node: nodes.Less) -> tuple[int, Doc]:
    return p.infix("<" if node.strict else "<=", COMPARE, node.left, node.right)


_LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "//": PRODUCT, "%": PRODUCT, "|": UNION, "^": UNION, "&": MEET}


def _arithmetic(p: Printer, node: nodes.Arithmetic) -> tuple[int, Doc]:
    if node.operator == "**":
        return p.call("power", node.left, node.right)
    return p.infix(node.operator, _LEVELS[node.operator], node.left, node.right)


def _operation(p: Printer, node: nodes.SetOperation | nodes.BagOperation) -> tuple[int, Doc]:
    return p.infix(node.operator, _LEVELS[node.operator], node.left, node.right)


# -- records, tuples, sequences -------------------------------------------------------------------


def _update(p: Printer, node: nodes.Update) -> tuple[int, Doc]:
    changes: list[Doc] = [Group((name, " := ", Indent(p.at(v, OR)))) for name, v in node.changes]
    return LOOSE, Group((p.at(node.record, POSTFIX), " with", Indent((Line(), joined(changes)))))


def _coerce(p: Printer, node: nodes.Coerce) -> tuple[int, Doc]:
    if p.coercions:
        return SUM, (p.at(node.value, PRODUCT), f" :> {_enclosed_type(node.type)}")
    if node.value is p.mark:
        return ATOM, p.at(node.value, LOOSE)
    return ROWS[type(node.value)](p, node.value)


def _enclosed_type(kind: Any) -> str:
    return f"({kind})" if " " in str(kind) else str(kind)


def _make_tuple(p: Printer, node: nodes.MakeTuple) -> tuple[int, Doc]:
    return ATOM, enclosed("(", p.all(node.items), ",)" if len(node.items) == 1 else ")")


def _slice(p: Printer, node: nodes.Slice) -> tuple[int, Doc]:
    low, high = ("" if bound is None else p.at(bound, OR) for bound in (node.low, node.high))
    return POSTFIX, (p.at(node.sequence, POSTFIX), "[", low, ":", high, "]")


def _range(p: Printer, node: nodes.Range) -> tuple[int, Doc]:
    return p.call("range", node.low, node.high, *([] if node.step == 1 else [str(node.step)]))


def _zip(p: Printer, node: nodes.Zip) -> tuple[int, Doc]:
    return p.call("zip", *node.sequences, *(["strict"] if node.strict else []))


def _enumerate(p: Printer, node: nodes.Enumerate) -> tuple[int, Doc]:
    return p.call("enumerate", node.sequence, *([str(node.start)] if node.start else []))


# -- sets and maps --------------------------------------------------------------------------------


def _every(p: Printer, node: nodes.Every) -> tuple[int, Doc]:
    item = getattr(node.type, "item", node.type)
    return POSTFIX, f"every({item})"


def _subset(p: Printer, node: nodes.Subset) -> tuple[int, Doc]:
    return p.infix("proper subset" if node.strict else "subset", COMPARE, node.left, node.right)


def _subsets(p: Printer, node: nodes.Subsets) -> tuple[int, Doc]:
    return p.call("subsets", node.base, *([] if node.size is None else [node.size]))


def _fill(p: Printer, node: nodes.Fill) -> tuple[int, Doc]:
    key = getattr(node.type, "key", node.type)
    return ATOM, (f"[every {key} := ", p.at(node.value, OR), "]")


def _get(p: Printer, node: nodes.Get | nodes.Index) -> tuple[int, Doc]:
    collection, key = (node.map, node.key) if isinstance(node, nodes.Get) else (node.sequence, node.index)
    return POSTFIX, (p.at(collection, POSTFIX), "[", p.at(key, OR), "]")


def _put(p: Printer, node: nodes.Put) -> tuple[int, Doc]:
    change = Group(("[", p.at(node.key, OR), " := ", Indent(p.at(node.value, OR)), "]"))
    return PRODUCT, Group((p.at(node.map, PRODUCT), " with", Indent((Line(), change))))


# -- what ranges over collections -----------------------------------------------------------------


def _quantifier(p: Printer, node: nodes.Quantifier) -> tuple[int, Doc]:
    head = Group((f"{node.kind} ", Indent(p.qualifiers(node.qualifiers)), ":"))
    return LOOSE, Group((head, Indent((Line(), p.at(node.body, LOOSE)))))


_OPENING = {"SetType": ("{", "}"), "SeqType": ("[", "]"), "BagType": ("bag{", "}")}


def _comprehension(p: Printer, node: nodes.Comprehension) -> tuple[int, Doc]:
    opening, closing = _OPENING.get(type(node.type).__name__, ("(", ")"))
    return ATOM, p.ranging(opening, p.at(node.element, OR), node.qualifiers, closing)


def _map_comprehension(p: Printer, node: nodes.MapComprehension) -> tuple[int, Doc]:
    pair = Group((p.at(node.key, OR), " := ", p.at(node.value, OR)))
    return ATOM, p.ranging("[", pair, node.qualifiers, "]")


def _aggregate(p: Printer, node: nodes.Aggregate) -> tuple[int, Doc]:
    element = "" if node.body is None else p.at(node.body, OR)
    end: Doc = ")" if node.default is None else (" or ", p.at(node.default, OR), " if none)")
    return POSTFIX, p.ranging(f"{node.which}(", element, node.qualifiers, end)


def _fold(p: Printer, node: nodes.Fold) -> tuple[int, Doc]:
    held: list[Doc] = [
        Group((name, " := ", p.at(value, OR)))
        for name, value in zip(node.accumulators, node.initial, strict=False)
    ]
    until: Doc = () if node.until is None else (Line(), "until ", p.at(node.until, OR))
    where = (Line(), f"for {node.name} in ", p.at(node.domain, OR), until, ":")
    head = Group(("fold ", Indent((joined(held), *where))))
    return LOOSE, Group((head, Indent((Line(), p.at(node.body, LOOSE)))))


ROWS: dict[type[Any], Row] = {
    nodes.Literal: _literal,
    nodes.Constant: lambda p, n: (POSTFIX, f"self.{n.name}"),
    nodes.Local: lambda p, n: (ATOM, n.name),
    nodes.Let: _let,
    nodes.If: _if,
    nodes.Stuck: lambda p, n: (ATOM, f'stuck("{n.reason}")'),
    nodes.Call: lambda p, n: p.call(n.function, *n.arguments),
    nodes.Not: _not,
    nodes.And: lambda p, n: p.chain("and", AND, n.operands),
    nodes.Or: lambda p, n: p.chain("or", OR, n.operands),
    nodes.Equal: lambda p, n: p.infix("==", COMPARE, n.left, n.right),
    nodes.Less: _less,
    nodes.Arithmetic: _arithmetic,
    nodes.Extreme: lambda p, n: p.call(n.which, *n.operands),
    nodes.MakeRecord: lambda p, n: (POSTFIX, (str(n.type), enclosed("(", p.all(n.values), ")"))),
    nodes.Field: lambda p, n: (POSTFIX, (p.at(n.record, POSTFIX), f".{n.name}")),
    nodes.Update: _update,
    nodes.Is: lambda p, n: (COMPARE, (p.at(n.value, UNION), f" is {n.option}")),
    nodes.As: lambda p, n: (SUM, (p.at(n.value, PRODUCT), f" as {_enclosed_type(n.type)}")),
    nodes.Coerce: _coerce,
    nodes.MakeTuple: _make_tuple,
    nodes.Item: lambda p, n: (POSTFIX, (p.at(n.tuple, POSTFIX), f".{n.place}")),
    nodes.MakeSeq: lambda p, n: (ATOM, enclosed("[", p.all(n.items), "]")),
    nodes.Concat: lambda p, n: p.chain("++", SUM, n.parts),
    nodes.Index: _get,
    nodes.Slice: _slice,
    nodes.Range: _range,
    nodes.Zip: _zip,
    nodes.Enumerate: _enumerate,
    nodes.Length: lambda p, n: p.call("len", n.collection),
    nodes.Member: lambda p, n: p.infix("in", COMPARE, n.item, n.collection),
    nodes.Every: _every,
    nodes.MakeSet: lambda p, n: (ATOM, enclosed("{", p.all(n.items), "}")),
    nodes.SetOperation: _operation,
    nodes.Subset: _subset,
    nodes.Subsets: _subsets,
    nodes.Fill: _fill,
    nodes.Get: _get,
    nodes.Put: _put,
    nodes.Keys: lambda p, n: p.call("keys", n.map),
    nodes.CountOf: lambda p, n: p.call("copies", n.bag, n.item),
    nodes.BagAdd: lambda p, n: p.call("add", n.bag, n.item, n.copies),
    nodes.BagRemove: lambda p, n: p.call("remove", n.bag, n.item, n.copies),
    nodes.BagOperation: _operation,
    nodes.BagIncluded: lambda p, n: p.call("included", n.left, n.right),
    nodes.Total: lambda p, n: p.call("total", n.bag),
    nodes.Support: lambda p, n: p.call("support", n.bag),
    nodes.Quantifier: _quantifier,
    nodes.Comprehension: _comprehension,
    nodes.MapComprehension: _map_comprehension,
    nodes.Aggregate: _aggregate,
    nodes.Fold: _fold,
}
"""One row for each class of expression; a test fails while one is missing."""
