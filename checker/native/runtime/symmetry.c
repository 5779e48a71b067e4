/* Representatives of orbits, exactly: a search where colour refinement leaves a choice.
 *
 * An orbit is all that a state becomes when identities are exchanged. Generated code says how
 * each identity is seen in a state when the others are known by their colours only (state_look),
 * and what a permutation makes of a state (state_move). The method and the proof that it is
 * exact are those of checker/symmetry/canonical.py, in short:
 *
 * A colouring gives each identity the number of identities in the cells before its own, so one
 * without two of a colour is a permutation. Cells are split by what is seen of their members
 * until nothing more splits. Where a cell is left whose members differ, each of them is set
 * apart in turn: a tree, whose leaves are permutations. All of this moves along when identities
 * are exchanged, so all states of an orbit have the same images at their leaves, and the least
 * one stands for them. As many leaves have it as there are permutations that leave the state as
 * it is; that number divides the order of the group, and the quotient is the size of the orbit.
 *
 * Not walked twice are subtrees of twins, which are identities whose exchange leaves the state
 * as it is, and subtrees that an automorphism found on the way carries into each other. Only so
 * many leaves and automorphisms are kept as have room: forgetting one costs time, and no
 * exactness.
 */

#include "colouring.c"
#include "orders.c"

enum { KEPT = 64 };                                   /* leaves and automorphisms at most */

typedef struct Leaf {
    uint64_t image[STATE_WORDS];
    Place goal[IDENTITIES];
} Leaf;

/* The search for one state. */
typedef struct Orbit {
    const State *state;
    const uint64_t *words;
    Place twin[IDENTITIES];                           /* the first of the twins of each identity */
    int leaves, automorphisms;
    Leaf leaf[KEPT];
    Place automorphism[KEPT][IDENTITIES];
} Orbit;

/* What is known of a subtree: its least image, and how many leaves have it. */
typedef struct Subtree {
    uint64_t least[STATE_WORDS];
    Order leaves;
} Subtree;

/* --- images ---------------------------------------------------------------------------- */

static inline void image_make(const State *s, const Place *goal, uint64_t *image)
{
    State moved;
    state_move(&moved, s, goal);
    state_pack(&moved, image);
}

static bool are_twins(const Orbit *o, Place one, Place other)
{
    Place goal[IDENTITIES];
    uint64_t image[STATE_WORDS];
    for (int i = 0; i < IDENTITIES; i++) goal[i] = (Place)i;
    goal[one] = other;
    goal[other] = one;
    image_make(o->state, goal, image);
    return words_equal(image, o->words);
}

/* Finds the twins in every cell of the first refinement: the shape of the tree depends on them. */
static void twins_find(Orbit *o, const Colouring *c)
{
    for (Cell cell = cell_at(c, 0);; cell = cell_at(c, cell.from + cell.size)) {
        for (int i = cell.from; i < cell.from + cell.size; i++) {
            Place one = c->order[i], found = one;
            for (int j = cell.from; j < i && found == one; j++) {
                Place other = c->order[j];
                if (o->twin[other] == other && are_twins(o, other, one)) found = other;
            }
            o->twin[one] = found;
        }
        if (cell.from + cell.size == IDENTITIES) return;
    }
}

/* Keeps what follows from two leaves with the same image: their quotient is an automorphism. */
static void automorphism_keep(Orbit *o, const Place *first, const Place *second)
{
    Place back[IDENTITIES];
    if (o->automorphisms == KEPT || !memcmp(first, second, sizeof back)) return;
    for (int i = 0; i < IDENTITIES; i++) back[first[i]] = (Place)i;
    Place *kept = o->automorphism[o->automorphisms++];
    for (int i = 0; i < IDENTITIES; i++) kept[i] = back[second[i]];
}

/* A colouring without two of a colour is a leaf: makes its image, and learns from it. */
static void leaf_reach(Orbit *o, const Colouring *c, uint64_t *image)
{
    image_make(o->state, c->of, image);
    for (int i = 0; i < o->leaves; i++)
        if (words_equal(o->leaf[i].image, image)) {
            automorphism_keep(o, o->leaf[i].goal, c->of);
            return;
        }
    if (o->leaves == KEPT) return;
    Leaf *leaf = &o->leaf[o->leaves++];
    words_copy(leaf->image, image);
    memcpy(leaf->goal, c->of, sizeof leaf->goal);
}

/* --- which members of a cell have subtrees with the same images ------------------------ */

typedef struct Alike {
    Place first[IDENTITIES];                          /* one that is alike; the last is its own */
    int followed;                                     /* automorphisms that were looked at */
} Alike;

static Place alike_first(const Alike *a, Place one)
{
    while (a->first[one] != one) one = a->first[one];
    return one;
}

static void alike_join(Alike *a, Place one, Place other)
{
    a->first[alike_first(a, one)] = alike_first(a, other);
}

static void alike_begin(Alike *a, const Orbit *o, const Place *member, int count)
{
    a->followed = 0;
    for (int i = 0; i < count; i++) a->first[member[i]] = member[i];
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++)
            if (o->twin[member[i]] == o->twin[member[j]]) {
                alike_join(a, member[i], member[j]);
                break;
            }
}

static bool keeps_colours(const Colouring *c, const Place *automorphism)
{
    for (int i = 0; i < IDENTITIES; i++)
        if (c->of[automorphism[i]] != c->of[i]) return false;
    return true;
}

/* Joins what automorphisms that keep the colouring carry into each other. */
static void alike_follow(Alike *a, const Orbit *o, const Colouring *c, const Place *member,
                         int count)
{
    for (; a->followed < o->automorphisms; a->followed++) {
        const Place *goal = o->automorphism[a->followed];
        if (!keeps_colours(c, goal)) continue;
        for (int i = 0; i < count; i++) alike_join(a, member[i], goal[member[i]]);
    }
}

