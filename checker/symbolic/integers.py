"""The operations on symbolic integers, with Python's meaning: exact, and rounding down.

A result has cases while they are few (`casewise.MOST_CASES`, `casewise.MOST_PAIRS`), otherwise bits, as
many as the integers that can come out need: nothing overflows.  What is known altogether is one case that
is `TRUE`.  Where an operand has no meaning anything may come out, and where an operation is stuck.

Nothing here knows the types of integers, or the IR.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import product
from typing import Literal

from checker.lang.errors import InternalError
from checker.symbolic import binary, casewise
from checker.symbolic.binary import Word
from checker.symbolic.casewise import MOST_CASES
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit, TooLarge, holds
from checker.symbolic.values import Bits, Cases, Number

Operation = Callable[[int, int], int]

MOST_INDICES = 1_000_000
"""The longest range of integers that `cases_of` tells apart."""


def constant(value: int) -> Cases:
    """An integer that is known."""
    return Cases({value: TRUE})


def to_bits(c: Circuit, number: Number) -> Bits:
    """The same integer by its bits; 0 where none of its cases holds."""
    if isinstance(number, Bits):
        return number
    size = binary.width(*_bounds(number))
    places = ([value for value in number.cases if value >> place & 1] for place in range(size))
    return Bits(tuple(casewise.some(c, number, wanted) for wanted in places))


def _word(c: Circuit, number: Number) -> Word:
    return to_bits(c, number).bits


def _bounds(number: Number) -> tuple[int, int]:
    """The least and the greatest integer that it can be."""
    if isinstance(number, Bits):
        return binary.bounds(number.bits)
    return min(number.cases, default=0), max(number.cases, default=0)


def _within(word: Word, results: Collection[int]) -> Number:
    """The integer with these bits, which lies between some results, in as few bits as it needs."""
    size = binary.width(min(results), max(results))
    word = binary.trimmed(binary.resized(word, size))
    low, high = binary.bounds(word)
    return constant(low) if low == high else Bits(word)


def _corners(left: Number, right: Number, operation: Operation) -> list[int]:
    """What comes out for the least and greatest operands."""
    return [operation(one, other) for one, other in product(_bounds(left), _bounds(right))]


def _by_cases(c: Circuit, left: Number, right: Number, operation: Operation) -> Cases | None:
    """The result by cases, where it and both operands have few enough."""
    if isinstance(left, Bits) or isinstance(right, Bits):
        return None
    found = casewise.combined(c, left, right, operation)
    return None if found is None else casewise.of(found)


# -- sums and products ----------------------------------------------------------------------------


def add(c: Circuit, left: Number, right: Number) -> Number:
    """The sum."""
    return _linear(c, left, right, operator.add, 1)


def subtract(c: Circuit, left: Number, right: Number) -> Number:
    """The difference."""
    return constant(0) if left == right else _linear(c, left, right, operator.sub, -1)


def _linear(c: Circuit, left: Number, right: Number, operation: Operation, factor: int) -> Number:
    found = _by_cases(c, left, right, operation)
    if found is not None:
        return found
    results = _corners(left, right, operation)
    terms = binary.weighed(_word(c, left)) + binary.weighed(_word(c, right), factor)
    return _within(binary.summed(c, terms, binary.width(min(results), max(results))), results)


def multiply(c: Circuit, left: Number, right: Number) -> Number:
    """The product."""
    found = _by_cases(c, left, right, operator.mul)
    if found is not None:
        return found
    results = _corners(left, right, operator.mul)
    if left == right:
        results = [0, *(end * end for end in _bounds(left))]
    size = binary.width(min(results), max(results))
    return _within(binary.product(c, _word(c, left), _word(c, right), size), results)


def total(c: Circuit, parts: Sequence[tuple[Lit, Number]]) -> Number:
    """The sum of those that are present."""
    there = [(present, number) for present, number in parts if present != FALSE]
    cases = [casewise.masked(c, present, n) for present, n in there if isinstance(n, Cases)]
    if len(cases) == len(there) and casewise.sums(cases) is not None:
        return _halved(c, cases)
    ranges = [(*_bounds(number), present == TRUE) for present, number in there]
    low = sum(least if always else min(least, 0) for least, _, always in ranges)
    high = sum(most if always else max(most, 0) for _, most, always in ranges)
    terms = [
        (weight, c.both(present, bit))
        for present, number in there
        for weight, bit in binary.weighed(_word(c, number))
    ]
    return _within(binary.summed(c, terms, binary.width(low, high)), (low, high))


def _halved(c: Circuit, numbers: Sequence[Cases]) -> Number:
    """The sum, by halves: few cases are combined with few."""
    if len(numbers) < 2:
        return numbers[0] if numbers else constant(0)
    middle = len(numbers) // 2
    return add(c, _halved(c, numbers[:middle]), _halved(c, numbers[middle:]))


def count(c: Circuit, lits: Sequence[Lit]) -> Number:
    """How many hold."""
    already = sum(lit == TRUE for lit in lits)
    open_ = [lit for lit in lits if lit not in (TRUE, FALSE)]
    if len(open_) < MOST_CASES:
        return casewise.counted(c, open_, already)
    results = (already, already + len(open_))
    terms = [(1, lit) for lit in open_]
    return _within(binary.summed(c, terms, binary.width(*results), already), results)


# -- quotients and powers -------------------------------------------------------------------------


def floor_divide(c: Circuit, left: Number, right: Number) -> tuple[Number, Lit]:
    """The quotient rounded down, and whether the divisor is 0."""
    divisor, stuck = _without(c, right, lambda value: value == 0)
    found = _by_cases(c, left, divisor, operator.floordiv)
    if found is not None:
        return found, stuck
    low, high = _bounds(divisor)
    divisors = [value for value in (low, high, -1, 1) if value and low <= value <= high]
    results = [one // other for one, other in product(_bounds(left), divisors)] or [0]
    return _within(binary.divided(c, _word(c, left), _word(c, divisor))[0], results), stuck


def modulo(c: Circuit, left: Number, right: Number) -> tuple[Number, Lit]:
    """The remainder, with the divisor's sign, and whether the divisor is 0."""
    divisor, stuck = _without(c, right, lambda value: value == 0)
    found = _by_cases(c, left, divisor, operator.mod)
    if found is not None:
        return found, stuck
    (least, most), (low, high) = _bounds(left), _bounds(divisor)
    results = [min(low + 1, 0), max(high - 1, 0)]
    results[1] = min(results[1], most) if least >= 0 and low >= 0 else results[1]
    return _within(binary.divided(c, _word(c, left), _word(c, divisor))[1], results), stuck


