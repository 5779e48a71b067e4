/* COUNTERS counters that count up to TOP, each on its own: more states than anybody can store.
 */
#ifndef COUNTERS
#define COUNTERS 4
#endif
#ifndef TOP
#define TOP 4095
#endif
#define STATE_WORDS 1
#define STATE_BITS (12 * COUNTERS)
#define ACTIONS 1
#define BOUNDS 0
#define ALWAYS 0
#define STEPS 0
#define SOMETIMES 0
#define HAS_BOUNDARY 0
#define HAS_FINAL 0
#define CAN_ESCAPE 0
#define SYMMETRY 0
#include "model.h"

struct State { int count[COUNTERS]; };

static void state_unpack(const uint64_t *words, State *s)
{
    for (int i = 0; i < COUNTERS; i++) s->count[i] = words[0] >> 12 * i & 4095;
}

static int state_pack(const State *s, uint64_t *words)
{
    words[0] = 0;
    for (int i = 0; i < COUNTERS; i++) words[0] |= (uint64_t)s->count[i] << 12 * i;
    return 0;
}

static void model_initial(Worker *w)
{
    State s = { { 0 } };
    found_initial(w, &s);
}

static void model_successors(Worker *w, const State *s, int first)
{
    if (first) return;
    begin_action(w, 0);
    for (int i = 0; i < COUNTERS; i++) {
        State t = *s;
        if (t.count[i]++ < TOP) found(w, &t);
    }
}

static bool model_always(int property, const State *s)
{
    return property < 0 && s;
}

static bool model_step(int property, const State *before, const State *after)
{
    return property < 0 && before && after;
}

static bool model_sometimes(int property, const State *s)
{
    return property < 0 && s;
}

#include "search.c"
