"""How a model is proved: which methods are tried, in which order, and what each leaves to the next.

`auto`:

1. *Induction*: the largest inductive part of all `always` properties and lemmas.
2. *Search*: is what is left violated?  A search of the reachable states says so, or that it is not, as far
   as it comes in its time.  It also says of a counterexample to induction whether it can happen.
3. *Lemmas*: where a property is true and not inductive, look for lemmas, and try induction again.
4. *k-induction*, with more and more states in a row.
5. *Bounded model checking*, where no search came to its end.

It ends where something is known to be violated: that is to be mended first.  What one method has shown is not
asked again.  What an attempt holds when time ends is what was shown by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from attrs import evolve

from checker.explore.search import DEADLOCK
from checker.ir.program import Program
from checker.lang.declarations import Declaration, Property
from checker.prove.attempt import (
    AUTO_K,
    BOUNDED_S,
    K_S,
    LEMMAS_S,
    SEARCH_S,
    Attempt,
    Plan,
    Searching,
    settled,
)
from checker.prove.bounded import BoundedChecker, Target
from checker.prove.candidates import Candidate, candidates
from checker.prove.failures import Failures
from checker.prove.houdini import useful_lemmas
from checker.prove.induction import Induction, Inductor
from checker.prove.lemmas.instances import small_instance
from checker.prove.session import Conditions, Session
from checker.prove.theory import Theory
from checker.refinement.program import initially
from checker.result.proof import WELL_DEFINED
from checker.result.result import Evidence
from checker.symbolic.circuit import TooLarge
from checker.system import OutOfBudget


class Prover:
    """Tries to prove some properties of one program."""

    def __init__(
        self,
        declaration: Declaration,
        program: Program,
        selected: Sequence[Property],
        deadlock: bool,
        session: Session,
        plan: Plan,
        search: Searching,
    ) -> None:
        self.declaration = declaration
        self.program = program
        self.selected = selected
        self.session = session
        self.plan = plan
        self.search = search
        self.reachable = [prop.name for prop in selected if prop.kind == "sometimes"]
        self.goals = [prop.name for prop in selected if prop.kind != "sometimes"]
        if deadlock:
            self.goals.append(DEADLOCK)
        self.attempt = Attempt()
        self._base_conditions: list[Conditions] = []
        self._begins = [
            initially(program, one.name)
            for one in declaration.refinements
            if any(part.name == one.name for part in program.properties)
        ]

    def run(self) -> Attempt:
        """Try what the plan says."""
        if self.plan.method == "bmc":
            self._stage(self._bounded)
        else:
            self._unbounded()
        if self.missing and not self.attempt.stopped:
            self.attempt.stopped = self.session.out_of_budget()
        return self.attempt

    def _stage(self, work: Callable[[], None], seconds: float | None = None, what: str = "") -> None:
        """One method; a formula that grows too large, or takes too long to build, ends it and not the others."""
        try:
            with self.session.within(seconds, what):
                work()
        except TooLarge as error:
            if seconds is None or self.session.out_of_budget():
                self.attempt.stopped = self.attempt.stopped or str(error)
            if not self.attempt.obligations:
                self.attempt.obligations = tuple(self.session.obligations)

    @property
    def missing(self) -> list[str]:
        """The goals that are not proved."""
        return [name for name in self.goals if name not in self.attempt.proved]

    def _unbounded(self) -> None:
        plan, auto = self.plan, self.plan.method == "auto"
        self._stage(lambda: self._induction(1, ()))
        if self.missing or self.reachable:
            self._searched()
        if auto and self._violated() & set(self.goals) and not plan.find_lemmas:
            return
        if plan.finds and self._more():
            self._stage(self._lemmas, None if plan.find_lemmas else LEMMAS_S, "looking for lemmas")
        if plan.method in ("auto", "k-induction"):
            for k in range(2, (min(AUTO_K, plan.limit) if auto else plan.limit) + 1):
                if self._more():
                    again = partial(self._induction, k, self.attempt.found)
                    self._stage(again, K_S if auto else None, f"k = {k}")
        if auto and self._more() and not self._exhausted():
            self._stage(self._bounded, BOUNDED_S, "unrolling")

    def _more(self) -> bool:
        """Whether something is open, and something left to spend on it."""
        return bool(self._open()) and not self.session.out_of_budget()

    def _violated(self) -> set[str]:
        """What a search, or a step from an initial state, is known to violate."""
        searched = self.attempt.searched
        found = {prop.name for prop in searched.violated} if searched is not None else set()
        return found | {each.conjunct for each in self.attempt.failures if each.reachable}

    def _open(self) -> list[str]:
        """Goals that are neither proved nor known to be violated."""
        violated = self._violated()
        return [name for name in self.missing if name not in violated]

    def _exhausted(self) -> bool:
        searched = self.attempt.searched
        ends = (Evidence.EXHAUSTIVE, Evidence.WITHIN_BOUNDS)
        return searched is not None and all(
            searched[name].verdict.evidence in ends for name in self._open() if name != WELL_DEFINED
        )

    # -- induction --

    def _names(self, theory: Theory) -> list[str]:
        """Everything that may help, and the goals."""
        of_steps = [name for name in self.goals if name in theory.of_steps]
        rest = [name for name in self.goals if name == DEADLOCK]
        return [*theory.invariants, *of_steps, WELL_DEFINED, *rest]

    def _induction(self, k: int, found: Sequence[Candidate]) -> None:
        theory = self._theory(found, k)
        names = self._names(theory)
        self.attempt.tried_k = max(self.attempt.tried_k, k)
        base = self._base(k, names, found) if k > 1 else []
        before, self.session.obligations = self.session.obligations, []
        with Inductor(theory, self.session) as inductor:
            done = inductor.largest([name for name in names if name not in base])
            if k == 1 and not found:
                self._failed(theory, done)
            proved = [name for name in done.invariant if name in self.goals]
            if WELL_DEFINED not in done.invariant:
                proved = []
            if k > 1 and len(proved) <= len(self.attempt.proved):
                self.session.obligations = before
                return
            self._won(theory, inductor, done, k, proved)

    def _won(
        self, theory: Theory, inductor: Inductor, done: Induction, k: int, proved: Sequence[str]
    ) -> None:
        """Keep what was proved, with its evidence."""
        bounds = self._bounds(theory, inductor, done)
        attempt = self.attempt
        attempt.method, attempt.k = ("induction", None) if k == 1 else ("k-induction", k)
        helpers = len(
            [name for name in done.invariant if name in theory.invariants and name not in self.goals]
        )
        with_help = f" together with {helpers} other{'s' * (helpers != 1)}" if helpers else ""
        how = f"inductive{with_help}" if k == 1 else f"inductive over {k} states in a row{with_help}"
        if bounds:
            how = f"{how}; for states within the bounds only"
        attempt.proved = dict.fromkeys(proved, how)
        attempt.bounds = bounds
        attempt.invariant = tuple(done.invariant)
        attempt.failures = [each for each in attempt.failures if each.conjunct not in done.invariant]
        named = {theory.here(name): name for name in done.invariant if name in theory.invariants}
        attempt.conditions = [
            *self._base_conditions,
            Conditions(theory.circuit, tuple(done.questions), named),
        ]
        attempt.obligations = tuple(self.session.obligations)
        attempt.why_not = {**attempt.why_not, **done.undecided}

    def _bounds(self, theory: Theory, inductor: Inductor, done: Induction) -> tuple[str, ...]:
        """The bounds that a proof does not look beyond, in words; of no interest where nothing is proved."""
        if WELL_DEFINED not in done.invariant or len(done.invariant) == 1:
            return ()
        self.session.begin("bounds that steps can leave")
        failures = Failures(self.declaration, theory, self.session)
        return tuple(failures.bound(each) for each in inductor.bounds_left(done.invariant))

    def _base(self, k: int, names: Sequence[str], found: Sequence[Candidate]) -> list[str]:
        """The names that behaviours of up to k states violate, or that could not be looked at."""
        hopeless = [name for name in names if name == DEADLOCK and name in self.attempt.why_not]
        targets = self._targets([name for name in names if name not in hopeless], found)
        checker = BoundedChecker(self.declaration, self.program, self.session)
        bounded = checker.look(targets, k, every=True)
        if bounded.stopped:
            return list(names)
        self._base_conditions = [Conditions(checker.circuit, tuple(bounded.questions), {})]
        return [*hopeless, *bounded.found]

    def _failed(self, theory: Theory, done: Induction) -> None:
        """Show why goals and lemmas are not inductive."""
        wanted = {*self.goals, WELL_DEFINED, *(lemma.name for lemma in self.declaration.lemmas)}
        failures = Failures(self.declaration, theory, self.session)
        self.session.begin("making counterexamples to induction small")
        for name, failure in done.failures.items():
            if name in wanted and not self.session.out_of_budget():
                try:
                    self.attempt.failures.append(failures.shown(failure))
                except (OutOfBudget, TooLarge) as error:
                    self.attempt.why_not[name] = f"Z3 finds a counterexample to induction, but {error}"

    # -- search --

    def _searched(self) -> None:
        """Look for violations of what is not proved, and settle which failures can happen."""
        self.session.begin("searching reachable states")
        left = self.session.left(SEARCH_S)
        lemmas = [each.conjunct for each in self.attempt.failures if each.conjunct != WELL_DEFINED]
        names = dict.fromkeys([*self.missing, *lemmas, *self.reachable])
        if not names or self.session.out_of_budget():
            return
        self.attempt.searched = self.search(list(names), left or SEARCH_S)
        searched = self.attempt.searched
        self.attempt.failures = [settled(each, searched) for each in self.attempt.failures]

    # -- lemmas --

    def _lemmas(self) -> None:
        """Look for lemmas that make what is open inductive, and try induction again with them."""
        session = self.session
        session.begin("looking for lemmas: enumerating a small instance")
        instance = small_instance(self.declaration, stopped=session.stopped)
        found = candidates(self.program, self.declaration, instance, stopped=session.stopped)
        self.attempt.tried = len(found)
        session.begin(f"looking for lemmas: {len(found)} candidates")
        useful = useful_lemmas(self._theory(found, 1), session, self._wanted(), found)
        if not useful:
            return
        before = self.attempt
        self.attempt = evolve(before)
        self._induction(1, useful)
        if len(self.attempt.proved) > len(before.proved):
            self.attempt.found = [one for one in useful if one.name in self.attempt.invariant]
        else:
            self.attempt = before

    def _theory(self, found: Sequence[Candidate], k: int) -> Theory:
        extra = [candidate.predicate for candidate in found]
        poll = self.session.out_of_budget
        return Theory(self.program, extra=extra, begins=self._begins, k=k, poll=poll)

    def _wanted(self) -> list[str]:
        """What lemmas are looked for to show."""
        defined = WELL_DEFINED in self.attempt.invariant
        return [*self._open(), *([] if defined else [WELL_DEFINED])]

    # -- bounded --

    def _targets(self, names: Sequence[str], found: Sequence[Candidate] = ()) -> list[Target]:
        predicates = [*self.program.properties, *(candidate.predicate for candidate in found)]
        known = {predicate.name: predicate for predicate in predicates}
        targets = []
        for name in names:
            if name == DEADLOCK:
                targets.append(Target(name, "deadlock", None))
            elif name != WELL_DEFINED:  # which is always looked for
                targets.append(Target(name, known[name].kind, known[name]))
        return targets

    def _bounded(self) -> None:
        attempt = self.attempt
        names = self._open() if self.plan.method == "auto" else [*self.goals, *self.reachable]
        alone = self.plan.method == "bmc"
        if alone:
            attempt.method = "bmc"
        before = self.session.obligations
        checker = BoundedChecker(self.declaration, self.program, self.session)
        attempt.bounded = checker.look(self._targets(names), self.plan.limit)
        if alone:
            attempt.k = attempt.bounded.depth
            attempt.obligations = tuple(self.session.obligations)
            attempt.conditions = [Conditions(checker.circuit, tuple(attempt.bounded.questions), {})]
        else:
            self.session.obligations = before