def _without(c: Circuit, number: Number, excluded: Callable[[int], bool]) -> tuple[Number, Lit]:
    """The number without what an operation is stuck for, and whether it is that; of bits, 0."""
    if isinstance(number, Bits):
        return number, equal(c, number, constant(0))
    wrong = [value for value in number.cases if excluded(value)]
    kept = {value: lit for value, lit in number.cases.items() if value not in wrong}
    return casewise.of(kept), casewise.some(c, number, wrong)


def power(c: Circuit, left: Number, right: Number) -> tuple[Number, Lit]:
    """The power, and whether the exponent is negative; `TooLarge` where it has too many cases."""
    if isinstance(right, Bits):
        raise TooLarge(f"a power has an exponent with more than {MOST_CASES} possible values")
    exponent, stuck = _without(c, right, lambda value: value < 0)
    assert isinstance(exponent, Cases)
    for base, times in product(_bounds(left), exponent.cases):
        if abs(base) > 1 and times * (base.bit_length() - 1) > binary.WIDEST:
            raise TooLarge(f"a power has more than {binary.WIDEST:,} bits")
    if isinstance(left, Cases):
        found = casewise.combined(c, left, exponent, operator.pow, most=casewise.MOST_PAIRS)
        if found is not None:
            cases = casewise.of(found)
            return cases if len(found) <= MOST_CASES else to_bits(c, cases), stuck
    return select(c, _powers(c, left, exponent)), stuck


def _powers(c: Circuit, base: Number, exponent: Cases) -> list[tuple[Lit, Number]]:
    """For each exponent its condition and the power."""
    found: list[tuple[Lit, Number]] = []
    running: Number = constant(1)
    times, ends = 0, _bounds(base)
    for wanted in sorted(exponent.cases):
        if wanted > binary.WIDEST:
            raise TooLarge(f"a power has an exponent beyond {binary.WIDEST:,}")
        while times < wanted:
            times += 1
            running = _within(_word(c, multiply(c, running, base)), [0, *(end**times for end in ends)])
        found.append((casewise.some(c, exponent, [wanted]), running))
    return found


# -- comparisons ----------------------------------------------------------------------------------


def equal(c: Circuit, left: Number, right: Number) -> Lit:
    """Whether the two are the same integer."""
    if isinstance(left, Cases) and isinstance(right, Cases):
        return casewise.equal(c, left, right)
    (least, most), (other_least, other_most) = _bounds(left), _bounds(right)
    if most < other_least or other_most < least:
        return FALSE
    return binary.equal(c, _word(c, left), _word(c, right))


def less(c: Circuit, left: Number, right: Number, strict: bool) -> Lit:
    """Whether the left one is less, or equal if not `strict`."""
    (least, most), (other_least, other_most) = _bounds(left), _bounds(right)
    if most < other_least or (most == other_least and not strict):
        return TRUE
    if least > other_most or (least == other_most and strict):
        return FALSE
    if isinstance(left, Cases) and isinstance(right, Cases):
        return casewise.less(c, left, right, strict=strict)
    return binary.less(c, _word(c, left), _word(c, right), strict=strict)


def between(c: Circuit, number: Number, low: int | None, high: int | None) -> Lit:
    """Whether it is at least `low` and at most `high`, each if given."""
    if isinstance(number, Cases):
        wanted = [v for v in number.cases if (low is None or low <= v) and (high is None or v <= high)]
        return casewise.some(c, number, wanted)
    above = TRUE if low is None else less(c, constant(low), number, strict=False)
    return c.both(above, TRUE if high is None else less(c, number, constant(high), strict=False))


