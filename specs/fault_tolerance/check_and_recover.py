"""Checkpoints and a write-ahead log: what was acknowledged survives a crash, and nothing else is made up.

Sources: C. Mohan, Don Haderle, Bruce Lindsay, Hamid Pirahesh and Peter Schwarz, "ARIES: A Transaction Recovery
Method Supporting Fine-Granularity Locking and Partial Rollbacks Using Write-Ahead Logging", ACM TODS 1992; Jim
Gray and Andreas Reuter, "Transaction Processing: Concepts and Techniques", 1993, chapters 9 to 11; Thanumalayan
Sankaranarayana Pillai and others, "All File Systems Are Not Created Equal: On the Complexity of Crafting
Crash-Consistent Applications", OSDI 2014.

A machine carries out commands in memory.  Each is a record in a log, which is forced to the disk before the
command is acknowledged.  So that the log does not grow for ever, the machine now and then writes what its memory
holds into a checkpoint; once that is on the disk, it takes the place of the old one, and the log is truncated.
After a crash, the machine loads the checkpoint and replays the records that come after it.

Guaranteed, whatever a crash does to writes that were not forced: the recovered state is that after some first
part of the commands that were carried out, and all that was acknowledged is in it.

Modelling decisions.

- The state of the machine is the sequence of its commands: if that is right, so is whatever they do.
- A write goes to the memory of the operating system.  When it is forced (`fsync`), it is on the disk.  A crash
  before that keeps any of the writes, in any combination: later ones without earlier ones, which leaves a hole,
  and halves of records, which are torn.
- A checksum tells a torn record from a whole one.  That it could be wrong by chance is left out, as are bits
  that rot on the disk later.
- A draft of a checkpoint is a file of its own.  That it takes the place of the old one (`rename`), and that the
  log loses its beginning or its end, is atomic and at once on the disk.  A crash before the draft is forced
  leaves half of it.
- Recovery is one step.  It writes nothing but the new end of the log, so a crash in the middle of it changes
  nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    always,
    evolve,
    final,
    frozen,
    initial,
    sometimes,
    subset_of,
)


class Command(Sort, label="c"):
    """Something to be carried out."""


class Damage(Enum):
    """What a crash can leave where a record was written."""

    HOLE = "hole"
    TORN = "torn"


Place = Annotated[int, Between(0, "max_commands")]
Number = Annotated[int, Between(1, "max_commands")]
Commands = Annotated[tuple[Command | None, ...], MaxLen("max_commands")]
"""What was carried out, in order; None is a command that nobody has given."""


@frozen
class Record:
    """The command with this number, from the very first one on."""

    number: Number
    command: Command | None


Log = Annotated[tuple[Record | Damage, ...], MaxLen("max_commands")]


@frozen
class Draft:
    """A checkpoint that is being written."""

    commands: Commands
    forced: bool


@frozen
class State:
    """A machine, its disk, and what it has promised."""

    up: bool
    memory: Commands
    log: Log  # on the disk
    unforced: Annotated[tuple[Record, ...], MaxLen("max_commands")]  # written after it, and not forced
    checkpoint: Commands | None  # on the disk; None where a crash has left half of one
    checkpoint_is_forced: bool
    draft: Draft | None
    crashes: Annotated[int, Between(0, "max_crashes")]
    done: Commands  # what was carried out, but for what a crash has undone
    acknowledged: Commands


@frozen
class CheckAndRecover(Model[State]):
    """A machine that recovers from a checkpoint and a log."""

    commands: Size[Command] = 2
    max_commands: Annotated[int, Between(1, 4)] = 3
    max_crashes: Annotated[int, Between(0, 3)] = 2

    @initial
    def begins(self) -> State:
        """Nothing was done, and the disk has an empty checkpoint and an empty log."""
        return State(
            up=True,
            memory=(),
            log=(),
            unforced=(),
            checkpoint=(),
            checkpoint_is_forced=True,
            draft=None,
            crashes=0,
            done=(),
            acknowledged=(),
        )

    # -- while it runs --

    @action
    def machine_executes(self, s: State, command: Command) -> State | None:
        """Carry out a command in memory, and write its record."""
        if not s.up or len(s.memory) == self.max_commands:
            return None
        record = Record(len(s.memory) + 1, command)
        return evolve(
            s,
            memory=(*s.memory, command),
            unforced=(*s.unforced, record),
            done=(*s.done, command),
        )

    @action
    def machine_forces_log(self, s: State) -> State | None:
        """Wait until every record is on the disk."""
        if not s.up or len(s.unforced) == 0:
            return None
        return evolve(s, log=(*s.log, *s.unforced), unforced=())

    @action
    def machine_acknowledges(self, s: State) -> State | None:
        """Tell the clients of all commands that may be told."""
        told = self.may_be_acknowledged(s)
        if not s.up or len(told) <= len(s.acknowledged):
            return None
        return evolve(s, acknowledged=told)

    def may_be_acknowledged(self, s: State) -> Commands:
        """The commands whose records are on the disk."""
        return s.memory[: len(s.memory) - len(s.unforced)]

    # -- checkpoints --

    @action
    def machine_drafts_checkpoint(self, s: State) -> State | None:
        """Begin to write what the memory holds to a new file."""
        if not s.up or s.draft is not None or s.memory == s.checkpoint:
            return None
        return evolve(s, draft=Draft(s.memory, forced=False))

    @action
    def machine_forces_draft(self, s: State) -> State | None:
        """Wait until the draft is on the disk."""
        if not s.up or s.draft is None or s.draft.forced:
            return None
        return evolve(s, draft=evolve(s.draft, forced=True))

    @action
    def machine_installs_checkpoint(self, s: State) -> State | None:
        """Put the draft in the place of the checkpoint."""
        if not s.up or s.draft is None or not self.may_be_installed(s.draft):
            return None
        return evolve(s, checkpoint=s.draft.commands, checkpoint_is_forced=s.draft.forced, draft=None)

    def may_be_installed(self, draft: Draft) -> bool:
        """Whether the draft is on the disk."""
        return draft.forced

    @action
    def machine_truncates_log(self, s: State) -> State | None:
        """Drop the records that a checkpoint covers from the beginning of the log."""
        rest = tuple(one for one in s.log if not self.is_covered(s, one))
        if not s.up or rest == s.log:
            return None
        return evolve(s, log=rest)

    def is_covered(self, s: State, record: Record | Damage) -> bool:
        """Whether the checkpoint has the command of a record."""
        if isinstance(record, Damage) or s.checkpoint is None:
            return False
        return record.number <= len(s.checkpoint)

    # -- crashes --

    def unforced_places(self, s: State) -> frozenset[Place]:
        """The records that a crash may lose, by their places."""
        return frozenset(range(len(s.unforced)))

    @action
    def machine_crashes(
        self,
        s: State,
        whole: frozenset[Place] = subset_of(unforced_places),
        torn: frozenset[Place] = subset_of(unforced_places),
    ) -> State | None:
        """Memory is lost; of what was not forced, some is on the disk, whole or torn."""
        if not s.up or s.crashes == self.max_crashes or len(whole & torn) > 0:
            return None
        written = tuple(
            record if place in whole else Damage.TORN if place in torn else Damage.HOLE
            for place, record in enumerate(s.unforced)
        )
        end = max([place + 1 for place in whole | torn], default=0)
        return evolve(
            s,
            up=False,
            memory=(),
            log=(*s.log, *written[:end]),
            unforced=(),
            checkpoint=s.checkpoint if s.checkpoint_is_forced else None,
            checkpoint_is_forced=True,
            draft=None,
            crashes=s.crashes + 1,
        )

    @action
    def machine_recovers(self, s: State) -> State | None:
        """Load the checkpoint, replay the log after it, and cut off what cannot be used."""
        if s.up:
            return None
        memory = self.replayed(s)
        return evolve(s, up=True, memory=memory, log=self.usable(s.log), done=memory)

    def replayed(self, s: State) -> Commands:
        """The checkpoint's commands, and those of the records that come next."""
        memory: Commands = () if s.checkpoint is None else s.checkpoint
        for record in self.usable(s.log):
            if self.is_next(record, memory):
                memory = (*memory, self.command_of(record))
        return memory

    def usable(self, log: Log) -> Log:
        """The log up to the first place that holds no whole record."""
        damaged = [place for place, record in enumerate(log) if self.is_damaged(record)]
        return log[: min(damaged, default=len(log))]

    def is_damaged(self, record: Record | Damage) -> bool:
        """Whether a checksum is wrong, or there is none."""
        return isinstance(record, Damage)

    def is_next(self, record: Record | Damage, memory: Commands) -> bool:
        """Whether a record is that of the next command; the checkpoint may cover the first records."""
        return isinstance(record, Damage) or record.number == len(memory) + 1

    def command_of(self, record: Record | Damage) -> Command | None:
        """What a record says; half of one says something that nobody has said."""
        return None if isinstance(record, Damage) else record.command

    @final
    def all_is_done(self, s: State) -> bool:
        """Nothing more is asked, and all was acknowledged."""
        return s.up and len(s.acknowledged) == self.max_commands

    # -- what is guaranteed --

    @always
    def acknowledged_commands_survive(self, s: State) -> bool:
        """While the machine runs, everything that was acknowledged is in its state, in order."""
        return not s.up or s.memory[: len(s.acknowledged)] == s.acknowledged

    @always
    def a_prefix_is_recovered(self, before: State, after: State) -> bool:
        """What is recovered is a first part of what was done: nothing is left out, made up, or done twice."""
        return before.up or after.memory == before.done[: len(after.memory)]

    @always
    def recovery_finds_what_is_acknowledged(self, s: State) -> bool:
        """At any moment, checkpoint and log on the disk hold everything that was acknowledged."""
        return self.replayed(s)[: len(s.acknowledged)] == s.acknowledged

    @always
    def a_checkpoint_is_whole(self, s: State) -> bool:
        """There is always a checkpoint to begin with."""
        return s.checkpoint is not None

    # -- what can happen --

    @sometimes
    def a_torn_record_is_cut_off(self, s: State) -> bool:
        """Recovery finds half of a record after a whole one."""
        return not s.up and len(self.usable(s.log)) > 0 and Damage.TORN in s.log

    @sometimes
    def a_record_lies_beyond_a_hole(self, s: State) -> bool:
        """A later write is on the disk, and an earlier one is not."""
        return any(
            s.log[place] is Damage.HOLE and isinstance(s.log[place + 1], Record)
            for place in range(len(s.log) - 1)
        )

    @sometimes
    def more_is_recovered_than_acknowledged(self, s: State) -> bool:
        """A command that nobody was told of has survived."""
        return not s.up and len(self.replayed(s)) > len(s.acknowledged)

    @sometimes
    def something_is_lost(self, s: State) -> bool:
        """A command that was carried out, and not acknowledged, will not be recovered."""
        return not s.up and len(self.replayed(s)) < len(s.done)

    @sometimes
    def a_checkpoint_covers_records(self, s: State) -> bool:
        """The machine has crashed after it has installed a checkpoint and before it has truncated the log."""
        return not s.up and any(self.is_covered(s, record) for record in s.log)

    @sometimes
    def both_are_needed(self, s: State) -> bool:
        """One part is recovered from the checkpoint, another from the log."""
        return not s.up and s.checkpoint is not None and 0 < len(s.checkpoint) < len(self.replayed(s))


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class CheckAndRecoverAcknowledgesEarly(CheckAndRecover):
    """Broken: a command is acknowledged before its record is forced to the disk.

    It is what `appendfsync everysec` of Redis and `innodb_flush_log_at_trx_commit=2` of MySQL ask for, and what
    Pillai and others (2014) found where a program took a finished `write` for a durable one.
    """

    def may_be_acknowledged(self, s: State) -> Commands:
        return s.memory


