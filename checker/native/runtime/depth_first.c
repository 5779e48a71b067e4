/* Depth-first search, by one worker, with an explicit stack of arena indices.
 *
 * It differs from breadth-first search in which waiting state comes next, and in nothing else: a
 * state is stored, counted and asked when it is first generated. Depth is that of the path on
 * which a state was first found. Because there are no levels, each state remembers its parent
 * here.
 */

/* What is pushed: the place of a state, and the depth at which it was found. */
static bool stack_push(Search *s, uint64_t index, uint64_t depth)
{
    if (!list_reserve(&s->stack, &s->stack_capacity, s->stack_count + 2, sizeof(uint64_t)))
        return false;
    s->stack[s->stack_count++] = index;
    s->stack[s->stack_count++] = depth;
    return true;
}

/* A new state, stored last: its parent is remembered (0: none, else the index + 1). It waits. */
static void deep_store(Worker *w)
{
    Search *s = w->search;
    uint64_t index = w->next_index - 1, depth = w->depth + 1;
    if (!list_reserve(&s->parents, &s->parents_capacity, index + 1, sizeof(uint64_t))
        || !stack_push(s, index, depth)) {
        halt_for(s, &s->failed);
        return;
    }
    s->parents[index] = w->state ? w->index + 1 : 0;
    if (depth > s->depth) s->depth = depth;
}

static void deep_insert(Worker *w, Entry *e)
{
    entry_complete(w, e);
    Insertion result = table_insert(w, e);
    while (result == FULL && make_room_alone(w)) result = table_insert(w, e);
    if (result != NEW) return;
    deep_store(w);
    state_greet(w, e);
}

static void deep_found(Worker *w, const State *t, Entry *e, int bound)
{
    if (bound) {
        w->pending[bound]++;
        w->hits++;
    } else if (successor_admitted(w, t, e->words)) {
        deep_insert(w, e);
    }
}

static void deep_share(Worker *w)
{
    Search *s = w->search;
    table_adopt(w);
    w->visit = deep_found;
    if (!s->started) s->initial_escaped = !initial_find(w);
    s->started = true;
    for (uint64_t steps = 0; !halted(s) && s->stack_count; steps++) {
        w->depth = s->stack[--s->stack_count];
        w->index = s->stack[--s->stack_count];
        w->escaped = 0;
        if (s->options.max_depth && w->depth >= s->options.max_depth) s->cut = true;
        else state_expand(w, arena_at(s, w->index));
        if (w->escaped) STORE(s->halt, 1);
        if (steps % 64) continue;
        worker_show(w);
        STORE(s->shown_depth, s->depth);
        STORE(s->shown_bytes, bytes_used(s));
    }
    worker_show(w);
}

static Step deep_decide(Search *s, Worker *w)
{
    (void)w;
    halt_clear(s);
    if (s->failed) return search_finish(s, REASON_FAILED);
    if (s->initial_escaped) return search_finish(s, REASON_INITIAL_ESCAPED);
    if (s->violated) return search_finish(s, REASON_VIOLATED);
    if (s->full) {
        bool enough = s->options.max_states && stored_states(s) >= s->options.max_states;
        return search_finish(s, enough ? REASON_STATES : REASON_MEMORY);
    }
    if (told_to_stop(s)) return search_finish(s, REASON_STOPPED);
    if (s->lists) return search_pause(s);
    if (s->stack_count) return STEP_SHARE;
    return search_finish(s, s->cut ? REASON_DEPTH : REASON_EXHAUSTED);
}

static const Strategy depth_first = { deep_share, deep_decide };
