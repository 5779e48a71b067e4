/* The strongly connected components of the product in which some loop is accepted and fair.
 *
 * One array holds a rank for each node (Pearce, "A space-efficient algorithm for finding strongly
 * connected components", 2016). When a component is complete its fairness is judged at once. Where
 * only strong fairness is missing, the nodes that enable what is never taken are left out for ever
 * and the others become unseen again, so that the same walk takes them apart (Emerson & Lei 1987).
 * That is sound in the middle of the walk: all that a complete component leads to is ranked.
 */

/* The rank of a node that is on its way lies between UNSEEN and the others. A fair component has a
 * number from FAIR downwards, its nodes have it as their rank. */
#define UNSEEN 0u
#define FINISHED UINT32_MAX
#define JUDGED (UINT32_MAX - 1)
#define FAIR (UINT32_MAX - 2)

#define NOTHING UINT64_MAX

typedef struct Frame {
    uint64_t node;
    uint32_t edge, move; /* where to go on */
    uint32_t index;
    bool around; /* an arc leads from the node to itself */
} Frame;

/* Marks in the words that matter for fairness: see Letters.fair_words. */
typedef struct Marks {
    uint64_t *sometimes, *always; /* enabled in some node of a component, and in all */
    uint64_t *taken, *missing;
} Marks;

typedef struct Components {
    Product *product;
    Search *search;
    Pages ranks;
    List frames, open, again; /* of Frame, and of nodes */
    uint32_t next_index, next_fair;
    bool stops; /* there is a node where a behaviour may end */
    Marks marks;
} Components;

static bool components_open(Components *c, Product *p)
{
    Search *s = p->search;
    c->product = p;
    c->search = s;
    c->next_index = 1;
    c->next_fair = FAIR;
    uint64_t words = p->letters.fair_words.count;
    c->marks.sometimes = array_of_zeros(s, words * 4, sizeof(uint64_t));
    if (!c->marks.sometimes) return false;
    c->marks.always = c->marks.sometimes + words;
    c->marks.taken = c->marks.always + words;
    c->marks.missing = c->marks.taken + words;
    return pages_open(s, &c->ranks, s->view->states * p->width * sizeof(uint32_t));
}

static void components_free_lists(Components *c)
{
    list_free(c->search, &c->frames, sizeof(Frame));
    list_free(c->search, &c->open, sizeof(uint64_t));
    list_free(c->search, &c->again, sizeof(uint64_t));
}

static void components_close(Components *c)
{
    components_free_lists(c);
    pages_close(&c->ranks);
    free(c->marks.sometimes);
}

static inline uint32_t *ranks(const Components *c)
{
    return c->ranks.at;
}

static inline uint64_t *nodes_of(const List *list)
{
    return list->items;
}

static bool node_push(Search *s, List *list, uint64_t node)
{
    if (!list_ready(s, list, sizeof node)) return false;
    nodes_of(list)[list->count++] = node;
    return true;
}

/* -- fairness of a component -- */

/* Finds what is enabled in the nodes of a component, which are now being judged. */
static void marks_enabled(Components *c, const uint64_t *nodes, uint64_t count)
{
    const List *words = &c->product->letters.fair_words;
    const uint64_t *word = words->items;
    Marks *m = &c->marks;
    memset(m->sometimes, 0, words->count * sizeof *word);
    memset(m->always, 0xff, words->count * sizeof *word);
    for (uint64_t i = 0; i < count; i++) {
        ranks(c)[nodes[i]] = JUDGED;
        if (!words->count) continue;
        const uint64_t *enabled = enabled_at(c->product, nodes[i]);
        for (size_t j = 0; j < words->count; j++) {
            m->sometimes[j] |= enabled[word[j]];
            m->always[j] &= enabled[word[j]];
        }
    }
}

/* What steps have to be taken inside: those that are weakly fair and enabled in every node, those
 * that are strongly fair and enabled in some. Goes on until nothing is missing; true if so. */
static bool marks_missing(Components *c)
{
    const List *words = &c->product->letters.fair_words;
    const uint64_t *word = words->items;
    const Fairness *fair = c->search->fair;
    Marks *m = &c->marks;
    uint64_t any = 0;
    for (size_t j = 0; j < words->count; j++) {
        m->missing[j] = (fair->weak[word[j]] & m->always[j])
                        | (fair->strong[word[j]] & m->sometimes[j]);
        m->missing[j] &= ~m->taken[j];
        any |= m->missing[j];
    }
    return !any;
}

/* Takes the arcs inside the component until they are in every acceptance set and miss no mark.
 * Returns the sets in which there is none. */
static uint64_t arcs_inside(Components *c, const uint64_t *nodes, uint64_t count)
{
    const List *words = &c->product->letters.fair_words;
    const uint64_t *word = words->items;
    Marks *m = &c->marks;
    uint64_t sets = c->search->automaton->sets;
    memset(m->taken, 0, words->count * sizeof *word);
    bool served = marks_missing(c);
    for (uint64_t i = 0; i < count && (sets || !served) && going(c->search); i++) {
        Arc arc;
        Cursor cursor = arcs_of(c->product, nodes[i]);
        while (next_arc(c->product, &cursor, &arc)) {
            if (ranks(c)[arc.target] != JUDGED) continue;
            sets &= ~arc.accepts;
            if (served) continue;
            const uint64_t *taken = step_marks(c->product, arc.label);
            for (size_t j = 0; j < words->count; j++) m->taken[j] |= taken[word[j]];
        }
        served = served || marks_missing(c);
    }
    return sets;
}

