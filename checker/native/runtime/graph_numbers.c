/* Numbers for states: level by level as the search met them, and within a level by their words.
 *
 * So neighbours have numbers near each other, and the same search gives the same numbers with any
 * number of workers. Back from a state to its number leads a table that is made once: a slot holds
 * 32 bits of the hash and the number + 1, and the state itself is compared.
 */

typedef struct GraphKey { const uint64_t *words; uint64_t first; } GraphKey;

static int keys_compare(const void *a, const void *b)
{
    const GraphKey *one = a, *other = b;
    if (one->first != other->first) return one->first < other->first ? -1 : 1;
    return words_compare(one->words, other->words);
}

static inline const uint64_t *graph_words(const Graph *g, uint64_t number)
{
    return arena_at(g->search, g->place[number]);
}

/* Numbers the states of one level. */
static void level_number(Graph *g, GraphKey *keys, uint64_t from, uint64_t to)
{
    const Search *s = g->search;
    size_t segment = segment_of(s, from);
    for (uint64_t i = from; i < to; i++) {
        const uint64_t *words = state_numbered(s, i, &segment);
        keys[i - from] = (GraphKey){ words, words[0] };
    }
    qsort(keys, to - from, sizeof *keys, keys_compare);
    for (uint64_t i = from; i < to; i++)
        g->place[i] = (uint32_t)((uint64_t)(keys[i - from].words - s->arena.words) / STATE_WORDS);
}

static uint64_t level_end_of(const Search *s, size_t level)
{
    return level + 1 < s->level_count ? s->levels[level + 1] : s->positions;
}

static void states_number(Graph *g)
{
    const Search *s = g->search;
    uint64_t largest = 0;
    for (size_t level = 0; level < s->level_count; level++) {
        uint64_t size = level_end_of(s, level) - s->levels[level];
        if (size > largest) largest = size;
    }
    GraphKey *keys = graph_new_array(g, largest, 2 * sizeof *keys);         /* to sort too */
    for (size_t level = 0; keys && level < s->level_count && !graph_ended(g); level++)
        if (s->levels[level] < level_end_of(s, level))
            level_number(g, keys, s->levels[level], level_end_of(s, level));
    graph_drop_array(g, keys, largest, 2 * sizeof *keys);
}

static inline uint64_t graph_slot(uint64_t hash, uint64_t number)
{
    return hash << 32 | (number + 1);
}

/* The number of a stored state; GRAPH_NOWHERE for one that is not stored. */
static inline uint32_t graph_number(const Graph *g, const uint64_t *words, uint64_t hash)
{
    for (uint64_t at = scale(hash, g->slot_count);; at = line_after(at, g->slot_count)) {
        uint64_t seen = g->slots[at];
        if (!seen) return GRAPH_NOWHERE;
        if ((seen ^ graph_slot(hash, 0)) >> 32) continue;
        uint32_t number = (uint32_t)seen - 1;
        if (words_equal(graph_words(g, number), words)) return number;
    }
}

static void number_enter(Graph *g, uint64_t number)
{
    uint64_t hash = words_hash(graph_words(g, number)), slot = graph_slot(hash, number);
    for (uint64_t at = scale(hash, g->slot_count);; at = line_after(at, g->slot_count)) {
        uint64_t seen = LOAD(g->slots[at]);
        if (!seen && __atomic_compare_exchange_n(&g->slots[at], &seen, slot, false,
                                                 __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return;
    }
}

/* The states of the next block that nobody has taken; false if there is none. */
static bool graph_block_claim(Graph *g, uint64_t *block, uint64_t *from, uint64_t *to)
{
    *block = ADD(g->cursor, 1);
    *from = *block * GRAPH_BLOCK;
    *to = *from + GRAPH_BLOCK < g->states ? *from + GRAPH_BLOCK : g->states;
    return *block < g->blocks && !graph_ended(g);
}

/* One thread's share of filling the table. */
static void numbers_share(GraphCrew *c)
{
    uint64_t block, from, to;
    while (graph_block_claim(c->graph, &block, &from, &to))
        for (; from < to; from++) number_enter(c->graph, from);
}
