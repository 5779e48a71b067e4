"""Consensus: one value, or one log, among nodes that fail."""