/* --- the tree -------------------------------------------------------------------------- */

static bool cell_has_twins_only(const Orbit *o, const Colouring *c, Cell cell)
{
    for (int i = cell.from + 1; i < cell.from + cell.size; i++)
        if (o->twin[c->order[i]] != o->twin[c->order[cell.from]]) return false;
    return true;
}

/* Puts twins that are a cell of their own into some order, and finds the smallest other cell, of
 * size 0 if there is none. Multiplies by how many orders there were. */
static void twins_settle(const Orbit *o, Colouring *c, Cell *smallest, Order *leaves)
{
    *smallest = (Cell){ 0, 0 };
    for (int from = 0; from < IDENTITIES;) {
        Cell cell = cell_at(c, from);
        from += cell.size;
        if (!cell_has_twins_only(o, c, cell)) {
            if (!smallest->size || cell.size < smallest->size) *smallest = cell;
            continue;
        }
        for (int i = 1; i < cell.size; i++) {
            order_times(leaves, i + 1);
            c->of[c->order[cell.from + i]] = (Place)(cell.from + i);
            c->cells++;
        }
    }
}

/* Goes down to the first leaf below a colouring. */
static void first_leaf(Orbit *o, Colouring c)
{
    uint64_t image[STATE_WORDS];
    Order unused;
    order_begin(&unused);
    for (;;) {
        Cell cell;
        twins_settle(o, &c, &cell, &unused);
        if (!cell.size) break;
        set_apart(o->state, &c, cell, c.order[cell.from]);
    }
    leaf_reach(o, &c, image);
}

static void walk(Orbit *o, Colouring c, Subtree *tree);

/* The branches below a cell: which members were walked, and with what outcome. */
typedef struct Branches {
    Place member[IDENTITIES];
    int count;
    Alike alike;
    bool walked[IDENTITIES], least[IDENTITIES];       /* `least`: it leads to the least image */
    Order leaves;                                     /* below each member that leads to it */
} Branches;

static bool is_known(const Branches *b, int number)
{
    Place first = alike_first(&b->alike, b->member[number]);
    for (int i = 0; i < number; i++)
        if (b->walked[i] && alike_first(&b->alike, b->member[i]) == first) return true;
    return false;
}

/* Walks one branch, and keeps the least image of all. */
static void branch_walk(Orbit *o, Branches *b, int number, const Colouring *child, Subtree *tree)
{
    Subtree below;
    walk(o, *child, &below);
    int order = number ? words_compare(below.least, tree->least) : -1;
    if (order < 0) {
        memset(b->least, 0, sizeof b->least);
        words_copy(tree->least, below.least);
        b->leaves = below.leaves;
    }
    b->walked[number] = true;
    b->least[number] = order <= 0;
}

/* Counts the members that lead to the least image: those that are like one that was walked and
 * does. Automorphisms carry all of them into each other, so there are as many leaves with that
 * image below each. */
static int branches_count(const Branches *b)
{
    int members = 0;
    bool counted[IDENTITIES] = { false };
    for (int i = 0; i < b->count; i++) {
        Place first = alike_first(&b->alike, b->member[i]);
        if (!b->walked[i] || !b->least[i] || counted[first]) continue;
        counted[first] = true;
        for (int j = 0; j < b->count; j++)
            members += alike_first(&b->alike, b->member[j]) == first;
    }
    return members;
}

static void branch(Orbit *o, const Colouring *c, Cell cell, Subtree *tree)
{
    Branches b = { .count = cell.size };
    memcpy(b.member, c->order + cell.from, (size_t)cell.size * sizeof(Place));
    alike_begin(&b.alike, o, b.member, b.count);
    for (int i = 0; i < b.count; i++) {
        if (is_known(&b, i)) continue;
        Colouring child = *c;
        set_apart(o->state, &child, cell, b.member[i]);
        if (i > 0) {
            first_leaf(o, child);
            alike_follow(&b.alike, o, c, b.member, b.count);
            if (is_known(&b, i)) continue;
        }
        branch_walk(o, &b, i, &child, tree);
        alike_follow(&b.alike, o, c, b.member, b.count);
    }
    tree->leaves = b.leaves;
    order_times(&tree->leaves, branches_count(&b));
}

static void walk(Orbit *o, Colouring c, Subtree *tree)
{
    Cell cell;
    Order orders;
    order_begin(&orders);
    twins_settle(o, &c, &cell, &orders);
    if (cell.size) {
        branch(o, &c, cell, tree);
    } else {
        leaf_reach(o, &c, tree->least);
        order_begin(&tree->leaves);
    }
    order_join(&tree->leaves, &orders);
}

/* --- the orbit ------------------------------------------------------------------------- */

static __attribute__((noinline)) Count orbit_search(const State *s, const uint64_t *words,
                                                    const Colouring *c, uint64_t *canonical)
{
    Orbit o;
    Subtree tree;
    o.state = s;
    o.words = words;
    o.leaves = o.automorphisms = 0;
    twins_find(&o, c);
    walk(&o, *c, &tree);
    words_copy(canonical, tree.least);
    return orbit_size(&tree.leaves);
}

static Count model_canonical(const uint64_t *words, uint64_t *canonical)
{
    State s;
    Colouring c;
    state_unpack(words, &s);
    colouring_begin(&c);
    colouring_refine(&s, &c, false);
    if (c.cells < IDENTITIES) return orbit_search(&s, words, &c, canonical);
    image_make(&s, c.of, canonical);
    Order one;
    order_begin(&one);
    return orbit_size(&one);
}
