/* From blocks to arrays: labels get their final numbers, what the host offered is put in, and the
 * edges of all states come to lie one after the other, sorted by target and label. */

/* Gives what one block holds its final labels. */
static void block_relabel(Graph *g, uint64_t number, uint64_t from, uint64_t to)
{
    const GraphBlock *block = &g->block[number];
    const GraphCrew *owner = &g->crew[block->crew];
    GraphEdge *edges = block->edges;
    for (uint64_t i = 0; i < block->count; i++) edges[i].label = owner->to_step[edges[i].label];
    for (; from < to; from++) {
        edges_sort(edges, g->offsets[from + 1]);
        edges += g->offsets[from + 1];
        g->state_label[from] = owner->to_state[g->state_label[from]];
    }
}

static void relabel_share(GraphCrew *c)
{
    uint64_t block, from, to;
    while (graph_block_claim(c->graph, &block, &from, &to))
        block_relabel(c->graph, block, from, to);
}

/* The letters of states that the host has looked at become labels like others. */
static bool patches_label(Graph *g)
{
    GraphCrew *host = graph_host(g);
    for (size_t i = 0; i < g->patch_count; i++) {
        GraphPatch *patch = &g->patches[i];
        patch->label = label_of(g, &host->states, patch->letter);
    }
    return !graph_ended(g);
}

static void patches_settle(Graph *g)
{
    const GraphCrew *host = graph_host(g);
    for (size_t i = 0; i < g->patch_count; i++)
        g->state_label[g->patches[i].state] = host->to_state[g->patches[i].label];
    for (size_t i = 0; i < g->offer_count; i++)
        g->offers[i].edge.label = host->to_step[g->offers[i].edge.label];
}

/* Puts offered edges, from one place in their list to another, into the block of their states. */
static void block_extend(Graph *g, uint64_t number, size_t offer, size_t end)
{
    GraphBlock *block = &g->block[number], wider = { .crew = block->crew };
    uint64_t from = number * GRAPH_BLOCK, to = from + GRAPH_BLOCK;
    const GraphEdge *old = block->edges;
    if (!block_open(g, &wider, block->count + (end - offer))) return;
    for (; from < to && from < g->states; from++) {
        GraphEdge *edges = wider.edges + wider.count;
        uint64_t size = g->offsets[from + 1];
        if (size) memcpy(edges, old, size * sizeof *edges);
        old += size;
        for (; offer < end && g->offers[offer].state == from; offer++)
            edges[size++] = g->offers[offer].edge;
        g->offsets[from + 1] = edges_tidy(edges, size);
        wider.count += g->offsets[from + 1];
    }
    block_close(g, block);
    *block = wider;
}

static void offers_settle(Graph *g)
{
    for (size_t from = 0, to; from < g->offer_count && !graph_ended(g); from = to) {
        uint64_t number = g->offers[from].state / GRAPH_BLOCK;
        for (to = from; to < g->offer_count; to++)
            if (g->offers[to].state / GRAPH_BLOCK != number) break;
        block_extend(g, number, from, to);
    }
}

/* Numbers of edges become places of edges. */
static void offsets_sum(Graph *g)
{
    for (uint64_t i = 0; i < g->states; i++) g->offsets[i + 1] += g->offsets[i];
    g->edges = g->offsets[g->states];
}

static void copy_share(GraphCrew *c)
{
    Graph *g = c->graph;
    uint64_t number, from, to;
    while (graph_block_claim(g, &number, &from, &to)) {
        GraphBlock *block = &g->block[number];
        for (uint64_t i = 0, at = g->offsets[from]; i < block->count; i++, at++) {
            g->targets[at] = block->edges[i].target;
            g->step_label[at] = block->edges[i].label;
        }
        block_close(g, block);
    }
}

static void graph_show(Graph *g, uint64_t state_labels, uint64_t step_labels)
{
    g->view = (GraphView){
        .states = g->states, .edges = g->edges, .initial_count = g->initial_count,
        .state_labels = state_labels, .step_labels = step_labels,
        .atom_words = ATOM_WORDS, .mark_words = MARK_WORDS,
        .offsets = g->offsets, .targets = g->targets, .step_label = g->step_label,
        .state_label = g->state_label, .initial = g->initial,
        .state_bits = g->state_bits, .step_bits = g->step_bits
    };
}
