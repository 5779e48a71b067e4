/* The table of states: which states were met before. Lock-free, exact unless asked otherwise.
 *
 * Open addressing over cache lines of 64 bytes. A hash gives a line, by multiplication, so that any
 * number of lines will do. A line fills from its first slot on, and only when it is full the next one
 * is used; so a line is compared as a whole, without a branch for each slot, and a state is new if it
 * is not in the first line that has a free slot. A slot is written once, from 0, by compare-and-swap,
 * and never changes until the table is rebuilt. What a slot holds:
 *
 *   states below 64 bits      the state + 1. The slot is the whole truth.
 *   larger states             24 bits of the hash, and the state's index in the arena + 1, 40 bits. The
 *                             state is written to the arena before the slot shows it. Where the 24 bits
 *                             agree the states themselves are compared.
 *   hash compaction           a fingerprint, of 32 bits in half slots, or of up to 64, that is computed
 *                             independently of the place in the table, so that the place counts too.
 *
 * Growing: the arena has every state, so the old table is dropped first and the new one is filled
 * from the arena. States are never held twice, and the peak is arena + new table.
 *
 * How likely is it that compaction missed a state? A new state is missed only if one of the
 * fingerprints that it is compared with, until a free slot is found, equals its own; each does so with
 * probability 2^-b, b being the bits of a fingerprint. By the union bound over all states,
 *
 *     P(any state was missed) <= E(c) * 2^-b
 *
 * where c counts the occupied slots that stored states were compared with (`compared`, exported). In
 * the customary form n(n-1)/2 * 2^-e this is e = b + log2(n(n-1) / 2c) effective bits (exported too,
 * rounded down); a table filled to 0.85 gains about log2(n) - 3 bits over a table of fingerprints
 * that ignores the place.
 */

typedef enum { KNOWN, NEW, FULL } Insertion;   /* FULL: it is new, and there is no room */

#define INDEX_BITS 40
#define SMALL_TABLE ((uint64_t)16 << 20)    /* bytes: below, tables grow by 4 */
#define LARGE_TABLE ((uint64_t)32 << 20)    /* from here on by 1.5, in between by 2 */

/* The result of looking for a free slot in one line. */
typedef enum { LINE_KNOWN = KNOWN, LINE_NEW = NEW, LINE_NO_ROOM = FULL, LINE_IS_FULL } LineResult;

static inline uint64_t line_after(uint64_t line, uint64_t line_count)
{
    return line + 1 == line_count ? 0 : line + 1;
}

/* Whether a line has no free slot. To be asked before the line is compared: a line that was full then
 * is compared in its final form, and only then may the search go on to the next one. The last slot is
 * written, with release, by somebody who has seen all others written. */
static inline bool line_full(const uint64_t *line)
{
    return __atomic_load_n(&line[7], __ATOMIC_ACQUIRE) != 0;
}

#if WORD_TABLE
static inline bool line_has(const uint64_t *line, uint64_t key)
{
    return (LOAD(line[0]) == key) | (LOAD(line[1]) == key) | (LOAD(line[2]) == key)
         | (LOAD(line[3]) == key) | (LOAD(line[4]) == key) | (LOAD(line[5]) == key)
         | (LOAD(line[6]) == key) | (LOAD(line[7]) == key);
}

