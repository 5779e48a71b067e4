"""Where things stand in the source of a spec, for messages that point at them.

Everything here is best effort: a class that was made without a source file has no location, and a
message about it shows none.  The compiler asks it of every function, so files are gone through once.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType, TracebackType
from typing import Any

from checker.lang.errors import Location

Node = ast.stmt | ast.expr | ast.arg


@lru_cache(maxsize=256)
def _tree(file: str, text: str) -> ast.Module:
    return ast.parse(text, file)


def module_tree(file: str) -> ast.Module | None:
    """The syntax tree of a source file, or None where it cannot be read or parsed."""
    text = "".join(linecache.getlines(file))
    try:
        return _tree(file, text) if text else None
    except SyntaxError:
        return None


def at_node(file: str, node: Node) -> Location:
    """The first line of a node."""
    same_line = node.end_lineno == node.lineno
    line = linecache.getline(file, node.lineno)
    end = node.end_col_offset if same_line else len(line.rstrip())
    return Location(
        file,
        node.lineno,
        _characters(line, node.col_offset) + 1,
        _characters(line, end or 0) + 1,
    )


def _characters(line: str, offset: int) -> int:
    """A column in characters, from one in UTF-8 bytes."""
    return len(line.encode()[:offset].decode(errors="replace"))


def function_node(function: Callable[..., Any]) -> tuple[str, ast.FunctionDef] | None:
    """The file and the definition of a function."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if not isinstance(code, CodeType):
        return None
    tree = module_tree(code.co_filename)
    if tree is None:
        return None
    node = definitions(tree).get((code.co_name, code.co_firstlineno))
    return None if node is None else (code.co_filename, node)


@lru_cache(maxsize=64)
def definitions(tree: ast.Module) -> dict[tuple[str, int], ast.FunctionDef]:
    """The functions of a file by name and first line, as code objects have it: that of a decorator."""
    found: dict[tuple[str, int], ast.FunctionDef] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]])
            found.setdefault((node.name, first), node)
    return found


def lambda_node(function: FunctionType) -> tuple[str, ast.Lambda] | None:
    """The file and the expression of a lambda; None where several of them could be meant."""
    code = function.__code__
    tree = module_tree(code.co_filename)
    if tree is None:
        return None
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno
    ]
    if len(found) > 1:
        found = _around([node for node in found if _named(node) == _parameters_of(code)], code)
    return (code.co_filename, found[0]) if len(found) == 1 else None


def _named(node: ast.Lambda) -> tuple[str, ...]:
    arguments = node.args
    return tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def _parameters_of(code: CodeType) -> tuple[str, ...]:
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _around(nodes: list[ast.Lambda], code: CodeType) -> list[ast.Lambda]:
    """The innermost of some lambdas whose body holds every place that the code was made from."""
    places = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if None not in (line, end_line, column, end_column) and (column, end_column) != (0, 0)
    ]
    holding = [
        node
        for node in nodes
        if places
        and all(
            (node.body.lineno, node.body.col_offset) <= start
            and end <= (node.body.end_lineno, node.body.end_col_offset)
            for start, end in places
        )
    ]
    return [one for one in holding if not any(_within(other, one) for other in holding if other is not one)]


def _within(inner: ast.Lambda, outer: ast.Lambda) -> bool:
    return any(node is inner for node in ast.walk(outer.body))


def class_node(cls: type[Any]) -> tuple[str, ast.ClassDef] | None:
    """The file and the definition of a class."""
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    if file is None:
        file = next(
            (
                method.__code__.co_filename
                for method in vars(cls).values()
                if isinstance(method, FunctionType) and method.__module__ == cls.__module__
            ),
            None,
        )
    tree = module_tree(file) if file else None
    if file is None or tree is None:
        return None
    body: list[Any] = list(tree.body)
    found: Any = None
    for part in cls.__qualname__.split("."):
        if part == "<locals>":
            continue
        found = next((node for node in _definitions(body) if node.name == part), None)
        if found is None:
            return None
        body = found.body
    return (file, found) if isinstance(found, ast.ClassDef) else None


