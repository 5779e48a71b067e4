/* The table of states: which states were met before. Lock-free, exact unless asked otherwise.
 *
 * Open addressing over cache lines of 64 bytes. A hash gives a line, by multiplication, so that any
 * number of lines will do, and a slot to begin with; a line is searched around before the next one.
 * A slot is written once, from 0, by compare-and-swap, and never changes until the table is rebuilt.
 * What a slot holds:
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
 * where c counts the occupied slots passed by the states that were stored (`compared`, exported). In
 * the customary form n(n-1)/2 * 2^-e this is e = b + log2(n(n-1) / 2c) effective bits (exported too,
 * rounded down); a table filled to 0.85 gains about log2(n) - 3 bits over a table of fingerprints
 * that ignores the place.
 */

typedef enum { KNOWN, NEW, FULL } Insertion;

#define INDEX_BITS 40
#define SMALL_TABLE ((uint64_t)16 << 20)   /* bytes; below, tables grow by 4, above by 1.5 */

/* A place on the way of a hash through the table. */
typedef struct Place { uint64_t line, offset, start; } Place;

static inline Place place_first(uint64_t hash, uint64_t line_count, uint64_t per_line)
{
    uint64_t start = hash & (per_line - 1);
    return (Place){ scale(hash, line_count) * per_line, start, start };
}

static inline void place_next(Place *place, uint64_t line_count, uint64_t per_line)
{
    place->offset = (place->offset + 1) & (per_line - 1);
    if (place->offset != place->start) return;
    place->line += per_line;
    if (place->line == line_count * per_line) place->line = 0;
}

