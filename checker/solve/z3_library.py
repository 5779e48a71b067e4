"""Z3's C functions, as few and as bare as circuits need.

Wrapper objects for every term cost ten times what the terms cost, so terms are plain addresses here.
They live as long as their context, which is of the kind that counts no references to terms.  The
functions are those of the library that the package `z3` has loaded; this is the one module that
imports it, and it imports it late.  Nothing here knows circuits.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from checker.lang.errors import InternalError

Address = int
"""Of a context, a term, a solver, a model: whatever Z3 handed out."""

_KINDS: dict[str, Any] = {
    "p": ctypes.c_void_p, "i": ctypes.c_int, "u": ctypes.c_uint, "b": ctypes.c_bool, "s": ctypes.c_char_p,
    "q": ctypes.c_uint64, "-": None,
}  # fmt: skip

_SIGNATURES = {
    # name: what comes out, what goes in (p: address, i: int, u: unsigned, b: truth, q: count, s: text, -: nothing)
    "mk_config": "p", "del_config": "-p", "set_param_value": "-pss", "mk_context": "pp", "del_context": "-p",
    "set_error_handler": "-pp", "get_error_code": "ip", "get_error_msg": "spi", "interrupt": "-p",
    "global_param_set": "-ss", "get_full_version": "s", "get_estimated_alloc_size": "q",
    "mk_string_symbol": "pps", "mk_int_symbol": "ppi", "mk_bool_sort": "pp", "mk_true": "pp", "mk_false": "pp",
    "mk_const": "pppp", "mk_not": "ppp", "mk_eq": "pppp", "mk_ite": "ppppp", "mk_and": "ppup",
    "mk_implies": "pppp", "get_app_decl": "ppp",
    "mk_params": "pp", "params_inc_ref": "-pp", "params_dec_ref": "-pp", "params_set_uint": "-pppu",
    "params_set_bool": "-pppb", "mk_solver_for_logic": "ppp", "solver_inc_ref": "-pp", "solver_dec_ref": "-pp",
    "solver_set_params": "-ppp", "solver_assert": "-ppp", "solver_from_string": "-pps",
    "solver_check_assumptions": "ippup", "solver_get_reason_unknown": "spp", "solver_get_model": "ppp",
    "solver_get_unsat_core": "ppp", "model_inc_ref": "-pp", "model_dec_ref": "-pp",
    "model_get_const_interp": "pppp", "get_bool_value": "ipp",
    "ast_vector_inc_ref": "-pp", "ast_vector_dec_ref": "-pp", "ast_vector_size": "upp",
    "ast_vector_get": "pppu",
}  # fmt: skip


class Z3Failed(Exception):
    """Raised where Z3 reports an error: `str` is its own message."""


class Library:
    """Z3's functions as attributes, without the prefix `Z3_`: `library.mk_not(context, term)`."""

    def __init__(self) -> None:
        from z3 import z3core

        for name, signature in _SIGNATURES.items():
            result, *arguments = (_KINDS[letter] for letter in signature)
            prototype = ctypes.CFUNCTYPE(result, *arguments)
            setattr(self, name, prototype(_address(getattr(z3core, f"Z3_{name}"))))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise InternalError(f"Z3 has no function {name} here")

    def raise_error(self, context: Address) -> None:
        """Z3Failed if the last call ended in an error."""
        code = self.get_error_code(context)
        if code:
            raise Z3Failed(self.get_error_msg(context, code).decode(errors="replace"))


def _address(function: Any) -> int:
    """The address of the C function behind one of `z3core`, which keeps it as a default argument."""
    for default in function.__defaults__ or ():
        if hasattr(default, "f"):
            return ctypes.cast(default.f, ctypes.c_void_p).value or 0
    raise InternalError(f"this version of z3-solver keeps {function.__name__} elsewhere")


@cache
def library() -> Library:
    """Z3, loaded at the first call."""
    return Library()


def version() -> str:
    """Such as "5.4.1.0"."""
    text: str = library().get_full_version().decode()
    return text.removeprefix("Z3 ").split()[0]


def answer(text: str, seed: int) -> str:
    """What Z3 says to the assertions of an SMT-LIB text: "sat", "unsat", or "unknown" and why."""
    z3 = library()
    config = z3.mk_config()
    context = z3.mk_context(config)
    z3.set_error_handler(context, None)
    solver = z3.mk_solver_for_logic(context, z3.mk_string_symbol(context, b"QF_FD"))
    z3.solver_inc_ref(context, solver)
    params = z3.mk_params(context)
    z3.params_inc_ref(context, params)
    z3.params_set_uint(context, params, z3.mk_string_symbol(context, b"random_seed"), seed)
    z3.solver_set_params(context, solver, params)
    z3.solver_from_string(context, solver, text.encode())
    z3.raise_error(context)
    found: int = z3.solver_check_assumptions(context, solver, 0, None)
    z3.raise_error(context)
    if found == 0:
        return f"unknown {z3.solver_get_reason_unknown(context, solver).decode(errors='replace')}"
    return "sat" if found > 0 else "unsat"
