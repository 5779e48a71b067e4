"""Z3 as a solver for circuits, in this process.

Gates become Z3's own terms, one for one, and the solver is the one for finite domains (QF_FD), which
turns them into clauses: of the ways that were measured the fastest to take formulas in and to solve
them.  Each solver has a context of its own, which dies with it.  Time, memory and Ctrl-C end a check as
`unknown` with the reason.  Nothing here knows what a literal means.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from checker.lang.errors import InternalError
from checker.solve.patience import Stopwatch, Watched
from checker.solve.solver import Answer, gates_below
from checker.solve.z3_library import Address, Z3Failed, library
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Gate, Lit

DEFAULT_MEMORY_MB = 4000
_CHUNK = 20_000
"""Gates taken in between two looks at the clock."""
_SAT, _UNSAT = 1, -1
_MEMORY_WORDS = ("memory", "memout")


class OutOfMemory(Exception):
    """Raised where terms alone need more memory than is allowed."""


class Z3Solver:
    """A `Solver`.  `memory_mb` bounds what Z3 holds in this process, all solvers together.

    `stopped` is asked some twenty times a second during a check; once it says yes, the check ends as
    "unknown".  The same seed gives the same answers.
    """

    def __init__(
        self,
        circuit: Circuit,
        *,
        seed: int = 0,
        memory_mb: int = DEFAULT_MEMORY_MB,
        stopped: Callable[[], bool] | None = None,
    ) -> None:
        self._circuit = circuit
        self._memory_mb = memory_mb
        self._stopped = stopped
        self._z3 = library()
        self._context: Address = _new_context(self._z3)
        self._terms = _Terms(self._z3, self._context, circuit)
        self._solver: Address = _new_solver(self._z3, self._context, seed, memory_mb)
        self._waiting: list[Lit] = []
        self._proxies: dict[Lit, Address] = {}
        self._watched: Watched[int] | None = None

    def require(self, lit: Lit) -> None:
        """From now on this must hold.  Taken in by the next check."""
        self._waiting.append(lit)

    def check(self, assumptions: Sequence[Lit] = (), timeout_s: float | None = None) -> Answer:
        """Whether all that is required and the assumptions can hold together; cores need not be minimal."""
        if not self._context:
            raise InternalError("a solver is used after it was closed")
        if self._watched and self._watched.running:
            raise InternalError("a solver is used while it runs")
        watch = Stopwatch(timeout_s, self._stopped)
        if FALSE in assumptions:
            return Answer("unsat", watch.seconds, core=(FALSE,))
        wanted = list(dict.fromkeys(lit for lit in assumptions if lit != TRUE))
        try:
            reason = self._take_in([*self._waiting, *wanted], watch)
            if reason:
                return Answer("unknown", watch.seconds, reason)
            self._assert_waiting()
            proxies = {self._proxy(lit): lit for lit in wanted}
            found, reason = self._run(list(proxies), watch)
            return self._answer(found, reason, proxies, watch)
        except (OutOfMemory, Z3Failed) as error:
            return Answer("unknown", watch.seconds, self._said(str(error)))

    def close(self) -> None:
        """Give back the memory, unless Z3 did not react to Ctrl-C and still runs."""
        if self._context and not (self._watched and self._watched.running):
            self._z3.solver_dec_ref(self._context, self._solver)
            self._z3.del_context(self._context)
        self._context = 0

    def __enter__(self) -> Z3Solver:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_context", 0):
            self.close()

    # -- taking in --

    def _take_in(self, lits: Iterable[Lit], watch: Stopwatch) -> str:
        """The terms of what these depend on; why that ended early, if it did."""
        numbers = gates_below(self._circuit, lits, self._terms.of)
        for start in range(0, len(numbers), _CHUNK):
            self._terms.make(numbers[start : start + _CHUNK])
            if self._z3.get_estimated_alloc_size() > self._memory_mb << 20:
                raise OutOfMemory("memory")
            reason = watch.reason_to_stop()
            if reason:
                return reason
        return ""

    def _assert_waiting(self) -> None:
        while self._waiting:
            self._z3.solver_assert(self._context, self._solver, self._terms.term(self._waiting[-1]))
            self._z3.raise_error(self._context)
            self._waiting.pop()

    def _proxy(self, lit: Lit) -> Address:
        """What is assumed for a literal: a gate's own constant, which implies the gate; Z3 assumes no terms."""
        if abs(lit) not in self._circuit.gates:
            return self._terms.term(lit)
        if lit not in self._proxies:
            constant = self._terms.constant(f"assumed {lit}")
            implied = self._z3.mk_implies(self._context, constant, self._terms.term(lit))
            self._z3.solver_assert(self._context, self._solver, implied)
            self._z3.raise_error(self._context)
            self._proxies[lit] = constant
        return self._proxies[lit]

    # -- solving --

    def _run(self, assumed: list[Address], watch: Stopwatch) -> tuple[int, str]:
        array = (ctypes.c_void_p * len(assumed))(*assumed)
        z3, context, solver = self._z3, self._context, self._solver

        def work() -> int:
            found: int = z3.solver_check_assumptions(context, solver, len(assumed), array)
            z3.raise_error(context)
            return found

        self._watched = Watched(work, lambda: z3.interrupt(context))
        return self._watched.result(watch)

    def _answer(self, found: int, reason: str, proxies: dict[Address, Lit], watch: Stopwatch) -> Answer:
        if found == _SAT:
            return Answer("sat", watch.seconds, assignment=self._assignment())
        if found == _UNSAT:
            return Answer("unsat", watch.seconds, core=self._core(proxies))
        if not reason:
            said = self._z3.solver_get_reason_unknown(self._context, self._solver)
            reason = self._said(said.decode(errors="replace"))
        return Answer("unknown", watch.seconds, reason)

    def _said(self, text: str) -> str:
        if any(word in text.lower() for word in _MEMORY_WORDS):
            return f"memory: more than {self._memory_mb} MB"
        return f"Z3 gave up: {text}"

    def _assignment(self) -> dict[int, bool]:
        z3, context = self._z3, self._context
        model = z3.solver_get_model(context, self._solver)
        z3.raise_error(context)
        z3.model_inc_ref(context, model)
        found = {}
        for number, declaration in self._terms.variables.items():
            value = z3.model_get_const_interp(context, model, declaration)
            if value:
                found[number] = z3.get_bool_value(context, value) == _SAT
        z3.model_dec_ref(context, model)
        return found

    def _core(self, proxies: dict[Address, Lit]) -> tuple[Lit, ...]:
        z3, context = self._z3, self._context
        vector = z3.solver_get_unsat_core(context, self._solver)
        z3.raise_error(context)
        z3.ast_vector_inc_ref(context, vector)
        size = z3.ast_vector_size(context, vector)
        core = [proxies[z3.ast_vector_get(context, vector, place)] for place in range(size)]
        z3.ast_vector_dec_ref(context, vector)
        return tuple(sorted(core))


