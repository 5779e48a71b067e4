/* Colourings: identities in cells, which are split by what is seen of their members.
 *
 * A colouring gives each identity the number of identities in the cells before its own. So cells
 * are in order, a finer colouring keeps the order of the cells that it splits, and a colouring
 * without two of one colour is itself a permutation: it sends each identity to its colour. Which
 * cell is set apart, and what for, symmetry.c knows.
 */

/* Identities by cells: `order` lists them by colour. */
typedef struct Colouring {
    Place of[IDENTITIES], order[IDENTITIES];
    int cells;
} Colouring;

typedef struct Cell { int from, size; } Cell;

/* The cell that begins at a place of the order. */
static inline Cell cell_at(const Colouring *c, int from)
{
    int to = from + 1;
    while (to < IDENTITIES && c->of[c->order[to]] == c->of[c->order[from]]) to++;
    return (Cell){ from, to - from };
}

/* The colouring that tells only the sorts apart. */
static inline void colouring_begin(Colouring *c)
{
    c->cells = 0;
    for (int i = 0; i < IDENTITIES; i++) {
        c->of[i] = identity_start[i];
        c->order[i] = (Place)i;
        c->cells += identity_start[i] == i;
    }
}

/* Puts the members of each cell into the order of their marks. */
static inline void cells_sort(Colouring *c, const uint64_t *mark)
{
    for (int i = 1; i < IDENTITIES; i++) {
        Place one = c->order[i];
        int to = i;
        for (; to > 0; to--) {
            Place before = c->order[to - 1];
            if (c->of[before] != c->of[one] || mark[before] <= mark[one]) break;
            c->order[to] = before;
        }
        c->order[to] = one;
    }
}

/* Splits every cell by the marks of its members. */
static inline void cells_split(Colouring *c, const uint64_t *mark)
{
    cells_sort(c, mark);
    int colour = 0, previous = c->of[c->order[0]];
    c->cells = 1;
    for (int i = 0; i < IDENTITIES; i++) {
        Place one = c->order[i];
        if (i > 0 && (c->of[one] != previous || mark[one] != mark[c->order[i - 1]])) {
            colour = i;
            c->cells++;
        }
        previous = c->of[one];
        c->of[one] = (Place)colour;
    }
}

/* Splits cells by what is seen of their members until nothing more splits. `again`: not for the
 * first time, so that nothing new is seen where identities do not stand beside others. */
static inline void colouring_refine(const State *s, Colouring *c, bool again)
{
    for (int before = 0; before != c->cells && c->cells < IDENTITIES; again = true) {
        uint64_t mark[IDENTITIES] = { 0 };
        if (again && !JOINT) return;
        before = c->cells;
        state_look(s, c->of, again, mark);
        cells_split(c, mark);
    }
}

/* Puts the identity at one place of the order before the rest of its cell. */
static void set_apart(const State *s, Colouring *c, Cell cell, Place one)
{
    for (int i = cell.from + 1; i < cell.from + cell.size; i++) {
        if (c->order[i] == one) {
            c->order[i] = c->order[cell.from];
            c->order[cell.from] = one;
        }
        c->of[c->order[i]] = (Place)(cell.from + 1);
    }
    c->of[one] = (Place)cell.from;
    c->cells++;
    colouring_refine(s, c, true);
}
