"""Symbolic integers against Python's: by cases, by bits, and mixed; what folds, how wide, how many gates."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.lang.errors import InternalError
from checker.symbolic import binary, casewise, integers
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit, TooLarge, holds
from checker.symbolic.values import Bits, Cases, Number

Known = dict[int, bool]


def by_cases(c: Circuit, values: Iterable[int], name: str) -> Cases:
    """One variable for each value."""
    return Cases({value: c.variable(f"{name} = {value}") for value in values})


def by_bits(c: Circuit, size: int, name: str) -> Bits:
    """One variable for each bit."""
    return Bits(tuple(c.variable(f"{name} bit {place}") for place in range(size)))


def lits_of(number: Number) -> tuple[Lit, ...]:
    return number.bits if isinstance(number, Bits) else tuple(number.cases.values())


def set_to(number: Number, value: int) -> Known:
    """The variables of a number, for it to be a value."""
    if isinstance(number, Cases):
        wanted = {lit: case == value for case, lit in number.cases.items()}
    else:
        wanted = {lit: bool(value >> place & 1) for place, lit in enumerate(number.bits)}
    return {abs(lit): holds_ == (lit > 0) for lit, holds_ in wanted.items() if abs(lit) != TRUE}


def value_of(c: Circuit, known: Mapping[int, bool], number: Number) -> int:
    return integers.decode(c.evaluate(known, lits_of(number)), number)


def truth_of(c: Circuit, known: Mapping[int, bool], lit: Lit) -> bool:
    return holds(c.evaluate(known, [lit]), lit)


def range_of(number: Number) -> list[int]:
    """Every integer that a number of variables can be."""
    if isinstance(number, Cases):
        return list(number.cases)
    half = 1 << (len(number.bits) - 1)
    return list(range(-half, half))


SMALL = {
    "cases": lambda c, name: by_cases(c, range(-5, 6), name),
    "gaps": lambda c, name: by_cases(c, [7, -3, 0, 2], name),
    "bits": lambda c, name: by_bits(c, 4, name),
    "sign": lambda c, name: by_bits(c, 1, name),
    "natural": lambda c, name: Bits((*by_bits(c, 3, name).bits, FALSE)),
    "two": lambda c, name: integers.fresh(c, -1, 0, name)[0],
    "known": lambda c, name: integers.constant(-3),
}
WITH_CASES = ["cases", "gaps", "two", "known"]
PAIRS = list(product(SMALL, repeat=2))
TOTAL: dict[str, tuple[Callable[..., Number], Callable[[int, int], int]]] = {
    "add": (integers.add, operator.add),
    "subtract": (integers.subtract, operator.sub),
    "multiply": (integers.multiply, operator.mul),
    "min": (lambda c, a, b: integers.extreme(c, "min", [a, b]), min),
    "max": (lambda c, a, b: integers.extreme(c, "max", [a, b]), max),
    "total": (lambda c, a, b: integers.total(c, [(TRUE, a), (TRUE, b)]), operator.add),
}
TRUTHS: dict[str, tuple[Callable[..., Lit], Callable[[int, int], bool]]] = {
    "less": (lambda c, a, b: integers.less(c, a, b, True), operator.lt),
    "at most": (lambda c, a, b: integers.less(c, a, b, False), operator.le),
    "equal": (integers.equal, operator.eq),
}
PARTIAL: dict[
    str, tuple[Callable[..., tuple[Number, Lit]], Callable[[int, int], int], Callable[[int], bool]]
] = {
    "floor_divide": (integers.floor_divide, operator.floordiv, lambda divisor: divisor == 0),
    "modulo": (integers.modulo, operator.mod, lambda divisor: divisor == 0),
    "power": (integers.power, operator.pow, lambda exponent: exponent < 0),
}


def small_pair(left: str, right: str) -> tuple[Circuit, Number, Number]:
    c = Circuit()
    return c, SMALL[left](c, "a"), SMALL[right](c, "b")


def choices(a: Number, b: Number) -> list[tuple[int, int, Known]]:
    """Every pair of values of two numbers, and the variables for it."""
    first = [-3] if lits_of(a) == (TRUE,) else natural(a)
    second = [-3] if lits_of(b) == (TRUE,) else natural(b)
    return [(x, y, set_to(a, x) | set_to(b, y)) for x in first for y in second]


def natural(number: Number) -> list[int]:
    return [v for v in range_of(number) if lits_of(number)[-1] != FALSE or v >= 0]


# -- every pair of small integers -----------------------------------------------------------------


@pytest.mark.parametrize("name", TOTAL)
@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_every_pair_of_small_integers_gives_what_python_gives(left: str, right: str, name: str) -> None:
    """By cases, by bits, with gaps, known, or one of each."""
    symbolic, meant = TOTAL[name]
    c, a, b = small_pair(left, right)
    result = symbolic(c, a, b)
    actual = {(x, y): value_of(c, known, result) for x, y, known in choices(a, b)}
    assert actual == {(x, y): meant(x, y) for x, y in actual}


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_every_pair_of_small_integers_compares_as_in_python(left: str, right: str, name: str) -> None:
    """A comparison of every two values, however each is written."""
    symbolic, meant = TRUTHS[name]
    c, a, b = small_pair(left, right)
    lit = symbolic(c, a, b)
    actual = {(x, y): truth_of(c, known, lit) for x, y, known in choices(a, b)}
    assert actual == {(x, y): meant(x, y) for x, y in actual}


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [(name, *pair) for name in PARTIAL for pair in PAIRS if name != "power" or pair[1] in WITH_CASES],
)
def test_what_can_be_stuck_is_stuck_where_python_raises(name: str, left: str, right: str) -> None:
    """Quotients round down, remainders have the divisor's sign; 0 and negative exponents are stuck."""
    symbolic, meant, refuses = PARTIAL[name]
    c, a, b = small_pair(left, right)
    result, stuck = symbolic(c, a, b)
    actual = {
        (x, y): "stuck" if truth_of(c, known, stuck) else value_of(c, known, result)
        for x, y, known in choices(a, b)
    }
    assert actual == {(x, y): "stuck" if refuses(y) else meant(x, y) for x, y in actual}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for name in (*TOTAL, *TRUTHS, *PARTIAL)
        for kind in SMALL
        if name != "power" or kind in WITH_CASES
    ],
)
def test_an_integer_with_itself_is_paired_with_the_same_value(name: str, kind: str) -> None:
    """`x - x` and the like, where operands cannot differ."""
    c = Circuit()
    a = SMALL[kind](c, "a")
    for x, _, known in choices(a, integers.constant(-3)):
        if name in PARTIAL:
            symbolic, meant, refuses = PARTIAL[name]
            result, stuck = symbolic(c, a, a)
            assert truth_of(c, known, stuck) == refuses(x)
            if not refuses(x):
                assert value_of(c, known, result) == meant(x, x)
        elif name in TRUTHS:
            assert truth_of(c, known, TRUTHS[name][0](c, a, a)) == TRUTHS[name][1](x, x)
        else:
            assert value_of(c, known, TOTAL[name][0](c, a, a)) == TOTAL[name][1](x, x)


