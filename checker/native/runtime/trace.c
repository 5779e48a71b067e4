/* Traces without parent pointers: from a state back to an initial one, level by level.
 *
 * A state of level k + 1 has a predecessor in level k. It is found by expanding that level again;
 * of several the one with the smallest words is taken, so the trace does not depend on who found
 * what. With symmetry levels hold representatives, and a successor's representative is what is
 * compared. Depth-first searches have parents, random walks keep their paths. This runs between
 * searches: no worker of the search is disturbed.
 */

/* The search for a predecessor: what all threads share. */
typedef struct Hunt {
    Search *search;
    uint64_t target[STATE_WORDS];
    uint64_t depth;                               /* of the predecessor, depth first only */
    uint64_t cursor, end;                         /* shared: numbers that are left to look at */
    const uint64_t *best;
    uint64_t deadline;                            /* in milliseconds of the clock, 0: none */
    bool late;                                    /* shared: the deadline is over */
    pthread_mutex_t lock;
} Hunt;

static uint64_t clock_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Whether there is no time left; all threads know it as soon as one does. */
static bool hunt_late(Hunt *hunt)
{
    if (!hunt->deadline) return false;
    if (!LOAD(hunt->late) && clock_milliseconds() >= hunt->deadline) STORE(hunt->late, true);
    return LOAD(hunt->late);
}

/* A worker that belongs to no search: its counts are thrown away. NULL without memory. */
static Worker *scratch_new(bool symmetry, Visit *visit, void *context)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 128, sizeof(Worker))) return NULL;
    Worker *w = memory;
    memset(w, 0, sizeof *w);
    w->batch = calloc(2, sizeof(Entry));
    w->batch_limit = 2;
    w->symmetry = symmetry;
    w->visit = visit;
    w->context = context;
    if (w->batch) return w;
    free(w);
    return NULL;
}

static void worker_empty(Worker *w)
{
    for (int n = 0; n < WITNESSES; n++) free(w->witnesses[n].path);
    free(w->batch);
    free(w->segments);
    free(w->escapes);
    free(w->asks);
}

static void scratch_free(Worker *w)
{
    if (!w) return;
    worker_empty(w);
    free(w);
}

/* What a state is stored as. */
static void words_stored(bool symmetry, const uint64_t *words, uint64_t *stored)
{
    words_copy(stored, words);
#if SYMMETRY
    if (symmetry) model_canonical(words, stored);
#else
    (void)symmetry;
#endif
}

typedef struct Hit { const uint64_t *target; bool met; } Hit;

static void hunt_found(Worker *w, const State *t, Entry *e, int bound)
{
    Hit *hit = w->context;
    uint64_t stored[STATE_WORDS];
    (void)t;
    w->hits = 0;
    if (bound || hit->met) return;
    words_stored(w->symmetry, e->words, stored);
    hit->met = words_equal(stored, hit->target);
}

/* How many states a depth-first path has, up to this one. */
static uint64_t path_length(const Search *s, uint64_t index)
{
    uint64_t length = 1;
    for (; s->parents[index]; index = s->parents[index] - 1) length++;
    return length;
}

static void hunt_offer(Hunt *hunt, const uint64_t *words)
{
    Search *s = hunt->search;
    uint64_t index = (uint64_t)(words - s->arena.words) / STATE_WORDS;
    if (hunt->depth && path_length(s, index) != hunt->depth) return;
    pthread_mutex_lock(&hunt->lock);
    if (!hunt->best || words_compare(words, hunt->best) < 0) hunt->best = words;
    pthread_mutex_unlock(&hunt->lock);
}

