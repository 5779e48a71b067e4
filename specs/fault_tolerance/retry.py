"""Requests that are repeated until they are answered, and have their effect exactly once.

Sources: Andrew Birrell and Bruce Nelson, "Implementing Remote Procedure Calls", TOCS 2(1), 1984, section 3; Alfred
Spector, "Performing Remote Operations Efficiently on a Local Computer Network", CACM 25(4), 1982 (at least, at
most and exactly once); Collin Lee et al., "Implementing Linearizability at Large Scale and Low Latency" (RIFL),
SOSP 2015 (the record of completion is durable along with the effect).

A client cannot tell a lost request from a lost answer, so it repeats the request.  Each call has an id, which all
its repetitions carry.  The server keeps, for each client, the id of the last call that it has carried out, and
the answer.  If the id comes again, it sends the answer again, and does nothing else.

Guaranteed, each with what it rests on:

- No call has its effect twice.  This rests on the server's record, which is written in one step with the effect,
  and survives a crash; and on ids that are never used twice, which is why a client must keep its last one too.
- A client that has an answer has that of its own call, which has had its effect.
- Every call of a client that stays up is answered.  This rests on a network that does not lose everything for
  ever, and on a server that comes back.

So a call has its effect exactly once if its client stays up, and at most once if it does not.

Modelling decisions.

- The network loses messages, delays and reorders them, and delivers them twice: a message that arrives may stay.
- The operation is to raise a counter, which would show if it were carried out twice.
- A client makes one call at a time, so that the server needs only the last id.
- A crash of a client ends its call, whose outcome nobody knows.  The server's crash falls between two requests,
  as effect and record are one step.
- Calls have true numbers, which only properties look at.  The server looks at ids.
"""

from __future__ import annotations

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
    final,
    frozen,
    initial,
    sometimes,
    strongly_fair,
    taken,
    temporal,
    weakly_fair,
)


class Client(Sort, label="c"):
    """Makes one call after the other."""


Number = Annotated[int, Between(0, "calls")]
Count = Annotated[int, Between(0, 99)]


@frozen
class Request:
    """A client asks for its call to be carried out."""

    client: Client
    id: Number
    call: Number  # its true number


@frozen
class Answer:
    """The server has carried out the call with this id."""

    client: Client
    id: Number
    call: Number  # the true number of the call that was carried out


@frozen
class Local:
    """A client: the id and the true number of its last call, and whether it waits for the answer."""

    id: Number
    call: Number
    waits: bool


@frozen
class Carried:
    """A call has had its effect."""

    client: Client
    call: Number


@frozen
class State:
    """The clients, the network, the server, and what has come of each call."""

    clients: Map[Client, Local]
    requests: frozenset[Request]
    answers: frozenset[Answer]
    up: bool
    record: Map[Client, Answer | None]  # the last answer to each client
    value: Count  # what the calls have raised
    carried: frozenset[Carried]
    answered: frozenset[Carried]
    crashes: Annotated[int, Between(0, "crashes")]


