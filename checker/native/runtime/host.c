/* What the host does for a search that generated code could not finish: escapes and questions.
 *
 * A search that needs the host has no running worker. The host answers every escape by picking it
 * (quorate_answering) and offering each successor of that action (quorate_offer), answers every
 * question (quorate_answer), and only then lets the search go on (quorate_resume). Successors
 * that were found before the escape may be offered again: the offer is what counts.
 */

static Escape *escape_numbered(Search *s, uint64_t number)
{
    for (uint64_t i = 0; i < s->options.workers; i++) {
        if (number < s->workers[i].escape_count) return &s->workers[i].escapes[number];
        number -= s->workers[i].escape_count;
    }
    return NULL;
}

static Ask *question_numbered(Search *s, uint64_t number)
{
    for (uint64_t i = 0; i < s->options.workers; i++) {
        if (number < s->workers[i].ask_count) return &s->workers[i].asks[number];
        number -= s->workers[i].ask_count;
    }
    return NULL;
}

EXPORT uint64_t quorate_escapes(Search *s)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < s->options.workers; i++) count += s->workers[i].escape_count;
    return count;
}

/* Writes the state that escaped; returns the action, or an error code. */
EXPORT int64_t quorate_escape(Search *s, uint64_t number, uint64_t *words)
{
    const Escape *escaped = escape_numbered(s, number);
    if (!s->joined || !escaped) return ERROR_STATE;
    words_copy(words, escaped->words);
    return escaped->action;
}

/* Which escape the offers that follow belong to. */
EXPORT int quorate_answering(Search *s, uint64_t number)
{
    s->answering = s->joined ? escape_numbered(s, number) : NULL;
    if (!s->answering) return ERROR_STATE;
    s->answering->answered = true;
    return ERROR_NONE;
}

static bool offered_note(Search *s, const Worker *w, const uint64_t *words)
{
    if (!list_reserve(&s->offered, &s->offered_capacity, s->offered_count + 1, sizeof(Offered)))
        return false;
    Offered *edge = &s->offered[s->offered_count++];
    edge->depth = w->depth;
    words_copy(edge->parent, w->words);
    words_stored(s->options.symmetry, words, edge->words);
    return true;
}

/* Takes a successor within its bounds into the search. */
static void offer_store(Worker *w, const uint64_t *words)
{
    Entry *e = &w->batch[w->batched];
    words_copy(e->words, words);
    if (w->visit) {
        deep_insert(w, e);
        return;
    }
    entry_complete(w, e);
    w->batched++;
    batch_flush(w);
}

static void offer_take(Worker *w, const uint64_t *words, uint64_t bound)
{
    if (bound && bound != BOUNDARY) {
        w->pending[bound]++;
        w->hits++;
        return;
    }
    State t;
    state_unpack(words, &t);
    ask_step(w, &t, words);
    if (bound == BOUNDARY) left_boundary(w, &t, words);
    else offer_store(w, words);
}

/* Offers one successor of the escape that is being answered. `bound` is 0, or the number of the
 * bound that the successor leaves (then its words are not looked at), or BOUNDS + 1 if it lies
 * beyond the boundary. */
EXPORT int quorate_offer(Search *s, int64_t action, const uint64_t *words, uint64_t bound)
{
    Escape *escaped = s->answering;
    if (!escaped || action != escaped->action || bound > BOUNDARY) return ERROR_STATE;
    Worker *w = &s->workers[0];
    State before;
    state_unpack(escaped->words, &before);
    table_adopt(w);
    expansion_begin(w, &before, escaped->words);
    w->depth = escaped->depth;
    w->index = escaped->index;
    w->action = (int)action;
    w->taken_before = w->taken[action]++;
    s->solo = true;
    offer_take(w, words, bound);
    action_settle(w);
    s->solo = s->options.workers == 1;
    escaped->offered++;
    bool noted = (bound && bound != BOUNDARY) || offered_note(s, w, words);
    w->state = NULL;
    return noted && !s->failed ? ERROR_NONE : ERROR_MEMORY;
}

EXPORT uint64_t quorate_questions(Search *s)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < s->options.workers; i++) count += s->workers[i].ask_count;
    return count;
}

/* Writes a question: the state, and after it for a step property the state after the step. Returns
 * its kind times 64 plus the property's number, or an error code. */
EXPORT int64_t quorate_question(Search *s, uint64_t number, uint64_t *words)
{
    const Ask *question = question_numbered(s, number);
    if (!s->joined || !question) return ERROR_STATE;
    words_copy(words, question->words);
    if (question->kind == KIND_STEP) words_copy(words + STATE_WORDS, question->after);
    return (int64_t)question->kind * 64 + question->property;
}

/* Tells whether the predicate holds; for a deadlock the predicate is that the state is final. */
EXPORT int quorate_answer(Search *s, uint64_t number, uint64_t holds)
{
    Ask *question = question_numbered(s, number);
    if (!s->joined || !question) return ERROR_STATE;
    question->answered = true;
    if ((question->kind == KIND_SOMETIMES) == (holds != 0))
        witness_note(&s->workers[0], question->kind, question->property, question->depth,
                     question->words, question->after);
    return ERROR_NONE;
}

/* States that had no successor but what escaped: they are deadlocks if the host offered none. */
static void fruitless_settle(Worker *w)
{
    for (size_t from = 0, to; from < w->escape_count; from = to) {
        const Escape *first = &w->escapes[from];
        uint64_t offered = 0;
        for (to = from; to < w->escape_count; to++) {
            if (!words_equal(w->escapes[to].words, first->words)) break;
            offered += w->escapes[to].offered;
        }
        if (!first->fruitless || offered) continue;
        State state;
        state_unpack(first->words, &state);
        ask_deadlock(w, &state, first->words, first->depth);
    }
    w->escape_count = 0;
}

/* Whether nothing is left for the host to do. */
static bool answers_complete(const Search *s)
{
    bool complete = true;
    for (uint64_t i = 0; i < s->options.workers; i++) {
        const Worker *w = &s->workers[i];
        for (size_t j = 0; j < w->escape_count; j++) complete &= w->escapes[j].answered;
        for (size_t j = 0; j < w->ask_count; j++) complete &= w->asks[j].answered;
    }
    return complete;
}

/* Forgets the questions that are answered and settles the escapes; new questions may remain. */
static void answers_settle(Search *s)
{
    s->answering = NULL;
    STORE(s->lists, 0);
    for (uint64_t i = 0; i < s->options.workers; i++) s->workers[i].ask_count = 0;
    for (uint64_t i = 0; i < s->options.workers; i++) fruitless_settle(&s->workers[i]);
}
