"""Circuits on the bits of integers: two's complement, the lowest bit first and the sign last.

A sum is one idea: bits with weights, which are powers of two or their negations, plus a constant, modulo
a power of two.  Sums, differences, products and counts differ in which bits they weigh.  Whoever asks for
a sum says how wide it is, and must ask for enough (`width`): nothing here overflows unasked.

Nothing here knows cases, or what an integer is for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit, TooLarge

Word = tuple[Lit, ...]
"""An integer's bits; at least the sign."""

WIDEST = 1_024
"""The most bits that an integer may have; one more is no integer that a protocol computes with."""

Term = tuple[int, Lit]
"""A weight, which is a power of two or its negation, and what it is the weight of."""


def width(low: int, high: int) -> int:
    """How many bits hold every integer from `low` to `high`; raises `TooLarge` beyond `WIDEST`."""
    needed = 1 + max((value if value >= 0 else ~value).bit_length() for value in (low, high))
    if needed > WIDEST:
        raise TooLarge(f"an integer has more than {WIDEST:,} bits")
    return needed


def bounds(word: Word) -> tuple[int, int]:
    """The least and the greatest integer that these bits can be, as far as constant bits tell."""
    *places, sign = word
    low = sum(1 << place for place, bit in enumerate(places) if bit == TRUE)
    high = sum(1 << place for place, bit in enumerate(places) if bit != FALSE)
    top = 1 << len(places)
    return low - (top if sign != FALSE else 0), high - (top if sign == TRUE else 0)


def spelled(value: int, size: int) -> Word:
    """A known integer in so many bits."""
    return tuple(TRUE if value >> place & 1 else FALSE for place in range(size))


def resized(word: Word, size: int) -> Word:
    """The same integer in so many bits; its lowest bits where they are fewer."""
    return (word + word[-1:] * (size - len(word)))[:size]


def trimmed(word: Word) -> Word:
    """The same integer without bits that repeat the sign."""
    size = len(word)
    while size > 1 and word[size - 1] == word[size - 2]:
        size -= 1
    return word[:size]


def flipped(c: Circuit, test: Lit, word: Iterable[Lit]) -> Word:
    """The bits, each negated where the test holds."""
    return tuple(-c.same(test, bit) for bit in word)


def weighed(word: Word, factor: int = 1) -> list[Term]:
    """The bits with their weights times a power of two or its negation; the sign's is negative."""
    terms = [(factor << place, bit) for place, bit in enumerate(word)]
    terms[-1] = (-terms[-1][0], word[-1])
    return terms


def summed(c: Circuit, terms: Iterable[Term], size: int, constant: int = 0) -> Word:
    """The sum of the weights of what holds, and the constant, modulo two to the `size`."""
    columns: list[list[Lit]] = [[] for _ in range(size)]
    for weight, lit in terms:
        if weight < 0:  # -w·x = w·(1 - x) - w
            constant, weight, lit = constant + weight, -weight, -lit
        place = weight.bit_length() - 1
        if lit == TRUE:
            constant += weight
        elif lit != FALSE and place < size:
            columns[place].append(lit)
    for place, column in enumerate(columns):
        if constant >> place & 1:
            column.append(TRUE)
    return _compressed(c, columns)


def _compressed(c: Circuit, columns: list[list[Lit]]) -> Word:
    """Adds up each column of bits and carries into the next; what leaves the last one is dropped."""
    found = []
    for place, column in enumerate(columns):
        carries = columns[place + 1] if place + 1 < len(columns) else []
        waiting = deque(sorted((bit for bit in column if bit != FALSE), key=abs))
        while len(waiting) > 1:
            one, other = waiting.popleft(), waiting.popleft()
            third = waiting.popleft() if waiting else FALSE
            alike = c.same(one, other)
            waiting.append(c.same(alike, third))
            carries.append(c.both(one, other) if third == FALSE else c.ite(alike, one, third))
        found.append(waiting[0] if waiting else FALSE)
    return tuple(found)