/* One thread's share: blocks of numbers, each state expanded. */
static void *hunt_share(void *argument)
{
    enum { HUNT_BLOCK = 128 };
    Hunt *hunt = argument;
    Search *s = hunt->search;
    Hit hit = { .target = hunt->target };
    Worker *w = scratch_new(s->options.symmetry, hunt_found, &hit);
    uint64_t from;
    while (w && !hunt_late(hunt) && (from = ADD(hunt->cursor, HUNT_BLOCK)) < hunt->end) {
        size_t segment = segment_of(s, from);
        for (uint64_t i = from; i < from + HUNT_BLOCK && i < hunt->end; i++) {
            const uint64_t *words = state_numbered(s, i, &segment);
            State state;
            state_unpack(words, &state);
            hit.met = false;
            successors_find(w, &state, words);
            w->escape_count = 0;
            if (hit.met) hunt_offer(hunt, words);
        }
    }
    scratch_free(w);
    return NULL;
}

/* Looks for a predecessor among the states numbered from..to-1; NULL if there is none. */
static const uint64_t *hunt_run(Hunt *hunt, uint64_t from, uint64_t to)
{
    enum { MOST_THREADS = 64, WORTH_THREADS = 4096 };
    pthread_t threads[MOST_THREADS];
    uint64_t wanted = to - from < WORTH_THREADS ? 1 : hunt->search->options.workers, running = 0;
    hunt->cursor = from;
    hunt->end = to;
    hunt->best = NULL;
    while (running + 1 < wanted && running < MOST_THREADS
           && pthread_create(&threads[running], NULL, hunt_share, hunt) == 0) running++;
    hunt_share(hunt);
    while (running) pthread_join(threads[--running], NULL);
    return hunt->best;
}

/* The predecessor that the host has given, if it is better than the one found. */
static const uint64_t *offered_better(const Search *s, const Hunt *hunt, uint64_t depth)
{
    const uint64_t *best = hunt->best;
    for (size_t i = 0; i < s->offered_count; i++) {
        const Offered *edge = &s->offered[i];
        if (edge->depth != depth || !words_equal(edge->words, hunt->target)) continue;
        if (!best || words_compare(edge->parent, best) < 0) best = edge->parent;
    }
    return best;
}

/* Whether the target is an initial state. */
static bool hunt_initial(const Hunt *hunt)
{
    Hit hit = { .target = hunt->target };
    Worker *w = scratch_new(hunt->search->options.symmetry, hunt_found, &hit);
    if (w) initial_find(w);
    scratch_free(w);
    return hit.met;
}

static int64_t trace_breadth(Search *s, Hunt *hunt, uint64_t depth, uint64_t *out)
{
    if (depth > s->level_count + 1) return ERROR_STATE;
    words_copy(out + (depth - 1) * STATE_WORDS, hunt->target);
    for (uint64_t level = depth - 1; level; level--) {
        uint64_t end = level < s->level_count ? s->levels[level] : s->positions;
        hunt_run(hunt, s->levels[level - 1], end);
        if (hunt->late) return ERROR_TIME;
        const uint64_t *best = offered_better(s, hunt, level);
        if (!best) return ERROR_STATE;
        words_copy(hunt->target, best);
        words_copy(out + (level - 1) * STATE_WORDS, best);
    }
    return hunt_initial(hunt) ? (int64_t)depth : ERROR_STATE;
}

/* The place of a state in the arena, by looking at all of them; false if it is not stored. */
static bool state_place(const Search *s, const uint64_t *words, uint64_t *index)
{
    size_t segment = 0;
    for (uint64_t i = 0; i < s->positions; i++) {
        const uint64_t *stored = state_numbered(s, i, &segment);
        if (!words_equal(stored, words)) continue;
        *index = (uint64_t)(stored - s->arena.words) / STATE_WORDS;
        return true;
    }
    return false;
}

