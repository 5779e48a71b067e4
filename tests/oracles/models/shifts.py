"""Jobs are planned in batches: domains that depend on what was chosen before them."""

from collections.abc import Collection

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
    maps,
    one_of,
    sometimes,
    subset_of,
)


class Job(Sort):
    """Something to do."""


class Worker(Sort):
    """Somebody who does it."""


@frozen
class State:
    pending: frozenset[Job]
    plan: Map[Job, Worker | None]
    done: Map[Worker, frozenset[Job]]


@frozen
class Shifts(Model[State]):
    jobs: Size[Job] = 3
    workers: Size[Worker] = 2

    @initial
    def start(self, pending: frozenset[Job]) -> State:
        return State(
            pending,
            plan=Map.fill(self.every(Job), None),
            done=Map.fill(self.every(Worker), frozenset()),
        )

    def assignments(self, s: State, batch: frozenset[Job]) -> Collection[Map[Job, Worker]]:
        return maps(batch, self.every(Worker))

    @action
    def batch_is_planned(
        self,
        s: State,
        batch: frozenset[Job] = subset_of(State.pending),
        assignment: Map[Job, Worker] = one_of(assignments),
    ) -> State | None:
        if not batch or any(worker is not None for worker in s.plan.values()):
            return None
        return evolve(s, pending=s.pending - batch, plan=s.plan.update(dict(assignment.items())))

    def jobs_of(self, s: State, w: Worker) -> frozenset[Job]:
        return frozenset(job for job in s.plan if s.plan[job] == w)

    @action
    def worker_does(self, s: State, w: Worker, some: frozenset[Job] = subset_of(jobs_of)) -> State:
        return evolve(s, plan=s.plan.update(dict.fromkeys(some)), done=s.done.set(w, s.done[w] | some))

    def done_by(self, s: State, w: Worker) -> frozenset[Job]:
        return s.done[w]

    @action
    def work_is_rejected(self, s: State, w: Worker, job: Job = one_of(done_by)) -> State:
        return evolve(s, pending=s.pending | {job}, done=s.done.set(w, s.done[w] - {job}))

    @always
    def done_by_one(self, s: State) -> bool:
        return all(v == w or not s.done[v] & s.done[w] for v in s.done for w in s.done)

    @sometimes
    def all_done(self, s: State) -> bool:
        return all(any(job in jobs for jobs in s.done.values()) for job in self.every(Job))
