/* Single states, without a search: their successors, the initial ones, and what holds in them. */

/* A transition as the host reads it. `bound`: 0, the number of the bound that the successor
 * leaves, BOUNDS + 1 beyond the boundary, or -1: the action escaped, the words mean nothing. */
typedef struct Transition {
    int64_t action, bound;
    uint64_t words[STATE_WORDS];
} Transition;

typedef struct Listing {
    Transition *out;
    uint64_t capacity, count;
} Listing;

static void listing_add(Listing *list, int64_t action, int64_t bound, const uint64_t *words)
{
    if (list->count < list->capacity) {
        Transition *row = &list->out[list->count];
        row->action = action;
        row->bound = bound;
        if (words) words_copy(row->words, words);
        else memset(row->words, 0, sizeof row->words);
    }
    list->count++;
}

static void listing_found(Worker *w, const State *t, Entry *e, int bound)
{
    int64_t kept = bound;
#if HAS_BOUNDARY
    if (!bound && !model_inside(t)) kept = BOUNDARY;
#else
    (void)t;
#endif
    listing_add(w->context, w->action, kept, bound ? NULL : e->words);
}

/* An action that escaped is listed as that alone. */
static void listing_mark_escapes(Listing *list, const Worker *w)
{
    for (size_t i = 0; i < w->escape_count; i++) {
        uint64_t kept = 0, listed = list->count < list->capacity ? list->count : list->capacity;
        for (uint64_t j = 0; j < listed; j++)
            if (list->out[j].action != w->escapes[i].action) list->out[kept++] = list->out[j];
        list->count -= listed - kept;
        listing_add(list, w->escapes[i].action, -1, NULL);
    }
}

/* Lists every transition of a state, in the order of the actions but for those that escaped, which
 * come last. Returns how many there are: call again with more capacity if it does not suffice. */
EXPORT int64_t quorate_successors(const uint64_t *words, Transition *out, uint64_t capacity)
{
    Listing list = { out, capacity, 0 };
    Worker *w = scratch_new(false, listing_found, &list);
    if (!w) return ERROR_MEMORY;
    State s;
    state_unpack(words, &s);
    successors_find(w, &s, words);
    listing_mark_escapes(&list, w);
    scratch_free(w);
    return (int64_t)list.count;
}

/* Lists the initial states; one more, marked as escaped, if they cannot be computed here. */
EXPORT int64_t quorate_initials(Transition *out, uint64_t capacity)
{
    Listing list = { out, capacity, 0 };
    Worker *w = scratch_new(false, listing_found, &list);
    if (!w) return ERROR_MEMORY;
    if (!initial_find(w)) listing_add(&list, INITIAL, -1, NULL);
    scratch_free(w);
    return (int64_t)list.count;
}

/* Asks one predicate of a state, or of a step to `after`: 0 no, 1 yes, 2 it escaped. Kind 3 asks
 * whether the state is final, kind 4 whether it lies inside the boundary. */
EXPORT int quorate_ask(uint64_t kind, uint64_t property, const uint64_t *words,
                       const uint64_t *after)
{
    State s, t;
    Worker *w = scratch_new(false, NULL, NULL);
    if (!w || kind >= KINDS) {
        scratch_free(w);
        return w ? ERROR_OPTIONS : ERROR_MEMORY;
    }
    state_unpack(words, &s);
    if (after) state_unpack(after, &t);
    int answer = ask(w, (Kind)kind, (int)property, &s, after ? &t : NULL);
    scratch_free(w);
    return answer;
}

/* Writes what a state is stored as with symmetry; returns the size of its orbit, UINT64_MAX for
 * more. */
EXPORT uint64_t quorate_canonical(const uint64_t *words, uint64_t *canonical)
{
#if SYMMETRY
    Count size = model_canonical(words, canonical);
    return size > UINT64_MAX ? UINT64_MAX : (uint64_t)size;
#else
    words_copy(canonical, words);
    return 1;
#endif
}
