/* Memory: growing lists, and the arena that holds every stored state.
 *
 * The arena is one large range of addresses, reserved at the start and touched as it fills.
 * Workers claim chunks of it and append; nothing is ever moved or freed, so a state's index and
 * address stay good for the whole search. The arena is also the queue: a level is a stretch of
 * breadth-first numbers, and segments map these numbers to indices, because chunks of several
 * workers interleave.
 *
 * With hash compaction the arena lies in a file, and levels that were expanded may leave memory.
 * The file is made in the folder that TMPDIR names, or else in /tmp; it has no name any more and
 * vanishes with the process. This file knows no table, no model and no order of search.
 */

/* Makes room for `needed` items of `size` bytes. False, and nothing changed, if there is none. */
static bool list_reserve(void *list, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity) return true;
    size_t larger = *capacity * 2 > needed ? *capacity * 2 : needed + 14;
    void *items;
    memcpy(&items, list, sizeof items);
    items = realloc(items, larger * size);
    if (!items) return false;
    memcpy(list, &items, sizeof items);
    *capacity = larger;
    return true;
}

static void advise_huge_pages(void *memory, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE);
#else
    (void)memory, (void)bytes;
#endif
}

/* Memory that costs nothing until it is touched, all zero; NULL if there is none. */
static void *pages_map(size_t bytes)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_NORESERVE
    flags |= MAP_NORESERVE;
#endif
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    advise_huge_pages(memory, bytes);
    return memory;
}

static inline uint64_t *arena_at(const Search *s, uint64_t index)
{
    return s->arena.words + index * STATE_WORDS;
}

/* A file that vanishes with the process, in the folder for such files. */
static int file_without_name(void)
{
    const char *folder = getenv("TMPDIR");
    char name[4096];
    if (!folder || strlen(folder) > 4000) folder = "/tmp";
    strcpy(name, folder);
    strcat(name, "/quorate-XXXXXX");
    int file = mkstemp(name);
    if (file >= 0) unlink(name);
    return file;
}

static bool arena_open(Arena *arena, uint64_t capacity, bool in_file)
{
    size_t bytes = capacity * STATE_WORDS * 8;
    arena->capacity = capacity;
    arena->file = -1;
    if (!in_file) return (arena->words = pages_map(bytes)) != NULL;
    arena->file = file_without_name();
    if (arena->file < 0) return false;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, arena->file, 0);
    arena->words = memory == MAP_FAILED ? NULL : memory;
    return arena->words != NULL;
}

static void arena_close(Arena *arena)
{
    if (arena->words) munmap(arena->words, arena->capacity * STATE_WORDS * 8);
    if (arena->file >= 0) close(arena->file);
    arena->words = NULL;
    arena->file = -1;
}

static bool file_extend(int file, off_t from, off_t length)
{
#ifdef __APPLE__
    return ftruncate(file, from + length) == 0;
#else
    return posix_fallocate(file, from, length) == 0;
#endif
}

/* Gives the file disk space up to `end`, so that no write can fault. */
static bool arena_extend(Arena *arena, uint64_t end)
{
    const uint64_t step = ((uint64_t)16 << 20) / (STATE_WORDS * 8) + CHUNK;
    bool done = true;
    pthread_mutex_lock(&arena->extending);
    if (end > arena->file_states) {
        uint64_t larger = end + step < arena->capacity ? end + step : arena->capacity;
        off_t from = (off_t)(arena->file_states * STATE_WORDS * 8);
        off_t length = (off_t)((larger - arena->file_states) * STATE_WORDS * 8);
        done = file_extend(arena->file, from, length);
        if (done) arena->file_states = larger;
    }
    pthread_mutex_unlock(&arena->extending);
    return done;
}

/* Lets the kernel write out and drop the states before `end`: they are read again for traces
 * only. */
static void arena_let_go(Search *s, uint64_t end)
{
    Arena *arena = &s->arena;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t from = arena->advised * STATE_WORDS * 8 / page * page;
    uint64_t to = end * STATE_WORDS * 8 / page * page;
    if (arena->file < 0 || to <= from) return;
    madvise((char *)arena->words + from, to - from, MADV_DONTNEED);
    arena->advised = end;
}

/* A new last segment for the worker, or a longer one where the chunk follows the last. */
static bool segment_open(Worker *w)
{
    size_t count = w->segment_count;
    if (count && w->segments[count - 1].to == w->next_index) return true;
    if (!list_reserve(&w->segments, &w->segment_capacity, count + 1, sizeof(Segment)))
        return false;
    w->segments[w->segment_count++] = (Segment){ w->next_index, w->next_index, 0 };
    return true;
}

