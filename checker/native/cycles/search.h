/* What the parts of the search share: the automaton as it is handed over, memory, and the product.
 *
 * A node is a state of the graph together with one of the automaton, which is called its place:
 * place * states + state. So a place that few states are met in costs little. Nothing here
 * recurses: a graph may be as deep as it is large.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "graph_view.h"

/* Why a search has ended, or GOING. `search.py` has the same numbers. */
typedef enum Status { GOING, NONE, FOUND, STOPPED, MEMORY, FAULT } Status;

/* What some bits of a row are to be: those of `mask`, as in `wanted`. */
typedef struct Test {
    uint64_t word, mask, wanted;
} Test;

/* Some guards: guard g makes the tests from[g] to from[g + 1]. */
typedef struct Guards {
    uint64_t count;
    const uint64_t *from;
    const Test *tests;
} Guards;

typedef struct Edge {
    uint64_t accepts;
    uint32_t target, state_guard, step_guard, unused;
} Edge;

/* A generalised Büchi automaton; it begins in state 0. `sets` has a bit for each acceptance
 * set. */
typedef struct Automaton {
    uint64_t states, sets;
    const uint64_t *from; /* states + 1: where the edges of a state begin */
    const Edge *edges;
    Guards state_guards, step_guards;
} Automaton;

/* Marks that are to be fair, as rows of mark_words words. */
typedef struct Fairness {
    const uint64_t *weak, *strong;
} Fairness;

typedef struct Memory {
    uint64_t budget, used;
} Memory;

/* One search: what is asked, what it may use, and how it stands. */
typedef struct Search {
    const GraphView *view;
    const Automaton *automaton;
    const Fairness *fair;
    Memory memory;
    const int *stop; /* set by another thread */
    uint64_t ticks;
    Status status;
} Search;

#define LOOK_EVERY 1024

/* Whether to go on; asked at every node. Looks at the stop flag now and then. */
static inline bool going(Search *s)
{
    if (++s->ticks % LOOK_EVERY == 0 && s->status == GOING
        && __atomic_load_n(s->stop, __ATOMIC_RELAXED))
        s->status = STOPPED;
    return s->status == GOING;
}

static inline bool bit_at(const uint64_t *bits, uint64_t place)
{
    return bits[place / 64] >> place % 64 & 1;
}

static inline void bit_set(uint64_t *bits, uint64_t place)
{
    bits[place / 64] |= (uint64_t)1 << place % 64;
}

#endif
