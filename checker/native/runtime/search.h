/* A search: its options, its outcome, and what its workers share.
 *
 * All fields of the structures that the host reads or writes are 64 bits wide. What is marked
 * "shared" is touched by several workers at a time and only through __atomic builtins; everything
 * else is written while no worker runs, or by the one worker that arrived last at a meeting.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define CACHE_LINE 64
#define WORD_TABLE (STATE_WORDS == 1 && STATE_BITS < 64)   /* slots hold the states */

enum { ORDER_BREADTH, ORDER_DEPTH, ORDER_WALKS };

/* What the host sees of a search that it waits for. */
enum { STATUS_RUNNING, STATUS_FINISHED, STATUS_NEEDS_HOST };

/* Why a search has finished. With REASON_FAILED memory ran out in mid-expansion: successors were
 * lost, and the counts are lower bounds. In all other cases everything counted is exact. */
typedef enum {
    REASON_NONE,
    REASON_EXHAUSTED,                             /* every state was expanded, every walk walked */
    REASON_VIOLATED,
    REASON_STOPPED,                               /* quorate_stop */
    REASON_STATES,                                /* max_states are stored, and there are more */
    REASON_DEPTH,                                 /* max_depth: states of that level wait */
    REASON_MEMORY,                                /* the budget, or the machine, has no more */
    REASON_INITIAL_ESCAPED,                       /* the initial states cannot be computed here */
    REASON_FAILED
} Reason;

/* Error codes of exported functions. */
enum {
    ERROR_NONE,
    ERROR_MEMORY = -1,
    ERROR_THREADS = -2,
    ERROR_OPTIONS = -3,
    ERROR_STATE = -4,
    ERROR_TIME = -5                               /* the time that was given did not suffice */
};

/* Zero means: no limit, or the default. */
typedef struct Options {
    uint64_t workers;
    uint64_t order;                               /* 0 breadth first, 1 depth first, 2 walks */
    uint64_t memory_bytes;                        /* default: what the machine has */
    uint64_t max_states, max_depth;
    uint64_t compact_bits;                        /* 0 exact, or 32..64; see table.c */
    uint64_t seed, behaviours, walk_depth;
    uint64_t always, step, sometimes;             /* masks: which properties to ask */
    uint64_t deadlock, keep_going, symmetry;      /* 0 or 1 */
    uint64_t table_slots;                         /* slots to begin with, for tests */
} Options;

typedef struct Table {
    char *lines;                                  /* cache lines of slots; see table.c */
    uint64_t line_count;
    uint64_t slots_per_line;
    uint64_t tag_mask;                            /* compaction only: bits of a fingerprint */
} Table;

/* Every stored state, in breadth-first order up to gaps: see memory.c. */
typedef struct Arena {
    uint64_t *words;
    uint64_t capacity;                            /* states */
    uint64_t claimed;                             /* shared: states handed out in chunks */
    uint64_t file_states;                         /* states for which the file has room */
    uint64_t advised;                             /* states that the kernel may have back */
    int file;                                     /* -1: plain memory */
    pthread_mutex_t extending;
} Arena;

/* What the workers do next, all of them, until they meet again. */
typedef enum { STEP_SHARE, STEP_REBUILD, STEP_DONE } Step;

typedef struct Strategy {
    void (*share)(Worker *w);                     /* one worker's part, until it finds no more */
    Step (*decide)(Search *s, Worker *w);         /* when all have met: asked of the last one */
} Strategy;

/* A successor that the host gave: traces need it, because no expansion will find it again. */
typedef struct Offered { uint64_t depth, parent[STATE_WORDS], words[STATE_WORDS]; } Offered;

struct Search {
    Options options;
    const Strategy *strategy;
    Worker *workers;
    Table table;
    Arena arena;
    uint64_t state_bytes, fixed_bytes, peak_bytes, growths;
    bool table_is_last;                           /* memory allows no larger one */

    Segment *segments;                            /* where the states of closed levels lie */
    size_t segment_count, segment_capacity;
    uint64_t *levels;                             /* the first number of each level */
    size_t level_count, level_capacity;
    uint64_t positions;                           /* states in closed levels */
    uint64_t level_end;                           /* of the level that is expanded */
    uint64_t block;                               /* states that a worker takes at a time */
    uint64_t depth;                               /* levels met */

    uint64_t *stack;                              /* depth first only: depth_first.c */
    size_t stack_count, stack_capacity;
    uint64_t *parents;
    size_t parents_capacity;

    Offered *offered;
    size_t offered_count, offered_capacity;
    Escape *answering;                            /* the escape that the host is answering */

    uint64_t asked[KINDS];
    Witness witnesses[WITNESSES];
    Step step;
    uint64_t crew;                                /* threads that run */
    bool solo;                                    /* nobody else is at work: grow at once */
    pthread_t *threads;
    pthread_mutex_t gate, meeting, telling;
    pthread_cond_t met, told;
    uint64_t arrived, round;
    int status;                                   /* guarded by telling */
    bool joined, started, level_small;
    bool cut;                                     /* max_depth kept states from expansion */
    Reason reason;

    uint64_t cursor __attribute__((aligned(128)));    /* shared: the next number to expand */
    uint64_t part;                                /* shared: the next part to rebuild */
    int64_t room __attribute__((aligned(128)));   /* shared: states that may still be stored */
    int halt __attribute__((aligned(128)));       /* shared: a reason to meet soon */
    int stop, full, exhausted, failed;            /* shared: what the reason was */
    int initial_escaped;                          /* shared: the start cannot be computed */
    int violated;                                 /* shared: outside breadth-first order */
    uint64_t lists;                               /* shared: escapes and questions that wait */
    uint64_t shown_depth, shown_bytes, shown_round;   /* shared: for progress */
};

#define LOAD(place) __atomic_load_n(&(place), __ATOMIC_RELAXED)
#define STORE(place, value) __atomic_store_n(&(place), (value), __ATOMIC_RELAXED)
#define ADD(place, value) __atomic_fetch_add(&(place), (value), __ATOMIC_RELAXED)

enum {
    BATCH = 256,                                  /* entries between prefetch and probe */
    CHUNK = 4096,                                 /* states that a worker claims of the arena */
    LIST_LIMIT = 4096                             /* escapes that wait before the host is asked */
};

/* Asks all workers to meet, after the states in their hands. The host may do so at any time, also
 * while a meeting clears the halt of another reason: either that meeting sees the reason
 * (halt_clear, then told_to_stop), or the halt comes after it and stands. This rests on one order
 * of all four accesses. */
static void halt_for(Search *s, int *why)
{
    __atomic_store_n(why, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&s->halt, 1, __ATOMIC_SEQ_CST);
}

/* At a meeting, before the reasons for it are looked at. */
static void halt_clear(Search *s)
{
    __atomic_store_n(&s->halt, 0, __ATOMIC_SEQ_CST);
}

static bool told_to_stop(const Search *s)
{
    return __atomic_load_n(&s->stop, __ATOMIC_SEQ_CST) != 0;
}

static inline bool halted(Search *s)
{
    return LOAD(s->halt) != 0;
}

#endif
