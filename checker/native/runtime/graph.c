/* Making the graph of a finished search: what the host calls. See graph.h.
 *
 * quorate_graph_expand and quorate_graph_finish take as long as they take; another thread may ask
 * quorate_graph_done and call quorate_graph_stop meanwhile. Generated code with letters includes
 * this file after search.c.
 */
#include "graph.h"
#include "graph_labels.c"
#include "graph_numbers.c"
#include "graph_expand.c"
#include "graph_offers.c"
#include "graph_join.c"

static void *graph_work(void *argument)
{
    GraphCrew *c = argument;
    c->graph->share(c);
    return NULL;
}

/* Runs a share of something in every thread. */
static void graph_run(Graph *g, void (*share)(GraphCrew *c))
{
    pthread_t *threads = graph_new_array(g, g->crews, sizeof *threads);
    uint64_t running = 0;
    if (!threads) return;
    g->share = share;
    STORE(g->cursor, 0);
    while (running + 2 < g->crews
           && pthread_create(&threads[running], NULL, graph_work, &g->crew[running + 1]) == 0)
        running++;
    share(&g->crew[0]);
    while (running) pthread_join(threads[--running], NULL);
    graph_drop_array(g, threads, g->crews, sizeof *threads);
}

static bool crew_make(Graph *g, GraphCrew *c)
{
    c->graph = g;
    c->steps.width = MARK_WORDS;
    c->states.width = GRAPH_LETTER;
    if (!graph_take(g, sizeof(Worker))) return false;
    c->worker = scratch_new(g->symmetry, graph_found, c);
    if (!c->worker) {
        graph_end(g, GRAPH_NO_ROOM);
        return false;
    }
    c->worker->letter_marks = c->marks;
    return true;
}

static void crew_free(GraphCrew *c)
{
    Graph *g = c->graph;
    if (!g) return;
    graph_drop_array(g, c->to_step, c->steps.count, sizeof(uint32_t));
    graph_drop_array(g, c->to_state, c->states.count, sizeof(uint32_t));
    labels_free(g, &c->steps);
    labels_free(g, &c->states);
    free(c->pending);
    free(c->edges);
    free(c->escapes);
    graph_give(g, c->pending_capacity * sizeof(GraphStep) + c->edge_capacity * sizeof(GraphEdge)
                  + c->escape_capacity * sizeof(GraphEscape));
    if (c->worker) graph_give(g, sizeof(Worker));
    scratch_free(c->worker);
}

/* What is only needed while the graph is made. */
static void graph_tidy(Graph *g)
{
    for (uint64_t i = 0; g->block && i < g->blocks; i++) block_close(g, &g->block[i]);
    for (uint64_t i = 0; g->crew && i < g->crews; i++) crew_free(&g->crew[i]);
    graph_drop_array(g, g->block, g->blocks, sizeof *g->block);
    graph_drop_array(g, g->crew, g->crews, sizeof *g->crew);
    graph_drop_array(g, g->slots, g->slot_count, sizeof *g->slots);
    free(g->escapes);
    free(g->patches);
    free(g->offers);
    graph_give(g, g->escape_capacity * 2 * sizeof *g->escapes
                  + g->patch_capacity * sizeof *g->patches
                  + g->offer_capacity * sizeof *g->offers);
    g->block = NULL;
    g->crew = NULL;
    g->slots = NULL;
    g->escapes = NULL;
    g->patches = NULL;
    g->offers = NULL;
    g->escape_capacity = g->patch_capacity = g->offer_capacity = 0;
}

/* A graph of a search that no thread works at, to be made by so many threads; NULL if it cannot
 * even begin. The search's table goes, for nobody stores anything any more; the search itself
 * must be freed after the graph. */
EXPORT Graph *quorate_graph_new(Search *s, uint64_t workers)
{
    void *memory = NULL;
    if (!s->joined || posix_memalign(&memory, 128, sizeof(Graph))) return NULL;
    Graph *g = memory;
    memset(g, 0, sizeof *g);
    g->search = s;
    g->symmetry = s->options.symmetry;
    g->states = s->positions;
    g->blocks = (g->states + GRAPH_BLOCK - 1) / GRAPH_BLOCK;
    g->crews = (workers ? workers : 1) + 1;
    g->budget = UINT64_MAX;
    g->slot_count = g->states + g->states / 2 + 16;
    table_unmap(&s->table);
    if (LOAD(s->arena.claimed) >= GRAPH_NOWHERE) graph_end(g, GRAPH_TOO_LARGE);
    return g;
}

