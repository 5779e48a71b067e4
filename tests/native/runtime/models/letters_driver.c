/* Makes graphs of one generated model with letters, for the sanitizers: with several numbers of
 * workers and ever more memory, until it suffices. What the host would answer is left out.
 *
 * Follows the text of a model. Fails, with a line that says where, if arrays differ.
 */
#include <stdio.h>

static void search_run(Search *s)
{
    quorate_start(s);
    for (int status; (status = quorate_wait(s, 1000)) != STATUS_FINISHED;) {
        if (status != STATUS_NEEDS_HOST) continue;
        for (uint64_t i = 0; i < quorate_escapes(s); i++) quorate_answering(s, i);
        for (uint64_t i = 0; i < quorate_questions(s); i++) quorate_answer(s, i, 1);
        quorate_resume(s);
    }
}

static void graph_answer(Graph *g)
{
    uint64_t words[STATE_WORDS], atoms[ATOM_WORDS] = { 1 }, marks[MARK_WORDS] = { 1 };
    for (uint64_t i = 0; i < quorate_graph_escapes(g); i++) {
        if (quorate_graph_answer(g, i, words) == GRAPH_ATOMS) quorate_graph_atoms(g, atoms);
        else if (i % 3) quorate_graph_offer(g, i % 2 ? words : NULL, marks);
    }
}

static uint64_t arrays_hash(const Graph *g)
{
    const GraphView *v = quorate_graph_view(g);
    uint64_t hash = v->states ^ v->edges << 20 ^ v->initial_count << 40;
    for (uint64_t i = 0; i <= v->states; i++) hash = mix(hash ^ v->offsets[i]);
    for (uint64_t i = 0; i < v->edges; i++)
        hash = mix(hash ^ ((uint64_t)v->targets[i] << 32 | v->step_label[i]));
    for (uint64_t i = 0; i < v->states; i++) hash = mix(hash ^ v->state_label[i]);
    for (uint64_t i = 0; i < v->state_labels * (v->atom_words + v->mark_words); i++)
        hash = mix(hash ^ v->state_bits[i]);
    for (uint64_t i = 0; i < v->step_labels * v->mark_words; i++) hash = mix(hash ^ v->step_bits[i]);
    return hash;
}

/* The hash of a graph made in so many bytes, 0 if they do not suffice. */
static uint64_t graph_try(Search *s, uint64_t workers, uint64_t bytes)
{
    uint64_t hash = 0, some[ATOM_WORDS], all[ATOM_WORDS];
    Graph *g = quorate_graph_new(s, workers);
    if (quorate_graph_expand(g, bytes) == GRAPH_MADE) {
        graph_answer(g);
        if (quorate_graph_finish(g) == GRAPH_MADE) {
            quorate_graph_ever(g, some, all);
            hash = arrays_hash(g) | 1;
        }
    }
    quorate_graph_free(g);
    return hash;
}

int main(void)
{
    uint64_t known = 0;
    for (uint64_t workers = 1; workers <= 4; workers++) {
        int error;
        Options options = { .workers = workers, .memory_bytes = 1 << 28 };
        Search *s = quorate_new(&options, &error);
        uint64_t hash = 0, bytes = 1000;
        search_run(s);
        while (!(hash = graph_try(s, workers, bytes))) bytes += bytes / 6;
        if (known && known != hash) return printf("%d workers differ\n", (int)workers), 1;
        known = hash;
        quorate_free(s);
    }
    return 0;
}
