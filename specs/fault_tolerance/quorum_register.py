"""A register that is kept by several replicas, and read and written by quorums.

Sources: Hagit Attiya, Amotz Bar-Noy and Danny Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM
42(1), 1995 (the algorithm, here for one writer); David Gifford, "Weighted Voting for Replicated Data", SOSP 1979
(quorums that meet); Leslie Lamport, "On Interprocess Communication", Distributed Computing 1, 1986 (regular and
atomic registers).

Each value has a version.  The writer gives the next version to its value, sends both to all replicas, and is done
once a write quorum has stored them.  A replica keeps what has the highest version.  A reader asks all replicas,
takes the highest version of those that a read quorum answers with, and writes it back: it returns only once a
write quorum has stored it.

Guaranteed, each with what it rests on:

- A read returns a value that was written, and no older one than the last write that was over when the read began:
  the register is regular.  This rests on read quorums that meet write quorums: R + W > N.
- A read returns no older value than a read that was over when it began.  This rests on the write-back.  With
  both, the register is atomic (Lamport 1986, part II), which is to say linearizable.
- Every write ends, and reads go on, as long as quorums of replicas are up.  It rests on messages that arrive in
  the end.  Nothing else is asked of time.

Modelling decisions.

- There is one writer, so that versions are the numbers of its writes.  What is written does not matter: a value is
  its version.
- The network may delay messages for ever, reorder and duplicate them: what was ever sent to a replica may arrive
  at any time, again too.  As a replica only ever goes up, that is the same as that the version which it holds may
  rise to any that was ever sent.
- An answer is taken when it is given: an answer that is under way for long is one of a reader that waits for long.
- An acknowledgement is not modelled as a message.  That a replica has stored a version can be seen for ever after.
- A replica that crashes stays down.  (One that comes back with its disk was only slow.)
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Map,
    Model,
    Relaxed,
    Size,
    Sort,
    action,
    all_of,
    always,
    eventually,
    evolve,
    fairness,
    frozen,
    infinitely_often,
    initial,
    sometimes,
    taken,
    temporal,
    weakly_fair,
)


class Replica(Sort, label="r"):
    """Keeps a copy of the register."""


class Reader(Sort, label="c"):
    """A client that reads again and again."""


class Phase(Enum):
    """What a reader is doing."""

    IDLE = "idle"
    ASKING = "asking"
    WRITING_BACK = "writing back"
    RETURNED = "returned"


Version = Annotated[int, Between(0, "max_writes")]


@frozen
class Read:
    """A read: who has answered, the highest version so far, and what properties compare it with."""

    phase: Phase
    answered: frozenset[Replica]
    best: Version
    written: Version  # the last write that was over when the read began
    returned: Version  # the highest version that a read had returned by then


@frozen
class State:
    """The replicas, the writer, the readers, and the highest version that was returned so far."""

    held: Map[Replica, Version]
    down: frozenset[Replica]
    sent: Version  # the last write that has begun
    written: Version  # the last write that is over
    reads: Map[Reader, Read]
    returned: Version


@frozen
class QuorumRegister(Model[State]):
    """One writer and several readers of a replicated register."""

    replicas: Size[Replica] = 3
    readers: Size[Reader] = 2
    read_quorum: Annotated[int, Between(1, 9), Relaxed(1, "a read asks one replica")] = 2
    write_quorum: Annotated[int, Between(1, 9), Relaxed(1, "a write waits for one replica")] = 2
    max_writes: Annotated[int, Between(1, 9)] = 1
    crashes: Annotated[int, Between(0, 9), Relaxed(2, "a majority of the replicas crashes")] = 1

    @initial
    def begins(self) -> State:
        """Every replica holds what was there from the beginning."""
        idle = Read(Phase.IDLE, answered=frozenset(), best=0, written=0, returned=0)
        return State(
            held=Map.fill(self.every(Replica), 0),
            down=frozenset(),
            sent=0,
            written=0,
            reads=Map.fill(self.every(Reader), idle),
            returned=0,
        )

    # -- the writer --

    @action
    def writer_begins(self, s: State) -> State | None:
        """Send the next version to all replicas."""
        if s.sent > s.written or s.sent == self.max_writes:
            return None
        return evolve(s, sent=s.sent + 1)

    @action
    def writer_ends(self, s: State) -> State | None:
        """A write quorum has stored it."""
        if s.sent == s.written or not self.is_stored(s, s.sent):
            return None
        return evolve(s, written=s.sent)

    def is_stored(self, s: State, version: Version) -> bool:
        """Whether a write quorum has acknowledged a version, or a later one."""
        return len([r for r in s.held if s.held[r] >= version]) >= self.write_quorum

    # -- the replicas --

    @action
    def replica_stores(self, s: State, r: Replica, version: Version) -> State | None:
        """A version that was sent arrives, and is higher than what the replica holds."""
        if r in s.down or version > s.sent or version <= s.held[r]:
            return None
        return evolve(s, held=s.held.set(r, version))

    @action(when="crashes > 0")
    def replica_crashes(self, s: State, r: Replica) -> State | None:
        """It is not heard of any more."""
        if r in s.down or len(s.down) == self.crashes:
            return None
        return evolve(s, down=s.down | {r})

    # -- the readers --

    @action
    def reader_begins(self, s: State, c: Reader) -> State | None:
        """Ask all replicas."""
        if s.reads[c].phase is not Phase.IDLE:
            return None
        asking = Read(Phase.ASKING, answered=frozenset(), best=0, written=s.written, returned=s.returned)
        return evolve(s, reads=s.reads.set(c, asking))

    @action
    def replica_answers(self, s: State, r: Replica, c: Reader) -> State | None:
        """A replica tells a reader what it holds."""
        read = s.reads[c]
        if read.phase is not Phase.ASKING or r in s.down or r in read.answered:
            return None
        heard = evolve(read, answered=read.answered | {r}, best=self.better(read, s.held[r]))
        return evolve(s, reads=s.reads.set(c, heard))

    def better(self, read: Read, version: Version) -> Version:
        """What a reader takes, once one more replica has answered."""
        return max(read.best, version)

    @action
    def reader_writes_back(self, s: State, c: Reader) -> State | None:
        """A read quorum has answered; send the highest version to all replicas."""
        read = s.reads[c]
        if read.phase is not Phase.ASKING or len(read.answered) < self.read_quorum:
            return None
        return evolve(s, reads=s.reads.set(c, evolve(read, phase=Phase.WRITING_BACK, answered=frozenset())))

    @action
    def reader_returns(self, s: State, c: Reader) -> State | None:
        """A write quorum has stored what the read returns."""
        read = s.reads[c]
        if read.phase is not Phase.WRITING_BACK or not self.may_return(s, read):
            return None
        return evolve(
            s,
            reads=s.reads.set(c, evolve(read, phase=Phase.RETURNED)),
            returned=max(s.returned, read.best),
        )

    def may_return(self, s: State, read: Read) -> bool:
        """Whether what was read is where later reads will find it."""
        return self.is_stored(s, read.best)

    @action
    def reader_rests(self, s: State, c: Reader) -> State | None:
        """The read is over."""
        if s.reads[c].phase is not Phase.RETURNED:
            return None
        idle = Read(Phase.IDLE, answered=frozenset(), best=0, written=0, returned=0)
        return evolve(s, reads=s.reads.set(c, idle))

    # -- what is guaranteed --

    @always
    def reads_what_was_written(self, s: State) -> bool:
        """A read returns what a write that has begun has sent."""
        return all(s.reads[c].best <= s.sent for c in s.reads)

    @always
    def reads_the_last_write(self, s: State) -> bool:
        """A read returns no older version than the last write that was over when it began: a regular register."""
        return all(
            s.reads[c].best >= s.reads[c].written for c in s.reads if s.reads[c].phase is Phase.RETURNED
        )

    @always
    def never_reads_backwards(self, s: State) -> bool:
        """A read returns no older version than a read that was over when it began: an atomic register."""
        return all(
            s.reads[c].best >= s.reads[c].returned for c in s.reads if s.reads[c].phase is Phase.RETURNED
        )

    @always
    def what_was_returned_is_kept(self, s: State) -> bool:
        """Whatever was written or returned is on a write quorum: this is why the next read finds it."""
        return self.is_stored(s, s.written) and self.is_stored(s, s.returned)

    # -- what happens in the end --

    @fairness
    def whoever_can_act_acts(self) -> Formula[State]:
        return all_of(self.messages_arrive(), self.the_writer_goes_on(), self.readers_go_on())

    def messages_arrive(self) -> Formula[State]:
        """As long as a replica could store or answer something, some replica will."""
        return all_of(weakly_fair(self.replica_stores), weakly_fair(self.replica_answers))

    def the_writer_goes_on(self) -> Formula[State]:
        """The writer begins when it can, and ends when it can."""
        return all_of(weakly_fair(self.writer_begins), weakly_fair(self.writer_ends))

    def readers_go_on(self) -> Formula[State]:
        """As long as a reader can go on, some reader does."""
        return all_of(
            weakly_fair(self.reader_begins),
            weakly_fair(self.reader_writes_back),
            weakly_fair(self.reader_returns),
            weakly_fair(self.reader_rests),
        )

    @temporal
    def every_write_ends(self) -> Formula[State]:
        """The last write is over in the end."""
        return eventually(lambda s: s.written == self.max_writes)

    @temporal
    def reads_go_on(self) -> Formula[State]:
        """Reads return for ever."""
        return infinitely_often(taken(self.reader_returns))

    # -- what can happen --

    @sometimes
    def a_read_overtakes_a_write(self, s: State) -> bool:
        """A read has returned what is still being written."""
        return s.returned > s.written

    @sometimes
    def two_reads_return_different_versions(self, s: State) -> bool:
        """Two reads at the same time, of which one has seen the write, and the other has not."""
        return any(
            s.reads[a].phase is Phase.RETURNED
            and s.reads[b].phase is Phase.RETURNED
            and s.reads[a].best < s.reads[b].best
            for a in s.reads
            for b in s.reads
        )

    @sometimes
    def all_is_done_without_some(self, s: State) -> bool:
        """The last write is over although as many replicas are down as may be."""
        return s.written == self.max_writes and len(s.down) == self.crashes


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class QuorumRegisterSketch(QuorumRegister):
    """Broken: the sketch of introductory texts: write to all, read all, and take the last that differs.

    There are no versions by which a reader could tell which of two that differ is newer.  Two reads, one after
    the other, may disagree about which value came first; and while one replica is down, nobody gets on.
    """

    read_quorum: int = 3
    write_quorum: int = 3

    def better(self, read: Read, version: Version) -> Version:
        return version

    def may_return(self, s: State, read: Read) -> bool:
        return True


@frozen
class QuorumRegisterQuorumsMiss(QuorumRegister):
    """Broken: read quorums need not meet write quorums, for R + W = N (Gifford 1979 asks for R + W > N)."""

    read_quorum: int = 1


@frozen
class QuorumRegisterWithoutWriteBack(QuorumRegister):
    """Broken: a read returns without writing back, so that the next one may return an older value.

    Attiya, Bar-Noy and Dolev 1995 write back for this reason: without it the register is only regular.
    """

    def may_return(self, s: State, read: Read) -> bool:
        return True
