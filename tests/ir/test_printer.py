"""The text of programs."""

from __future__ import annotations

from checker.ir.printer import printed
from checker.ir.printing import ROWS
from checker.ir.walk import NODES
from tests.conftest import Golden
from tests.ir.samples import PROGRAM


def test_every_class_of_node_is_printed() -> None:
    """A new node cannot be forgotten."""
    assert set(ROWS) == set(NODES)


def test_a_program_is_printed_as_the_mathematics_would_write_it(golden: Golden) -> None:
    """Headings with types, updates, quantifiers, case analysis; lines within a hundred columns."""
    text = printed(PROGRAM)
    assert max(map(len, text.splitlines())) <= 100
    golden("ir/sample.txt", text)


def test_coercions_are_shown_on_demand(golden: Golden) -> None:
    """`:>` shows where a value is seen at another type."""
    golden("ir/sample_with_coercions.txt", printed(PROGRAM, coercions=True))
