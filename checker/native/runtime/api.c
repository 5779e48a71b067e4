/* What else the host may call: making and freeing a search, reading its results, single states.
 *
 * Results may be read while no worker runs: before the start, or after quorate_wait has returned
 * something else than "running". quorate_progress and quorate_stop may be called at any time.
 */

/* LISTS_BYTES: what short lists take before anybody counts them. */
enum { FEWEST_LINES = 1024, MOST_WORKERS = 1024, LISTS_BYTES = 4096 };

static bool options_make_sense(const Options *o)
{
    if (o->order > ORDER_WALKS || o->workers > MOST_WORKERS) return false;
    if (o->compact_bits && (o->compact_bits < 32 || o->compact_bits > 64)) return false;
    if (o->compact_bits && o->order != ORDER_BREADTH) return false;
    if (o->order == ORDER_WALKS && (!o->behaviours || !o->walk_depth || o->symmetry)) return false;
    return SYMMETRY || !o->symmetry;
}

static uint64_t machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : (uint64_t)1 << 34;
}

static bool worker_begin(Search *s, Worker *w)
{
    w->search = s;
    w->batch = calloc(BATCH, sizeof(Entry));
    w->batch_limit = BATCH;
    w->symmetry = s->options.symmetry;
    w->compact = s->options.compact_bits != 0;
    memcpy(w->asked, s->asked, sizeof w->asked);
    return w->batch != NULL;
}

static bool workers_make(Search *s)
{
    uint64_t count = s->options.workers;
    void *memory = NULL;
    s->threads = calloc(count, sizeof *s->threads);
    if (!s->threads || posix_memalign(&memory, 128, count * sizeof(Worker))) return false;
    memset(memory, 0, count * sizeof(Worker));
    s->workers = memory;
    bool made = true;
    for (uint64_t i = 0; i < count; i++) made &= worker_begin(s, &s->workers[i]);
    s->fixed_bytes = sizeof *s + count * (sizeof(Worker) + BATCH * sizeof(Entry)) + LISTS_BYTES;
    return made;
}

/* The table to begin with, and an arena as large as the budget could ever fill. */
static bool storage_make(Search *s)
{
    const Options *o = &s->options;
    if (o->order == ORDER_WALKS) return true;
    bool narrow = o->compact_bits == 32;
    s->table.slots_per_line = narrow ? 16 : 8;
    if (o->compact_bits) s->table.tag_mask = UINT64_MAX >> (64 - o->compact_bits);
    s->state_bytes = o->compact_bits ? 0 : STATE_WORDS * 8 + (o->order == ORDER_DEPTH ? 48 : 0);
    uint64_t lines = o->table_slots ? o->table_slots / s->table.slots_per_line : FEWEST_LINES;
    uint64_t affordable = bytes_left(s) / (CACHE_LINE + s->table.slots_per_line * s->state_bytes);
    if (lines > affordable) lines = affordable;
    if (!table_map(&s->table, lines ? lines : 1)) return false;
    uint64_t per_state = o->compact_bits ? (narrow ? 4 : 8) : s->state_bytes;
    uint64_t capacity = o->memory_bytes / per_state;
    if (o->max_states && o->max_states < capacity) capacity = o->max_states;
    return arena_open(&s->arena, capacity + (o->workers + 2) * CHUNK, o->compact_bits != 0);
}

/* Ends a search that may still run, and gives back all that it had. */
EXPORT void quorate_free(Search *s)
{
    if (!s) return;
    if (s->crew && !s->joined) {
        quorate_stop(s);
        threads_join(s, s->crew);
    }
    for (uint64_t i = 0; s->workers && i < s->options.workers; i++) worker_empty(&s->workers[i]);
    for (int n = 0; n < WITNESSES; n++) free(s->witnesses[n].path);
    table_unmap(&s->table);
    arena_close(&s->arena);
    void *lists[] = { s->workers, s->threads, s->segments, s->levels,
                      s->stack, s->parents, s->offered, s };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) free(lists[i]);
}

