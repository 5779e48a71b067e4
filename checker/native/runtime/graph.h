/* The graph of a finished search: its stored states with their letters, and the steps between
 * them.
 *
 * A graph is made in three stages. graph_numbers.c gives each stored state a number that depends
 * neither on who stored it nor on how many workers there are. graph_expand.c expands every state
 * again, block by block, by threads that share nothing but a cursor. Then the host answers what
 * escaped (graph_offers.c), and graph_join.c puts the blocks together into the arrays of a
 * GraphView. All bytes are counted before they are taken; the rule is that nothing is taken that
 * the budget does not allow.
 *
 * A step that changes nothing is no step. One that leaves the bounds of types or the boundary, or
 * leads to a state that is not stored, is no edge, but makes its marks enabled. With symmetry the
 * states are representatives of orbits, and so are the ends of edges; whether a step changes
 * something is asked of the states themselves.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "../cycles/graph_view.h"

enum {
    GRAPH_BLOCK = 256,                            /* states that a thread expands at a time */
    GRAPH_ATOMS = ACTIONS,                        /* stands for an action: the atoms escaped */
    GRAPH_LETTER = ATOM_WORDS + MARK_WORDS        /* words of a state's letter */
};

#define GRAPH_NOWHERE UINT32_MAX                  /* no state, no label */

/* Why making a graph has ended early. The first one that a thread meets stands. */
enum { GRAPH_MADE, GRAPH_STOPPED, GRAPH_TOO_LARGE, GRAPH_NO_ROOM, GRAPH_NO_START };

/* Different rows of bits, numbered in the order in which they came. */
typedef struct GraphLabels {
    uint64_t *rows;
    uint32_t *slots;                              /* number + 1, or 0 */
    size_t count, capacity, slot_count;
    int width;                                    /* words of a row */
} GraphLabels;

typedef struct GraphEdge { uint32_t target, label; } GraphEdge;

/* A step out of the state in hand. `hash` and `words` mean nothing unless it is `inside`. */
typedef struct GraphStep {
    uint64_t words[STATE_WORDS];
    uint64_t hash;
    int action;
    uint32_t label;
    bool inside;
} GraphStep;

/* What a block of states has given: edges one state after the other, with labels of one crew. */
typedef struct GraphBlock {
    GraphEdge *edges;
    uint64_t count, room;                         /* edges, and how many there is memory for */
    uint32_t crew;
} GraphBlock;

/* An action of a state that generated code could not run, or its atoms. */
typedef struct GraphEscape { uint32_t state; int32_t action; } GraphEscape;

/* What the host has found out about a state that escaped. */
typedef struct GraphPatch { uint64_t letter[GRAPH_LETTER]; uint32_t state, label; } GraphPatch;

/* A step that the host has found. */
typedef struct GraphOffer { uint32_t state; GraphEdge edge; } GraphOffer;

typedef struct Graph Graph;

/* What one thread holds; the last one is the host's. */
typedef struct GraphCrew {
    Graph *graph;
    Worker *worker;
    GraphLabels steps, states;
    GraphStep *pending;                           /* of the state in hand */
    size_t pending_count, pending_capacity;
    GraphEdge *edges;                             /* of the block in hand */
    size_t edge_count, edge_capacity;
    GraphEscape *escapes;
    size_t escape_count, escape_capacity;
    uint32_t *to_step, *to_state;                 /* own labels to those of the graph */
    uint64_t marks[MARK_WORDS];
} GraphCrew;

