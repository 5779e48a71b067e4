"""A key-value store with snapshot isolation: three sorts, maps of maps, options."""

from checker.lang import (
    Map,
    Model,
    Size,
    Sort,
    action,
    always,
    evolve,
    frozen,
    initial,
    one_of,
    sometimes,
)


class Key(Sort):
    """Names a value."""


class Val(Sort):
    """Is stored."""


class Tx(Sort, label="tx"):
    """Reads and writes."""


Store = Map[Key, Val | None]


@frozen
class State:
    store: Store
    tx: frozenset[Tx]
    snapshot: Map[Tx, Store]
    written: Map[Tx, frozenset[Key]]
    missed: Map[Tx, frozenset[Key]]


@frozen
class KeyValueStore(Model[State]):
    keys: Size[Key] = 2
    vals: Size[Val] = 2
    txs: Size[Tx] = 2

    def nothing(self) -> Store:
        return Map.fill(self.every(Key), None)

    @initial
    def start(self) -> State:
        none: Map[Tx, frozenset[Key]] = Map.fill(self.every(Tx), frozenset())
        return State(self.nothing(), frozenset(), Map.fill(self.every(Tx), self.nothing()), none, none)

    @action
    def open_tx(self, s: State, t: Tx) -> State | None:
        if t in s.tx:
            return None
        return evolve(s, tx=s.tx | {t}, snapshot=s.snapshot.set(t, s.store))

    def write(self, s: State, t: Tx, k: Key, v: Val | None) -> State:
        return evolve(
            s,
            snapshot=s.snapshot.set(t, s.snapshot[t].set(k, v)),
            written=s.written.set(t, s.written[t] | {k}),
        )

    @action
    def add(self, s: State, k: Key, v: Val, t: Tx = one_of(State.tx)) -> State | None:
        return self.write(s, t, k, v) if s.snapshot[t][k] is None else None

    @action
    def update(self, s: State, k: Key, v: Val, t: Tx = one_of(State.tx)) -> State | None:
        if s.snapshot[t][k] in (None, v):
            return None
        return self.write(s, t, k, v)

    @action
    def remove(self, s: State, k: Key, t: Tx = one_of(State.tx)) -> State | None:
        match s.snapshot[t][k]:
            case None:
                return None
            case _:
                return self.write(s, t, k, None)

    @action
    def rollback(self, s: State, t: Tx = one_of(State.tx)) -> State | None:
        return evolve(
            s,
            tx=s.tx - {t},
            snapshot=s.snapshot.set(t, self.nothing()),
            written=s.written.set(t, frozenset()),
            missed=s.missed.set(t, frozenset()),
        )

    @action
    def close(self, s: State, t: Tx = one_of(State.tx)) -> State | None:
        mine = s.written[t]
        if not s.missed[t].isdisjoint(mine):
            return None
        left = s.tx.difference({t})
        return State(
            store=Map({k: s.snapshot[t][k] if k in mine else v for k, v in s.store.items()}),
            tx=left,
            snapshot=s.snapshot.set(t, self.nothing()),
            written=s.written.update({t: frozenset()}),
            missed=Map({o: s.missed[o] | mine if o in left else frozenset() for o in self.every(Tx)}),
        )

    @always
    def lifecycle(self, s: State) -> bool:
        for t in s.tx:
            for k in self.every(Key):
                if s.store[k] != s.snapshot[t][k] and k not in s.written[t] and k not in s.missed[t]:
                    return False
        return all(
            s.snapshot[t] == self.nothing() and not s.written[t] and not s.missed[t]
            for t in self.every(Tx) - s.tx
        )

    @sometimes
    def conflict(self, s: State) -> bool:
        return any(s.missed[t] & s.written[t] for t in s.tx)