@pytest.mark.parametrize(
    ("low", "high"), [(-2, 3), (None, 1), (-1, None), (None, None), (3, 2), (-90, 90), (8, 9)]
)
@pytest.mark.parametrize("kind", SMALL)
def test_between_asks_both_ends_and_both_belong(kind: str, low: int | None, high: int | None) -> None:
    """Each end may be missing, and may lie outside of what the number can be."""
    c = Circuit()
    a = SMALL[kind](c, "a")
    lit = integers.between(c, a, low, high)
    actual = {x: truth_of(c, known, lit) for x, _, known in choices(a, integers.constant(-3))}
    assert actual == {x: (low is None or low <= x) and (high is None or x <= high) for x in actual}


@pytest.mark.parametrize(("low", "high"), [(-3, 3), (0, 12), (-40, -4), (2, 2), (3, 2)])
@pytest.mark.parametrize("kind", SMALL)
def test_cases_of_gives_each_index_its_condition(kind: str, low: int, high: int) -> None:
    """All indices of the range are there; the one that holds is the number, if it lies in the range."""
    c = Circuit()
    a = SMALL[kind](c, "a")
    found = integers.cases_of(c, a, low, high)
    assert list(found) == list(range(low, high + 1))
    for x, _, known in choices(a, integers.constant(-3)):
        assert [v for v, lit in found.items() if truth_of(c, known, lit)] == [x] * (low <= x <= high)


