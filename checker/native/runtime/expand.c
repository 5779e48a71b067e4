/* Expansion: one state in, all its successors out, and what escapes on the way.
 *
 * This file knows neither where the state came from nor where the successors go.
 */

/* Puts the actions from `from` up to `to` of the state in hand onto the list for the host. */
static void escape_note(Worker *w, int from, int to)
{
    Search *s = w->search;
    size_t needed = w->escape_count + (size_t)(to - from);
    if (!list_reserve(&w->escapes, &w->escape_capacity, needed, sizeof(Escape))) {
        if (s) halt_for(s, &s->failed);
        return;
    }
    for (int action = from; action < to; action++) {
        Escape *escaped = &w->escapes[w->escape_count++];
        *escaped = (Escape){ .depth = w->depth, .index = w->index, .action = action };
        words_copy(escaped->words, w->words);
        w->escaped++;
    }
    if (s && ADD(s->lists, (uint64_t)(to - from)) >= LIST_LIMIT) STORE(s->halt, 1);
}

/* The running action has escaped: what it has counted is taken back, and the next one may begin.
 * An escape before the first action concerns them all. */
static MAYBE_UNUSED void action_take_back(Worker *w)
{
    w->taken[w->action] = w->taken_before;
    memset(w->pending, 0, sizeof w->pending);
    w->hits = 0;
    if (!w->state) {
        w->escaped++;
        return;
    }
    bool none_began = w->action == INITIAL;
    escape_note(w, none_began ? 0 : w->action, none_began ? ACTIONS : w->action + 1);
    w->first = none_began ? ACTIONS : w->action + 1;
}

static void expansion_begin(Worker *w, const State *s, const uint64_t *words)
{
    w->state = s;
    w->words = words;
    w->action = INITIAL;
    w->taken_before = w->taken[INITIAL];
    w->any = false;
    w->first = 0;
    w->escaped = 0;
}

/* Runs all actions of a state. The state must be unpacked. */
static inline void successors_find(Worker *w, const State *s, const uint64_t *words)
{
    expansion_begin(w, s, words);
#if CAN_ESCAPE
    void *here[5];
    w->landing = here;
    asking = w;
    if (__builtin_setjmp(here)) action_take_back(w);
#endif
    if (w->first < ACTIONS) model_successors(w, w->state, w->first);
    action_settle(w);
}

/* Runs the model's start. False: it escaped, or an initial state leaves a bound. */
static bool initial_find(Worker *w)
{
    expansion_begin(w, NULL, NULL);
    w->depth = 0;
#if CAN_ESCAPE
    void *here[5];
    w->landing = here;
    asking = w;
    if (__builtin_setjmp(here)) action_take_back(w);
    else
#endif
        model_initial(w);
    action_settle(w);
    return w->escaped == 0;
}

/* Expands a state of the search. Whether it is a deadlock is left to the host while some of its
 * actions are. */
static inline void state_expand(Worker *w, const uint64_t *words)
{
    State s;
    state_unpack(words, &s);
    successors_find(w, &s, words);
    w->expanded++;
    if (UNLIKELY(!w->any)) {
        if (!w->escaped) ask_deadlock(w, &s, words, w->depth);
        for (uint64_t i = 1; i <= w->escaped && i <= w->escape_count; i++)
            w->escapes[w->escape_count - i].fruitless = true;
    }
}