static bool chunk_claim(Worker *w)
{
    Arena *arena = &w->search->arena;
    uint64_t from = ADD(arena->claimed, CHUNK);
    if (from + CHUNK > arena->capacity) return false;
    if (arena->file >= 0 && !arena_extend(arena, from + CHUNK)) return false;
    w->next_index = from;
    w->chunk_end = from + CHUNK;
    return true;
}

/* Takes a share of the states that may still be stored: small when few are left, so that the limit
 * is met exactly. */
static bool room_take(Worker *w)
{
    Search *s = w->search;
    int64_t left = LOAD(s->room);
    int64_t share;
    do {
        if (left <= 0) return false;
        share = left / (int64_t)(4 * s->options.workers);
        share = share < 1 ? 1 : share > CHUNK ? CHUNK : share;
    } while (!__atomic_compare_exchange_n(&s->room, &left, left - share, true,
                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    w->room = share;
    return true;
}

static bool __attribute__((noinline)) storage_prepare(Worker *w)
{
    if (w->room <= 0 && !room_take(w)) return false;
    if ((w->next_index != w->chunk_end || chunk_claim(w)) && segment_open(w)) return true;
    STORE(w->search->exhausted, 1);
    return false;
}

/* Whether one more state can be stored. */
static inline bool storage_ready(Worker *w)
{
    if (w->room > 0 && w->next_index != w->chunk_end && w->segment_count) return true;
    return storage_prepare(w);
}

/* Where the next state will lie; it counts as stored once storage_commit is called. */
static inline uint64_t storage_write(Worker *w, const uint64_t *words)
{
    words_copy(arena_at(w->search, w->next_index), words);
    return w->next_index;
}

static inline void storage_commit(Worker *w)
{
    w->next_index++;
    w->segments[w->segment_count - 1].to = w->next_index;
    w->room--;
    w->stored++;
}

/* Appends what the workers have stored to the breadth-first numbering, as one more level. */
static bool level_close(Search *s)
{
    if (!list_reserve(&s->levels, &s->level_capacity, s->level_count + 1, sizeof(uint64_t)))
        return false;
    s->levels[s->level_count++] = s->positions;
    for (uint64_t i = 0; i < s->options.workers; i++) {
        Worker *w = &s->workers[i];
        size_t needed = s->segment_count + w->segment_count;
        if (!list_reserve(&s->segments, &s->segment_capacity, needed, sizeof(Segment)))
            return false;
        for (size_t j = 0; j < w->segment_count; j++) {
            Segment part = w->segments[j];
            Segment *last = s->segment_count ? &s->segments[s->segment_count - 1] : NULL;
            if (last && last->to == part.from) last->to = part.to;
            else if (part.to > part.from)
                s->segments[s->segment_count++] = (Segment){ part.from, part.to, s->positions };
            s->positions += part.to - part.from;
        }
        w->segment_count = 0;
    }
    return true;
}

/* The segment that holds a breadth-first number; the number must be below s->positions. */
static size_t segment_of(const Search *s, uint64_t position)
{
    size_t low = 0, high = s->segment_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (s->segments[middle].before <= position) low = middle;
        else high = middle;
    }
    return low;
}

/* The state with a breadth-first number; `segment` remembers where the last one was. */
static inline uint64_t *state_numbered(const Search *s, uint64_t position, size_t *segment)
{
    const Segment *part = &s->segments[*segment];
    while (position - part->before >= part->to - part->from) part = &s->segments[++*segment];
    return arena_at(s, part->from + (position - part->before));
}

/* States stored so far; exact while no worker runs. */
static uint64_t stored_states(const Search *s)
{
    uint64_t stored = 0;
    for (uint64_t i = 0; i < s->options.workers; i++) stored += s->workers[i].stored;
    return stored;
}

/* What the search holds besides its table and its states. */
static uint64_t bytes_beside(const Search *s)
{
    return s->fixed_bytes + s->segment_capacity * sizeof(Segment)
           + s->level_capacity * sizeof(uint64_t) + s->offered_capacity * sizeof(Offered);
}

static uint64_t bytes_used(const Search *s)
{
    return bytes_beside(s) + s->table.line_count * CACHE_LINE + stored_states(s) * s->state_bytes;
}

/* What is left of the budget for table and states, if the lists double once more. */
static uint64_t bytes_left(const Search *s)
{
    uint64_t others = 2 * bytes_beside(s) - s->fixed_bytes, budget = s->options.memory_bytes;
    return budget > others ? budget - others : 0;
}