/* A state that is not stored lies beyond the boundary: its predecessor is looked for. */
static int64_t trace_deep(Search *s, Hunt *hunt, uint64_t depth, uint64_t *out)
{
    uint64_t index, left = depth;
    words_copy(out + (depth - 1) * STATE_WORDS, hunt->target);
    if (!state_place(s, hunt->target, &index)) {
        if (depth == 1) return hunt_initial(hunt) ? 1 : ERROR_STATE;
        hunt->depth = --left;
        hunt_run(hunt, 0, s->positions);
        if (hunt->late) return ERROR_TIME;
        const uint64_t *best = offered_better(s, hunt, left);
        if (!best || !state_place(s, best, &index)) return ERROR_STATE;
    }
    if (path_length(s, index) != left) return ERROR_STATE;
    for (; left; left--) {
        words_copy(out + (left - 1) * STATE_WORDS, arena_at(s, index));
        index = s->parents[index] - 1;
    }
    return (int64_t)depth;
}

/* A walk's states are kept with what they led to. */
static int64_t trace_walk(Search *s, const uint64_t *words, uint64_t depth, uint64_t *out)
{
    for (int n = 0; n < WITNESSES; n++) {
        const Witness *witness = &s->witnesses[n];
        if (!witness->path || witness->depth < depth) continue;
        if (!words_equal(witness->path + (depth - 1) * STATE_WORDS, words)) continue;
        memcpy(out, witness->path, depth * STATE_WORDS * 8);
        return (int64_t)depth;
    }
    return ERROR_STATE;
}

/* Writes the `depth` states of a behaviour that ends in `words`, with symmetry their
 * representatives. Returns depth, or an error code: ERROR_STATE if the search knows no such
 * behaviour, ERROR_TIME if none was found in so many milliseconds, which are 0 for no limit. */
EXPORT int64_t quorate_trace(Search *s, const uint64_t *words, uint64_t depth,
                             uint64_t milliseconds, uint64_t *out)
{
    if (depth == 0 || !s->joined) return ERROR_STATE;
    if (s->options.order == ORDER_WALKS) return trace_walk(s, words, depth, out);
    Hunt hunt = { .search = s };
    if (milliseconds) hunt.deadline = clock_milliseconds() + milliseconds;
    words_stored(s->options.symmetry, words, hunt.target);
    pthread_mutex_init(&hunt.lock, NULL);
    int64_t length = s->options.order == ORDER_DEPTH ? trace_deep(s, &hunt, depth, out)
                                                     : trace_breadth(s, &hunt, depth, out);
    pthread_mutex_destroy(&hunt.lock);
    return length;
}

/* The next state of a behaviour that really happens, and how it came about. */
typedef struct Pace {
    const uint64_t *target;                       /* what it is stored as */
    uint64_t *words;
    int64_t *action;
    bool met;
} Pace;

static void pace_found(Worker *w, const State *t, Entry *e, int bound)
{
    Pace *pace = w->context;
    uint64_t stored[STATE_WORDS];
    (void)t;
    w->hits = 0;
    if (bound || pace->met) return;
    words_stored(w->symmetry, e->words, stored);
    if (!words_equal(stored, pace->target)) return;
    words_copy(pace->words, e->words);
    *pace->action = w->action;
    pace->met = true;
}

/* Follows the stored states of a trace by states that really follow upon each other: with
 * symmetry a step from a representative may lead to another member of the next orbit. The first
 * `known` are written already. Returns how many are now, with the action that led to each: fewer
 * than `count` where generated code finds no next one, as behind an action that escapes. */
EXPORT uint64_t quorate_follow(uint64_t symmetry, const uint64_t *stored, uint64_t count,
                               uint64_t known, uint64_t *out, int64_t *actions)
{
    Pace pace;
    State state;
    Worker *w = scratch_new(symmetry, pace_found, &pace);
    for (; w && known < count; known++) {
        uint64_t *next = out + known * STATE_WORDS;
        pace = (Pace){ stored + known * STATE_WORDS, next, &actions[known], false };
        if (known) {
            state_unpack(next - STATE_WORDS, &state);
            successors_find(w, &state, next - STATE_WORDS);
            w->escape_count = 0;
        } else {
            initial_find(w);
        }
        if (!pace.met) break;
    }
    scratch_free(w);
    return known;
}