@pytest.mark.parametrize("kind", SMALL)
def test_the_bits_of_a_number_are_the_same_number(kind: str) -> None:
    """Whatever it was written as before."""
    c = Circuit()
    a = SMALL[kind](c, "a")
    bits = integers.to_bits(c, a)
    actual = {x: value_of(c, known, bits) for x, _, known in choices(a, integers.constant(-3))}
    assert isinstance(bits, Bits)
    assert actual == {x: x for x in actual}


# -- some of them, several, one of them -----------------------------------------------------------


@pytest.mark.parametrize("kinds", list(product(["cases", "gaps", "bits", "two"], repeat=3)))
def test_several_numbers_with_conditions(kinds: Sequence[str]) -> None:
    """The sum of those that are present, the extremes of all, and the one that is selected."""
    c, random = Circuit(), Random(4)
    numbers = [SMALL[kind](c, name) for kind, name in zip(kinds, "abd", strict=True)]
    p, q = c.variable("p"), c.variable("q")
    options = [(c.both(p, q), numbers[0]), (c.both(p, -q), numbers[1]), (-p, numbers[2])]
    results = {
        "total": integers.total(
            c, [(p, numbers[0]), (TRUE, numbers[1]), (q, numbers[2]), (FALSE, numbers[0])]
        ),
        "min": integers.extreme(c, "min", numbers),
        "max": integers.extreme(c, "max", numbers),
        "two": integers.select(c, [(p, numbers[0]), (-p, numbers[1])]),
        "three": integers.select(c, options),
        "twice": integers.select(c, [*options[:2], (-p, numbers[0])]),
    }
    for _ in range(60):
        x, y, z = values = [random.choice(range_of(number)) for number in numbers]
        here, there = random.random() < 0.5, random.random() < 0.5
        known = {p: here, q: there}
        for number, value in zip(numbers, values, strict=True):
            known |= set_to(number, value)
        assert {name: value_of(c, known, result) for name, result in results.items()} == {
            "total": here * x + y + there * z,
            "min": min(values),
            "max": max(values),
            "two": x if here else y,
            "three": z if not here else x if there else y,
            "twice": y if here and not there else x,
        }


def test_what_is_absent_adds_nothing_whatever_it_says() -> None:
    """A number without a meaning, none of whose cases holds, may stand where nothing is present."""
    c = Circuit()
    p = c.variable("p")
    strange = by_cases(c, [3, 4], "a")
    for number in (strange, integers.to_bits(c, strange), by_cases(c, [5], "b"), Cases({})):
        result = integers.total(c, [(p, number), (TRUE, integers.constant(2))])
        for known in ({}, dict.fromkeys([abs(lit) for lit in lits_of(number)], True)):
            assert value_of(c, {**known, p: False, TRUE: True}, result) == 2


@pytest.mark.parametrize("size", [0, 1, 2, 5, 63, 64, 100])
def test_count_says_how_many_hold(size: int) -> None:
    """By cases while there are up to 64 answers, by bits beyond; what is known is counted at once."""
    c, random = Circuit(), Random(size)
    lits = [c.variable(str(place)) * random.choice([1, -1]) for place in range(size)]
    result = integers.count(c, [*lits, TRUE, FALSE, TRUE])
    assert isinstance(result, Cases) == (size < 64)
    for chance in (0, 0.1, 0.5, 0.9, 1):
        known = {abs(lit): random.random() < chance for lit in lits}
        assert value_of(c, known, result) == 2 + sum(known[abs(lit)] == (lit > 0) for lit in lits)


def test_count_counts_what_is_there_twice_twice() -> None:
    """A list, not a set; a condition and its negation count one."""
    c = Circuit()
    p = c.variable("p")
    assert [value_of(c, {p: here}, integers.count(c, [p, p, -p])) for here in (False, True)] == [1, 2]


