/* Properties and bounds: what is asked of states and steps, and which witness of each is kept.
 *
 * Of all states that violate a property the witness is the one with the least depth, and among
 * those the one with the smallest words; so it does not depend on the number of workers. A
 * predicate that escapes goes onto a list for the host. This file knows no table and no order of
 * search.
 */

enum { NO, YES, ESCAPED };

static int predicate(Kind kind, int property, const State *s, const State *after)
{
    switch (kind) {
    case KIND_ALWAYS: return ALWAYS ? model_always(property, s) : YES;
    case KIND_STEP: return STEPS ? model_step(property, s, after) : YES;
    case KIND_SOMETIMES: return SOMETIMES ? model_sometimes(property, s) : NO;
#if HAS_FINAL
    case KIND_DEADLOCK: return model_final(s);
#endif
#if HAS_BOUNDARY
    case KIND_INSIDE: return model_inside(s);
#endif
    default: return kind == KIND_INSIDE;
    }
}

#if CAN_ESCAPE
/* Asks one predicate; the code that asks goes on also if it escapes. */
static __attribute__((noinline)) int ask(Worker *w, Kind kind, int property, const State *s,
                                         const State *after)
{
    void *here[5];
    void **volatile outer = w->landing;
    if (__builtin_setjmp(here)) {
        w->landing = outer;
        return ESCAPED;
    }
    w->landing = here;
    asking = w;
    int answer = predicate(kind, property, s, after);
    w->landing = outer;
    return answer;
}
#else
static inline int ask(Worker *w, Kind kind, int property, const State *s, const State *after)
{
    (void)w;
    return predicate(kind, property, s, after);
}
#endif

/* The place of a property among the witnesses. */
static int witness_number(Kind kind, int property)
{
    static const int first[] = { 0, ALWAYS, ALWAYS + STEPS, ALWAYS + STEPS + SOMETIMES };
    return first[kind] + property;
}

static int witness_compare(const Witness *a, const Witness *b)
{
    if (a->walk != b->walk) return a->walk < b->walk ? -1 : 1;
    if (a->depth != b->depth) return a->depth < b->depth ? -1 : 1;
    int order = words_compare(a->words, b->words);
    return order ? order : words_compare(a->after, b->after);
}

/* Keeps the better of two witnesses; paths belong to whoever keeps them. */
static bool witness_offer(Witness *kept, const Witness *witness)
{
    if (kept->depth && witness_compare(kept, witness) <= 0) return false;
    free(kept->path);
    *kept = *witness;
    return true;
}

static void walk_keep_path(Worker *w, Witness *kept);

/* Outside breadth-first order the first witness stands, and a violation ends the search. */
static void witness_close(Worker *w, Kind kind, int property)
{
    Search *s = w->search;
    if (s->options.order == ORDER_BREADTH) return;
    w->asked[kind] &= ~((uint64_t)1 << property);
    if (kind != KIND_SOMETIMES && !s->options.keep_going) halt_for(s, &s->violated);
}

/* Notes that a property is violated (or, `sometimes`, reached) by a state or a step. */
static __attribute__((noinline))
void witness_note(Worker *w, Kind kind, int property, uint64_t depth,
                  const uint64_t *words, const uint64_t *after)
{
    Witness witness = { .depth = depth };
    words_copy(witness.words, words);
    if (after) words_copy(witness.after, after);
    walk_keep_path(w, &witness);
    Witness *kept = &w->witnesses[witness_number(kind, property)];
    if (!witness_offer(kept, &witness)) free(witness.path);
    witness_close(w, kind, property);
}

static __attribute__((noinline, cold))
void ask_host(Worker *w, Kind kind, int property, uint64_t depth,
              const uint64_t *words, const uint64_t *after)
{
    Search *s = w->search;
    if (!list_reserve(&w->asks, &w->ask_capacity, w->ask_count + 1, sizeof(Ask))) {
        halt_for(s, &s->failed);
        return;
    }
    Ask *question = &w->asks[w->ask_count++];
    *question = (Ask){ .kind = kind, .property = property, .depth = depth };
    words_copy(question->words, words);
    if (after) words_copy(question->after, after);
    if (ADD(s->lists, 1) >= LIST_LIMIT || s->options.order != ORDER_BREADTH) STORE(s->halt, 1);
}

