/* Shortest ways through the product: breadth first, each step with the one before it. */

#define NO_STEP UINT32_MAX
#define MOST_STEPS (UINT32_MAX - 1)

typedef struct Step {
    uint64_t node;
    uint32_t before, label; /* the place of the step before it; the label of the arc to the node */
} Step;

/* The nodes that a search has met, in its order, and a bit for each node of the product. */
typedef struct Ways {
    Search *search;
    List steps;
    Pages met;
} Ways;

static bool ways_open(Ways *w, Product *p)
{
    w->search = p->search;
    return pages_open(p->search, &w->met, (p->search->view->states * p->width + 63) / 64 * 8);
}

static void ways_close(Ways *w)
{
    if (w->search) list_free(w->search, &w->steps, sizeof(Step));
    pages_close(&w->met);
}

static inline Step *steps_of(const List *list)
{
    return list->items;
}

static bool step_push(Search *s, List *list, Step step)
{
    if (list->count == MOST_STEPS) s->status = MEMORY;
    if (s->status != GOING || !list_ready(s, list, sizeof step)) return false;
    steps_of(list)[list->count++] = step;
    return true;
}

/* Whether a node is met for the first time. */
static inline bool ways_meet(Ways *w, uint64_t node)
{
    uint64_t *met = w->met.at;
    if (bit_at(met, node) || !pages_touch(w->search, &w->met, node / 8)) return false;
    bit_set(met, node);
    return true;
}

/* Forgets everything, in the time that it took to learn it. */
static void ways_clear(Ways *w)
{
    uint64_t *met = w->met.at;
    for (size_t i = 0; i < w->steps.count; i++) met[steps_of(&w->steps)[i].node / 64] = 0;
    w->steps.count = 0;
}

/* How many steps lead to a place, the first one not counted. */
static uint64_t ways_length(const Ways *w, size_t place)
{
    uint64_t length = 0;
    while ((place = steps_of(&w->steps)[place].before) != NO_STEP) length++;
    return length;
}