@frozen
class Retry(Model[State]):
    """Clients and a server, and a network that loses and repeats messages."""

    client_number: Size[Client] = 1
    calls: Annotated[int, Between(1, 9)] = 2
    crashes: Annotated[int, Between(0, 9), Relaxed(1, "a client or the server crashes")] = 2
    lossy: Annotated[bool, Relaxed(True, "messages are lost")] = True
    duplicating: Annotated[bool, Relaxed(True, "messages arrive repeatedly")] = True

    @initial
    def begins(self) -> State:
        """Nobody has called."""
        nothing: Map[Client, Answer | None] = Map.fill(self.every(Client), None)
        return State(
            clients=Map.fill(self.every(Client), Local(id=0, call=0, waits=False)),
            requests=frozenset(),
            answers=frozenset(),
            up=True,
            record=nothing,
            value=0,
            carried=frozenset(),
            answered=frozenset(),
            crashes=0,
        )

    # -- the clients --

    @action
    def client_calls(self, s: State, c: Client) -> State | None:
        """Make the next call, with the next id."""
        local = s.clients[c]
        if local.waits or local.call == self.calls:
            return None
        calling = Local(id=self.next_id(local), call=local.call + 1, waits=True)
        return evolve(s, clients=s.clients.set(c, calling), requests=s.requests | {self.request(c, calling)})

    def next_id(self, local: Local) -> Number:
        """An id that was never used."""
        return local.id + 1

    @action
    def client_retries(self, s: State, c: Client) -> State | None:
        """Send the request again, as nothing has come back."""
        local = s.clients[c]
        if not local.waits or self.request(c, local) in s.requests:
            return None
        return evolve(s, requests=s.requests | {self.request(c, local)})

    def request(self, c: Client, local: Local) -> Request:
        """The request of the call that a client waits for."""
        return Request(c, local.id, local.call)

    @action
    def client_receives(self, s: State, answer: Answer, stays: bool) -> State | None:
        """Take an answer; if it is to the call that the client waits for, the call is over."""
        local = s.clients[answer.client]
        if answer not in s.answers or (stays and not self.duplicating):
            return None
        rest = s.answers if stays else s.answers - {answer}
        if not local.waits or answer.id != local.id:
            return evolve(s, answers=rest)
        return evolve(
            s,
            answers=rest,
            clients=s.clients.set(answer.client, evolve(local, waits=False)),
            answered=s.answered | {Carried(answer.client, local.call)},
        )

    @action(when="crashes > 0")
    def client_crashes(self, s: State, c: Client) -> State | None:
        """Forget the call, and come back."""
        if s.crashes == self.crashes:
            return None
        return evolve(s, clients=s.clients.set(c, self.client_recovers(s.clients[c])), crashes=s.crashes + 1)

    def client_recovers(self, local: Local) -> Local:
        """A client after a crash: its last id is on disk."""
        return evolve(local, waits=False)

    # -- the server --

    @action
    def server_receives(self, s: State, request: Request, stays: bool) -> State | None:
        """Carry out a call that is new, or answer again one that is not."""
        if not s.up or request not in s.requests or (stays and not self.duplicating):
            return None
        rest = evolve(s, requests=s.requests if stays else s.requests - {request})
        last = s.record[request.client]
        if last is None or self.is_new(request, last):
            return self.carried_out(rest, request)
        if request.id < last.id:
            return rest
        return evolve(rest, answers=rest.answers | {last})

    def is_new(self, request: Request, last: Answer) -> bool:
        """Whether a request is none that was carried out before."""
        return request.id > last.id

    def carried_out(self, s: State, request: Request) -> State:
        """The effect and the record of it, in one step; and the answer."""
        answer = Answer(request.client, request.id, request.call)
        return evolve(
            s,
            value=s.value + 1,
            carried=s.carried | {Carried(request.client, request.call)},
            record=s.record.set(request.client, answer),
            answers=s.answers | {answer},
        )

    @action(when="crashes > 0")
    def server_crashes(self, s: State) -> State | None:
        """The server stops; what is on disk stays."""
        if not s.up or s.crashes == self.crashes:
            return None
        return evolve(self.server_after_crash(s), up=False, crashes=s.crashes + 1)

    def server_after_crash(self, s: State) -> State:
        """What a crash leaves of the server: the counter and the record are on disk."""
        return s

    @action(when="crashes > 0")
    def server_restarts(self, s: State) -> State | None:
        """The server runs again."""
        return None if s.up else evolve(s, up=True)

    # -- the network --

    @action(when="lossy")
    def network_loses_request(self, s: State, request: Request) -> State | None:
        """A request is gone."""
        return evolve(s, requests=s.requests - {request}) if request in s.requests else None

    @action(when="lossy")
    def network_loses_answer(self, s: State, answer: Answer) -> State | None:
        """An answer is gone."""
        return evolve(s, answers=s.answers - {answer}) if answer in s.answers else None

    # -- what is guaranteed --

    @always
    def at_most_once(self, s: State) -> bool:
        """No call has its effect twice: the counter is as high as there are calls that were carried out."""
        return s.value == len(s.carried)

    @always
    def an_answered_call_was_carried_out(self, s: State) -> bool:
        """Whoever has an answer, has that of a call that has had its effect."""
        return s.answered <= s.carried

    @always
    def answers_are_to_calls_that_were_carried_out(self, s: State) -> bool:
        """What is under way to a client, and what the server has on record, has happened."""
        return all(Carried(a.client, a.call) in s.carried for a in s.answers) and all(
            last is None or Carried(last.client, last.call) in s.carried for last in s.record.values()
        )

    # -- what happens in the end --

    @fairness
    def whoever_can_act_acts(self) -> Formula[State]:
        return all_of(
            self.requests_get_through(),
            self.answers_get_through(),
            self.clients_go_on(),
            self.the_server_comes_back(),
        )

    def requests_get_through(self) -> Formula[State]:
        """If requests that clients wait for are sent again and again, the server receives some."""
        return strongly_fair(
            taken(self.server_receives, stays=False, where=lambda s, request: self.is_awaited(s, request))
        )

    def answers_get_through(self) -> Formula[State]:
        """If answers that clients wait for are sent again and again, some are received."""
        return strongly_fair(
            taken(self.client_receives, stays=False, where=lambda s, answer: self.is_awaited(s, answer))
        )

    def is_awaited(self, s: State, message: Request | Answer) -> bool:
        """Whether a message belongs to the call that its client waits for."""
        return s.clients[message.client].waits and s.clients[message.client].id == message.id

    def clients_go_on(self) -> Formula[State]:
        """Clients call, and repeat what is not answered."""
        return all_of(weakly_fair(self.client_calls), weakly_fair(self.client_retries))

    def the_server_comes_back(self) -> Formula[State]:
        """A server that is down restarts."""
        return weakly_fair(self.server_restarts)

    @temporal
    def every_call_is_over_in_the_end(self) -> Formula[State]:
        """Every client makes all its calls, and waits for none of them for ever."""
        return eventually(self.all_calls_are_over)

    @final
    def all_calls_are_over(self, s: State) -> bool:
        """Every call was answered, or its client has crashed."""
        return all(s.clients[c].call == self.calls and not s.clients[c].waits for c in s.clients)

    # -- what can happen --

    @sometimes
    def a_call_is_repeated_after_its_effect(self, s: State) -> bool:
        """A request is under way whose call was carried out, and whose client still waits."""
        return any(
            Carried(q.client, q.call) in s.carried
            and s.clients[q.client].waits
            and s.clients[q.client].call == q.call
            and len(s.answers) == 0
            for q in s.requests
        )

    @sometimes
    def all_calls_are_answered(self, s: State) -> bool:
        """Every client has made its calls, and has the answers."""
        return len(s.answered) == self.client_number * self.calls

    @sometimes
    def a_late_request_arrives(self, s: State) -> bool:
        """The request of an earlier call is still under way when a later one has been carried out."""
        return any(
            Carried(q.client, d.call) in s.carried and q.call < d.call for q in s.requests for d in s.carried
        )


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class RetryWithoutDeduplication(Retry):
    """Broken: the server keeps no record, and carries out a call as often as it comes: at least once.

    Birrell and Nelson 1984, section 3, give each call an id for this reason.
    """

    crashes: int = 0

    def is_new(self, request: Request, last: Answer) -> bool:
        return True


@frozen
class RetryVolatileRecord(Retry):
    """Broken: the record of what was carried out is in memory only, and a crash loses it.

    Lee et al. 2015, section 3: the record of completion must be as durable as the effect.
    """

    def server_after_crash(self, s: State) -> State:
        nothing: Map[Client, Answer | None] = Map.fill(self.every(Client), None)
        return evolve(s, record=nothing)


@frozen
class RetryReusesIds(Retry):
    """Broken: a client counts its ids from the beginning after a crash, and gets the answer of an older call.

    Birrell and Nelson 1984, section 3, add the time of the client's start to its ids, against this.
    """

    def client_recovers(self, local: Local) -> Local:
        return Local(id=0, call=local.call, waits=False)