def test_the_total_of_many_small_numbers() -> None:
    """By bits as well as by cases: seven of up to 9, and seventy of up to 9."""
    for many in (7, 70):
        c, random = Circuit(), Random(many)
        parts = [(c.variable(f"p{i}"), by_cases(c, range(10), f"n{i}")) for i in range(many)]
        result = integers.total(c, parts)
        assert isinstance(result, Cases) == (many == 7)
        for _ in range(5):
            values = [random.randrange(10) for _ in parts]
            here = [random.random() < 0.7 for _ in parts]
            known: Known = {}
            for (present, number), value, there in zip(parts, values, here, strict=True):
                known |= {present: there, **set_to(number, value)}
            wanted = sum(value for value, there in zip(values, here, strict=True) if there)
            assert value_of(c, known, result) == wanted


@pytest.mark.parametrize(
    ("always", "sometimes", "size"), [(-9, (1, 3), 5), (7, (-3, -1), 4), (8, (-3, -1), 5)]
)
def test_a_total_has_room_for_what_is_absent(always: int, sometimes: tuple[int, int], size: int) -> None:
    """Just enough: the part that may be absent would otherwise keep the sum within fewer bits."""
    c = Circuit()
    p, x = c.variable("p"), c.variable("x")
    part = Bits((TRUE, x, *([FALSE] if sometimes[0] > 0 else [TRUE])))
    result = integers.total(c, [(TRUE, Bits(binary.spelled(always, 8))), (p, part)])
    actual = [
        value_of(c, {p: here, x: high}, result)
        for here, high in ((False, False), (True, False), (True, True))
    ]
    assert actual == [always, *(always + value for value in sometimes)]
    assert len(lits_of(result)) == size


def test_the_total_of_nothing_is_0() -> None:
    """Of no parts, and of parts that are never present."""
    c = Circuit()
    assert integers.total(c, []) == integers.constant(0)
    assert integers.total(c, [(FALSE, by_bits(c, 3, "a"))]) == integers.constant(0)


def test_no_number_has_no_extreme() -> None:
    """The caller's fault, which is ours."""
    with pytest.raises(InternalError, match="min of no numbers"):
        integers.extreme(Circuit(), "min", [])


# -- larger ones ----------------------------------------------------------------------------------


@st.composite
def numbers(draw: st.DrawFn) -> tuple[int, int, int, bool]:
    """A range, a value in it, and whether to ask for bits."""
    low = draw(st.integers(-5_000, 5_000))
    high = low + draw(st.one_of(st.integers(0, 70), st.integers(0, 9_000)))
    return low, high, draw(st.integers(low, high)), draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(numbers(), numbers())
def test_large_integers_give_what_python_gives(left: Any, right: Any) -> None:
    """Fresh variables of any range; validity holds; all operations at once."""
    c, known, operands = Circuit(), {}, []
    for place, (low, high, value, bits) in enumerate((left, right)):
        number, valid = integers.fresh(c, low, high, f"n{place}")
        known |= set_to(number, value)
        assert truth_of(c, known, valid)
        operands.append(integers.to_bits(c, number) if bits else number)
    x, y = left[2], right[2]
    for symbolic, meant in TOTAL.values():
        assert value_of(c, known, symbolic(c, *operands)) == meant(x, y)
    for compares, means in TRUTHS.values():
        assert truth_of(c, known, compares(c, *operands)) == means(x, y)
    for name in ("floor_divide", "modulo"):
        result, stuck = PARTIAL[name][0](c, *operands)
        assert truth_of(c, known, stuck) == (y == 0)
        if y:
            assert value_of(c, known, result) == PARTIAL[name][1](x, y)
    assert integers.decode(c.evaluate(known, lits_of(operands[0])), operands[0]) == x


@settings(max_examples=40, deadline=None)
@given(numbers(), st.integers(-2, 9), st.integers(0, 3))
def test_large_powers(base: Any, low: int, more: int) -> None:
    """The base may have bits, the exponent has cases."""
    c = Circuit()
    left, _ = integers.fresh(c, base[0], base[1], "a")
    right, _ = integers.fresh(c, low, low + more, "b")
    result, stuck = integers.power(c, integers.to_bits(c, left) if base[3] else left, right)
    for exponent in range(low, low + more + 1):
        known = set_to(left, base[2]) | set_to(right, exponent)
        assert truth_of(c, known, stuck) == (exponent < 0)
        if exponent >= 0:
            assert value_of(c, known, result) == base[2] ** exponent


