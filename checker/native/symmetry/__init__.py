"""Symmetry in C: how identities are seen and exchanged in the values of each type, on demand."""