def product(c: Circuit, left: Word, right: Word, size: int) -> Word:
    """The product, modulo two to the `size`."""
    terms = [
        (weight * other, c.both(bit, factor))
        for weight, bit in weighed(left)
        for other, factor in weighed(right)
    ]
    return summed(c, terms, size)


def equal(c: Circuit, left: Word, right: Word) -> Lit:
    """Whether the two are the same integer."""
    size = max(len(left), len(right))
    return c.all(map(c.same, resized(left, size), resized(right, size)))


def less(c: Circuit, left: Word, right: Word, *, strict: bool) -> Lit:
    """Whether the left one is less, or equal if not `strict`."""
    size = max(len(left), len(right))
    *ones, sign = resized(left, size)
    *others, other_sign = resized(right, size)
    found = FALSE if strict else TRUE
    for one, other in zip(ones, others, strict=True):
        found = c.ite(c.same(one, other), found, other)
    return c.ite(c.same(sign, other_sign), found, sign)


def chosen(c: Circuit, test: Lit, then: Word, other: Word) -> Word:
    """The one integer where the test holds, otherwise the other."""
    size = max(len(then), len(other))
    pairs = zip(resized(then, size), resized(other, size), strict=True)
    return tuple(c.ite(test, one, two) for one, two in pairs)


def divided(c: Circuit, left: Word, right: Word) -> tuple[Word, Word]:
    """Quotient, rounded down, and remainder, with the divisor's sign; anything where the divisor is 0.

    With a positive divisor, that of `-1 - a` is `-1 - a // b`, and its remainder `b - 1 - a % b`.
    """
    flip = right[-1]
    dividend, divisor = _turned(c, flip, left), (*_turned(c, flip, right)[:-1], FALSE)
    below = dividend[-1]
    quotient, rest = _long_division(c, flipped(c, below, dividend[:-1]), divisor[:-1])
    rest = (*rest, FALSE)
    mirrored = summed(c, weighed(divisor) + weighed(rest, -1), len(divisor), -1)
    return flipped(c, below, (*quotient, FALSE)), _turned(c, flip, chosen(c, below, mirrored, rest))


def _turned(c: Circuit, test: Lit, word: Word) -> Word:
    """The integer, negated where the test holds: one bit wider, for the lowest has no counterpart."""
    size = len(word) + 1
    return summed(c, [*weighed(flipped(c, test, resized(word, size))), (1, test)], size)


def _long_division(c: Circuit, dividend: Sequence[Lit], divisor: Sequence[Lit]) -> tuple[Word, Word]:
    """Quotient and remainder of integers that are not negative, and have no sign."""
    rest: list[Lit] = [FALSE] * len(divisor)
    quotient: list[Lit] = []
    for bit in reversed(dividend):
        longer = [bit, *rest]
        lower, borrow = _difference(c, longer, [*divisor, FALSE])
        quotient.append(-borrow)
        rest = [c.ite(borrow, kept, less) for kept, less in zip(longer, lower, strict=True)][: len(divisor)]
    return tuple(reversed(quotient)), tuple(rest)


def _difference(c: Circuit, left: Sequence[Lit], right: Sequence[Lit]) -> tuple[list[Lit], Lit]:
    """The bits of a difference, and whether it is negative."""
    found, borrow = [], FALSE
    for one, other in zip(left, right, strict=True):
        alike = c.same(one, other)
        found.append(-c.same(alike, -borrow))
        borrow = c.ite(alike, borrow, other)
    return found, borrow


def spread(c: Circuit, word: Word, low: int, high: int) -> dict[int, Lit]:
    """Under which condition it is which integer from `low` to `high`; those that it cannot be are left out."""
    top = len(word) - 1
    level = [(0, -word[-1]), (-(1 << top), word[-1])]
    for place in reversed(range(top)):
        bit, half = word[place], 1 << place
        level = [
            (start, c.both(condition, lit))
            for first, reached in level
            for start, condition, lit in ((first, reached, -bit), (first + half, reached, bit))
            if reached != FALSE and start <= high and start + half > low
        ]
    return {value: condition for value, condition in level if condition != FALSE and low <= value <= high}