/* Whether a step with a missing mark is enabled in a node. */
static bool is_unserved(const Components *c, uint64_t node)
{
    const List *words = &c->product->letters.fair_words;
    const uint64_t *word = words->items, *enabled = enabled_at(c->product, node);
    for (size_t j = 0; j < words->count; j++)
        if (enabled[word[j]] & c->marks.missing[j]) return true;
    return false;
}

static void rank_all(Components *c, const uint64_t *nodes, uint64_t count, uint32_t rank)
{
    for (uint64_t i = 0; i < count; i++) ranks(c)[nodes[i]] = rank;
}

/* Leaves out the nodes that enable what is never taken; the others are to be seen once more. What
 * is weakly fair and missing is enabled in all of them: then nothing is left. */
static void take_apart(Components *c, const uint64_t *nodes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        bool unserved = is_unserved(c, nodes[i]);
        ranks(c)[nodes[i]] = unserved ? FINISHED : UNSEEN;
        if (!unserved && !node_push(c->search, &c->again, nodes[i])) return;
    }
}

/* Judges a complete component that has arcs inside. */
static void judge(Components *c, const uint64_t *nodes, uint64_t count)
{
    marks_enabled(c, nodes, count);
    uint64_t sets = arcs_inside(c, nodes, count);
    if (c->search->status != GOING) return;
    if (sets) rank_all(c, nodes, count, FINISHED);
    else if (!marks_missing(c)) take_apart(c, nodes, count);
    else rank_all(c, nodes, count, c->next_fair--);
}

/* -- the walk -- */

static bool frame_open(Components *c, uint64_t node)
{
    Search *s = c->search;
    if (c->next_index >= c->next_fair) s->status = MEMORY;
    if (!going(s) || !list_ready(s, &c->frames, sizeof(Frame))
        || !pages_touch(s, &c->ranks, node * sizeof(uint32_t)))
        return false;
    ((Frame *)c->frames.items)[c->frames.count++] = (Frame){ node, 0, 0, c->next_index, false };
    ranks(c)[node] = c->next_index++;
    if (!c->stops) c->stops = may_stop(c->product, node);
    return true;
}

/* Goes on through the arcs of a frame; a node that is unseen, or NOTHING if there is none left. */
static uint64_t frame_scan(Components *c, Frame *f)
{
    Cursor cursor = arcs_from(c->product, f->node, f->edge, f->move);
    uint64_t first = cursor.edge - f->edge;
    uint32_t *rank = ranks(c), low = rank[f->node];
    Arc arc;
    while (next_arc(c->product, &cursor, &arc)) {
        uint32_t found = rank[arc.target];
        if (found > low) continue;
        if (found == UNSEEN) {
            f->edge = (uint32_t)(cursor.edge - first);
            f->move = cursor.move - 1; /* this arc again: then the node has a rank */
            rank[f->node] = low;
            return arc.target;
        }
        low = found;
        f->around |= arc.target == f->node;
    }
    rank[f->node] = low;
    return NOTHING;
}

/* A node whose arcs are done: part of a component that is not complete, or the last of one. */
static void frame_close(Components *c)
{
    Frame f = ((Frame *)c->frames.items)[--c->frames.count];
    uint64_t first = c->open.count;
    if (ranks(c)[f.node] != f.index) {
        node_push(c->search, &c->open, f.node);
        return;
    }
    while (first > 0 && ranks(c)[nodes_of(&c->open)[first - 1]] >= f.index) first--;
    uint64_t count = c->open.count - first + 1;
    c->next_index -= (uint32_t)count;
    if (count == 1 && !f.around) {
        ranks(c)[f.node] = FINISHED;
        return;
    }
    if (!node_push(c->search, &c->open, f.node)) return;
    judge(c, nodes_of(&c->open) + first, count);
    c->open.count = first;
}

static void walk_from(Components *c, uint64_t node)
{
    if (ranks(c)[node] != UNSEEN || !frame_open(c, node)) return;
    while (c->frames.count && c->search->status == GOING) {
        uint64_t next = frame_scan(c, &((Frame *)c->frames.items)[c->frames.count - 1]);
        if (next == NOTHING) frame_close(c);
        else frame_open(c, next);
    }
}

/* Ranks every node that can be reached. */
static void components_find(Components *c)
{
    const GraphView *view = c->search->view;
    for (uint64_t i = 0; i < view->initial_count && c->search->status == GOING; i++) {
        walk_from(c, view->initial[i]);
        while (c->again.count && c->search->status == GOING)
            walk_from(c, nodes_of(&c->again)[--c->again.count]);
    }
    components_free_lists(c);
}

static inline bool in_fair_component(const Components *c, uint64_t node)
{
    uint32_t rank = ranks(c)[node];
    return rank > c->next_fair && rank <= FAIR;
}
