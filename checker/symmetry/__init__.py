"""Symmetry: states that differ only in the names of identities, explored once for all of them."""
