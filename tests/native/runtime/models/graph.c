/* A graph given as data, with everything that a model can meet: several actions, bounds, a
 * boundary, final states, properties of each kind, and escapes from each place.
 *
 * WIDTH chooses the packing: 1 small numbers in one word, 64 all bits of one word (node 0 is the
 * word of all ones), 3 three words, of which the first alone says little.
 */
#ifndef WIDTH
#define WIDTH 1
#endif
#define STATE_WORDS (WIDTH == 3 ? 3 : 1)
#define STATE_BITS (WIDTH == 3 ? 192 : WIDTH == 64 ? 64 : 32)
#define ACTIONS 3
#define BOUNDS 2
#define ALWAYS 2
#define STEPS 1
#define SOMETIMES 2
#define HAS_BOUNDARY 1
#define HAS_FINAL 1
#define CAN_ESCAPE 1
#define SYMMETRY 0
#include "model.h"

struct State { int64_t node; };                   /* negative: the number of a bound, negated */

/* What is known of a node. */
enum {
    INITIAL_NODE = 1, FINAL_NODE = 2, OUTSIDE = 4, BAD = 8, GOOD = 16, GUARDED = 32,
    ALWAYS_ESCAPES = 64, STEP_ESCAPES = 128, FINAL_ESCAPES = 256, INSIDE_ESCAPES = 512
};

static int nodes;
static const int32_t *first_edge, *edges, *marks; /* first_edge[ACTIONS * node + action] */
static const uint8_t *escaping;                   /* the same index: the action escapes halfway */
static int initial_escapes;

__attribute__((visibility("default")))
void graph_load(int count, const int32_t *firsts, const int32_t *targets, const int32_t *what,
                const uint8_t *escapes, int initial)
{
    nodes = count, first_edge = firsts, edges = targets, marks = what, escaping = escapes;
    initial_escapes = initial;
}

static void state_unpack(const uint64_t *words, State *s)
{
    s->node = (int64_t)(WIDTH == 1 ? words[0] : WIDTH == 64 ? ~words[0] : ~words[1]);
}

static int state_pack(const State *s, uint64_t *words)
{
    uint64_t node = (uint64_t)s->node;
    if (s->node < 0) return (int)-s->node;
    words[0] = WIDTH == 1 ? node : WIDTH == 64 ? ~node : node >> 3;
#if WIDTH == 3
    words[1] = ~node;
    words[2] = node * 0x9e3779b97f4a7c15ULL;
#endif
    return 0;
}

static void model_initial(Worker *w)
{
    for (State s = { 0 }; s.node < nodes; s.node++)
        if (marks[s.node] & INITIAL_NODE) found_initial(w, &s);
    if (initial_escapes) escape(w);
}

static void follow(Worker *w, const State *s, int action)
{
    int64_t row = ACTIONS * s->node + action;
    int from = first_edge[row], to = first_edge[row + 1], half = from + (to - from) / 2;
    for (int i = from; i < to; i++) {
        State t = { edges[i] };
        if (escaping[row] && i == half) escape(w);
        found(w, &t);
    }
    if (escaping[row]) escape(w);
}

static void model_successors(Worker *w, const State *s, int first)
{
    switch (first) {
    case 0: begin_action(w, 0), follow(w, s, 0); /* fall through */
    case 1: begin_action(w, 1), follow(w, s, 1); /* fall through */
    case 2: begin_action(w, 2), follow(w, s, 2);
    }
}

static bool model_always(int property, const State *s)
{
    if (property == 1 && marks[s->node] & ALWAYS_ESCAPES) escape(asking);
    return property == 1 || !(marks[s->node] & BAD);
}

static bool model_step(int property, const State *before, const State *after)
{
    (void)property;
    if (marks[before->node] & marks[after->node] & STEP_ESCAPES) escape(asking);
    return !(marks[before->node] & marks[after->node] & GUARDED);
}

static bool model_sometimes(int property, const State *s)
{
    return property == 0 && marks[s->node] & GOOD;
}

static bool model_inside(const State *s)
{
    if (marks[s->node] & INSIDE_ESCAPES) escape(asking);
    return !(marks[s->node] & OUTSIDE);
}

static bool model_final(const State *s)
{
    if (marks[s->node] & FINAL_ESCAPES) escape(asking);
    return marks[s->node] & FINAL_NODE;
}

#include "search.c"
