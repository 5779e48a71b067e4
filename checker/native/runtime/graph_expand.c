/* Every stored state is expanded once more: its letter, and the edges that leave it. */

static void step_note(GraphCrew *c, const Worker *w, const uint64_t *words, bool inside)
{
    Graph *g = c->graph;
    uint32_t label = label_of(g, &c->steps, w->letter_marks);
    if (!graph_reserve(g, &c->pending, &c->pending_capacity, c->pending_count + 1,
                       sizeof(GraphStep)) || label == GRAPH_NOWHERE) return;
    GraphStep *step = &c->pending[c->pending_count++];
    step->action = w->action;
    step->label = label;
    step->inside = inside;
    if (!inside) return;
    words_stored(g->symmetry, words, step->words);
    step->hash = words_hash(step->words);
    __builtin_prefetch(&g->slots[scale(step->hash, g->slot_count)], 0, 0);
}

static bool successor_inside(const State *t, int bound)
{
    if (bound) return false;
#if HAS_BOUNDARY
    return model_inside(t);
#else
    (void)t;
    return true;
#endif
}

static void graph_found(Worker *w, const State *t, Entry *e, int bound)
{
    if (!bound && words_equal(e->words, w->words)) return;
    bool inside = successor_inside(t, bound);
    step_note(w->context, w, e->words, inside);
}

/* --- the state in hand ----------------------------------------------------------------- */

static int edge_compare(GraphEdge a, GraphEdge b)
{
    if (a.target != b.target) return a.target < b.target ? -1 : 1;
    return (a.label > b.label) - (a.label < b.label);
}

static int edges_compare(const void *a, const void *b)
{
    return edge_compare(*(const GraphEdge *)a, *(const GraphEdge *)b);
}

