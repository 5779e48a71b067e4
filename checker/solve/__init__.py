"""Solvers for circuits: Z3 in this process, and any solver that reads SMT-LIB 2 in another.

What comes in is a circuit and literals of it, what goes out an `Answer`.  Nothing here knows the IR, a
model or a proof.
"""
