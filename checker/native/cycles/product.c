/* The product of the graph with the automaton: which arcs leave a node, and where one may stop.
 *
 * Arcs are not stored. For a class of states and a state of the automaton, the edges that the
 * state's letter allows are listed on first use; what is left to look at is each step's label.
 */

/* An edge of the automaton that a state's letter allows. */
typedef struct Move {
    uint64_t accepts;
    uint32_t target, guard;
} Move;

typedef struct Row {
    const Move *moves;
    uint64_t count_and_one; /* 0: not listed yet */
} Row;

typedef struct Product {
    Search *search;
    Letters letters;
    uint64_t width; /* states of the automaton */
    Pages rows;     /* of each class and each state of the automaton */
    Pages stays;    /* the same: UNKNOWN, or whether a run may stay there for ever */
    List blocks;    /* of memory for moves; in the last one there is room for more */
    Move *room;
    uint64_t room_left;
} Product;

enum { UNKNOWN, REFUSES, STAYS };

#define BLOCK_MOVES 4096

static bool product_open(Product *p, Search *s)
{
    p->search = s;
    p->width = s->automaton->states;
    if (!letters_open(s, &p->letters)) return false;
    uint64_t rows = p->letters.class_count * p->width;
    return pages_open(s, &p->rows, rows * sizeof(Row)) && pages_open(s, &p->stays, rows);
}

static void product_close(Product *p)
{
    for (size_t i = 0; i < p->blocks.count; i++) free(((Move **)p->blocks.items)[i]);
    list_free(p->search, &p->blocks, sizeof(Move *));
    pages_close(&p->rows);
    pages_close(&p->stays);
    letters_close(p->search, &p->letters);
}

static inline uint64_t state_of(const Product *p, uint64_t node)
{
    return node % p->search->view->states;
}

static inline uint64_t place_of(const Product *p, uint64_t node)
{
    return node / p->search->view->states;
}

static inline uint32_t class_with_quiet(const Product *p, uint64_t state)
{
    return p->letters.class_of[p->search->view->state_label[state]];
}

/* The marks enabled in a node. */
static inline const uint64_t *enabled_at(const Product *p, uint64_t node)
{
    const GraphView *view = p->search->view;
    return state_letter(view, view->state_label[state_of(p, node)]) + view->atom_words;
}

static inline const uint64_t *step_marks(const Product *p, uint32_t label)
{
    return p->search->view->step_bits + (uint64_t)label * p->search->view->mark_words;
}

/* -- arcs -- */

/* Room for so many moves, which stays where it is. */
static Move *moves_room(Product *p, uint64_t count)
{
    Search *s = p->search;
    if (count > p->room_left) {
        uint64_t size = count > BLOCK_MOVES ? count : BLOCK_MOVES;
        if (!list_ready(s, &p->blocks, sizeof(Move *))) return NULL;
        Move *block = array_of_zeros(s, size, sizeof *block);
        if (!block) return NULL;
        ((Move **)p->blocks.items)[p->blocks.count++] = block;
        p->room = block;
        p->room_left = size;
    }
    return p->room;
}

static void __attribute__((noinline))
row_list(Product *p, Row *row, uint64_t class, uint64_t place)
{
    const Automaton *a = p->search->automaton;
    const uint64_t *guards = class_row(&p->letters, class);
    uint64_t count = 0, most = a->from[place + 1] - a->from[place];
    if (!pages_touch(p->search, &p->rows, (class * p->width + place) * sizeof *row)) return;
    Move *moves = moves_room(p, most);
    if (!moves) return;
    for (uint64_t i = a->from[place]; i < a->from[place + 1]; i++) {
        const Edge *edge = &a->edges[i];
        if (bit_at(guards, edge->state_guard))
            moves[count++] = (Move){ edge->accepts, edge->target, edge->step_guard };
    }
    p->room += count;
    p->room_left -= count;
    *row = (Row){ moves, count + 1 };
}

/* An arc of the product, apart from where it begins. */
typedef struct Arc {
    uint64_t target, accepts;
    uint32_t label;
} Arc;

/* A place among the arcs that leave a node. */
typedef struct Cursor {
    uint64_t edge, end;
    const Move *moves;
    uint32_t move, count;
} Cursor;