def _definitions(body: list[Any]) -> list[Any]:
    found = [
        node for statement in body for node in ast.walk(statement)
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]  # fmt: skip
    return list(reversed(found))


def at_class(cls: type[Any]) -> Location | None:
    """The name of a class in its definition."""
    found = class_node(cls)
    if found is None:
        return None
    file, node = found
    line = linecache.getline(file, node.lineno)
    start = line.find(cls.__name__, line.find("class")) + 1
    return Location(file, node.lineno, max(start, 1), max(start, 1) + len(cls.__name__))


def at_field(cls: type[Any], name: str) -> Location | None:
    """The definition of a field in the class, or base class, that declares it."""
    for owner in cls.__mro__:
        found = class_node(owner) if name in vars(owner).get("__annotations__", {}) else None
        if found is not None:
            for node in found[1].body:
                if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", None) == name:
                    return at_node(found[0], node)
    return None


def at_function(function: Callable[..., Any]) -> Location | None:
    """The name of a function in its definition."""
    found = function_node(function)
    if found is None:
        return None
    file, node = found
    line = linecache.getline(file, node.lineno)
    start = line.find(node.name, node.col_offset + 3) + 1
    return Location(file, node.lineno, start, start + len(node.name))


def at_parameter(function: Callable[..., Any], name: str) -> Location | None:
    """A parameter in the definition of a function."""
    found = function_node(function)
    if found is None:
        return None
    file, node = found
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if argument.arg == name:
            return at_node(file, argument)
    return at_function(function)


def at_returns(function: Callable[..., Any]) -> Location | None:
    """The return annotation of a function, or its name where it has none."""
    found = function_node(function)
    if found is not None and found[1].returns is not None:
        return at_node(found[0], found[1].returns)
    return at_function(function)


def at_raise(error: BaseException, within: Callable[[str], bool]) -> Location | None:
    """The innermost place in a traceback whose file satisfies `within`."""
    found: Location | None = None
    step: TracebackType | None = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if within(code.co_filename):
            found = _at_instruction(code, step.tb_lasti, step.tb_lineno)
        step = step.tb_next
    return found


def _at_instruction(code: CodeType, instruction: int, line: int) -> Location:
    """The place of one instruction, with columns where the compiler kept them."""
    positions = list(code.co_positions())
    index = instruction // 2
    if index < len(positions):
        first, last, start, end = positions[index]
        if first == line and start is not None and end is not None:
            text = linecache.getline(code.co_filename, line)
            column = _characters(text, start) + 1
            if last == first:
                return Location(code.co_filename, line, column, _characters(text, end) + 1)
            return Location(code.co_filename, line, column, len(text.rstrip()) + 1)
    text = linecache.getline(code.co_filename, line)
    indent = len(text) - len(text.lstrip())
    return Location(code.co_filename, line, indent + 1, len(text.rstrip()) + 1)


def at_last_line(function: Callable[..., Any], *arguments: Any) -> Location | None:
    """The `return` that a function leaves through, found by running it once more; the body of a lambda."""
    inner = inspect.unwrap(function)
    inner = getattr(inner, "__func__", inner)
    if isinstance(inner, FunctionType) and inner.__name__ == "<lambda>":
        expression = lambda_node(inner)
        return None if expression is None else at_node(expression[0], expression[1].body)
    code = getattr(inner, "__code__", None)
    last: list[Location] = []

    def watch(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code is code and event == "return":
            last.append(_at_instruction(code, frame.f_lasti, frame.f_lineno))
        return watch if frame.f_code is code else None

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        function(*arguments)
    except Exception:
        return at_function(function)
    finally:
        sys.settrace(before)
    return last[-1] if last else at_function(function)
