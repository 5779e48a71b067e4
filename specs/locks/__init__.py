"""Locks: what keeps those apart who change the same thing."""
