"""Integers in C: Python's meaning on 64 bits, an escape beyond.

The interval of each operand decides whether an operation can leave 64 bits; only then it is checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from checker.ir.nodes import INT, Arithmetic, Extreme
from checker.native.emit import value as v
from checker.native.emit.body import Body
from checker.native.emit.value import Value

SIGNS = {"+": v.SUM, "-": v.SUM, "*": v.PRODUCT}
CHECKED = {"+": "checked_add", "-": "checked_subtract", "*": "checked_multiply"}
ROUNDED = {"//": "floor_divide", "%": "floor_remainder", "**": "checked_power"}


def _arithmetic(body: Body, node: Arithmetic) -> Value:
    left, right = body.value(node.left), body.value(node.right)
    if node.operator in ROUNDED:
        return _rounded(body, node.operator, left, right)
    low, high = _interval(node.operator, left, right)
    if low < v.INT64_LOW or high > v.INT64_HIGH:
        text = body.helper(CHECKED[node.operator], left.text, right.text)
        return Value(text, INT, low=max(low, v.INT64_LOW), high=min(high, v.INT64_HIGH))
    rank = SIGNS[node.operator]
    narrow = low >= v.INT32_LOW and high <= v.INT32_HIGH
    wide = left.wide or right.wide or not narrow
    one = left.within(rank) if not wide or left.wide or right.wide else f"(int64_t){left.within(v.UNARY)}"
    return Value(f"{one} {node.operator} {right.within(rank + 1)}", INT, rank, low, high, wide)


def _interval(operator: str, left: Value, right: Value) -> tuple[int, int]:
    if operator == "+":
        return left.low + right.low, left.high + right.high
    if operator == "-":
        return left.low - right.high, left.high - right.low
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return min(corners), max(corners)


def _rounded(body: Body, operator: str, left: Value, right: Value) -> Value:
    """Where C rounds towards zero, or has no such operation."""
    if operator != "**" and left.low >= 0 and right.low > 0:
        sign = "/" if operator == "//" else "%"
        high = left.high // right.low if operator == "//" else min(left.high, right.high - 1)
        text = f"{left.within(v.PRODUCT)} {sign} {right.within(v.UNARY)}"
        return Value(text, INT, v.PRODUCT, 0, high, left.wide or right.wide)
    return Value(body.helper(ROUNDED[operator], left.text, right.text), INT)


def extreme(body: Body, node: Extreme) -> Value:
    """The least or greatest of some; integers, or tuples of them."""
    values = [body.value(operand) for operand in node.operands]
    best = values[0]
    for value in values[1:]:
        best = _better(body, node, best, value)
    return best


def _better(body: Body, node: Extreme, best: Value, value: Value) -> Value:
    if body.types.is_scalar(node.type):
        pick = min if node.which == "min" else max
        name = "least" if node.which == "min" else "greatest"
        body.unit.prelude.add(name)
        text = f"{name}({best.text}, {value.text})"
        return Value(text, INT, low=pick(best.low, value.low), high=pick(best.high, value.high))
    best, value = body.materialised(best), body.materialised(value)
    sign = "<" if node.which == "min" else ">"
    order = body.operation("order", (node.type,), value.address, best.address)
    name = body.names.fresh("best")
    kind = body.types.name(node.type)
    body.write(f"const {kind} *{name} = {order} {sign} 0 ? {value.address} : {best.address};")
    return v.at_pointer(name, node.type)


def limited(value: Value, low: int, high: int) -> Value:
    """An integer that is known to lie within an interval besides."""
    return evolve(value, low=max(value.low, low), high=min(value.high, high))


VALUES: dict[type[Any], Callable[[Body, Any], Value]] = {Arithmetic: _arithmetic, Extreme: extreme}

PRELUDE = {
    "least": """\
static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
""",
    "greatest": """\
static inline int64_t greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}
""",
    "checked_add": """\
static inline int64_t checked_add(Worker *worker, int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) escape(worker);
    return sum;
}
""",
    "checked_subtract": """\
static inline int64_t checked_subtract(Worker *worker, int64_t a, int64_t b)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference)) escape(worker);
    return difference;
}
""",
    "checked_multiply": """\
static inline int64_t checked_multiply(Worker *worker, int64_t a, int64_t b)
{
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product)) escape(worker);
    return product;
}
""",
    "floor_divide": """\
/* Python's a // b, which rounds down. */
static inline int64_t floor_divide(Worker *worker, int64_t a, int64_t b)
{
    if (b == 0 || (a == INT64_MIN && b == -1)) escape(worker);
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
""",
    "floor_remainder": """\
/* Python's a % b, which has the sign of b. */
static inline int64_t floor_remainder(Worker *worker, int64_t a, int64_t b)
{
    if (b == 0) escape(worker);
    if (b == -1) return 0;
    int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
""",
    "checked_power": """\
static inline int64_t checked_power(Worker *worker, int64_t base, int64_t exponent)
{
    int64_t power = 1;
    if (exponent < 0) escape(worker);
    if (exponent > 64 && (base < -1 || base > 1)) escape(worker);
    for (int64_t i = base < -1 || base > 1 ? exponent : exponent % 2 + 2 * (exponent > 1); i > 0; i--)
        if (__builtin_mul_overflow(power, base, &power)) escape(worker);
    return power;
}
""",
    "narrow_8": """\
static inline int8_t narrow_8(Worker *worker, int64_t value)
{
    if (value < INT8_MIN || value > INT8_MAX) escape(worker);
    return (int8_t)value;
}
""",
    "narrow_16": """\
static inline int16_t narrow_16(Worker *worker, int64_t value)
{
    if (value < INT16_MIN || value > INT16_MAX) escape(worker);
    return (int16_t)value;
}
""",
    "narrow_32": """\
static inline int32_t narrow_32(Worker *worker, int64_t value)
{
    if (value < INT32_MIN || value > INT32_MAX) escape(worker);
    return (int32_t)value;
}
""",
}
"""What the emitted code calls besides the operations of the layout, by name."""
