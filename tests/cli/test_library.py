"""How a name on the command line finds its model."""

from __future__ import annotations

import sys

import pytest

from checker.lang.errors import CallError, SpecError
from checker.library import find, library
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort


def test_the_library_knows_its_specs_and_their_variants():
    entries, broken = library()
    found = {entry.id: entry for entry in entries}
    assert broken == []
    assert found["two-phase-commit"].cls is TwoPhaseCommit
    assert found["two-phase-commit"].family == "transactions"
    assert found["two-phase-commit"].variant_of is None
    assert found["two-phase-commit-unilateral-abort"].cls is TwoPhaseCommitUnilateralAbort
    assert found["two-phase-commit-unilateral-abort"].variant_of is TwoPhaseCommit
    assert len(found) == len(entries), "no id is used twice"


def test_a_file_is_loaded_by_its_path_though_its_folder_is_called_specs(specs):
    model = find(str(specs / "counter.py"))
    assert specs.name == "specs"
    assert model.__name__ == "Counter"
    assert model.__module__.startswith("quorate_spec_")


def test_a_relative_path_in_the_current_folder_needs_no_slash(specs, monkeypatch):
    monkeypatch.chdir(specs)
    assert find("counter.py").__name__ == "Counter"
    assert find("counter.py:Counter").__name__ == "Counter"


def test_neighbours_can_be_imported_and_the_path_is_as_before(specs, tmp_path):
    (tmp_path / "quorate_test_neighbour.py").write_text((specs / "counter.py").read_text())
    (tmp_path / "mine.py").write_text(
        "from checker.lang import frozen\n"
        "from quorate_test_neighbour import Counter\n\n\n"
        "@frozen\nclass Slow(Counter):\n    '''Slower.'''\n"
    )
    before = list(sys.path)
    model = find(str(tmp_path / "mine.py"))
    assert model.__name__ == "Slow", "the only model that the file itself defines"
    assert sys.path == before


def test_a_variant_in_the_same_file_needs_its_name(specs, tmp_path):
    text = (specs / "counter.py").read_text()
    (tmp_path / "two.py").write_text(text + "\n\n@frozen\nclass Broken(Counter):\n    '''Broken.'''\n")
    assert find(str(tmp_path / "two.py")).__name__ == "Counter"
    assert find(f"{tmp_path / 'two.py'}:Broken").__name__ == "Broken"


PRIVATE = """

@frozen
class _Base(Model[State]):
    '''A base that is not shown.'''

    start, ticks = Counter.start, Counter.ticks
"""


def test_private_models_are_left_out(specs, tmp_path):
    (tmp_path / "base.py").write_text((specs / "counter.py").read_text() + PRIVATE)
    assert find(str(tmp_path / "base.py")).__name__ == "Counter"
    with pytest.raises(CallError, match="There are: `Counter`"):
        find(f"{tmp_path / 'base.py'}:Base")


def test_a_changed_file_is_read_again(specs, tmp_path):
    file = tmp_path / "counter.py"
    file.write_text((specs / "counter.py").read_text())
    assert find(str(file))().limit == 4
    file.write_text(file.read_text().replace("= 4", "= 5"))
    assert find(str(file))().limit == 5
    assert not (tmp_path / "__pycache__").exists()


def test_a_mistake_that_our_decorators_find_is_told_as_it_is(specs, tmp_path):
    file = tmp_path / "wrong.py"
    file.write_text("from checker.lang.errors import SpecError\nraise SpecError('a/b', 'said so')\n")
    with pytest.raises(SpecError, match="said so"):
        find(str(file))
