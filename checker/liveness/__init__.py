"""Temporal properties of fair behaviours: formulas, automata, fair cycles, and lassos that explain.

Whoever explores makes a graph of states; this package asks it for a fair lasso that satisfies the
negation of a property.  It knows no engine and no report.
"""
