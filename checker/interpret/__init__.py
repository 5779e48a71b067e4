"""The IR interpreter: what each node means, in a few hundred lines, over Python values."""
