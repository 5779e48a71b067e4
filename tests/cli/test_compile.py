"""`quorate compile`: the IR, the C, and what is said of them."""

from __future__ import annotations


def test_the_ir_reads_like_the_spec(quorate):
    """The action's name, its guard, its update."""
    text = quorate("compile", "two-phase-commit", "--show", "ir").stdout
    assert "action rm_prepares(s: State, rm: RM)" in text
    assert "s.phase with [rm := PREPARED]" in text


def test_before_any_pass_constants_have_their_names(quorate):
    """What the passes have put in their place."""
    spec = "two-phase-commit-decides-early"
    assert "> rms" in quorate("compile", spec, "--show", "ir", "--plain").stdout.replace("rms <", "> rms")
    assert quorate("compile", spec, "--plain").exit_code == 2


def test_the_c_is_that_of_a_check(quorate):
    """With symmetry unless it is switched off; names and lines are the spec's."""
    text = quorate("compile", "two-phase-commit", "--show", "c").stdout
    assert "#define SYMMETRY 1" in text
    assert "/* action rm_prepares(s: State, rm: RM) (two_phase_commit.py:" in text
    plain = quorate("compile", "two-phase-commit", "--show", "c", "--no-symmetry").stdout
    assert "#define SYMMETRY 0" in plain


def test_the_summary_says_how_states_are_packed(quorate):
    """Bits, words, the bounds, and the library."""
    text = quorate("compile", "paxos").stdout
    assert "Paxos: 90 bits a state, in 2 words of 64" in text
    assert "max_bal[]: -1..1" in text


def test_what_lies_outside_the_subset_is_shown(quorate, tmp_path):
    """Located, with what to write instead, and exit code 2."""
    file = tmp_path / "loops.py"
    file.write_text(
        """from typing import Annotated
from checker.lang import Between, Model, action, frozen, initial

@frozen
class S:
    n: Annotated[int, Between(0, 3)]

@frozen
class Loops(Model[S]):
    @initial
    def start(self) -> S:
        return S(0)

    @action
    def step(self, s: S) -> S | None:
        n = s.n
        while n < 3:
            n += 1
        return S(n)
"""
    )
    result = quorate("compile", str(file))
    assert result.exit_code == 2
    assert "error[subset/statement]" in result.stderr
    assert "while n < 3:" in result.stderr
    assert "^" in result.stderr
    assert quorate("check", str(file)).exit_code == 0  # CPython runs it
