/* The table of states: which states were met before. Lock-free, exact unless asked otherwise.
 *
 * Open addressing over cache lines of 64 bytes. A hash gives a line, by multiplication, so that
 * any number of lines will do. A line fills from its first slot on, and only when it is full the
 * next one is used; so a line is compared as a whole, without a branch for each slot, and a state
 * is new if it is not in the first line that has a free slot. A slot is written once, from 0, by
 * compare-and-swap, and never changes until the table is rebuilt. What a slot holds:
 *
 *   states below 64 bits      the state + 1. The slot is the whole truth.
 *   larger states             24 bits of the hash, and the state's index in the arena + 1, 40.
 *                             The state is written to the arena before the slot shows it. Where
 *                             the 24 bits agree the states themselves are compared.
 *   hash compaction           a fingerprint, of 32 bits in half slots, or of up to 64, that is
 *                             computed independently of the place, so that the place counts too.
 *
 * How likely is it that compaction missed a state? A new state is missed only if one of the
 * fingerprints that it is compared with, until a free slot is found, equals its own. With b bits
 * and all fingerprints equally likely each does so with probability 2^-b; but 0 marks a free slot
 * and stands for 1, which therefore is twice as likely as the others, and that makes it
 * (2^b - 2 + 4) / 2^2b = (1 + 2^(1-b)) * 2^-b. By the union bound over all states,
 *
 *     P(any state was missed) <= E(c) * (1 + 2^(1-b)) * 2^-b
 *
 * where c counts the occupied slots that stored states were compared with (`compared`, exported).
 * In the customary form n(n-1)/2 * 2^-e this is e = b + log2(n(n-1) / 2c) effective bits, but for
 * the factor in brackets (exported too, rounded down); a table filled to 0.85 gains about
 * log2(n) - 3 bits over a table of fingerprints that ignores the place.
 */

typedef enum { KNOWN, NEW, FULL } Insertion;   /* FULL: it is new, and there is no room */

#define INDEX_BITS 40

/* The result of looking for a free slot in one line. */
typedef enum { LINE_KNOWN = KNOWN, LINE_NEW = NEW, LINE_NO_ROOM = FULL, LINE_IS_FULL } LineResult;

static inline uint64_t line_after(uint64_t line, uint64_t line_count)
{
    return line + 1 == line_count ? 0 : line + 1;
}

/* Whether a line has no free slot. To be asked before the line is compared: a line that was full
 * then is compared in its final form, and only then may the search go on to the next one. The
 * last slot is written, with release, by somebody who has seen all others written. */
static inline bool line_full(const uint64_t *line)
{
    return __atomic_load_n(&line[7], __ATOMIC_ACQUIRE) != 0;
}

/* Writes a free slot, or says what somebody else has written there. */
static inline bool slot_take(uint64_t *slot, uint64_t *seen, uint64_t value)
{
    return __atomic_compare_exchange_n(slot, seen, value, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

#if WORD_TABLE
static inline unsigned same(uint64_t a, uint64_t b)
{
    return a == b;
}

static inline bool line_has(const uint64_t *line, uint64_t key)
{
    return same(LOAD(line[0]), key) | same(LOAD(line[1]), key) | same(LOAD(line[2]), key)
         | same(LOAD(line[3]), key) | same(LOAD(line[4]), key) | same(LOAD(line[5]), key)
         | same(LOAD(line[6]), key) | same(LOAD(line[7]), key);
}

/* Somebody else may fill the line, or enter the same state, at the same time. */
static LineResult line_enter(Worker *w, uint64_t *line, const Entry *e)
{
    uint64_t key = e->words[0] + 1;
    for (int i = 0; i < 8; i++) {
        uint64_t seen = LOAD(line[i]);
        if (!seen) {
            if (!storage_ready(w)) return LINE_NO_ROOM;
            if (slot_take(&line[i], &seen, key)) {
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
            if (slot_take(&line[i], &seen, mine)) {
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
        __atomic_compare_exchange_n(place, &seen, (uint32_t)value, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED);
        return seen;
    }
    uint64_t seen = 0, *place = &((uint64_t *)table->lines)[slot];
    slot_take(place, &seen, value);
    return seen;
}

static __attribute__((noinline)) Insertion insert_fingerprint(Worker *w, const Entry *e)
{
    const Table *table = &w->search->table;
    uint64_t tag = slot_tag(w->search, e->words);
    uint64_t slots = table->line_count * table->slots_per_line;
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
