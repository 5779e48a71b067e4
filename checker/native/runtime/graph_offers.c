/* What the host does for a graph: the actions and atoms of states that generated code left to
 * it.
 *
 * The host answers the escapes in their order: it begins one (quorate_graph_answer), and offers
 * every step of that action that changes the state, or the atoms. No thread runs meanwhile.
 */

static int escapes_compare(const void *a, const void *b)
{
    const GraphEscape *one = a, *other = b;
    if (one->state != other->state) return one->state < other->state ? -1 : 1;
    return (one->action > other->action) - (one->action < other->action);
}

/* Puts the escapes of all crews into one list, in the order of states and actions. */
static bool escapes_gather(Graph *g)
{
    for (uint64_t i = 0; i < g->crews; i++) {
        const GraphCrew *c = &g->crew[i];
        size_t needed = g->escape_count + c->escape_count;
        if (!c->escape_count) continue;
        if (!graph_reserve(g, &g->escapes, &g->escape_capacity, needed, 2 * sizeof(GraphEscape)))
            return false;
        memcpy(g->escapes + g->escape_count, c->escapes, c->escape_count * sizeof(GraphEscape));
        g->escape_count = needed;
    }
    if (g->escape_count)
        qsort(g->escapes, g->escape_count, sizeof(GraphEscape), escapes_compare);
    return true;
}

static GraphCrew *graph_host(Graph *g)
{
    return &g->crew[g->crews - 1];
}

EXPORT uint64_t quorate_graph_escapes(const Graph *g)
{
    return g->escape_count;
}

/* Begins an answer: writes the state, and returns the action, ACTIONS for the atoms. The numbers
 * must come in their order. */
EXPORT int64_t quorate_graph_answer(Graph *g, uint64_t number, uint64_t *words)
{
    if (number >= g->escape_count) return ERROR_STATE;
    GraphEscape escape = g->escapes[number];
    words_copy(words, graph_words(g, escape.state));
    if (g->patch_count && g->patches[g->patch_count - 1].state == escape.state)
        return escape.action;
    if (!graph_reserve(g, &g->patches, &g->patch_capacity, g->patch_count + 1,
                       sizeof(GraphPatch)))
        return ERROR_MEMORY;
    GraphPatch *patch = &g->patches[g->patch_count++];
    const GraphCrew *owner = &g->crew[g->block[escape.state / GRAPH_BLOCK].crew];
    const uint64_t *row = label_row(&owner->states, g->state_label[escape.state]);
    memcpy(patch->letter, row, sizeof patch->letter);
    patch->state = escape.state;
    return escape.action;
}

/* Offers a step of the state that is answered: where it leads, NULL if it leaves bounds or
 * boundary, and its marks. */
EXPORT int quorate_graph_offer(Graph *g, const uint64_t *words, const uint64_t *marks)
{
    if (!g->patch_count) return ERROR_STATE;
    GraphPatch *patch = &g->patches[g->patch_count - 1];
    for (int i = 0; i < MARK_WORDS; i++) patch->letter[ATOM_WORDS + i] |= marks[i];
    uint32_t label = label_of(g, &graph_host(g)->steps, marks), target = GRAPH_NOWHERE;
    if (label == GRAPH_NOWHERE) return ERROR_MEMORY;
    if (words) {
        uint64_t stored[STATE_WORDS];
        words_stored(g->symmetry, words, stored);
        target = graph_number(g, stored, words_hash(stored));
    }
    if (target == GRAPH_NOWHERE) return ERROR_NONE;
    if (!graph_reserve(g, &g->offers, &g->offer_capacity, g->offer_count + 1, sizeof(GraphOffer)))
        return ERROR_MEMORY;
    g->offers[g->offer_count++] = (GraphOffer){ patch->state, { target, label } };
    return ERROR_NONE;
}

/* Offers the atoms of the state that is answered. */
EXPORT int quorate_graph_atoms(Graph *g, const uint64_t *atoms)
{
    if (!g->patch_count) return ERROR_STATE;
    memcpy(g->patches[g->patch_count - 1].letter, atoms, ATOM_WORDS * sizeof(uint64_t));
    return ERROR_NONE;
}
