"""Two-phase commit among sites that crash: messages, timers, and what is on disk.

Source: Philip Bernstein, Vassos Hadzilacos and Nathan Goodman, "Concurrency Control and Recovery in
Database Systems", 1987, chapter 7; Dale Skeen, "Nonblocking Commit Protocols", SIGMOD 1981; Jim Gray
and Leslie Lamport, "Consensus on Transaction Commit", 2006, section 3.

A client asks one site to commit a transaction on which every site has worked.  That site coordinates:
it asks the others to prepare, commits once all have said yes, and aborts if one says no, if it has
waited too long, or if it finds after a crash that it had not decided.

A site that has not promised to commit may abort by itself.  One that has promised must wait for the
decision, however long that takes.  This is why two-phase commit blocks: while the coordinator is
down, those that are prepared can do nothing, and if it stays down they wait for ever (Skeen 1981).

Modelling decisions.

- One transaction.  Every site has done its work when the model begins.  Any site may be the one that
  the client asks, and that one takes part like the others: its own yes is that it decides to commit.
  Where two are asked, each says no to the other.
- Presumed nothing: a site writes what it has done to disk before it sends.  That it coordinates, that
  it is prepared, and what it has decided survive a crash; the votes that it has counted do not.
- A timer carries no time: a site that is still working may lose patience at any moment, and this is
  also how it comes to vote no.  A site that is prepared has no timer, for there is nothing that it
  could do.
- Messages are not lost, and wait for a site that is down.  So nobody asks for a decision again.  A
  crash may fall between two sends of one step; a coordinator that restarts sends its decision again.
- After an abort nothing remembers who has heard of it: the protocol for forgetting is left out.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Never

from checker.lang import (
    Between,
    CancelTimer,
    Cluster,
    Durable,
    Formula,
    NodeProtocol,
    Send,
    SetTimer,
    Size,
    Sort,
    Step,
    Volatile,
    World,
    all_of,
    always,
    any_of,
    eventually,
    eventually_always,
    evolve,
    fairness,
    final,
    frozen,
    sometimes,
    temporal,
    weakly_fair,
)


class Site(Sort, label="s"):
    """One of the parties that commit together or not at all."""


class Transaction(Sort, label="t"):
    """What a client asks to be committed."""


class Phase(Enum):
    """How far a site has come."""

    WORKING = "working"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


class Timer(Enum):
    """What a site can wait for."""

    PATIENCE = "patience"


class Outcome(Enum):
    """What can be decided."""

    COMMIT = "commit"
    ABORT = "abort"


# -- messages -------------------------------------------------------------------------------------


@frozen
class Prepare:
    """From the coordinator: can you commit?"""


@frozen
class Vote:
    """The answer: whether this site can.  Who says yes has promised to do as it is told."""

    yes: bool


@frozen
class Decided:
    """From the coordinator, to all: commit, or abort."""

    outcome: Outcome


Message = Prepare | Vote | Decided


# -- the protocol ---------------------------------------------------------------------------------


@frozen
class Local:
    """What a site holds."""

    phase: Durable[Phase]
    coordinates: Durable[bool]  # whether it is the one that the client has asked
    yes: Volatile[frozenset[Site]]  # of the coordinator: who has promised to commit


Next = Step[Local, Site, Message, Timer]
State = World[Site, Local, Message, Timer, Never, None]


@frozen
class TwoPhaseCommitSite(NodeProtocol[Site, Local, Message, Timer, Transaction]):
    """What one site does; the coordinator is a site like the others, and knows that it decides."""

    sites: Size[Site] = 3
    transactions: Size[Transaction] = 1

    def boot(self, me: Site) -> Local:
        return Local(phase=Phase.WORKING, coordinates=False, yes=frozenset())

    def start(self, me: Site, local: Local) -> Next:
        """The first start, or recovery: what the disk says decides."""
        match local.phase:
            case Phase.WORKING if local.coordinates:
                return self.decide(me, local, Outcome.ABORT)
            case Phase.WORKING:
                return local, (SetTimer(Timer.PATIENCE),)
            case Phase.PREPARED:
                return local, ()
            case Phase.COMMITTED:
                return local, self.tell(me, local, Outcome.COMMIT)
            case Phase.ABORTED:
                return local, self.tell(me, local, Outcome.ABORT)

    def request(self, me: Site, local: Local, command: Transaction) -> Next | None:
        """A site that has not given up asks everybody to prepare."""
        if local.phase is not Phase.WORKING or local.coordinates:
            return None
        return evolve(local, coordinates=True), tuple(Send(peer, Prepare()) for peer in self.others(me))

    def timeout(self, me: Site, local: Local, timer: Timer) -> Next:
        """Who has waited too long aborts, which it may do as long as it has not promised to commit."""
        if local.phase is not Phase.WORKING:
            return local, ()
        return self.decide(me, local, Outcome.ABORT)

    def receive(self, me: Site, local: Local, sender: Site, message: Message) -> Next:
        match message:
            case Prepare():
                return self.on_prepare(local, sender)
            case Vote():
                return self.on_vote(me, local, sender, message)
            case Decided():
                return self.on_decided(local, message)

    def on_prepare(self, local: Local, sender: Site) -> Next:
        """Promise to commit, unless this site has already aborted, or coordinates by itself."""
        if local.phase is Phase.ABORTED or local.coordinates:
            return local, (Send(sender, Vote(yes=False)),)
        return self.prepared(local), (Send(sender, Vote(yes=True)), CancelTimer(Timer.PATIENCE))

    def prepared(self, local: Local) -> Local:
        return evolve(local, phase=Phase.PREPARED)

    def on_vote(self, me: Site, local: Local, sender: Site, m: Vote) -> Next:
        """One no is enough to abort; to commit, every other site must have said yes."""
        if local.phase is not Phase.WORKING:
            return local, ()
        if not m.yes:
            return self.decide(me, local, Outcome.ABORT)
        counted = evolve(local, yes=local.yes | {sender})
        if self.may_commit(me, counted):
            return self.decide(me, counted, Outcome.COMMIT)
        return counted, ()

    def may_commit(self, me: Site, local: Local) -> bool:
        """Whether every other site has promised to commit."""
        return local.yes == self.others(me)

    def on_decided(self, local: Local, m: Decided) -> Next:
        """Do as the coordinator says."""
        return self.done(local, m.outcome), (CancelTimer(Timer.PATIENCE),)

    # helpers

    def decide(self, me: Site, local: Local, outcome: Outcome) -> Next:
        """Decide for oneself and, if one coordinates, for all."""
        return self.done(local, outcome), (CancelTimer(Timer.PATIENCE), *self.tell(me, local, outcome))

    def done(self, local: Local, outcome: Outcome) -> Local:
        """The site once the transaction is over; it counts no votes any more."""
        phase = Phase.COMMITTED if outcome is Outcome.COMMIT else Phase.ABORTED
        return evolve(local, phase=phase, yes=frozenset())

    def tell(self, me: Site, local: Local, outcome: Outcome) -> tuple[Send[Site, Message], ...]:
        """The decision to all others, from the site that coordinates."""
        if not local.coordinates:
            return ()
        return tuple(Send(peer, Decided(outcome)) for peer in self.others(me))

    def others(self, me: Site) -> frozenset[Site]:
        return self.every(Site) - {me}


# -- the sites in a world -------------------------------------------------------------------------


@frozen
class TwoPhaseCommitSites(TwoPhaseCommitSite, Cluster[Site, Local, Message, Timer, Transaction]):
    """Sites that crash and come back: all commit, or all abort, and all decide."""

    crashes: Annotated[int, Between(0, 9)] = 1
    max_in_flight: Annotated[int, Between(1, 64)] = 8

    @fairness
    def whoever_can_act_acts(self) -> Formula[State]:
        """Messages under way arrive, patience ends, and a site that is down comes back."""
        return all_of(self.messages_arrive(), self.patience_ends(), self.sites_come_back())

    def messages_arrive(self) -> Formula[State]:
        """As long as a message can be delivered, some message will be."""
        return weakly_fair(self.network_delivers)

    def patience_ends(self) -> Formula[State]:
        """As long as somebody waits who may give up, some such site will."""
        return weakly_fair(self.timer_fires)

    def sites_come_back(self) -> Formula[State]:
        """As long as somebody is down, some site will restart."""
        return weakly_fair(self.node_restarts)

    @always
    def no_disagreement(self, w: State) -> bool:
        """No site has committed while another has aborted."""
        return not any(
            w.nodes[a].phase is Phase.COMMITTED and w.nodes[b].phase is Phase.ABORTED
            for a in w.nodes
            for b in w.nodes
        )

    @always
    def a_commit_needs_every_vote(self, w: State) -> bool:
        """Once a site has committed, none is still free to abort."""
        return all(w.nodes[n].phase is not Phase.COMMITTED for n in w.nodes) or all(
            w.nodes[n].phase is not Phase.WORKING for n in w.nodes
        )

    @always
    def a_decision_is_for_good(self, before: State, after: State) -> bool:
        """Whoever has committed or aborted stays so, crash or not."""
        return all(
            after.nodes[n].phase is before.nodes[n].phase for n in before.nodes if self.has_decided(before, n)
        )

    @temporal
    def everyone_decides(self, n: Site) -> Formula[State]:
        """Every site decides, except one that is down for ever."""
        return any_of(eventually(lambda w: self.has_decided(w, n)), eventually_always(lambda w: n in w.down))

    @sometimes
    def all_commit(self, w: State) -> bool:
        return all(w.nodes[n].phase is Phase.COMMITTED for n in w.nodes)

    @sometimes
    def all_abort_what_one_coordinates(self, w: State) -> bool:
        return any(w.nodes[n].coordinates for n in w.nodes) and all(
            w.nodes[n].phase is Phase.ABORTED for n in w.nodes
        )

    @sometimes
    def only_a_restart_helps(self, w: State) -> bool:
        """Whoever is up has promised to commit, and no message is under way: they are blocked."""
        return len(w.in_flight) == 0 and all(
            n in w.down or w.nodes[n].phase is Phase.PREPARED for n in w.nodes
        )

    @final
    def all_are_done(self, w: State) -> bool:
        """Everybody has decided, and has been told."""
        return all(self.has_decided(w, n) for n in w.nodes)

    def has_decided(self, w: State, n: Site) -> bool:
        return w.nodes[n].phase in {Phase.COMMITTED, Phase.ABORTED}


# -- broken variants ------------------------------------------------------------------------------


@frozen
class TwoPhaseCommitSitesStayDown(TwoPhaseCommitSites):
    """Broken: a site that has crashed stays down, and those that it leaves prepared wait for ever."""

    restarts: bool = False

    @final
    def all_are_done(self, w: State) -> bool:
        """The protocol has done what it can: it blocks, which is no fault of safety."""
        return True


@frozen
class TwoPhaseCommitSitesLosePatience(TwoPhaseCommitSites):
    """Broken: a site that is prepared and waits too long for the decision aborts."""

    def on_prepare(self, local: Local, sender: Site) -> Next:
        node, effects = super().on_prepare(local, sender)
        return node, (*effects, SetTimer(Timer.PATIENCE))

    def timeout(self, me: Site, local: Local, timer: Timer) -> Next:
        return self.decide(me, local, Outcome.ABORT)


@frozen
class TwoPhaseCommitSitesForgetPromise(TwoPhaseCommitSites):
    """Broken: that a site is prepared is not written to disk, and after a crash it may abort."""

    def recover(self, me: Site, node: Local) -> Local:
        kept = super().recover(me, node)
        return evolve(kept, phase=Phase.WORKING) if kept.phase is Phase.PREPARED else kept


@frozen
class TwoPhaseCommitSitesForgetStart(TwoPhaseCommitSites):
    """Broken: the coordinator does not write that it has asked, and after a crash tells nobody."""

    def recover(self, me: Site, node: Local) -> Local:
        return evolve(super().recover(me, node), coordinates=False)
