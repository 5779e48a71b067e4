"""Candidates for lemmas: words of a spec, clauses of them, and which of these hold where it is small."""
