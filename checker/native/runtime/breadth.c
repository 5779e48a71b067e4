/* Breadth-first search, level by level: who expands what, and what happens between levels.
 *
 * Workers take blocks of the level by an atomic cursor and keep what they hold across meetings,
 * so a level can be interrupted after any state: for a larger table, for the host, or for good. A
 * level has ended when nothing of it is left, no batch waits and the host owes no answer.
 * Verdicts are drawn only then, which makes them the same for any number of workers.
 */

enum { SMALL_LEVEL = 32, LARGEST_BLOCK = 256 };

/* Shows the counts of a worker to whoever asks for progress. */
static void worker_show(Worker *w)
{
    uint64_t generated = 0;
    for (int i = 0; i <= ACTIONS; i++) generated += w->taken[i];
    STORE(w->shown_generated, generated);
    STORE(w->shown_stored, w->stored);
    STORE(w->shown_expanded, w->expanded);
}

static bool block_claim(Worker *w)
{
    Search *s = w->search;
    if (LOAD(s->cursor) >= s->level_end) return false;
    uint64_t from = ADD(s->cursor, s->block);
    if (from >= s->level_end) return false;
    w->position = from;
    w->block_end = from + s->block < s->level_end ? from + s->block : s->level_end;
    w->segment = segment_of(s, from);
    worker_show(w);
    return true;
}

static void breadth_share(Worker *w)
{
    Search *s = w->search;
    table_adopt(w);
    if (!s->started) {
        if (w == s->workers && !initial_find(w)) s->initial_escaped = true;
    } else {
        w->depth = s->depth;
        batch_flush(w);
        while (!halted(s) && (w->position < w->block_end || block_claim(w)))
            state_expand(w, state_numbered(s, w->position++, &w->segment));
    }
    batch_flush(w);
    worker_show(w);
}

/* Collects the witnesses of all workers, and closes the properties that have one. */
static void witnesses_collect(Search *s)
{
    static const struct { Kind kind; int count; } kinds[] = {
        { KIND_ALWAYS, ALWAYS }, { KIND_STEP, STEPS },
        { KIND_SOMETIMES, SOMETIMES }, { KIND_DEADLOCK, 1 }
    };
    for (uint64_t i = 0; i < s->options.workers; i++)
        for (int n = 0; n < WITNESSES; n++) {
            Witness *theirs = &s->workers[i].witnesses[n];
            if (theirs->depth && !witness_offer(&s->witnesses[n], theirs)) free(theirs->path);
            *theirs = (Witness){ .depth = 0 };
        }
    for (int k = 0; k < 4; k++)
        for (int p = 0; p < kinds[k].count; p++)
            if (s->witnesses[witness_number(kinds[k].kind, p)].depth)
                s->asked[kinds[k].kind] &= ~((uint64_t)1 << p);
    for (uint64_t i = 0; i < s->options.workers; i++)
        memcpy(s->workers[i].asked, s->asked, sizeof s->asked);
}

static bool something_violated(const Search *s)
{
    for (int n = 0; n < WITNESSES; n++)
        if (s->witnesses[n].depth && (n < ALWAYS + STEPS || n == WITNESSES - 1)) return true;
    return false;
}

static void status_tell(Search *s, int status)
{
    pthread_mutex_lock(&s->telling);
    s->status = status;
    pthread_cond_broadcast(&s->told);
    pthread_mutex_unlock(&s->telling);
}

/* Ends the search: everything found so far is put where the host can read it. */
static Step search_finish(Search *s, Reason reason)
{
    uint64_t before = s->positions;
    witnesses_collect(s);
    if (!level_close(s)) reason = REASON_FAILED;
    if (s->positions > before && s->options.order == ORDER_BREADTH) s->depth++;
    uint64_t bytes = bytes_used(s);
    if (bytes > s->peak_bytes) s->peak_bytes = bytes;
    STORE(s->shown_depth, s->depth);
    STORE(s->shown_bytes, bytes);
    s->reason = reason;
    status_tell(s, STATUS_FINISHED);
    return STEP_DONE;
}

static Step search_pause(Search *s)
{
    STORE(s->shown_bytes, bytes_used(s));
    status_tell(s, STATUS_NEEDS_HOST);
    return STEP_DONE;
}

/* Whether somebody still holds a part of the level. */
static bool level_unfinished(const Search *s)
{
    bool left = s->cursor < s->level_end;
    for (uint64_t i = 0; i < s->options.workers; i++) {
        const Worker *w = &s->workers[i];
        left |= w->position < w->block_end || w->batched;
    }
    return left;
}

/* The states stored during this level become the next one. */
static Step level_next(Search *s)
{
    uint64_t from = s->positions;
    witnesses_collect(s);
    if (!level_close(s)) return search_finish(s, REASON_FAILED);
    if (s->positions > from) s->depth++;
    if (s->positions == from) return search_finish(s, REASON_EXHAUSTED);
    if (something_violated(s) && !s->options.keep_going) return search_finish(s, REASON_VIOLATED);
    if (s->depth == s->options.max_depth) return search_finish(s, REASON_DEPTH);
    if (bytes_used(s) > s->options.memory_bytes) return search_finish(s, REASON_MEMORY);
    arena_let_go(s, from);
    uint64_t share = (s->positions - from) / (8 * s->options.workers);
    s->block = share < 1 ? 1 : share > LARGEST_BLOCK ? LARGEST_BLOCK : share;
    s->level_end = s->positions;
    s->level_small = s->positions - from < SMALL_LEVEL;
    STORE(s->cursor, from);
    STORE(s->shown_depth, s->depth);
    STORE(s->shown_bytes, bytes_used(s));
    return STEP_SHARE;
}

static Step breadth_decide(Search *s, Worker *w)
{
    (void)w;
    halt_clear(s);
    s->level_small = false;
    if (s->failed) return search_finish(s, REASON_FAILED);
    if (s->initial_escaped) return search_finish(s, REASON_INITIAL_ESCAPED);
    s->started = true;
    s->solo = s->options.workers == 1;
    if (s->full) {
        bool enough = s->options.max_states && stored_states(s) >= s->options.max_states;
        Room room = make_room(s);
        if (room == ROOM_NONE) return search_finish(s, enough ? REASON_STATES : REASON_MEMORY);
        if (room == ROOM_GROWN) return STEP_REBUILD;
    }
    if (told_to_stop(s)) return search_finish(s, REASON_STOPPED);
    if (s->lists >= LIST_LIMIT) return search_pause(s);
    if (level_unfinished(s)) return STEP_SHARE;
    if (s->lists) return search_pause(s);
    return level_next(s);
}

static const Strategy breadth_first = { breadth_share, breadth_decide };