struct Graph {
    Search *search;
    uint64_t states, blocks, crews, budget;
    bool symmetry;
    uint32_t *place;                              /* of each state: its index in the arena */
    uint64_t *slots, slot_count;                  /* from states to numbers: graph_numbers.c */
    uint64_t *offsets;                            /* at first the number of edges, one place on */
    uint32_t *state_label;
    GraphBlock *block;
    GraphCrew *crew;
    GraphEscape *escapes;
    size_t escape_count, escape_capacity;
    GraphPatch *patches;
    size_t patch_count, patch_capacity;
    GraphOffer *offers;
    size_t offer_count, offer_capacity;
    uint32_t *initial;
    size_t initial_count, initial_capacity;
    uint32_t *targets, *step_label;
    uint64_t *state_bits, *step_bits;
    uint64_t edges;
    void (*share)(GraphCrew *c);                  /* what the threads do now */
    GraphView view;

    uint64_t cursor __attribute__((aligned(128)));    /* shared: the next block */
    uint64_t done;                                /* shared: states that were expanded */
    uint64_t bytes, peak_bytes;                   /* shared */
    int why;                                      /* shared: why it has ended early */
};

/* --- memory ---------------------------------------------------------------------------- */

static void graph_end(Graph *g, int why)
{
    int none = GRAPH_MADE;
    __atomic_compare_exchange_n(&g->why, &none, why, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static bool graph_ended(Graph *g)
{
    return LOAD(g->why) != GRAPH_MADE;
}

/* Counts bytes that are about to be taken. False, and the graph has ended, if too many. */
static bool graph_take(Graph *g, uint64_t bytes)
{
    uint64_t taken = ADD(g->bytes, bytes) + bytes;
    if (taken <= g->budget) {
        if (taken > LOAD(g->peak_bytes)) STORE(g->peak_bytes, taken);
        return true;
    }
    ADD(g->bytes, -bytes);
    graph_end(g, GRAPH_NO_ROOM);
    return false;
}

static void graph_give(Graph *g, uint64_t bytes)
{
    ADD(g->bytes, -bytes);
}

/* Memory for so many items, all zero; NULL, and the graph has ended, if there is none. */
static void *graph_new_array(Graph *g, uint64_t count, uint64_t size)
{
    if (!count) count = 1;
    if (!graph_take(g, count * size)) return NULL;
    void *memory = calloc(count, size);
    if (memory) return memory;
    graph_give(g, count * size);
    graph_end(g, GRAPH_NO_ROOM);
    return NULL;
}

static void graph_drop_array(Graph *g, void *memory, uint64_t count, uint64_t size)
{
    if (!memory) return;
    free(memory);
    graph_give(g, (count ? count : 1) * size);
}

static uint64_t block_bytes(const GraphBlock *block)
{
    enum { PAGE = 4096 };
    return (block->room * sizeof(GraphEdge) / PAGE + 1) * PAGE;
}

/* Gives a block memory for so many edges; false, and the graph has ended, if there is none. It has
 * pages of its own: a heap would keep what is freed in its middle, and blocks are freed while the
 * arrays of the graph fill. */
static bool block_open(Graph *g, GraphBlock *block, uint64_t room)
{
    block->room = room;
    if (!graph_take(g, block_bytes(block))) return false;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    void *memory = mmap(NULL, block_bytes(block), PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory != MAP_FAILED) {
        block->edges = memory;
        return true;
    }
    graph_give(g, block_bytes(block));
    graph_end(g, GRAPH_NO_ROOM);
    return false;
}

static void block_close(Graph *g, GraphBlock *block)
{
    if (!block->edges) return;
    munmap(block->edges, block_bytes(block));
    graph_give(g, block_bytes(block));
    block->edges = NULL;
}

/* Makes room in a list; false, and the graph has ended, if there is none. */
static bool graph_reserve(Graph *g, void *list, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity) return true;
    size_t larger = *capacity * 2 > needed ? *capacity * 2 : needed + 14;
    if (!graph_take(g, (larger - *capacity) * size)) return false;
    size_t before = *capacity;
    if (list_reserve(list, capacity, larger, size)) {
        if (*capacity > larger) ADD(g->bytes, (*capacity - larger) * size);
        return true;
    }
    graph_give(g, (larger - before) * size);
    graph_end(g, GRAPH_NO_ROOM);
    return false;
}

#endif
