"""The counts that benchmarks must agree with are those of other people's checkers."""

from __future__ import annotations

import pytest

from tests.benchmarks.expected import Counts, two_phase, two_phase_orbits

TLC = {
    2: Counts(56, 154),
    3: Counts(288, 1_146),
    4: Counts(1_568, 8_258),
    5: Counts(8_832, 58_146),
    6: Counts(50_816, 402_306),
    7: Counts(296_448, 2_744_706),
    8: Counts(1_745_408, 18_507_778),
}

TLC_WITH_SYMMETRY = {
    3: Counts(80, 318),
    4: Counts(166, 869),
    5: Counts(314, 2_048),
    6: Counts(553, 4_328),
    7: Counts(920, 8_410),
}


@pytest.mark.parametrize("rms", TLC)
def test_the_closed_form_of_two_phase_commit_is_what_tlc_counts(rms: int) -> None:
    """Distinct and generated states."""
    assert two_phase(rms) == TLC[rms]


@pytest.mark.parametrize("rms", TLC_WITH_SYMMETRY)
def test_the_closed_form_of_its_orbits_is_what_tlc_counts(rms: int) -> None:
    """With symmetry, where each orbit has one representative."""
    assert two_phase_orbits(rms) == TLC_WITH_SYMMETRY[rms]