@frozen
class CheckAndRecoverTruncatesEarly(CheckAndRecover):
    """Broken: the log is truncated once a checkpoint is drafted, before that is on the disk.

    The order of the two is the rule of every checkpoint since System R (Gray and others 1981): first the
    checkpoint, then the log.
    """

    def is_covered(self, s: State, record: Record | Damage) -> bool:
        if s.draft is not None and isinstance(record, Record) and record.number <= len(s.draft.commands):
            return True
        return super().is_covered(s, record)


@frozen
class CheckAndRecoverInstallsEarly(CheckAndRecover):
    """Broken: the new checkpoint takes the place of the old one before it is forced to the disk.

    Programs that rename a file that they have not forced found it empty after a crash, when ext4 began to
    delay its writes (Theodore Ts'o, "Delayed allocation and the zero-length file problem", 2009).
    """

    def may_be_installed(self, draft: Draft) -> bool:
        return True


@frozen
class CheckAndRecoverWithoutChecksums(CheckAndRecover):
    """Broken: records have no checksum, and half of one is replayed as if it were whole.

    One of the vulnerabilities that Pillai and others (2014) found: an append is taken for atomic.
    """

    def is_damaged(self, record: Record | Damage) -> bool:
        return record is Damage.HOLE


@frozen
class CheckAndRecoverKeepsTheTail(CheckAndRecover):
    """Broken: recovery stops at a hole, and leaves the records behind it where they are.

    When the hole is filled by a new record, the old ones follow it again at the next recovery.  The tail has to
    be wiped before anything is written: etcd does so with what follows a torn record
    (go.etcd.io/etcd, `wal.ReadAll`, which zeroes the tail).
    """

    @action
    def machine_recovers(self, s: State) -> State | None:
        """Load the checkpoint and replay the log after it."""
        if s.up:
            return None
        memory = self.replayed(s)
        return evolve(s, up=True, memory=memory, done=memory)

    @action
    def machine_forces_log(self, s: State) -> State | None:
        """Wait until every record is on the disk, in its place after the last usable one."""
        if not s.up or len(s.unforced) == 0:
            return None
        log = (*self.usable(s.log), *s.unforced)
        return evolve(s, log=(*log, *s.log[len(log) :]), unforced=())


@frozen
class CheckAndRecoverReplaysTwice(CheckAndRecover):
    """Broken: records have no numbers, so those that the checkpoint covers are replayed again.

    Replay has to be idempotent: ARIES (Mohan and others 1992, section 3) compares the number of each record with
    the one in the page before it repeats anything.
    """

    def is_next(self, record: Record | Damage, memory: Commands) -> bool:
        return True
