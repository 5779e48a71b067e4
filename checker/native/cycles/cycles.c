/* The search for a fair lasso in a graph of states, from the question to the answer.
 *
 * This is the one file that is compiled; it includes the others. `search.py` mirrors the
 * structures that it is handed. Nothing here knows a model, only numbers, letters and an
 * automaton.
 */
#define _GNU_SOURCE

#include "search.h"

#include "memory.c"
#include "letters.c"
#include "product.c"
#include "components.c"
#include "ways.c"
#include "round.c"
#include "lasso.c"

#define EXPORT __attribute__((visibility("default")))

typedef struct Question {
    const GraphView *view;
    Automaton automaton;
    Fairness fair;
    uint64_t memory_bytes;
    const int *stop;
} Question;

/* The states of a lasso, the labels of the steps between them, and the place where it goes on. */
typedef struct Answer {
    uint64_t count, loop;
    uint32_t *states, *labels;
} Answer;

static void answer_write(const Lasso *l, Answer *a)
{
    uint64_t stem = ways_length(&l->stems, l->end);
    const Product *p = l->components->product;
    uint64_t count = stem + l->loop.count + 1;
    a->states = malloc(count * sizeof *a->states);
    a->labels = malloc(count * sizeof *a->labels);
    if (!a->states || !a->labels) {
        l->search->status = MEMORY;
        return;
    }
    size_t place = l->end;
    for (uint64_t i = stem + 1; i-- > 0; place = steps_of(&l->stems.steps)[place].before) {
        const Step *step = &steps_of(&l->stems.steps)[place];
        a->states[i] = (uint32_t)state_of(p, step->node);
        if (i) a->labels[i - 1] = step->label;
    }
    for (uint64_t i = 0; i < l->loop.count; i++) {
        const Step *step = &steps_of(&l->loop)[i];
        a->states[stem + i + 1] = (uint32_t)state_of(p, step->node);
        a->labels[stem + i] = step->label;
    }
    a->count = count;
    a->loop = stem;
}

static void search_run(Search *s, Answer *a)
{
    Product product = { 0 };
    Components components = { 0 };
    Lasso lasso = { 0 };
    product.search = components.search = s;
    if (product_open(&product, s) && components_open(&components, &product)) {
        components_find(&components);
        bool some = components.stops || components.next_fair != FAIR;
        if (s->status == GOING && !some) s->status = NONE;
        if (s->status == GOING && lasso_open(&lasso, &components)) lasso_find(&lasso);
        if (s->status == FOUND) answer_write(&lasso, a);
    }
    lasso_close(&lasso);
    components_close(&components);
    product_close(&product);
}

/* Answers a question. Returns a Status; with FOUND, there is something for cycles_free. */
EXPORT int cycles_find(const Question *question, Answer *answer)
{
    Search search = {
        .view = question->view,
        .automaton = &question->automaton,
        .fair = &question->fair,
        .memory = { question->memory_bytes, 0 },
        .stop = question->stop,
        .status = GOING,
    };
    *answer = (Answer){ 0 };
    search_run(&search, answer);
    return search.status;
}

EXPORT void cycles_free(Answer *answer)
{
    free(answer->states);
    free(answer->labels);
    *answer = (Answer){ 0 };
}