/* Asks the properties of one kind that are still open; `bad` is the answer worth noting. */
static inline void ask_open(Worker *w, Kind kind, int bad, uint64_t depth, const State *s,
                            const uint64_t *words, const State *t, const uint64_t *after)
{
    for (uint64_t open = w->asked[kind]; open; open &= open - 1) {
        int property = __builtin_ctzll(open);
        int answer = ask(w, kind, property, s, t);
        if (UNLIKELY(answer == bad)) witness_note(w, kind, property, depth, words, after);
        else if (UNLIKELY(answer == ESCAPED)) ask_host(w, kind, property, depth, words, after);
    }
}

/* Asks all that is asked of a state; `words` is how the state is stored. */
static inline void ask_state(Worker *w, const State *s, const uint64_t *words, uint64_t depth)
{
    if (ALWAYS) ask_open(w, KIND_ALWAYS, NO, depth, s, words, NULL, NULL);
    if (SOMETIMES) ask_open(w, KIND_SOMETIMES, YES, depth, s, words, NULL, NULL);
}

static inline void ask_step(Worker *w, const State *t, const uint64_t *words)
{
    if (!STEPS || !w->asked[KIND_STEP] || !w->state || words_equal(words, w->words)) return;
    ask_open(w, KIND_STEP, NO, w->depth + 1, w->state, w->words, t, words);
}

/* A state that no action could leave: a deadlock, unless the model calls it final. */
static void ask_deadlock(Worker *w, const State *s, const uint64_t *words, uint64_t depth)
{
    if (!w->asked[KIND_DEADLOCK]) return;
    int final = ask(w, KIND_DEADLOCK, 0, s, NULL);
    if (final == ESCAPED) ask_host(w, KIND_DEADLOCK, 0, depth, words, NULL);
    else if (final == NO) witness_note(w, KIND_DEADLOCK, 0, depth, words, NULL);
}

/* A state beyond the boundary is asked, and counted as a bound, and that is all. */
static MAYBE_UNUSED void left_boundary(Worker *w, const State *t, const uint64_t *words)
{
    uint64_t stored[STATE_WORDS];
    words_copy(stored, words);
#if SYMMETRY
    if (w->symmetry) model_canonical(words, stored);
#endif
    ask_state(w, t, stored, w->depth + 1);
    w->pending[BOUNDARY]++;
    w->hits++;
}

/* Asks what is asked of every successor. False: it lies beyond the boundary. */
static inline bool successor_admitted(Worker *w, const State *t, const uint64_t *words)
{
    ask_step(w, t, words);
#if HAS_BOUNDARY
    if (!model_inside(t)) {
        left_boundary(w, t, words);
        return false;
    }
#else
    (void)t, (void)words;
#endif
    return true;
}

/* Keeps as first where a bound was met: the least depth, then the smallest state. */
static void bound_offer(Bound *kept, uint64_t depth, const uint64_t *parent, int64_t action)
{
    if (kept->depth && kept->depth < depth) return;
    if (kept->depth == depth) {
        int order = words_compare(parent, kept->parent);
        if (order > 0 || (order == 0 && action >= kept->action)) return;
    }
    kept->depth = depth;
    kept->action = action;
    words_copy(kept->parent, parent);
}

/* The bounds that the running action has left are counted when it ends: it might escape. */
static void __attribute__((noinline)) bounds_settle(Worker *w)
{
    static const uint64_t nowhere[STATE_WORDS];
    for (int i = 1; i <= BOUNDARY; i++) {
        if (!w->pending[i]) continue;
        w->bounds[i].times += w->pending[i];
        w->pending[i] = 0;
        bound_offer(&w->bounds[i], w->depth + 1, w->state ? w->words : nowhere, w->action);
    }
    w->hits = 0;
}