/* Sorts the edges of a state, in place. */
static void edges_sort(GraphEdge *edges, size_t count)
{
    enum { FEW = 24 };
    if (count > FEW) {
        qsort(edges, count, sizeof *edges, edges_compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        GraphEdge edge = edges[i];
        size_t at = i;
        for (; at && edge_compare(edges[at - 1], edge) > 0; at--) edges[at] = edges[at - 1];
        edges[at] = edge;
    }
}

/* Sorts the edges of a state and keeps one of those that are equal; how many remain. */
static size_t edges_tidy(GraphEdge *edges, size_t count)
{
    size_t kept = 0;
    edges_sort(edges, count);
    for (size_t i = 0; i < count; i++)
        if (!kept || edge_compare(edges[kept - 1], edges[i])) edges[kept++] = edges[i];
    return kept;
}

static bool has_escaped(const Worker *w, int action)
{
    for (size_t i = 0; i < w->escape_count; i++)
        if (w->escapes[i].action == action) return true;
    return false;
}

/* The steps that stand become edges, and enable their marks. How many edges they give. */
static size_t steps_settle(GraphCrew *c, uint64_t *enabled)
{
    Graph *g = c->graph;
    size_t from = c->edge_count;
    if (!graph_reserve(g, &c->edges, &c->edge_capacity, from + c->pending_count,
                       sizeof(GraphEdge))) return 0;
    for (size_t i = 0; i < c->pending_count; i++) {
        const GraphStep *step = &c->pending[i];
        if (c->worker->escape_count && has_escaped(c->worker, step->action)) continue;
        const uint64_t *row = label_row(&c->steps, step->label);
        for (int word = 0; word < MARK_WORDS; word++) enabled[word] |= row[word];
        if (!step->inside) continue;
        uint32_t target = graph_number(g, step->words, step->hash);
        if (target != GRAPH_NOWHERE)
            c->edges[c->edge_count++] = (GraphEdge){ target, step->label };
    }
    size_t kept = edges_tidy(c->edges + from, c->edge_count - from);
    c->edge_count = from + kept;
    return kept;
}

static bool graph_escape_note(GraphCrew *c, uint64_t state, int64_t action)
{
    if (!graph_reserve(c->graph, &c->escapes, &c->escape_capacity, c->escape_count + 1,
                       sizeof(GraphEscape))) return false;
    c->escapes[c->escape_count++] = (GraphEscape){ (uint32_t)state, (int32_t)action };
    return true;
}

/* Finds the atoms of a state; false if one of them escapes. */
static __attribute__((noinline)) bool atoms_find(Worker *w, const State *s, uint64_t *bits)
{
#if CAN_ESCAPE
    void *here[5];
    w->landing = here;
    asking = w;
    if (__builtin_setjmp(here)) return false;
#else
    (void)w;
#endif
    for (int atom = 0; atom < ATOMS; atom++)
        bits[atom / 64] |= (uint64_t)model_atom(atom, s) << atom % 64;
    return true;
}

static void graph_expand_state(GraphCrew *c, uint64_t number)
{
    Graph *g = c->graph;
    Worker *w = c->worker;
    uint64_t letter[GRAPH_LETTER] = { 0 };
    const uint64_t *words = graph_words(g, number);
    State s;
    state_unpack(words, &s);
    c->pending_count = 0;
    w->escape_count = 0;
    successors_find(w, &s, words);
    g->offsets[number + 1] = steps_settle(c, letter + ATOM_WORDS);
    for (size_t i = 0; i < w->escape_count; i++)
        if (!graph_escape_note(c, number, w->escapes[i].action)) return;
    if (!atoms_find(w, &s, letter)) {
        memset(letter, 0, ATOM_WORDS * sizeof(uint64_t));
        if (!graph_escape_note(c, number, GRAPH_ATOMS)) return;
    }
    g->state_label[number] = label_of(g, &c->states, letter);
}

/* Keeps the edges of the block in hand. */
static void block_keep(GraphCrew *c, uint64_t number)
{
    GraphBlock *block = &c->graph->block[number];
    block->crew = (uint32_t)(c - c->graph->crew);
    block->count = c->edge_count;
    if (block_open(c->graph, block, c->edge_count) && c->edge_count)
        memcpy(block->edges, c->edges, c->edge_count * sizeof(GraphEdge));
    c->edge_count = 0;
}

/* One thread's share of the expansion. */
static void expansion_share(GraphCrew *c)
{
    Graph *g = c->graph;
    uint64_t block, from, to;
    while (graph_block_claim(g, &block, &from, &to)) {
        for (uint64_t number = from; number < to && !graph_ended(g); number++)
            graph_expand_state(c, number);
        block_keep(c, block);
        ADD(g->done, to - from);
    }
}

/* --- initial states -------------------------------------------------------------------- */

static void graph_begun(Worker *w, const State *t, Entry *e, int bound)
{
    Graph *g = ((GraphCrew *)w->context)->graph;
    uint64_t stored[STATE_WORDS];
    if (!successor_inside(t, bound)) return;
    words_stored(g->symmetry, e->words, stored);
    uint32_t number = graph_number(g, stored, words_hash(stored));
    if (number == GRAPH_NOWHERE) return;
    if (graph_reserve(g, &g->initial, &g->initial_capacity, g->initial_count + 1,
                      sizeof(uint32_t)))
        g->initial[g->initial_count++] = number;
}

static int numbers_compare(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

/* The numbers of the initial states that are stored, each once. False if one escapes. */
static bool initial_list(Graph *g)
{
    Worker *w = g->crew[g->crews - 1].worker;
    size_t kept = 0;
    w->visit = graph_begun;
    bool found = initial_find(w);
    if (g->initial_count) qsort(g->initial, g->initial_count, sizeof(uint32_t), numbers_compare);
    for (size_t i = 0; i < g->initial_count; i++)
        if (!kept || g->initial[kept - 1] != g->initial[i]) g->initial[kept++] = g->initial[i];
    g->initial_count = kept;
    return found;
}