/* Somebody else may fill the line, or enter the same state, at the same time. */
static LineResult line_enter(Worker *w, uint64_t *line, const Entry *e)
{
    uint64_t key = e->words[0] + 1;
    for (int i = 0; i < 8; i++) {
        uint64_t seen = LOAD(line[i]);
        if (!seen) {
            if (!storage_ready(w)) return LINE_NO_ROOM;
            if (__atomic_compare_exchange_n(&line[i], &seen, key, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
                storage_write(w, e->words);
                storage_commit(w);
                return LINE_NEW;
            }
        }
        if (seen == key) return LINE_KNOWN;
    }
    return LINE_IS_FULL;
}

/* Whether the first line holds the state. If that line is full, the next one is asked for. */
static inline bool first_look(const Worker *w, const Entry *e)
{
    const uint64_t *line = (const uint64_t *)w->lines + 8 * scale(e->hash, w->line_count);
    __builtin_prefetch(line + (LOAD(line[7]) ? 8 : 0), 1, 0);
    return line_has(line, e->words[0] + 1);
}

static inline Insertion insert_exact(Worker *w, const Entry *e)
{
    uint64_t *slots = (uint64_t *)w->lines;
    for (uint64_t at = scale(e->hash, w->line_count);; at = line_after(at, w->line_count)) {
        uint64_t *line = slots + 8 * at;
        bool full = line_full(line);
        if (line_has(line, e->words[0] + 1)) return KNOWN;
        if (full) continue;
        LineResult result = line_enter(w, line, e);
        if (result != LINE_IS_FULL) return (Insertion)result;
    }
}

static inline uint64_t slot_exact(const Search *s, uint64_t index, uint64_t hash)
{
    (void)hash;
    return arena_at(s, index)[0] + 1;
}
#else
/* The hash's low bits, which have no part in the choice of the line, and the index. */
static inline uint64_t index_slot(uint64_t hash, uint64_t index)
{
    return hash << INDEX_BITS | (index + 1);
}

/* Whether a slot holds the state. */
static inline bool slot_holds(const Search *s, uint64_t slot, const Entry *e)
{
    if ((slot ^ index_slot(e->hash, 0)) >> INDEX_BITS) return false;
    uint64_t index = (slot & (((uint64_t)1 << INDEX_BITS) - 1)) - 1;
    return words_equal(arena_at(s, index), e->words);
}

/* Which slots of a line agree with the tag of a hash. */
static inline unsigned line_likely(const uint64_t *line, uint64_t hash)
{
    unsigned likely = 0;
    uint64_t tag = hash << INDEX_BITS >> INDEX_BITS;
    for (int i = 0; i < 8; i++) likely |= (unsigned)(LOAD(line[i]) >> INDEX_BITS == tag) << i;
    return likely;
}

/* Asks for the state that is likely to be the same; whether it is, is seen later. */
static inline bool first_look(const Worker *w, const Entry *e)
{
    const uint64_t *line = (const uint64_t *)w->lines + 8 * scale(e->hash, w->line_count);
    unsigned likely = line_likely(line, e->hash);
    uint64_t seen = LOAD(line[likely ? __builtin_ctz(likely) : 7]);
    uint64_t index = seen << (64 - INDEX_BITS) >> (64 - INDEX_BITS);
    if (likely) __builtin_prefetch(arena_at(w->search, index - (index != 0)), 0, 0);
    else __builtin_prefetch(line + (seen ? 8 : 0), 1, 0);
    return false;
}

static inline bool line_has(const Search *s, const uint64_t *line, const Entry *e)
{
    for (unsigned likely = line_likely(line, e->hash); likely; likely &= likely - 1) {
        uint64_t seen = __atomic_load_n(&line[__builtin_ctz(likely)], __ATOMIC_ACQUIRE);
        if (seen && slot_holds(s, seen, e)) return true;
    }
    return false;
}

/* Somebody else may fill the line, or enter the same state, at the same time. */
static LineResult line_enter(Worker *w, uint64_t *line, const Entry *e)
{
    for (int i = 0; i < 8; i++) {
        uint64_t seen = __atomic_load_n(&line[i], __ATOMIC_ACQUIRE);
        if (!seen) {
            if (!storage_ready(w)) return LINE_NO_ROOM;
            uint64_t mine = index_slot(e->hash, storage_write(w, e->words));
            if (__atomic_compare_exchange_n(&line[i], &seen, mine, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) {
                storage_commit(w);
                return LINE_NEW;
            }
        }
        if (slot_holds(w->search, seen, e)) return LINE_KNOWN;
    }
    return LINE_IS_FULL;
}

static inline Insertion insert_exact(Worker *w, const Entry *e)
{
    uint64_t *slots = (uint64_t *)w->lines;
    for (uint64_t at = scale(e->hash, w->line_count);; at = line_after(at, w->line_count)) {
        uint64_t *line = slots + 8 * at;
        bool full = line_full(line);
        if (line_has(w->search, line, e)) return KNOWN;
        if (full) continue;
        LineResult result = line_enter(w, line, e);
        if (result != LINE_IS_FULL) return (Insertion)result;
    }
}

static inline uint64_t slot_exact(const Search *s, uint64_t index, uint64_t hash)
{
    (void)s;
    return index_slot(hash, index);
}
#endif

/* The part of a fingerprint that a slot holds; never 0, which marks a free slot. */
static inline uint64_t slot_tag(const Search *s, const uint64_t *words)
{
    uint64_t tag = words_fingerprint(words, s->options.seed) & s->table.tag_mask;
    return tag ? tag : 1;
}

static inline uint64_t slot_load(const Table *table, uint64_t slot)
{
    if (table->slots_per_line == 16) return LOAD(((const uint32_t *)table->lines)[slot]);
    return LOAD(((const uint64_t *)table->lines)[slot]);
}

/* Writes a free slot and returns 0, or returns what somebody else has written there. */
static inline uint64_t slot_write(const Table *table, uint64_t slot, uint64_t value)
{
    if (table->slots_per_line == 16) {
        uint32_t seen = 0, *place = &((uint32_t *)table->lines)[slot];
        __atomic_compare_exchange_n(place, &seen, (uint32_t)value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        return seen;
    }
    uint64_t seen = 0, *place = &((uint64_t *)table->lines)[slot];
    __atomic_compare_exchange_n(place, &seen, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return seen;
}

static __attribute__((noinline)) Insertion insert_fingerprint(Worker *w, const Entry *e)
{
    const Table *table = &w->search->table;
    uint64_t tag = slot_tag(w->search, e->words), slots = table->line_count * table->slots_per_line;
    uint64_t slot = scale(e->hash, table->line_count) * table->slots_per_line;
    for (uint64_t passed = 0;; passed++, slot = line_after(slot, slots)) {
        uint64_t seen = slot_load(table, slot);
        if (!seen) {
            if (!storage_ready(w)) return FULL;
            seen = slot_write(table, slot, tag);
            if (!seen) {
                storage_write(w, e->words);
                storage_commit(w);
                w->compared += passed;
                return NEW;
            }
        }
        if (seen == tag) return KNOWN;
    }
}

/* Makes a state known, and stores it if it is new. FULL: it is new, and there is no room. */
static inline Insertion table_insert(Worker *w, const Entry *e)
{
    if (UNLIKELY(w->line_count == 0)) return FULL;
    if (UNLIKELY(w->compact)) return insert_fingerprint(w, e);
    return insert_exact(w, e);
}

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

/* Enters up to BATCH states of the arena, all known to differ, into a table that has none of them. */
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

/* How full the table may be, in percent. Below that it is fast; when memory allows no larger one, it
 * goes on as long as it works at all. With 80 and growth by 1.5 a table of one-word states takes at
 * most 15 bytes a state, and the arena 8. */
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
    uint64_t wanted = bytes < SMALL_TABLE ? 4 * lines : bytes < LARGE_TABLE ? 2 * lines : lines * 3 / 2;
    uint64_t cost = CACHE_LINE + (s->table.slots_per_line * s->state_bytes * table_fill(s) + 99) / 100;
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

/* Replaces the table by a larger, empty one, to be filled by table_rebuild. False, and the table as it
 * was, if memory does not allow it; should the machine not even give back what it had, there is no
 * table any more: the arena is whole, but nothing new can be stored. */
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