@pytest.mark.parametrize(
    ("base", "exponent", "message"),
    [
        (integers.constant(2), Bits((2, 3, FALSE)), "exponent with more than 64"),
        (integers.constant(2), integers.constant(2_000), "more than 1,024 bits"),
        (Bits((2, 3)), integers.constant(2_000), "more than 1,024 bits"),
        (Bits((2,)), integers.constant(10**9), "exponent beyond 1,024"),
    ],
)
def test_absurd_powers_are_too_large(base: Number, exponent: Number, message: str) -> None:
    """They raise before they are built, in no time."""
    c = Circuit()
    by_bits(c, 2, "b")
    with pytest.raises(TooLarge, match=message):
        integers.power(c, base, exponent)


def test_a_product_that_grows_without_end_is_too_large() -> None:
    """Squaring again and again ends with an error, not with a wrong number."""
    c = Circuit(limit=500_000)
    number: Number = Bits((*[FALSE] * 600, *by_bits(c, 2, "a").bits))
    with pytest.raises(TooLarge, match="an integer has more than 1,024 bits"):
        integers.multiply(c, number, number)


# -- how a result is written ----------------------------------------------------------------------


@pytest.mark.parametrize("name", TOTAL)
@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_bits_are_as_many_as_the_results_need(left: str, right: str, name: str) -> None:
    """Never fewer than the extremes need, and for what is linear or multiplied never more."""
    symbolic, meant = TOTAL[name]
    c, a, b = small_pair(left, right)
    result = integers.to_bits(c, symbolic(c, a, b))
    values = [meant(x, y) for x, y, _ in choices(a, b)]
    assert len(result.bits) == binary.width(min(values), max(values))


@pytest.mark.parametrize(
    ("dividends", "divisors"),
    [
        ((-128, 127), (-128, 127)),
        ((-128, 127), (1, 7)),
        ((-128, 127), (1, 9)),
        ((-128, 127), (-8, -1)),
        ((-128, 127), (-10, -2)),
        ((-128, 127), (0, 8)),
        ((0, 127), (3, 60)),
        ((0, 7), (1, 100)),
        ((0, 127), (-3, 5)),
    ],
)
def test_quotients_and_remainders_have_the_bits_that_they_need(dividends: Any, divisors: Any) -> None:
    """As many as the widest one has that can come out."""
    c = Circuit()
    a, b = (integers.fresh(c, *ends, name)[0] for ends, name in ((dividends, "a"), (divisors, "b")))
    a = integers.to_bits(c, a)
    both = [
        (x, y)
        for x in range(dividends[0], dividends[1] + 1)
        for y in range(divisors[0], divisors[1] + 1)
        if y
    ]
    for symbolic, meant in ((integers.floor_divide, operator.floordiv), (integers.modulo, operator.mod)):
        values = [meant(x, y) for x, y in both]
        result = integers.to_bits(c, symbolic(c, a, b)[0])
        assert len(result.bits) == binary.width(min(values), max(values))


@pytest.mark.parametrize(
    ("many", "other", "kept"), [(33, 32, True), (33, 33, False), (64, 1, True), (65, 1, False)]
)
def test_a_sum_of_more_than_64_cases_has_bits(many: int, other: int, kept: bool) -> None:
    """64 are still cases."""
    c = Circuit()
    a, b = by_cases(c, range(many), "a"), by_cases(c, range(other), "b")
    for result in (integers.add(c, a, b), integers.total(c, [(TRUE, a), (TRUE, b)])):
        assert isinstance(result, Cases if kept else Bits)
    assert isinstance(integers.select(c, [(c.variable("p"), a), (-c.size, b)]), Cases if many < 65 else Bits)


def test_more_than_4096_pairs_have_bits() -> None:
    """Though the results would be few."""
    c = Circuit()
    found = {
        (many, other): integers.modulo(
            c, by_cases(c, range(many), "a"), by_cases(c, range(1, other + 1), "b")
        )[0]
        for many, other in ((64, 64), (256, 16), (241, 17))
    }
    assert [isinstance(result, Cases) for result in found.values()] == [True, True, False]


