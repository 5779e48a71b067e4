"""Small specs whose lemmas compare a number with a size, or look inside what may be missing."""

from __future__ import annotations

from typing import Annotated

from checker.lang import Between, Map, Model, Size, Sort, action, always, evolve, frozen, initial, sometimes


class Thread(Sort, label="t"):
    """Who reads and writes."""


# -- a lock of many readers or one writer, with a count -------------------------------------------


@frozen
class Room:
    """Who is inside, and how many readers the lock believes in."""

    readers: frozenset[Thread]
    writer: Thread | None
    count: Annotated[int, Between(0, "threads")]


@frozen
class ReadWriteLock(Model[Room]):
    """A writer looks at the count alone."""

    threads: Size[Thread] = 3

    @initial
    def start(self) -> Room:
        return Room(frozenset(), None, 0)

    @action
    def reader_enters(self, s: Room, t: Thread) -> Room | None:
        if s.writer is not None or t in s.readers:
            return None
        return evolve(s, readers=s.readers | {t}, count=s.count + 1)

    def after(self, count: int) -> int:
        return count - 1

    @action
    def reader_leaves(self, s: Room, t: Thread) -> Room | None:
        if t not in s.readers:
            return None
        return evolve(s, readers=s.readers - {t}, count=self.after(s.count))

    @action
    def writer_enters(self, s: Room, t: Thread) -> Room | None:
        return evolve(s, writer=t) if s.count == 0 and s.writer is None else None

    @action
    def writer_leaves(self, s: Room, t: Thread) -> Room | None:
        return evolve(s, writer=None) if s.writer == t else None

    @always
    def a_writer_is_alone(self, s: Room) -> bool:
        return s.writer is None or len(s.readers) == 0

    @sometimes
    def all_read(self, s: Room) -> bool:
        return len(s.readers) == self.threads


@frozen
class ReadWriteLockForgetful(ReadWriteLock):
    """One who leaves takes another off the count."""

    def after(self, count: int) -> int:
        return max(0, count - 2)


# -- optimistic locking with versions -------------------------------------------------------------

Version = Annotated[int, Between(0, "top")]


@frozen
class Read:
    """What a thread has read, and when."""

    version: Version
    value: Version


@frozen
class Cell:
    """A value with its version."""

    version: Version
    value: Version
    read: Map[Thread, Read | None]


@frozen
class Optimistic(Model[Cell]):
    """A write counts only if nobody wrote since the read."""

    threads: Size[Thread] = 2
    top: Annotated[int, Between(1, 1000)] = 6

    @initial
    def start(self) -> Cell:
        return Cell(0, 0, Map.fill(self.every(Thread), None))

    @action
    def reads(self, s: Cell, t: Thread) -> Cell | None:
        return evolve(s, read=s.read.set(t, Read(s.version, s.value))) if s.read[t] is None else None

    @action
    def writes(self, s: Cell, t: Thread) -> Cell | None:
        read = s.read[t]
        if read is None or read.version != s.version:
            return None
        return evolve(s, version=s.version + 1, value=read.value + 1, read=s.read.set(t, None))

    @action
    def gives_up(self, s: Cell, t: Thread) -> Cell | None:
        return evolve(s, read=s.read.set(t, None)) if s.read[t] is not None else None

    @always
    def every_write_counts(self, s: Cell) -> bool:
        return s.version == s.value
