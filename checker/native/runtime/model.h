/* The interface between a model's generated code and the search: the top of every translation
 * unit.
 *
 * One model is one translation unit, so that everything inlines. It reads, in this order:
 *
 *     #define STATE_WORDS 2     64-bit words of a packed state
 *     #define STATE_BITS 87     how many bits of them are used
 *     #define ACTIONS 7         actions, numbered from 0
 *     #define BOUNDS 3          bounds that a successor may leave, numbered 1..BOUNDS
 *     #define ALWAYS 2          properties of each kind, numbered from 0, at most 64 of a kind
 *     #define STEPS 1
 *     #define SOMETIMES 2
 *     #define HAS_BOUNDARY 0    the model declares a boundary: model_inside exists
 *     #define HAS_FINAL 1       the model declares final states: model_final exists
 *     #define CAN_ESCAPE 1      some of the code below may call escape()
 *     #define SYMMETRY 0        model_canonical exists; symmetry.h says what else is defined then
 *     #include "model.h"
 *     typedef struct State { ... } State;     and the model_ and state_ functions declared below
 *     #include "search.c"
 *
 * What generated code calls: begin_action(w, number) before the witnesses of each action,
 * found(w, &t) for each successor, found_initial(w, &s) for each initial state, and escape(w),
 * which does not return, wherever it meets something that it cannot represent; a predicate, which
 * is not handed a worker, says escape(asking). Then what the running action of this state has
 * counted is taken back, the pair goes onto a list for the host, and the expansion goes on with
 * the next action. Successors that were already handed over stay: they are real.
 *
 * A boundary that escapes counts as an escape of the action that led there, and an initial state
 * that leaves a bound as an escape of the start. The host's side of
 * escapes is in host.c, the rest of what it may call in search.c, trace.c, api.c and single.c.
 *
 * The rules kept here: packing is injective, so equal words are equal states; every call of found
 * counts once as generated; nothing is stored that leaves a bound or lies beyond the boundary, and
 * each such successor is counted at its bound (the boundary is number BOUNDS + 1).
 */
#ifndef MODEL_H
#define MODEL_H

#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "words.h"

#ifndef LETTERS
#define LETTERS 0                                     /* ATOMS and MARKS are defined, for graph.c */
#endif

#if ALWAYS > 64 || STEPS > 64 || SOMETIMES > 64
#error "at most 64 properties of a kind"
#endif

typedef struct State State;
typedef struct Worker Worker;
typedef struct Search Search;

#define MAYBE_UNUSED __attribute__((unused))
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* How many: permutations, or the states of an orbit. */
typedef unsigned __int128 Count;
#define COUNTLESS (~(Count)0)                         /* more than a Count can say */

#if SYMMETRY && defined(IDENTITIES)
#include "symmetry.h"
#endif

/* What the model gives. state_pack returns 0, or the number of the first bound that the state
 * leaves. model_successors starts with action `first` and falls through to all later ones.
 * model_canonical writes the representative of the orbit and returns the orbit's size, or
 * COUNTLESS. */
static void state_unpack(const uint64_t *words, State *s);
static int state_pack(const State *s, uint64_t *words);
static void model_initial(Worker *w);
static void model_successors(Worker *w, const State *s, int first);
static bool model_always(int property, const State *s) MAYBE_UNUSED;
static bool model_step(int property, const State *before, const State *after) MAYBE_UNUSED;
static bool model_sometimes(int property, const State *s) MAYBE_UNUSED;
#if HAS_BOUNDARY
static bool model_inside(const State *s);
#endif
#if HAS_FINAL
static bool model_final(const State *s);
#endif
#if SYMMETRY
static Count model_canonical(const uint64_t *words, uint64_t *canonical);
#endif

enum {
    BOUNDARY = BOUNDS + 1,                        /* the boundary's number among the bounds */
    INITIAL = ACTIONS,                            /* stands for an action where there is none */
    WITNESSES = ALWAYS + STEPS + SOMETIMES + 1    /* one of each property, and a deadlock */
};

/* What can be asked of a state, or of a step. */
typedef enum { KIND_ALWAYS, KIND_STEP, KIND_SOMETIMES, KIND_DEADLOCK, KIND_INSIDE, KINDS } Kind;

/* A successor on its way to the table. With symmetry, `words` is the orbit's representative. */
typedef struct Entry {
    uint64_t words[STATE_WORDS];
#if SYMMETRY
    uint64_t actual[STATE_WORDS];
    Count orbit;
#endif
    uint64_t hash;
    int64_t action;
} Entry;

/* A bound that was reached: how often, and where first. Depth 0: never. */
typedef struct Bound {
    uint64_t times, depth;
    int64_t action;
    uint64_t parent[STATE_WORDS];
} Bound;

/* The state, or the step, that shows a violation, a deadlock, or that a `sometimes` is reached. */
typedef struct Witness {
    uint64_t depth;                               /* states in its trace; 0: there is none */
    uint64_t walk;                                /* which random walk met it, from 1 */
    uint64_t words[STATE_WORDS], after[STATE_WORDS];
    uint64_t *path;                               /* a walk's states up to here */
} Witness;

/* An action of a state that generated code could not run; `fruitless`: the state has no successor
 * from the other actions. `offered` counts what the host gave back. */