def extreme(c: Circuit, which: Literal["min", "max"], numbers: Sequence[Number]) -> Number:
    """The least or the greatest of one or more numbers."""
    if not numbers:
        raise InternalError(f"the {which} of no numbers")
    different = list(dict.fromkeys(numbers))
    cases = [number for number in different if isinstance(number, Cases)]
    if len(cases) == len(different):
        found = casewise.extreme(c, cases, greatest=which == "max")
        if found is not None:
            return found
    best = _word(c, different[0])
    for number in different[1:]:
        word = _word(c, number)
        pair = (best, word) if which == "max" else (word, best)
        best = binary.chosen(c, binary.less(c, *pair, strict=True), word, best)
    choose = min if which == "min" else max
    results = [choose(ends) for ends in zip(*map(_bounds, different), strict=True)]
    return _within(best, results)


# -- choice ---------------------------------------------------------------------------------------


def select(c: Circuit, options: Sequence[tuple[Lit, Number]]) -> Number:
    """The one whose condition holds; no two conditions hold at once.  Where none does, anything."""
    conditions: dict[Number, list[Lit]] = {}
    for condition, number in options:
        if condition != FALSE:
            conditions.setdefault(number, []).append(condition)
    merged = [(c.any(lits), number) for number, lits in conditions.items()]
    if len(merged) < 2:
        return merged[0][1] if merged else Cases({})
    cases = [(condition, number) for condition, number in merged if isinstance(number, Cases)]
    values = list(dict.fromkeys(value for _, number in cases for value in number.cases))
    if len(cases) == len(merged) and len(values) <= MOST_CASES:
        parts = [(lit, _shown(number)) for lit, number in cases]
        found = {v: _one_of(c, [(lit, shown.get(v, FALSE)) for lit, shown in parts]) for v in values}
        return casewise.of(found)
    words = [(condition, _word(c, number)) for condition, number in merged]
    size = max(len(word) for _, word in words)
    wide = [(condition, binary.resized(word, size)) for condition, word in words]
    word = tuple(_one_of(c, [(lit, bits[place]) for lit, bits in wide]) for place in range(size))
    ends = [end for _, number in merged for end in _bounds(number)]
    return _within(word, ends)


def _shown(number: Cases) -> Mapping[int, Lit]:
    """The conditions of the cases; that of a single one is TRUE."""
    return casewise.of(number.cases).cases


def _one_of(c: Circuit, options: Sequence[tuple[Lit, Lit]]) -> Lit:
    """What stands with the condition that holds; of two conditions, one does."""
    if len(options) == 2:
        (test, then), (_, other) = options
        return c.ite(test, then, other)
    return c.any(c.both(condition, lit) for condition, lit in options)


def cases_of(c: Circuit, number: Number, low: int, high: int) -> dict[int, Lit]:
    """The condition for each integer from `low` to `high`, in their order."""
    if high - low >= MOST_INDICES:
        raise TooLarge(f"an integer is one of more than {MOST_INDICES:,} indices")
    found = binary.spread(c, number.bits, low, high) if isinstance(number, Bits) else dict(_shown(number))
    return {value: found.get(value, FALSE) for value in range(low, high + 1)}


# -- variables ------------------------------------------------------------------------------------


def fresh(c: Circuit, low: int, high: int, name: str) -> tuple[Number, Lit]:
    """An integer from `low` to `high` in new variables, and which of their values make one."""
    if low == high:
        return constant(low), TRUE
    if high - low >= MOST_CASES:
        return _fresh_bits(c, low, high, name)
    if high == low + 1:
        variable = c.variable(f"{name} = {high}")
        return Cases({low: -variable, high: variable}), TRUE
    cases = {value: c.variable(f"{name} = {value}") for value in range(low, high + 1)}
    return Cases(cases), c.exactly_one(cases.values())


def _fresh_bits(c: Circuit, low: int, high: int, name: str) -> tuple[Number, Lit]:
    """Variables for the lowest bits, up to the highest in which integers of the range differ."""
    size = binary.width(low, high)
    differing = size if low < 0 <= high else (low ^ high).bit_length()
    variables = [c.variable(f"{name} bit {place}") for place in range(differing)]
    number = Bits((*variables, *binary.spelled(low, size)[differing:]))
    return number, between(c, number, low, high)


def decode(values: Mapping[int, bool], number: Number) -> int:
    """Which integer it is, by the values of the gates; a number without a meaning is our own fault."""
    if isinstance(number, Bits):
        *places, sign = (holds(values, bit) for bit in number.bits)
        return sum(1 << place for place, bit in enumerate(places) if bit) - (sign << len(places))
    found: list[int] = [value for value, lit in number.cases.items() if holds(values, lit)]
    if len(found) != 1:
        raise InternalError(f"an integer has {len(found)} values at once: {found}")
    return found[0]
