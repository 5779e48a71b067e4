"""The library is proved as its manifest says, by lemmas that are all needed; what is broken is not.

What is not proved stands in the manifest with the evidence that there is instead.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checker.api import prove
from checker.compile.model import compile_model
from checker.lang import Model, always, frozen
from checker.lang.declarations import declare
from checker.library import library
from checker.prove.induction import Inductor
from checker.prove.session import Session
from checker.prove.theory import Theory
from checker.result.proof import WELL_DEFINED
from checker.result.result import Evidence
from specs.consensus.consensus import Consensus, ConsensusState, Voting, VotingState
from specs.consensus.paxos import Paxos, PaxosState, TwoA
from specs.consensus.raft import Raft, State
from specs.transactions.two_phase_commit import RM, Prepared, TwoPhaseCommit
from specs.transactions.two_phase_commit import State as CommitState

MANIFEST = tomllib.loads((Path(__file__).resolve().parents[2] / "specs" / "models.toml").read_text())
PROOFS: list[dict[str, Any]] = MANIFEST["proof"]
SOLVED_TOO = {"check-and-recover", "optimistic-lock", "raft-elections", "two-phase-commit-sites"}
"""Originals without a proof whose formulas are small all the same."""
SEEDS = (0, 1, 20_261)
PROVED = str(Evidence.PROVED.value)
SLOW = [pytest.mark.slow]


def model_of(entry: dict[str, Any]) -> Model[Any]:
    """The instance of an entry."""
    found, _ = library()
    model: Model[Any] = next(spec for spec in found if spec.id == entry["spec"]).cls(**entry["constants"])
    return model


def original_of(entry: dict[str, Any]) -> str:
    """The id of what an entry is a variant of, or its own."""
    found, _ = library()
    spec = next(spec for spec in found if spec.id == entry["spec"])
    original = spec.variant_of or spec.cls
    return next(each.id for each in found if each.cls is original)


BROKEN: list[dict[str, Any]] = [
    entry
    for entry in MANIFEST["model"]
    if entry["verdict"] == "violated"
    and "loop" not in entry
    and original_of(entry) in {proof["spec"] for proof in PROOFS} | SOLVED_TOO
]
"""What is broken in safety.  Of an original that is only explored, a question may take hours: it is left out."""


def name_of(entry: dict[str, Any]) -> str:
    """The id and the constants of an entry."""
    return " ".join([entry["spec"], *[f"{k}={v}" for k, v in entry["constants"].items()]])


def instances(entries: list[dict[str, Any]]) -> list[Any]:
    """Entries as test parameters, the slow ones marked: all of raft, whose formulas alone take a while."""
    return [
        pytest.param(one, id=name_of(one), marks=SLOW if one["spec"].startswith("raft") else [])
        for one in entries
    ]


def seeded() -> Iterator[Any]:
    """Proofs with seeds: several, where they are quick."""
    for entry in PROOFS:
        slow = entry.get("slow", False)
        for seed in SEEDS[:1] if slow else SEEDS:
            yield pytest.param(entry, seed, id=f"{name_of(entry)} seed {seed}", marks=SLOW if slow else [])


PARTS = {"as_transaction_commit": "as_transaction_commit.steps"}
"""Refinements of which a proof is about a part: the abstract model has fairness."""


def proved_as(entry: dict[str, Any]) -> str:
    """The name that a proof gives to what an instance violates."""
    name: str = entry["property"]
    return PARTS.get(name, name)


# -- what is proved -------------------------------------------------------------------------------


@pytest.mark.parametrize(("entry", "seed"), list(seeded()))
def test_a_proof_gives_what_the_manifest_says(entry: dict[str, Any], seed: int) -> None:
    """Every verdict, how many lemmas, and whether steps can leave bounds; whatever chance the solver takes."""
    result = prove(model_of(entry), method=entry["method"], find_lemmas=False, seed=seed)
    proof = result.proof
    assert proof is not None
    instead = entry.get("not_proved", {})
    judged = [prop for prop in result.properties if prop.kind != "sometimes"]
    assert {prop.name: str(prop.verdict) for prop in judged} == {
        prop.name: instead.get(prop.name, PROVED) for prop in judged
    }
    assert set(instead) <= {prop.name for prop in judged}
    lemmas = [prop for prop in judged if prop.kind == "lemma"]
    assert (len(lemmas), bool(proof.bounds)) == (entry["lemmas"], entry["bounds_left"])
    assert {prop.name for prop in judged} - set(instead) <= set(proof.invariant)
    assert [each.conjunct for each in proof.failures if each.conjunct not in instead] == []
    assert proof.seed == seed


EXPLORED_ONLY = {
    "cas-counter",
    "check-and-recover",
    "grow-only-counter",
    "optimistic-lock",
    "paxos-commit",
    "paxos-nodes",
    "pessimistic-lock",
    "quorum-register",
    "raft-elections",
    "raft-pre-vote",
    "raft-snapshots",
    "retry",
    "tagged-counter",
    "two-phase-commit-sites",
    "zab",
}
"""Specs that are explored and not proved: they have no lemmas, or are about what happens in the end."""


def test_every_original_of_the_library_has_a_proof() -> None:
    """In the manifest, so that it is known what is proved of it and what is not."""
    found, _ = library()
    originals = {spec.id for spec in found if spec.variant_of is None}
    assert originals == {entry["spec"] for entry in PROOFS} | EXPLORED_ONLY


# -- lemmas are needed ----------------------------------------------------------------------------


PROVED_MODELS: list[Model[Any]] = [TwoPhaseCommit(), Voting(), Paxos()]

FOLLOWS = {
    "TwoPhaseCommit": {"no_disagreement"},
    "Voting": {"agreement", "votes_lie_behind"},
    "Paxos": {"agreement"},
}
"""What nothing else rests on; all of them are properties, for whose sake the rest is there."""


@pytest.mark.parametrize("model", PROVED_MODELS, ids=repr)
def test_without_any_one_lemma_the_proof_fails(model: Model[Any]) -> None:
    """Each conjunct is dropped; all that can be left out are properties."""
    theory = Theory(compile_model(declare(model)))
    names = [*theory.invariants, *theory.of_steps, WELL_DEFINED]
    with Inductor(theory, Session()) as inductor:
        everything = inductor.largest(names)
        found = {
            dropped: inductor.largest([name for name in names if name != dropped])
            for dropped in theory.invariants
        }
    assert everything.invariant == names
    assert all(done.undecided == {} for done in found.values())
    follows = {name for name, done in found.items() if not done.failures}
    assert follows == FOLLOWS[type(model).__name__]


MORE_IN_FLIGHT = {
    "only_the_elected_append": ("later_messages_agree_with_what_is_settled", "network_delivers"),
}
"""Lemmas of raft that one message in flight makes superfluous: what fails without them where there are two."""


@pytest.mark.slow
def test_without_any_one_lemma_the_proof_of_raft_fails() -> None:
    """For each lemma there is a conjunct that some action does not preserve without it."""
    theory = Theory(compile_model(declare(Raft())))
    kinds = {name: part.kind for name, part in theory.invariants.items()}
    unneeded = {name for name, kind in kinds.items() if kind == "lemma"}
    for action in theory.actions:
        with Session().solver(theory.circuit) as solver:
            for name in [*theory.invariants, *theory.of_steps, WELL_DEFINED]:
                unneeded -= needed_for(theory, solver, name, action, unneeded)
    assert unneeded == set(MORE_IN_FLIGHT)


@pytest.mark.slow
@pytest.mark.parametrize("lemma", MORE_IN_FLIGHT)
def test_a_lemma_of_raft_is_needed_where_more_messages_are_in_flight(lemma: str) -> None:
    """The one claim that fails without it."""
    theory = Theory(compile_model(declare(Raft(max_in_flight=2))))
    with Session().solver(theory.circuit) as solver:
        assert needed_for(theory, solver, *MORE_IN_FLIGHT[lemma], {lemma}) == {lemma}


def needed_for(theory: Theory, solver: Any, name: str, action: str, lemmas: set[str]) -> set[str]:
    """Which of some lemmas a claim does not follow without."""
    claim = theory.preserved(name, action)
    here = {other: theory.here(other) for other in theory.invariants}
    asked = (*claim.context, claim.wrong)
    core = solver.check([*here.values(), *asked]).core
    found = set()
    for lemma in lemmas - {name}:
        if here[lemma] in core:
            rest = [lit for other, lit in here.items() if other != lemma]
            if solver.check([*rest, *asked]).status == "sat":
                found.add(lemma)
    return found


# -- what is broken -------------------------------------------------------------------------------


BEYOND = [one for one in BROKEN if one["steps"] > 20]
"""Longer than bounded checking gets in minutes: every depth before has to be shown to be free of violations."""


@pytest.mark.parametrize("entry", instances([one for one in BROKEN if one not in BEYOND]))
def test_bounded_checking_finds_a_shortest_counterexample(entry: dict[str, Any]) -> None:
    """As short as that of breadth-first search."""
    steps = entry["steps"]
    result = prove(
        model_of(entry), method="bmc", depth=steps + 2, properties=[entry["property"]], deadlock=False
    )
    (violated,) = result.violated
    assert violated.trace is not None
    assert (violated.name, len(violated.trace.steps) - 1) == (proved_as(entry), steps)
    assert violated.why


@pytest.mark.parametrize("entry", instances(BEYOND))
def test_bounded_checking_says_how_far_it_came(entry: dict[str, Any]) -> None:
    """Where the violation lies deeper, it is bounded to the depth that was looked at, and nothing more."""
    result = prove(model_of(entry), method="bmc", depth=6, properties=[entry["property"]], deadlock=False)
    assert str(result[proved_as(entry)].verdict) == "bounded to depth 6"
    assert result.exit_code == 3


@pytest.mark.parametrize("entry", instances(BEYOND))
def test_nothing_violated_is_proved_in_a_minute(entry: dict[str, Any]) -> None:
    """Their induction takes many minutes; ended early, it proves nothing and says so."""
    result = prove(
        model_of(entry), method="induction", properties=[entry["property"]], deadlock=False, timeout_s=60
    )
    assert result.exit_code != 0
    assert result.proof is not None
    assert result[proved_as(entry)].verdict.evidence is not Evidence.PROVED


@pytest.mark.parametrize("entry", instances([one for one in BROKEN if one not in BEYOND]))
def test_nothing_violated_is_proved(entry: dict[str, Any]) -> None:
    """The induction fails, and the real behaviour is shown from its beginning."""
    result = prove(model_of(entry), method="induction", properties=entry.get("properties"))
    prop = result[proved_as(entry)]
    assert (prop.verdict.evidence, result.exit_code) == (Evidence.VIOLATED, 1)
    assert prop.trace is not None
    assert len(prop.trace.steps) - 1 == entry["steps"]
    assert result.proof is not None
    assert proved_as(entry) not in result.proof.invariant


# -- what is subtly false -------------------------------------------------------------------------


@frozen
class ConsensusOnNothing(Consensus):
    """Off by one."""

    @always
    def agreement(self, s: ConsensusState) -> bool:
        return len(s.chosen) < 1


@frozen
class HearsAllThatIsSent(TwoPhaseCommit):
    """A subset the wrong way round: what is sent need not be heard yet."""

    @always
    def commits_only_what_all_prepared(self, s: CommitState) -> bool:
        return all(rm in s.heard for rm in self.every(RM) if Prepared(rm) in s.sent)


@frozen
class VotesLieStrictlyBehind(Voting):
    """`<` for `<=`: a vote is cast in the very ballot that has been reached."""

    @always
    def votes_lie_behind(self, s: VotingState) -> bool:
        return all(vote.bal < s.max_bal[a] for a in s.votes for vote in s.votes[a])


@frozen
class NeighboursPropose(Paxos):
    """A ballot and the next are taken for one."""

    @always
    def one_proposal_per_ballot(self, s: PaxosState) -> bool:
        return all(
            x.val == y.val
            for x in s.msgs
            if isinstance(x, TwoA)
            for y in s.msgs
            if isinstance(y, TwoA) and x.bal <= y.bal <= x.bal + 1
        )


@frozen
class OneLeaderForEver(Raft):
    """Leaders of different terms are taken for one."""

    max_log: int = 1

    @always
    def election_safety(self, w: State) -> bool:
        return all(x.leader == y.leader for x in w.history.elections for y in w.history.elections)


FALSE: list[Any] = [
    pytest.param(ConsensusOnNothing(), "agreement", 1, id="consensus"),
    pytest.param(HearsAllThatIsSent(), "commits_only_what_all_prepared", 1, id="two-phase-commit"),
    pytest.param(VotesLieStrictlyBehind(), "votes_lie_behind", 3, id="voting"),
    pytest.param(NeighboursPropose(), "one_proposal_per_ballot", 8, id="paxos"),
    pytest.param(OneLeaderForEver(), "election_safety", None, id="raft", marks=SLOW),
]


@pytest.mark.parametrize(("model", "name", "steps"), FALSE)
def test_what_is_subtly_false_is_refuted_by_a_real_behaviour(
    model: Model[Any], name: str, steps: int | None
) -> None:
    """Never proved, and the counterexample to induction is one that can happen."""
    result = prove(model, method="induction")
    assert result[name].verdict.evidence is Evidence.VIOLATED
    trace = result[name].trace
    assert trace is not None
    assert steps is None or len(trace.steps) - 1 == steps
    assert result.proof is not None
    assert name not in result.proof.invariant
    (failure,) = [each for each in result.proof.failures if each.conjunct == name]
    assert failure.reachable is True
    assert failure.trace.steps[-1].action == trace.steps[-1].action
