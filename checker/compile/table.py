"""Which class of syntax is compiled by which handler."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from checker.compile.body import Handler
from checker.compile.calls import call
from checker.compile.comparisons import comparison
from checker.compile.displays import generator, list_comprehension, sequence, set_comprehension, set_display
from checker.compile.expressions import attribute, choice, constant, junction, name, subscript, walrus
from checker.compile.flow import Statement
from checker.compile.loops import loop
from checker.compile.operators import binary, unary
from checker.compile.patterns import match
from checker.compile.statements import SIMPLE

EXPRESSIONS: Mapping[type[ast.expr], Handler] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.NamedExpr: walrus,
    ast.Attribute: attribute,
    ast.Subscript: subscript,
    ast.IfExp: choice,
    ast.BoolOp: junction,
    ast.Compare: comparison,
    ast.BinOp: binary,
    ast.UnaryOp: unary,
    ast.Tuple: sequence,
    ast.List: sequence,
    ast.Set: set_display,
    ast.ListComp: list_comprehension,
    ast.SetComp: set_comprehension,
    ast.GeneratorExp: generator,
    ast.Call: call,
}

STATEMENTS: Mapping[type[ast.stmt], Statement] = {**SIMPLE, ast.For: loop, ast.Match: match}