class _Terms:
    """Z3's term for each variable and gate, made when it is first needed."""

    def __init__(self, z3: Any, context: Address, circuit: Circuit) -> None:
        self._z3 = z3
        self._context = context
        self._circuit = circuit
        self._bool = z3.mk_bool_sort(context)
        self._arrays: dict[int, Any] = {}
        self.of: dict[Lit, Address] = {TRUE: z3.mk_true(context), FALSE: z3.mk_false(context)}
        self.variables: dict[int, Address] = {}
        """The declaration of each variable's constant."""

    def term(self, lit: Lit) -> Address:
        """Of a literal whose gate is made."""
        found = self.of.get(lit)
        if found is None:
            found = self.of[lit] = self._z3.mk_not(self._context, self.of[-lit])
        return found

    def constant(self, name: str) -> Address:
        """A constant that is no variable of the circuit, whose constants are numbered."""
        symbol = self._z3.mk_string_symbol(self._context, name.encode())
        made: Address = self._z3.mk_const(self._context, symbol, self._bool)
        return made

    def make(self, numbers: Iterable[int]) -> None:
        """Terms for these, whose inputs come before them."""
        gates, known = self._circuit.gates, self.of
        for number in numbers:
            gate = gates.get(number)
            made = self._variable(number) if gate is None else self._gate(gate)
            if not made:
                self._z3.raise_error(self._context)
            known[number] = made

    def _variable(self, number: int) -> Address:
        z3, context = self._z3, self._context
        made: Address = z3.mk_const(context, z3.mk_int_symbol(context, number), self._bool)
        self.variables[number] = z3.get_app_decl(context, made)
        return made

    def _gate(self, gate: Gate) -> Address:
        made: Address
        term = self.of.get
        inputs = [term(lit) or self.term(lit) for lit in gate.inputs]
        if gate.kind == "and":
            size = len(inputs)
            array = self._arrays.get(size)
            if array is None:
                array = self._arrays[size] = (ctypes.c_void_p * size)()
            array[:] = inputs
            made = self._z3.mk_and(self._context, size, array)
        elif gate.kind == "if":
            made = self._z3.mk_ite(self._context, *inputs)
        else:
            made = self._z3.mk_eq(self._context, *inputs)
        return made


def _new_context(z3: Any) -> Address:
    """A context whose terms live as long as it does, and that reports errors by codes."""
    config = z3.mk_config()
    context: Address = z3.mk_context(config)
    z3.del_config(config)
    z3.set_error_handler(context, None)
    return context


def _new_solver(z3: Any, context: Address, seed: int, memory_mb: int) -> Address:
    solver: Address = z3.mk_solver_for_logic(context, z3.mk_string_symbol(context, b"QF_FD"))
    z3.solver_inc_ref(context, solver)
    params = z3.mk_params(context)
    z3.params_inc_ref(context, params)
    for name, value in (("random_seed", seed), ("max_memory", memory_mb)):
        z3.params_set_uint(context, params, z3.mk_string_symbol(context, name.encode()), value)
    z3.params_set_bool(context, params, z3.mk_string_symbol(context, b"ctrl_c"), False)
    z3.solver_set_params(context, solver, params)
    z3.raise_error(context)
    z3.params_dec_ref(context, params)
    return solver