EXPORT void quorate_graph_free(Graph *g)
{
    if (!g) return;
    graph_tidy(g);
    void *arrays[] = { g->place, g->offsets, g->state_label, g->initial, g->targets,
                       g->step_label, g->state_bits, g->step_bits, g };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
}

static bool graph_make(Graph *g)
{
    if (graph_ended(g)) return false;
    g->place = graph_new_array(g, g->states, sizeof *g->place);
    g->slots = graph_new_array(g, g->slot_count, sizeof *g->slots);
    g->offsets = graph_new_array(g, g->states + 1, sizeof *g->offsets);
    g->state_label = graph_new_array(g, g->states, sizeof *g->state_label);
    g->block = graph_new_array(g, g->blocks, sizeof *g->block);
    g->crew = graph_new_array(g, g->crews, sizeof *g->crew);
    for (uint64_t i = 0; g->crew && i < g->crews; i++)
        if (!crew_make(g, &g->crew[i])) break;
    return !graph_ended(g);
}

/* Numbers and expands the states, in no more than so many bytes; returns why it has ended early,
 * or 0. */
EXPORT int quorate_graph_expand(Graph *g, uint64_t bytes)
{
    g->budget = bytes;
    if (graph_make(g)) states_number(g);
    if (!graph_ended(g)) graph_run(g, numbers_share);
    if (!graph_ended(g) && !initial_list(g)) graph_end(g, GRAPH_NO_START);
    if (!graph_ended(g)) graph_run(g, expansion_share);
    if (!graph_ended(g)) escapes_gather(g);
    return LOAD(g->why);
}

/* Puts everything together, after the host has answered; returns why it has ended early, or 0. */
EXPORT int quorate_graph_finish(Graph *g)
{
    uint64_t state_labels = 0, step_labels = 0;
    if (!graph_ended(g) && patches_label(g)
        && labels_join(g, true, &g->step_bits, &step_labels)
        && labels_join(g, false, &g->state_bits, &state_labels)) graph_run(g, relabel_share);
    if (!graph_ended(g)) {
        patches_settle(g);
        offers_settle(g);
    }
    if (!graph_ended(g)) {
        offsets_sum(g);
        g->targets = graph_new_array(g, g->edges, sizeof *g->targets);
        g->step_label = graph_new_array(g, g->edges, sizeof *g->step_label);
    }
    if (!graph_ended(g)) graph_run(g, copy_share);
    if (!graph_ended(g)) graph_show(g, state_labels, step_labels);
    graph_tidy(g);
    return LOAD(g->why);
}

/* The finished graph; its arrays live as long as the graph. */
EXPORT const GraphView *quorate_graph_view(const Graph *g)
{
    return &g->view;
}

EXPORT void quorate_graph_stop(Graph *g)
{
    graph_end(g, GRAPH_STOPPED);
}

/* How many states were expanded so far. */
EXPORT uint64_t quorate_graph_done(Graph *g)
{
    return LOAD(g->done);
}

/* The bytes that the graph holds, and held at most. */
EXPORT void quorate_graph_bytes(Graph *g, uint64_t *bytes)
{
    bytes[0] = LOAD(g->bytes);
    bytes[1] = LOAD(g->peak_bytes);
}

/* Writes a stored state by its number in the graph. */
EXPORT int quorate_graph_state(const Graph *g, uint64_t number, uint64_t *words)
{
    if (number >= g->states) return ERROR_STATE;
    words_copy(words, graph_words(g, number));
    return ERROR_NONE;
}

/* Which atoms are true of some state, and which of all. */
EXPORT void quorate_graph_ever(const Graph *g, uint64_t *some, uint64_t *all)
{
    for (int word = 0; word < ATOM_WORDS; word++) {
        some[word] = 0;
        all[word] = ~(uint64_t)0;
    }
    for (uint64_t i = 0; i < g->states; i++)
        for (int word = 0; word < ATOM_WORDS; word++) {
            uint64_t bits = g->state_bits[(uint64_t)g->state_label[i] * GRAPH_LETTER + word];
            some[word] |= bits;
            all[word] &= bits;
        }
}