static inline MAYBE_UNUSED Insertion insert_word(Worker *w, const Entry *e)
{
    uint64_t *slots = (uint64_t *)w->lines;
    uint64_t key = e->words[0] + 1;
    Place place = place_first(e->hash, w->line_count, 8);
    for (;; place_next(&place, w->line_count, 8)) {
        uint64_t *slot = &slots[place.line + place.offset];
        uint64_t seen = LOAD(*slot);
        if (seen == key) return KNOWN;
        if (seen) continue;
        if (!storage_ready(w)) return FULL;
        if (__atomic_compare_exchange_n(slot, &seen, key, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            storage_write(w, e->words);
            storage_commit(w);
            return NEW;
        }
        if (seen == key) return KNOWN;
    }
}

static inline uint64_t index_slot(uint64_t hash, uint64_t index)
{
    return hash >> 3 << INDEX_BITS | (index + 1);
}

/* Whether a slot of the larger kind holds the state. */
static inline bool slot_holds(const Search *s, uint64_t slot, const Entry *e)
{
    if ((slot ^ index_slot(e->hash, 0)) >> INDEX_BITS) return false;
    uint64_t index = (slot & (((uint64_t)1 << INDEX_BITS) - 1)) - 1;
    return words_equal(arena_at(s, index), e->words);
}

static inline MAYBE_UNUSED Insertion insert_indexed(Worker *w, const Entry *e)
{
    const Search *s = w->search;
    uint64_t *slots = (uint64_t *)w->lines;
    Place place = place_first(e->hash, w->line_count, 8);
    for (;; place_next(&place, w->line_count, 8)) {
        uint64_t *slot = &slots[place.line + place.offset];
        uint64_t seen = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        if (!seen) {
            if (!storage_ready(w)) return FULL;
            uint64_t mine = index_slot(e->hash, storage_write(w, e->words));
            if (__atomic_compare_exchange_n(slot, &seen, mine, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) {
                storage_commit(w);
                return NEW;
            }
        }
        if (slot_holds(s, seen, e)) return KNOWN;
    }
}

/* The part of a fingerprint that a slot holds; never 0, which marks a free slot. */
static inline uint64_t slot_tag(const Search *s, const uint64_t *words)
{
    uint64_t tag = words_fingerprint(words, s->options.seed) & s->table.tag_mask;
    return tag ? tag : 1;
}

static inline __attribute__((always_inline)) uint64_t slot_load(const char *lines, uint64_t slot, bool narrow)
{
    return narrow ? LOAD(((const uint32_t *)lines)[slot]) : LOAD(((const uint64_t *)lines)[slot]);
}

/* Writes a free slot and returns 0, or returns what somebody else has written there. */
static inline __attribute__((always_inline)) uint64_t slot_write(const char *lines, uint64_t slot,
                                                                 uint64_t value, bool narrow)
{
    if (narrow) {
        uint32_t seen = 0, *place = &((uint32_t *)lines)[slot];
        __atomic_compare_exchange_n(place, &seen, (uint32_t)value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        return seen;
    }
    uint64_t seen = 0, *place = &((uint64_t *)lines)[slot];
    __atomic_compare_exchange_n(place, &seen, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return seen;
}

static inline __attribute__((always_inline)) Insertion insert_compact(Worker *w, const Entry *e, bool narrow)
{
    const uint64_t per_line = narrow ? 16 : 8;
    uint64_t tag = slot_tag(w->search, e->words), passed = 0;
    Place place = place_first(e->hash, w->line_count, per_line);
    for (;; place_next(&place, w->line_count, per_line), passed++) {
        uint64_t slot = place.line + place.offset, seen = slot_load(w->lines, slot, narrow);
        if (!seen) {
            if (!storage_ready(w)) return FULL;
            seen = slot_write(w->lines, slot, tag, narrow);
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

static __attribute__((noinline)) Insertion insert_fingerprint(Worker *w, const Entry *e)
{
    return w->search->table.slots_per_line == 16 ? insert_compact(w, e, true) : insert_compact(w, e, false);
}

/* Makes a state known, and stores it if it is new. FULL: it is new, and there is no room. */
static inline Insertion table_insert(Worker *w, const Entry *e)
{
    if (UNLIKELY(w->line_count == 0)) return FULL;
    if (UNLIKELY(w->search->table.tag_mask != 0)) return insert_fingerprint(w, e);
#if WORD_TABLE
    return insert_word(w, e);
#else
    return insert_indexed(w, e);
#endif
}

/* What the slot of a state in the arena holds. */
static inline uint64_t slot_value(const Search *s, uint64_t index, uint64_t hash)
{
    const uint64_t *words = arena_at(s, index);
    if (s->table.tag_mask) return slot_tag(s, words);
    return WORD_TABLE ? words[0] + 1 : index_slot(hash, index);
}

/* Enters up to BATCH states of the arena, all known to differ, into an empty table. */
static void rebuild_batch(const Search *s, uint64_t from, uint64_t count)
{
    const Table *table = &s->table;
    uint64_t hashes[BATCH];
    bool narrow = table->slots_per_line == 16;
    for (uint64_t i = 0; i < count; i++) {
        hashes[i] = words_hash(arena_at(s, from + i));
        __builtin_prefetch(table->lines + CACHE_LINE * scale(hashes[i], table->line_count), 1, 0);
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t value = slot_value(s, from + i, hashes[i]);
        Place place = place_first(hashes[i], table->line_count, table->slots_per_line);
        while (slot_load(table->lines, place.line + place.offset, narrow)
               || slot_write(table->lines, place.line + place.offset, value, narrow))
            place_next(&place, table->line_count, table->slots_per_line);
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

/* How many states may be stored with so many lines: by load, by memory, and by what was asked. */
static uint64_t table_limit(const Search *s, uint64_t lines)
{
    uint64_t limit = lines * s->table.slots_per_line * 17 / 20;
    uint64_t taken = s->fixed_bytes + lines * CACHE_LINE;
    uint64_t left = s->options.memory_bytes > taken ? s->options.memory_bytes - taken : 0;
    if (s->state_bytes && left / s->state_bytes < limit) limit = left / s->state_bytes;
    if (s->options.max_states && s->options.max_states < limit) limit = s->options.max_states;
    return limit;
}

/* Takes back what the workers have not used, and hands out what the table now allows. */
static void room_renew(Search *s)
{
    uint64_t stored = stored_states(s), limit = table_limit(s, s->table.line_count);
    for (uint64_t i = 0; i < s->options.workers; i++) s->workers[i].room = 0;
    STORE(s->room, limit > stored ? (int64_t)(limit - stored) : 0);
}

/* How many lines the next table has: the usual growth, or what the budget still allows. */
static uint64_t table_next_size(const Search *s)
{
    uint64_t lines = s->table.line_count, budget = s->options.memory_bytes;
    uint64_t wanted = lines * CACHE_LINE < SMALL_TABLE ? 4 * lines : lines + lines / 2;
    uint64_t cost = CACHE_LINE + (s->table.slots_per_line * s->state_bytes * 17 + 19) / 20;
    uint64_t affordable = budget > s->fixed_bytes ? (budget - s->fixed_bytes) / cost : 0;
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