static Search *search_make(void)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 128, sizeof(Search))) return NULL;
    Search *s = memory;
    memset(s, 0, sizeof *s);
    s->arena.file = -1;
    pthread_mutex_t *mutexes[] = { &s->gate, &s->meeting, &s->telling, &s->arena.extending };
    for (int i = 0; i < 4; i++) pthread_mutex_init(mutexes[i], NULL);
    pthread_cond_init(&s->met, NULL);
    pthread_cond_init(&s->told, NULL);
    return s;
}

static uint64_t mask_of(int count)
{
    return count ? UINT64_MAX >> (64 - count) : 0;
}

/* A search that has not started. NULL, and an error code, if there cannot be one. */
EXPORT Search *quorate_new(const Options *options, int *error)
{
    static const Strategy *const strategies[] = { &breadth_first, &depth_first, &random_walks };
    *error = options_make_sense(options) ? ERROR_MEMORY : ERROR_OPTIONS;
    Search *s = *error == ERROR_OPTIONS ? NULL : search_make();
    if (!s) return NULL;
    s->options = *options;
    s->strategy = strategies[options->order];
    if (!s->options.workers || options->order == ORDER_DEPTH) s->options.workers = 1;
    if (!s->options.memory_bytes) s->options.memory_bytes = machine_memory();
    s->asked[KIND_ALWAYS] = options->always & mask_of(ALWAYS);
    s->asked[KIND_STEP] = options->step & mask_of(STEPS);
    s->asked[KIND_SOMETIMES] = options->sometimes & mask_of(SOMETIMES);
    s->asked[KIND_DEADLOCK] = options->deadlock;
    s->solo = true;
    if (!workers_make(s) || !storage_make(s)) {
        quorate_free(s);
        return NULL;
    }
    room_renew(s);
    *error = ERROR_NONE;
    return s;
}

typedef struct Progress { uint64_t states, generated, depth, queue, bytes; } Progress;

EXPORT void quorate_progress(Search *s, Progress *progress)
{
    uint64_t expanded = 0;
    *progress = (Progress){ .depth = LOAD(s->shown_depth), .bytes = LOAD(s->shown_bytes) };
    for (uint64_t i = 0; i < s->options.workers; i++) {
        progress->states += LOAD(s->workers[i].shown_stored);
        progress->generated += LOAD(s->workers[i].shown_generated);
        expanded += LOAD(s->workers[i].shown_expanded);
    }
    progress->queue = progress->states > expanded ? progress->states - expanded : 0;
}

/* represented: the states that the stored ones stand for, 128 bits, right unless saturated.
 * walks: behaviours walked; abandoned: those of them that ended where generated code could not go
 * on. */
typedef struct Counts {
    uint64_t distinct, generated, depth, queue;
    uint64_t represented_low, represented_high, saturated;
    uint64_t bytes, peak_bytes, growths, table_slots;
    uint64_t compared, fingerprint_bits, effective_bits;
    uint64_t walks, abandoned;
} Counts;

/* See the head of table.c. */
static uint64_t bits_effective(uint64_t bits, uint64_t states, uint64_t compared)
{
    if (!bits || states < 2) return bits;
    unsigned __int128 pairs = (unsigned __int128)states * (states - 1) / 2;
    if (!compared) compared = 1;
    for (pairs /= compared; pairs > 1; pairs /= 2) bits++;
    return bits;
}