typedef struct Escape {
    uint64_t words[STATE_WORDS];
    uint64_t depth, offered;
    uint64_t index;                               /* of the state in the arena; depth first only */
    int64_t action;
    bool fruitless, answered;
} Escape;

/* A predicate that generated code could not evaluate. */
typedef struct Ask {
    Kind kind;
    int property;
    bool answered;
    uint64_t depth;
    uint64_t words[STATE_WORDS], after[STATE_WORDS];
} Ask;

typedef struct Segment { uint64_t from, to, before; } Segment;
typedef void Visit(Worker *w, const State *t, Entry *e, int bound);

/* One thread's share of a search. Nobody else writes to it while threads run. */
struct Worker {
    /* what found() touches */
    Entry *batch;
    uint32_t batched, batch_limit;
    const char *lines;                            /* the table's cache lines, and how many */
    uint64_t line_count;
    Visit *visit;                                 /* takes successors; NULL breadth first */
    int action;                                   /* the running action */
    bool symmetry, compact;
    const State *state;                           /* what is expanded; NULL at the start */
    const uint64_t *words;                        /* the same, packed */
    uint64_t depth;                               /* its level; 0 at the start */
    uint64_t index;                               /* its place in the arena; depth first only */
    uint64_t asked[KINDS];                        /* which properties are still asked, as masks */
    uint64_t taken_before;                        /* taken[action] when the action began */
    uint64_t hits;                                /* bounds left by the running action, in all */
    bool any;                                     /* the state has a successor */

    /* escapes */
    int first;                                    /* the action with which to start or go on */
    void **landing;                               /* where escape() goes */
    uint64_t escaped;                             /* actions of this state that escaped */

    /* its part of the level, as breadth-first numbers, and where that lies */
    uint64_t position, block_end;
    size_t segment;

    /* its part of the arena */
    uint64_t next_index, chunk_end;
    int64_t room;                                 /* states that it may still store */
    Segment *segments;
    size_t segment_count, segment_capacity;

    /* what it has counted and met */
    uint64_t stored, expanded, compared;
    Count represented;
    bool saturated;                               /* there were too many to count */
    uint64_t abandoned, deepest;                  /* walks that an escape ended; the longest */
    uint64_t pending[BOUNDS + 2];                 /* bounds left by the running action */
    uint64_t taken[ACTIONS + 1], added[ACTIONS + 1];  /* the last: initial states */
    Bound bounds[BOUNDS + 2];
    Witness witnesses[WITNESSES];
    Escape *escapes;
    size_t escape_count, escape_capacity;
    Ask *asks;
    size_t ask_count, ask_capacity;

    uint64_t shown_generated, shown_stored, shown_expanded;   /* published for progress, relaxed */
    void *context;                                /* what a Visit needs besides */
#if LETTERS
    uint64_t *letter_marks;                       /* where the marks of a step go; NULL: nowhere */
#endif
    Search *search;
} __attribute__((aligned(128)));

/* The worker of this thread: predicates are not handed one, so one that escapes says
 * escape(asking). */
static _Thread_local Worker *asking MAYBE_UNUSED;

static void batch_flush(Worker *w);
static void bounds_settle(Worker *w);
static inline bool successor_admitted(Worker *w, const State *t, const uint64_t *words);

/* Goes back to where the running expansion or predicate began; see the head of this file. */
static __attribute__((noinline, noreturn, cold)) MAYBE_UNUSED void escape(Worker *w)
{
    __builtin_longjmp(w->landing, 1);
}

/* Ends the running action: what it has counted stands. */
static inline void action_settle(Worker *w)
{
    w->any |= w->taken[w->action] != w->taken_before;
    if (UNLIKELY(w->hits)) bounds_settle(w);
}

static inline void begin_action(Worker *w, int action)
{
    action_settle(w);
    w->action = action;
    w->taken_before = w->taken[action];
}

/* Completes an entry whose words are packed, and asks for its cache line of the table. */
static inline void entry_complete(Worker *w, Entry *e)
{
#if SYMMETRY
    words_copy(e->actual, e->words);
    e->orbit = w->symmetry ? model_canonical(e->actual, e->words) : 1;
#endif
    e->hash = words_hash(e->words);
    e->action = w->action;
    __builtin_prefetch(w->lines + 64 * scale(e->hash, w->line_count), 1, 0);
}

static inline void found(Worker *w, const State *t)
{
    Entry *e = &w->batch[w->batched];
    w->taken[w->action]++;
    int bound = state_pack(t, e->words);
    if (UNLIKELY(w->visit != NULL)) {
        w->visit(w, t, e, bound);
        return;
    }
    if (UNLIKELY(bound)) {
        w->pending[bound]++;
        w->hits++;
        return;
    }
    if (!successor_admitted(w, t, e->words)) return;
    entry_complete(w, e);
    if (++w->batched == w->batch_limit) batch_flush(w);
}

/* An initial state that leaves a bound is a mistake in the spec, not a bound that was reached: it
 * counts as an escape of the start, so that the host tells. */
static inline MAYBE_UNUSED void found_initial(Worker *w, const State *s)
{
    uint64_t words[STATE_WORDS];
    if (UNLIKELY(state_pack(s, words))) w->escaped++;
    else found(w, s);
}

#if LETTERS
#include "letters.h"
#endif

#endif