/* The arcs of a node from a place on: so many edges and moves after the first. */
static inline Cursor arcs_from(Product *p, uint64_t node, uint32_t edge, uint32_t move)
{
    const GraphView *view = p->search->view;
    uint64_t state = state_of(p, node), place = place_of(p, node);
    uint64_t class = class_with_quiet(p, state) & ~QUIET;
    Row *row = (Row *)p->rows.at + (class * p->width + place);
    if (!row->count_and_one) row_list(p, row, class, place);
    if (!row->count_and_one) return (Cursor){ 0 };
    uint32_t count = (uint32_t)(row->count_and_one - 1);
    uint64_t end = count ? view->offsets[state + 1] : 0;
    return (Cursor){ view->offsets[state] + edge, end, row->moves, move, count };
}

static inline Cursor arcs_of(Product *p, uint64_t node)
{
    return arcs_from(p, node, 0, 0);
}

static inline bool next_arc(const Product *p, Cursor *c, Arc *arc)
{
    const GraphView *view = p->search->view;
    for (; c->edge < c->end; c->edge++, c->move = 0) {
        uint32_t label = view->step_label[c->edge];
        const uint64_t *fits = p->letters.fits + label * p->letters.fit_words;
        while (c->move < c->count) {
            const Move *move = &c->moves[c->move++];
            if (!bit_at(fits, move->guard)) continue;
            uint64_t target = move->target * view->states + view->targets[c->edge];
            *arc = (Arc){ target, move->accepts, label };
            return true;
        }
    }
    return false;
}

/* -- stopping -- */

/* Whether an edge may be taken again and again by letters of one class, with no step. */
static inline bool stays_by(const Product *p, const uint64_t *guards, const Edge *edge)
{
    return bit_at(guards, edge->state_guard) && bit_at(p->letters.still, edge->step_guard);
}

/* Leaves in `alive` only states that lead, among these, to an edge that is in some of `sets`. */
static bool only_leading(const Product *p, const uint64_t *guards, uint64_t sets, uint8_t *alive)
{
    enum { LEADING = 2 };
    const Automaton *a = p->search->automaton;
    bool more = true, fewer = false;
    while (more) {
        more = false;
        for (uint64_t at = p->width; at-- > 0;)
            for (uint64_t i = a->from[at]; i < a->from[at + 1] && alive[at] == 1; i++) {
                const Edge *edge = &a->edges[i];
                bool there = alive[edge->target] && (edge->accepts & sets) == sets;
                if ((!there && alive[edge->target] != LEADING) || !stays_by(p, guards, edge))
                    continue;
                alive[at] = LEADING;
                more = true;
            }
    }
    for (uint64_t at = 0; at < p->width; at++) {
        fewer |= alive[at] == 1;
        alive[at] = alive[at] == LEADING;
    }
    return fewer;
}

/* Finds the states in which a run may stay, with a letter of this class and no step any more. What
 * is alive in the end leads to an edge of each set, and then again (Emerson & Lei 1986). */
static bool stays_list(Product *p, uint64_t class)
{
    const uint64_t *guards = class_row(&p->letters, class), sets = p->search->automaton->sets;
    uint8_t *alive = malloc(p->width), *stays = (uint8_t *)p->stays.at + class * p->width;
    bool fewer = true;
    if (!alive) {
        p->search->status = MEMORY;
        return false;
    }
    memset(alive, 1, p->width);
    while (fewer) {
        fewer = !sets && only_leading(p, guards, 0, alive);
        for (uint64_t left = sets; left; left &= left - 1)
            fewer |= only_leading(p, guards, left & -left, alive);
    }
    bool done = true;
    for (uint64_t at = 0; at < p->width; at++) {
        done = done && pages_touch(p->search, &p->stays, class * p->width + at);
        if (done) stays[at] = alive[at] ? STAYS : REFUSES;
    }
    free(alive);
    return done;
}

/* Whether a behaviour may end in a node: no fairness forbids it, and the automaton accepts it. */
static inline bool may_stop(Product *p, uint64_t node)
{
    uint32_t class = class_with_quiet(p, state_of(p, node));
    if (!(class & QUIET)) return false;
    class &= ~QUIET;
    const uint8_t *stays = (const uint8_t *)p->stays.at + class * p->width + place_of(p, node);
    return (*stays != UNKNOWN || stays_list(p, class)) && *stays == STAYS;
}
