"""Atomic commitment: all parties commit, or none does."""