EXPORT void quorate_counts(Search *s, Counts *counts)
{
    Count represented = 0;
    uint64_t expanded = 0;
    *counts = (Counts){ .distinct = stored_states(s), .depth = s->depth };
    for (uint64_t i = 0; i < s->options.workers; i++) {
        const Worker *w = &s->workers[i];
        for (int action = 0; action <= ACTIONS; action++) counts->generated += w->taken[action];
        expanded += w->expanded;
        counts->saturated |= __builtin_add_overflow(represented, w->represented, &represented);
        counts->saturated |= w->saturated;
        counts->compared += w->compared;
        counts->abandoned += w->abandoned;
    }
    bool walks = s->options.order == ORDER_WALKS;
    if (!SYMMETRY) represented = counts->distinct;
    counts->represented_low = (uint64_t)represented;
    counts->represented_high = (uint64_t)(represented >> 64);
    counts->queue = walks ? 0 : counts->distinct - expanded;
    counts->walks = walks ? expanded : 0;
    counts->bytes = bytes_used(s);
    counts->peak_bytes = s->peak_bytes > counts->bytes ? s->peak_bytes : counts->bytes;
    counts->growths = s->growths;
    counts->table_slots = s->table.line_count * s->table.slots_per_line;
    counts->fingerprint_bits = s->options.compact_bits;
    counts->effective_bits =
        bits_effective(s->options.compact_bits, counts->distinct, counts->compared);
}

EXPORT int quorate_reason(Search *s)
{
    return s->reason;
}

/* Per action, and last for the initial states: how often it was taken, how many new states it
 * gave. */
EXPORT void quorate_actions(Search *s, uint64_t *taken, uint64_t *added)
{
    for (int action = 0; action <= ACTIONS; action++) {
        taken[action] = added[action] = 0;
        for (uint64_t i = 0; i < s->options.workers; i++) {
            taken[action] += s->workers[i].taken[action];
            added[action] += s->workers[i].added[action];
        }
    }
}

/* How often a bound was left, and first where: at which depth, from which state by which action
 * (ACTIONS: an initial state). Returns how often. */
EXPORT uint64_t quorate_bound(Search *s, uint64_t number, uint64_t *depth, int64_t *action,
                              uint64_t *parent)
{
    Bound first = { .depth = 0 };
    if (!number || number > BOUNDARY) return 0;
    for (uint64_t i = 0; i < s->options.workers; i++) {
        const Bound *met = &s->workers[i].bounds[number];
        first.times += met->times;
        if (met->depth) bound_offer(&first, met->depth, met->parent, met->action);
    }
    *depth = first.depth;
    *action = first.action;
    words_copy(parent, first.parent);
    return first.times;
}

/* The witness of a property's violation, of a deadlock, or that a `sometimes` is reached: the
 * states in its trace, or 0 if there is none. A step property has two states: before and after. */
EXPORT uint64_t quorate_witness(Search *s, uint64_t kind, uint64_t property, uint64_t *words)
{
    static const uint64_t counts[] = { ALWAYS, STEPS, SOMETIMES, 1 };
    if (kind > KIND_DEADLOCK || property >= counts[kind]) return 0;
    int number = witness_number((Kind)kind, (int)property);
    const Witness *witness = &s->witnesses[number];
    for (uint64_t i = 0; i < s->options.workers; i++) {   /* of a level that waits for the host */
        const Witness *own = &s->workers[i].witnesses[number];
        if (own->depth && (!witness->depth || witness_compare(own, witness) < 0)) witness = own;
    }
    words_copy(words, witness->words);
    if (kind == KIND_STEP) words_copy(words + STATE_WORDS, witness->after);
    return witness->depth;
}

/* Copies stored states, in breadth-first order, from a number on; returns how many there were. */
EXPORT uint64_t quorate_states(Search *s, uint64_t from, uint64_t count, uint64_t *out)
{
    if (from >= s->positions) return 0;
    if (count > s->positions - from) count = s->positions - from;
    size_t segment = segment_of(s, from);
    for (uint64_t i = 0; i < count; i++)
        words_copy(out + i * STATE_WORDS, state_numbered(s, from + i, &segment));
    return count;
}

/* What the model is: words, bits, actions, bounds, the three kinds of properties, symmetry. */
EXPORT void quorate_facts(uint64_t *facts)
{
    const uint64_t all[] = { STATE_WORDS, STATE_BITS, ACTIONS, BOUNDS,
                             ALWAYS, STEPS, SOMETIMES, SYMMETRY };
    memcpy(facts, all, sizeof all);
}

#include "single.c"
