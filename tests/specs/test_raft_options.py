"""Raft's options, as plain functions: pre-votes that promise nothing, and snapshots that fit a log."""

from __future__ import annotations

from checker.lang import Map, Send, evolve
from specs.consensus import raft_pre_vote_server as pre
from specs.consensus.raft_pre_vote import Outset, RaftPreVote, RaftPreVoteRaisesTerm
from specs.consensus.raft_server import AppendEntries, AppendReply, Command, Entry, Node
from specs.consensus.raft_server import Timer as ElectionTimer
from specs.consensus.raft_snapshots import (
    RaftSnapshots,
    RaftSnapshotsDropTail,
    RaftSnapshotsKeepConflicts,
    RaftSnapshotsOfUncommitted,
)
from specs.consensus.raft_snapshots_server import InstallSnapshot, Server, Timer

ONE, TWO, THREE = Node(1), Node(2), Node(3)

# -- pre-vote -------------------------------------------------------------------------------------

PRE = RaftPreVote()
WAITING = evolve(PRE.boot(TWO), current_term=1)
HEARING = evolve(WAITING, hears_leader=True)


def reply(local: pre.Server, message: pre.Message, model: RaftPreVote = PRE) -> tuple[pre.Server, object]:
    """What a server becomes, and its first effect."""
    after, effects = model.receive(TWO, local, THREE, message)
    return after, effects[0]


def test_a_server_that_misses_its_leader_grants_a_pre_vote_and_stays_as_it_is() -> None:
    """Neither its term nor its vote changes."""
    assert reply(WAITING, pre.PreVote(2)) == (WAITING, Send(THREE, pre.PreVoteReply(2, True)))


def test_a_server_that_hears_its_leader_refuses() -> None:
    """And tells its term, so that the other may follow."""
    assert reply(HEARING, pre.PreVote(2)) == (HEARING, Send(THREE, pre.PreVoteReply(1, False)))


def test_nobody_grants_a_pre_vote_for_its_own_term_or_an_earlier_one() -> None:
    """There has been, or may be, a leader in it."""
    assert reply(WAITING, pre.PreVote(1)) == (WAITING, Send(THREE, pre.PreVoteReply(1, False)))


def test_only_the_broken_variant_takes_over_the_term_of_a_pre_vote() -> None:
    """A question about a term is no news of it."""
    after, _ = reply(HEARING, pre.PreVote(2), RaftPreVoteRaisesTerm())
    assert after.current_term == 2


def test_a_majority_of_pre_votes_starts_an_election_and_a_refusal_does_not() -> None:
    """Only then the term rises."""
    asking, _ = PRE.timeout(TWO, WAITING, ElectionTimer.ELECTION)
    assert (asking.role, asking.current_term) == (pre.Role.PRE_CANDIDATE, 1)
    refused, _ = reply(asking, pre.PreVoteReply(1, False))
    assert refused == asking
    elected, _ = reply(asking, pre.PreVoteReply(2, True))
    assert (elected.role, elected.current_term, elected.voted_for) == (pre.Role.CANDIDATE, 2, TWO)


def test_a_leader_that_is_deposed_although_it_is_heard_breaks_the_guarantee() -> None:
    """Once a server that heard it has lost patience, nothing is guaranteed."""
    w = PRE.boots(frozenset(), Outset(leader=ONE, outside=THREE))
    assert PRE.a_leader_that_is_heard_stays(w)
    deposed = evolve(w, nodes=w.nodes.set(ONE, PRE.follower(w.nodes[ONE], 2)))
    assert not PRE.a_leader_that_is_heard_stays(deposed)
    assert not PRE.nobody_raises_a_term_alone(deposed)
    impatient = evolve(deposed, history=evolve(w.history, patient=frozenset({ONE})))
    assert PRE.a_leader_that_is_heard_stays(impatient)


# -- snapshots ------------------------------------------------------------------------------------

SNAP = RaftSnapshots(max_log=3)
A1, B1, C2 = Entry(1, Command(1)), Entry(1, Command(1)), Entry(2, Command(1))


def server(snapshot: tuple[Entry, ...], log: tuple[Entry, ...], commit: int, term: int = 2) -> Server:
    """A follower with this snapshot and log."""
    return evolve(SNAP.boot(TWO), current_term=term, snapshot=snapshot, log=log, commit_index=commit)


def test_compaction_moves_what_is_committed_and_no_more() -> None:
    """The broken variant takes all."""
    after, _ = SNAP.timeout(TWO, server((), (A1, C2), 1), Timer.COMPACTION)
    assert (after.snapshot, after.log) == ((A1,), (C2,))
    all_of_it, _ = RaftSnapshotsOfUncommitted(max_log=3).timeout(
        TWO, server((), (A1, C2), 1), Timer.COMPACTION
    )
    assert (all_of_it.snapshot, all_of_it.log) == ((A1, C2), ())


def test_a_leader_sends_its_snapshot_to_whoever_lacks_what_is_in_it() -> None:
    """To others it sends entries."""
    leader = evolve(server((A1,), (C2,), 1), next_index=Map({ONE: 1, TWO: 1, THREE: 2}))
    assert SNAP.append_to(leader, ONE) == Send(ONE, InstallSnapshot(2, (A1,)))
    assert SNAP.append_to(leader, THREE) == Send(THREE, AppendEntries(2, 1, 1, (C2,), 1))


def test_a_late_snapshot_leaves_later_entries_alone() -> None:
    """Rule 6; the broken variant drops them."""
    held = server((), (A1, C2), 0)
    after, effects = SNAP.receive(TWO, held, ONE, InstallSnapshot(2, (A1,)))
    assert (after.snapshot, after.log, after.commit_index) == ((A1,), (C2,), 1)
    assert effects[0] == Send(ONE, AppendReply(2, True, 1))
    dropped, _ = RaftSnapshotsDropTail().receive(TWO, held, ONE, InstallSnapshot(1, (A1,)))
    assert dropped.log == (A1, C2)  # of an earlier term: refused
    dropped, _ = RaftSnapshotsDropTail().receive(TWO, held, ONE, InstallSnapshot(2, (A1,)))
    assert dropped.log == ()


def test_a_snapshot_that_conflicts_replaces_the_log() -> None:
    """Rule 7; the broken variant keeps what follows."""
    held = server((), (A1, B1), 0)
    after, _ = SNAP.receive(TWO, held, ONE, InstallSnapshot(2, (C2,)))
    assert (after.snapshot, after.log) == ((C2,), ())
    kept, _ = RaftSnapshotsKeepConflicts().receive(TWO, held, ONE, InstallSnapshot(2, (C2,)))
    assert (kept.snapshot, kept.log) == ((C2,), (B1,))


def test_a_shorter_snapshot_than_its_own_changes_nothing() -> None:
    """What was applied is not taken back."""
    held = server((A1, C2), (), 2)
    after, _ = SNAP.receive(TWO, held, ONE, InstallSnapshot(2, (A1,)))
    assert after == held


def test_entries_that_a_snapshot_covers_are_skipped() -> None:
    """An old AppendEntries reaches a server that has compacted since."""
    held = server((A1,), (), 1)
    after, _ = SNAP.receive(TWO, held, ONE, AppendEntries(2, 0, 0, (A1, C2), 0))
    assert (after.snapshot, after.log) == ((A1,), (C2,))


def test_a_restart_knows_that_the_snapshot_is_committed() -> None:
    """And nothing of the log behind it."""
    after, _ = SNAP.start(TWO, SNAP.recover(TWO, server((A1,), (C2,), 2)))
    assert (after.commit_index, after.snapshot, after.log) == (1, (A1,), (C2,))
