"""Proofs: induction, k-induction, bounded checking, and the search for lemmas."""
