/* A short round trip through a fair component: it does all that makes it accepted and fair.
 *
 * It is greedy: one thing after another by the shortest way, and then home. A strong fairness asks
 * for a step only once the trip has come by a node that enables one. So a trip is fair by what it
 * does itself, whatever else its component offers.
 */

typedef struct Round {
    Search *search;
    Product *product;
    const Components *components;
    const uint64_t *words; /* which words of marks have any that is to be fair */
    size_t word_count;
    Ways ways;
    List walk;       /* of Step: the trip so far, without its first node */
    uint64_t start, here;
    uint64_t sets;   /* the acceptance sets that it still has to meet */
    uint64_t *weak;  /* rows of mark_words words: the weakly fair marks still to be served, */
    uint64_t *strong, *taken; /* the strong ones, and what was taken so far */
    uint64_t work, most_work; /* arcs looked at */
} Round;

static bool round_open(Round *r, const Components *c)
{
    Search *s = c->search;
    r->search = s;
    r->product = c->product;
    r->components = c;
    r->most_work = UINT64_MAX;
    r->words = c->product->letters.fair_words.items;
    r->word_count = c->product->letters.fair_words.count;
    uint64_t words = s->view->mark_words;
    r->weak = array_of_zeros(s, words * 3, sizeof *r->weak);
    if (!r->weak) return false;
    r->strong = r->weak + words;
    r->taken = r->strong + words;
    return ways_open(&r->ways, c->product);
}

static void round_close(Round *r)
{
    if (r->search) list_free(r->search, &r->walk, sizeof(Step));
    ways_close(&r->ways);
    free(r->weak);
}

/* What being at a node does: weak fairness is served where a step is not enabled, strong fairness
 * begins to ask where one is. */
static void round_arrive(Round *r, uint64_t node)
{
    const uint64_t *enabled = enabled_at(r->product, node), *strong = r->search->fair->strong;
    for (size_t j = 0; j < r->word_count; j++) {
        uint64_t i = r->words[j];
        r->weak[i] &= enabled[i];
        r->strong[i] |= strong[i] & enabled[i] & ~r->taken[i];
    }
    r->here = node;
}

/* What taking a step does. The automaton reads it by the edge that meets most of what is left. */
static void round_take(Round *r, const Step *step)
{
    const uint64_t *marks = step_marks(r->product, step->label);
    uint64_t met = 0;
    Arc arc;
    Cursor cursor = arcs_of(r->product, r->here);
    while (next_arc(r->product, &cursor, &arc)) {
        if (arc.target != step->node || arc.label != step->label) continue;
        uint64_t more = arc.accepts & r->sets;
        if (__builtin_popcountll(more) > __builtin_popcountll(met)) met = more;
    }
    r->sets &= ~met;
    for (size_t j = 0; j < r->word_count; j++) {
        uint64_t i = r->words[j];
        r->taken[i] |= marks[i];
        r->weak[i] &= ~marks[i];
        r->strong[i] &= ~marks[i];
    }
    round_arrive(r, step->node);
}

static bool marks_left(const Round *r)
{
    for (size_t j = 0; j < r->word_count; j++)
        if (r->weak[r->words[j]] | r->strong[r->words[j]]) return true;
    return false;
}

/* Whether an arc does something that is left to do. */
static bool arc_is_wanted(const Round *r, const Arc *arc, bool marks)
{
    if (arc->accepts & r->sets) return true;
    if (!marks) return false;
    const uint64_t *taken = step_marks(r->product, arc->label);
    for (size_t j = 0; j < r->word_count; j++)
        if (taken[r->words[j]] & (r->weak[r->words[j]] | r->strong[r->words[j]])) return true;
    return false;
}

/* Whether it serves weak fairness to be at a node, because a step is not enabled there. */
static bool node_is_wanted(const Round *r, uint64_t node)
{
    const uint64_t *enabled = enabled_at(r->product, node);
    for (size_t j = 0; j < r->word_count; j++)
        if (r->weak[r->words[j]] & ~enabled[r->words[j]]) return true;
    return false;
}

/* Looks at the arcs of one step's node; whether one is found that ends the way. */
static bool way_expand(Round *r, size_t place, bool home, bool marks)
{
    Ways *w = &r->ways;
    const uint32_t *rank = ranks(r->components), own = rank[r->start];
    Cursor cursor = arcs_of(r->product, steps_of(&w->steps)[place].node);
    Arc arc;
    while (next_arc(r->product, &cursor, &arc)) {
        r->work++;
        if (rank[arc.target] != own) continue;
        bool found = home ? arc.target == r->start : arc_is_wanted(r, &arc, marks);
        bool first = ways_meet(w, arc.target);
        if (!first && !found) continue;
        found = found || (!home && marks && node_is_wanted(r, arc.target));
        Step step = { arc.target, (uint32_t)place, arc.label };
        if (!step_push(r->search, &w->steps, step) || found) return found;
    }
    return false;
}

/* Finds the shortest way on, of `most` steps at the most: to something left to do, or home. The
 * last step is where it leads; false if there is none, or it costs too much to look for it. */
static bool way_find(Round *r, bool home, uint64_t most)
{
    Ways *w = &r->ways;
    bool marks = marks_left(r);
    uint64_t length = 0;
    size_t level_end = 1;
    ways_clear(w);
    ways_meet(w, r->here);
    step_push(r->search, &w->steps, (Step){ r->here, NO_STEP, 0 });
    for (size_t place = 0; place < w->steps.count && going(r->search); place++) {
        if (place == level_end) {
            length++;
            level_end = w->steps.count;
        }
        if (length >= most || r->work > r->most_work) return false;
        if (way_expand(r, place, home, marks)) return r->search->status == GOING;
    }
    return false;
}

/* Takes the way that was found, step by step. */
static bool way_take(Round *r)
{
    const Ways *w = &r->ways;
    size_t place = w->steps.count - 1, length = ways_length(w, place), first = r->walk.count;
    for (size_t i = 0; i < length; i++)
        if (!step_push(r->search, &r->walk, (Step){ 0 })) return false;
    for (size_t i = length; i > 0; i--) {
        steps_of(&r->walk)[first + i - 1] = steps_of(&w->steps)[place];
        place = steps_of(&w->steps)[place].before;
    }
    for (size_t i = 0; i < length; i++) round_take(r, &steps_of(&r->walk)[first + i]);
    return true;
}

/* Makes a trip of `most` steps at the most from a node of a fair component, and back to it. */
static bool round_trip(Round *r, uint64_t start, uint64_t most)
{
    uint64_t bytes = r->search->view->mark_words * sizeof *r->weak;
    memcpy(r->weak, r->search->fair->weak, bytes);
    memset(r->strong, 0, bytes);
    memset(r->taken, 0, bytes);
    r->sets = r->search->automaton->sets;
    r->walk.count = 0;
    r->start = start;
    round_arrive(r, start);
    for (;;) {
        bool home = !r->sets && !marks_left(r);
        if (home && r->walk.count && r->here == start) return true;
        if (!way_find(r, home, most - r->walk.count) || !way_take(r)) return false;
    }
}
