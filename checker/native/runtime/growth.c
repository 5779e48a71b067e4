/* Growing the table: how large it is, how full it may be, and how it is filled again.
 *
 * The arena has every state, so the old table is dropped first and the new one is filled from the
 * arena, by all workers. States are never held twice; the peak is arena + new table. The budget
 * of memory is kept here: it limits how many states may be stored before the next growth.
 */

#define SMALL_TABLE ((uint64_t)64 << 20)    /* bytes: below, tables grow by 4 */
#define LARGE_TABLE ((uint64_t)128 << 20)   /* from here on by 1.5, in between by 2 */

/* The first free slot on the way of a hash; other workers may take it first. */
static inline uint64_t slot_free(const Table *table, uint64_t hash)
{
    const uint64_t per_line = table->slots_per_line;
    for (uint64_t at = scale(hash, table->line_count);; at = line_after(at, table->line_count)) {
        uint64_t used = 0;
        for (uint64_t i = 0; i < per_line; i++) used += slot_load(table, at * per_line + i) != 0;
        if (used < per_line) return at * per_line + used;
    }
}

/* Enters up to BATCH states of the arena, all known to differ, into a table that has none of
 * them. */
static void rebuild_batch(const Search *s, uint64_t from, uint64_t count)
{
    const Table *table = &s->table;
    uint64_t hashes[BATCH];
    for (uint64_t i = 0; i < count; i++) {
        hashes[i] = words_hash(arena_at(s, from + i));
        __builtin_prefetch(table->lines + CACHE_LINE * scale(hashes[i], table->line_count), 1, 0);
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t value = table->tag_mask ? slot_tag(s, arena_at(s, from + i))
                                         : slot_exact(s, from + i, hashes[i]);
        while (slot_write(table, slot_free(table, hashes[i]), value)) continue;
    }
}

static void rebuild_segment(const Search *s, uint64_t from, uint64_t to)
{
    for (; from < to; from += BATCH) rebuild_batch(s, from, to - from < BATCH ? to - from : BATCH);
}

/* Part `i` of the arena: a block of closed levels, or what one worker has stored since. */
static bool rebuild_part(Search *s, uint64_t i)
{
    uint64_t block = 64 * BATCH, blocks = (s->positions + block - 1) / block;
    if (i >= blocks + s->options.workers) return false;
    if (i >= blocks) {
        const Worker *owner = &s->workers[i - blocks];
        for (size_t j = 0; j < owner->segment_count; j++)
            rebuild_segment(s, owner->segments[j].from, owner->segments[j].to);
        return true;
    }
    uint64_t position = i * block;
    uint64_t end = position + block < s->positions ? position + block : s->positions;
    for (size_t j = segment_of(s, position); position < end; j++) {
        const Segment *part = &s->segments[j];
        uint64_t from = part->from + (position - part->before);
        uint64_t to = part->to - from < end - position ? part->to : from + (end - position);
        rebuild_segment(s, from, to);
        position += to - from;
    }
    return true;
}

/* A worker's share of filling the new table; they divide it among themselves. */
static void table_rebuild(Search *s)
{
    while (rebuild_part(s, ADD(s->part, 1))) continue;
}

static inline void table_adopt(Worker *w)
{
    w->lines = w->search->table.lines;
    w->line_count = w->search->table.line_count;
}

/* How full the table may be, in percent. Below that it is fast; when memory allows no larger one,
 * it goes on as long as it works at all. With 80 and growth by 1.5 a large table of one-word
 * states takes at most 15 bytes a state, and the arena 8. */
static uint64_t table_fill(const Search *s)
{
    if (s->table_is_last) return 92;
    return s->table.line_count * CACHE_LINE < LARGE_TABLE ? 70 : 80;
}

/* How many states may be stored: by load, by memory, and by what was asked. */
static uint64_t table_limit(const Search *s)
{
    uint64_t lines = s->table.line_count;
    uint64_t limit = lines * s->table.slots_per_line * table_fill(s) / 100;
    uint64_t taken = lines * CACHE_LINE, left = bytes_left(s);
    left = left > taken ? left - taken : 0;
    if (s->state_bytes && left / s->state_bytes < limit) limit = left / s->state_bytes;
    if (s->options.max_states && s->options.max_states < limit) limit = s->options.max_states;
    return limit;
}

/* Takes back what the workers have not used, and hands out what the table now allows. */
static void room_renew(Search *s)
{
    uint64_t stored = stored_states(s), limit = table_limit(s);
    for (uint64_t i = 0; i < s->options.workers; i++) s->workers[i].room = 0;
    STORE(s->room, limit > stored ? (int64_t)(limit - stored) : 0);
}

/* How many lines the next table has: the usual growth, or what the budget still allows. */
static uint64_t table_next_size(const Search *s)
{
    uint64_t lines = s->table.line_count;
    uint64_t bytes = lines * CACHE_LINE;
    uint64_t wanted = bytes < LARGE_TABLE ? 2 * lines : lines * 3 / 2;
    if (bytes < SMALL_TABLE) wanted = 4 * lines;
    uint64_t states = s->table.slots_per_line * table_fill(s);   /* of a line, in hundredths */
    uint64_t cost = CACHE_LINE + (states * s->state_bytes + 99) / 100;
    uint64_t affordable = bytes_left(s) / cost;
    return wanted < affordable ? wanted : affordable;
}

static bool table_map(Table *table, uint64_t lines)
{
    table->lines = pages_map(lines * CACHE_LINE);
    table->line_count = table->lines ? lines : 0;
    return table->lines != NULL;
}

static void table_unmap(Table *table)
{
    if (table->lines) munmap(table->lines, table->line_count * CACHE_LINE);
    table->lines = NULL;
    table->line_count = 0;
}

/* Replaces the table by a larger, empty one, to be filled by table_rebuild. False, and the table
 * as it was, if memory does not allow it; should the machine not even give back what it had,
 * there is no table any more: the arena is whole, but nothing new can be stored. */
static bool table_grow(Search *s)
{
    uint64_t lines = table_next_size(s);
    if (lines < s->table.line_count + s->table.line_count / 16 + 1) return false;
    table_unmap(&s->table);
    if (!table_map(&s->table, lines)) return false;
    s->growths++;
    STORE(s->part, 0);
    room_renew(s);
    uint64_t bytes = bytes_used(s);
    if (bytes > s->peak_bytes) s->peak_bytes = bytes;
    return true;
}
