"""The graph of a model's states as C holds it: a structure of pointers into somebody else's arrays.

It mirrors `graph_view.h` field by field.  Who makes one keeps the arrays alive and unchanged for as long
as a search reads them.  Nothing here knows how the graph was made.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_uint32, c_uint64


class GraphView(ctypes.Structure):
    """Counts, offsets and targets of edges, and the letters of states and steps as rows of bits."""

    _fields_ = [
        ("states", c_uint64),
        ("edges", c_uint64),
        ("initial_count", c_uint64),
        ("state_labels", c_uint64),
        ("step_labels", c_uint64),
        ("atom_words", c_uint64),
        ("mark_words", c_uint64),
        ("offsets", POINTER(c_uint64)),
        ("targets", POINTER(c_uint32)),
        ("step_label", POINTER(c_uint32)),
        ("state_label", POINTER(c_uint32)),
        ("initial", POINTER(c_uint32)),
        ("state_bits", POINTER(c_uint64)),
        ("step_bits", POINTER(c_uint64)),
    ]