def test_what_is_known_makes_no_gates() -> None:
    """Operations on constants are constants, by bits as well."""
    c = Circuit()
    a, b = integers.constant(13), Bits(binary.spelled(-4, 6))
    found = [
        *(
            symbolic(c, one, other)
            for symbolic, _ in TOTAL.values()
            for one, other in ((a, b), (b, a), (b, b))
        ),
        *(PARTIAL[name][0](c, a, b)[0] for name in ("floor_divide", "modulo")),
        integers.power(c, b, a)[0],
        integers.count(c, [TRUE] * 100),
    ]
    wanted = [meant(x, y) for _, meant in TOTAL.values() for x, y in ((13, -4), (-4, 13), (-4, -4))]
    assert [integers.constant(value) for value in [*wanted, -4, -3, (-4) ** 13, 100]] == found
    truths = [symbolic(c, a, b) for symbolic, _ in TRUTHS.values()]
    assert (truths, c.size) == ([FALSE, FALSE, FALSE], 1)


def test_cases_that_never_hold_are_dropped() -> None:
    """What is left over when one case remains is known."""
    c = Circuit()
    p, a = c.variable("p"), by_cases(c, [0, 5], "a")
    assert casewise.of({1: FALSE, 2: p, 3: -p}) == Cases({2: p, 3: -p})
    assert integers.multiply(c, a, integers.constant(0)) == integers.constant(0)
    assert integers.floor_divide(c, integers.constant(11), a) == (integers.constant(2), a.cases[0])
    assert integers.select(c, [(FALSE, a), (p, integers.constant(7))]) == integers.constant(7)


@pytest.mark.parametrize(("left", "right"), list(product(WITH_CASES, repeat=2)))
def test_no_two_cases_hold_at_once_even_of_what_has_no_meaning(left: str, right: str) -> None:
    """Where no case of an operand holds, anything may come out, but not two integers."""
    c, a, b = small_pair(left, right)
    p, q = c.variable("p"), c.variable("q")
    results = [
        *(symbolic(c, a, b) for symbolic, _ in TOTAL.values()),
        *(symbolic(c, a, b)[0] for symbolic, _, _ in PARTIAL.values()),
        *(integers.modulo(c, a, integers.constant(divisor))[0] for divisor in (2, 3, -3)),
        integers.total(c, [(p, a), (q, b)]),
        integers.select(c, [(c.both(p, q), a), (c.both(p, -q), b)]),
        integers.select(c, [(c.both(p, q), a), (c.both(p, -q), b), (c.both(-p, q), integers.constant(1))]),
    ]
    nothing_of = [{abs(lit): lit < 0 for lit in lits_of(n) if abs(lit) != TRUE} for n in (a, b)]
    held = choices(a, b)
    for x, y, known in Random(3).sample(held, min(len(held), 12)):
        for lost in ([0], [1], [0, 1], []):
            for here, there in product([False, True], repeat=2):
                under = known | {p: here, q: there}
                for place in lost:
                    under |= nothing_of[place]
                for result in results:
                    if isinstance(result, Cases):
                        values = c.evaluate(under, result.cases.values())
                        assert sum(holds(values, lit) for lit in result.cases.values()) <= 1, (x, y)


def test_comparisons_of_what_cannot_be_otherwise_are_known() -> None:
    """Ranges that do not overlap, or touch, decide without a gate."""
    c = Circuit()
    a, b = by_cases(c, [0, 4], "a"), by_cases(c, range(4, 8), "b")
    for low, high in ((a, b), (integers.to_bits(c, a), b), (a, integers.to_bits(c, b))):
        size = c.size
        assert integers.less(c, low, high, False) == TRUE
        assert integers.less(c, high, low, True) == FALSE
        assert integers.equal(c, integers.constant(9), low) == FALSE
        assert integers.between(c, low, -1, 7) == TRUE
        assert c.size == size


