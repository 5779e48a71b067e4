/* The graph of a model's states, as the search for fair lassos reads it.
 *
 * Whoever makes the graph owns the arrays and leaves them alone while a search reads them.
 * `view.py` mirrors this structure field by field. A row of `state_bits` is a state's letter:
 * first its atoms, then the marks of the steps that are enabled. A row of `step_bits` is a step's
 * marks.
 */
#ifndef GRAPH_VIEW_H
#define GRAPH_VIEW_H

#include <stdint.h>

typedef struct GraphView {
    uint64_t states, edges, initial_count, state_labels, step_labels; /* counts */
    uint64_t atom_words, mark_words; /* 64-bit words of atoms, of marks */
    const uint64_t *offsets;         /* states + 1: where the edges of a state begin */
    const uint32_t *targets;         /* of each edge */
    const uint32_t *step_label;      /* of each edge: a row of step_bits */
    const uint32_t *state_label;     /* of each state: a row of state_bits */
    const uint32_t *initial;         /* numbers of initial states */
    const uint64_t *state_bits;      /* rows of atom_words + mark_words words */
    const uint64_t *step_bits;       /* rows of mark_words words */
} GraphView;

#endif
