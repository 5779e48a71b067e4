/* From fair components to a short lasso.
 *
 * Nodes are met nearest first. Where a behaviour may end, the way there is a lasso; from a node of
 * a fair component a round trip makes one. The first such node has the shortest stem; a few more
 * that are not much farther are tried, and the least length of stem and loop together wins.
 * Everything goes by the numbers of states, so the answer is the same in every run.
 */

#define MOST_TRIPS 64
#define FARTHER 8           /* how much longer than the shortest a stem may be */
#define MORE_WORK 5000000   /* arcs looked at to find something shorter */

typedef struct Lasso {
    Search *search;
    Components *components;
    Ways stems;
    Round round;
    bool found;
    uint64_t first;  /* the length of the shortest stem */
    uint64_t total;  /* the length of the best stem and loop */
    size_t end;      /* the last step of its stem */
    List loop;       /* of Step; empty where it stops */
    uint64_t trips;
} Lasso;

static bool lasso_open(Lasso *l, Components *c)
{
    l->search = c->search;
    l->components = c;
    return ways_open(&l->stems, c->product) && round_open(&l->round, c);
}

static void lasso_close(Lasso *l)
{
    if (l->search) list_free(l->search, &l->loop, sizeof(Step));
    ways_close(&l->stems);
    round_close(&l->round);
}

static bool stems_begin(Lasso *l)
{
    const GraphView *view = l->search->view;
    for (uint64_t i = 0; i < view->initial_count; i++) {
        uint64_t node = view->initial[i]; /* in place 0 */
        if (!ways_meet(&l->stems, node)) continue;
        if (!step_push(l->search, &l->stems.steps, (Step){ node, NO_STEP, 0 })) return false;
    }
    return true;
}

static void stems_expand(Lasso *l, size_t place)
{
    Product *p = l->components->product;
    Cursor cursor = arcs_of(p, steps_of(&l->stems.steps)[place].node);
    Arc arc;
    while (next_arc(p, &cursor, &arc)) {
        if (!ways_meet(&l->stems, arc.target)) continue;
        Step step = { arc.target, (uint32_t)place, arc.label };
        if (!step_push(l->search, &l->stems.steps, step)) return;
    }
}

static void lasso_keep(Lasso *l, size_t end, uint64_t stem, uint64_t total)
{
    if (!l->found) l->first = stem;
    l->found = true;
    l->end = end;
    l->total = total;
}

static bool trips_left(const Lasso *l)
{
    return l->trips < MOST_TRIPS && l->round.work <= l->round.most_work;
}

/* Tries a round trip from a step of the stems, which is so long. */
static void try_trip(Lasso *l, size_t place, uint64_t stem)
{
    Round *r = &l->round;
    uint64_t most = l->found ? l->total - stem - 1 : UINT64_MAX;
    if (!trips_left(l)) return;
    l->trips++;
    bool done = round_trip(r, steps_of(&l->stems.steps)[place].node, most);
    if (l->search->status != GOING) return;
    if (!done && !l->found) l->search->status = FAULT;
    if (!done) return;
    if (!l->found) r->most_work = r->work * 2 + MORE_WORK;
    lasso_keep(l, place, stem, stem + r->walk.count);
    List kept = l->loop;
    l->loop = r->walk;
    r->walk = kept;
}

/* Whether something shorter may still be found from stems of this length on. */
static bool is_worth_it(const Lasso *l, uint64_t stem)
{
    if (!l->found) return true;
    if (stem > l->total || stem > l->first + FARTHER) return false;
    return l->components->stops || trips_left(l);
}

/* Finds the best lasso; there is one, or the search has a fault. */
static void lasso_find(Lasso *l)
{
    uint64_t stem = 0;
    size_t level_end;
    if (!stems_begin(l)) return;
    level_end = l->stems.steps.count;
    for (size_t place = 0; place < l->stems.steps.count && going(l->search); place++) {
        if (place == level_end) {
            stem++;
            level_end = l->stems.steps.count;
        }
        if (!is_worth_it(l, stem)) break;
        uint64_t node = steps_of(&l->stems.steps)[place].node;
        if (may_stop(l->components->product, node)) {
            lasso_keep(l, place, stem, stem);
            l->loop.count = 0;
            break;
        }
        if (in_fair_component(l->components, node) && (!l->found || stem + 1 < l->total))
            try_trip(l, place, stem);
        stems_expand(l, place);
    }
    if (l->search->status == GOING) l->search->status = l->found ? FOUND : FAULT;
}