# -- variables ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high"), [(4, 4), (0, 1), (-1, 0), (0, 2), (-4, 4), (0, 9), (5, 4)])
def test_fresh_cases_are_valid_exactly_once_for_each_integer(low: int, high: int) -> None:
    """Each assignment that is valid is one integer, and each integer is one valid assignment."""
    c = Circuit()
    number, valid = integers.fresh(c, low, high, "n")
    assert sorted(valid_values(c, number, valid)) == list(range(low, high + 1))


@pytest.mark.parametrize(("low", "high"), [(0, 64), (0, 127), (-64, 0), (-70, 9), (1000, 1100), (-130, -60)])
def test_fresh_bits_are_valid_exactly_once_for_each_integer(low: int, high: int) -> None:
    """The same by bits."""
    c = Circuit()
    number, valid = integers.fresh(c, low, high, "n")
    assert isinstance(number, Bits)
    assert sorted(valid_values(c, number, valid)) == list(range(low, high + 1))


def valid_values(c: Circuit, number: Number, valid: Lit) -> list[int]:
    """What the number is under each assignment of its variables that is valid."""
    assignments = [
        dict(zip(c.names, values, strict=True)) for values in product([False, True], repeat=len(c.names))
    ]
    return [value_of(c, known, number) for known in assignments if truth_of(c, known, valid)]


def test_fresh_variables_have_the_names_of_what_they_say() -> None:
    """One for each value, one for two values, none for one; bits where there are more than 64 values."""
    expected = {
        (4, 4): [],
        (3, 4): ["n = 4"],
        (-1, 1): ["n = -1", "n = 0", "n = 1"],
        (1, 64): [f"n = {value}" for value in range(1, 65)],
        (0, 64): [f"n bit {place}" for place in range(7)],
        (0, 127): [f"n bit {place}" for place in range(7)],
        (-1, 64): [f"n bit {place}" for place in range(8)],
    }
    actual = {}
    for low, high in expected:
        c = Circuit()
        integers.fresh(c, low, high, "n")
        actual[low, high] = list(c.names.values())
    assert actual == expected


def test_two_values_need_no_validity() -> None:
    """A variable and its negation; and a range that is a power of two needs none by bits."""
    c = Circuit()
    assert integers.fresh(c, 6, 7, "n") == (Cases({6: -2, 7: 2}), TRUE)
    assert integers.fresh(c, 128, 255, "m")[1] == TRUE


def test_what_is_no_integer_is_not_decoded() -> None:
    """None of the cases, or two of them, are our own fault and say so."""
    c = Circuit()
    number = by_cases(c, [3, 4], "a")
    for known, found in (({}, "0 values"), (dict.fromkeys(lits_of(number), True), "2 values")):
        with pytest.raises(InternalError, match=found):
            value_of(c, known, number)


def test_too_many_indices_are_refused() -> None:
    """Not listed one by one."""
    with pytest.raises(TooLarge, match="indices"):
        integers.cases_of(Circuit(), integers.constant(0), 0, 10**12)


# -- what it costs --------------------------------------------------------------------------------

COSTS: dict[str, tuple[Callable[[Circuit, Number, Number], object], int]] = {
    "add": (integers.add, 40),
    "subtract": (integers.subtract, 40),
    "multiply": (integers.multiply, 200),
    "floor_divide": (integers.floor_divide, 800),
    "modulo": (integers.modulo, 1_500),
    "equal": (integers.equal, 70),
    "less": (lambda c, a, b: integers.less(c, a, b, True), 200),
    "min": (lambda c, a, b: integers.extreme(c, "min", [a, b]), 300),
    "select": (lambda c, a, b: integers.select(c, [(2, a), (-2, b)]), 70),
}


@pytest.mark.parametrize("name", COSTS)
def test_two_numbers_of_64_cases_cost_few_gates_and_milliseconds(name: str) -> None:
    """No operation makes a gate for each pair of cases; the best of some runs counts."""
    operation, most = COSTS[name]
    seconds, gates = [], 0
    for _ in range(5):
        c = Circuit()
        a, b = (integers.fresh(c, 0, 63, name)[0] for name in "ab")
        before, start = c.size, time.perf_counter()
        operation(c, a, b)
        seconds.append(time.perf_counter() - start)
        gates = c.size - before
    assert gates <= most
    assert min(seconds) < 0.05
