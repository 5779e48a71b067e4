/* Memory: lists that grow, and large arrays of zeros that cost nothing where nobody writes.
 *
 * All of it counts against the budget of the search. Where there is none left the search gets the
 * status MEMORY and goes no further; whoever was refused returns at once.
 */

static bool memory_take(Search *s, uint64_t bytes)
{
    if (bytes <= s->memory.budget && s->memory.used <= s->memory.budget - bytes) {
        s->memory.used += bytes;
        return true;
    }
    if (s->status == GOING) s->status = MEMORY;
    return false;
}

/* -- lists -- */

typedef struct List {
    void *items;
    size_t count, capacity;
} List;

/* Makes room for one more item of `size` bytes. */
static bool __attribute__((noinline)) list_grow(Search *s, List *list, size_t size)
{
    size_t larger = list->capacity + list->capacity / 2 + 256;
    if (!memory_take(s, (larger - list->capacity) * size)) return false;
    void *items = realloc(list->items, larger * size);
    if (!items) {
        s->status = MEMORY;
        return false;
    }
    list->items = items;
    list->capacity = larger;
    return true;
}

static inline bool list_ready(Search *s, List *list, size_t size)
{
    return list->count < list->capacity || list_grow(s, list, size);
}

static void list_free(Search *s, List *list, size_t size)
{
    s->memory.used -= list->capacity * size;
    free(list->items);
    *list = (List){ 0 };
}

/* -- arrays -- */

#define PAGE_BYTES 4096

/* An array of zeros. One that would need much of the budget is counted page by page, as it is
 * written: then `met` has a byte for each page. */
typedef struct Pages {
    void *at;
    uint64_t bytes;
    uint8_t *met;
} Pages;

static void *pages_map(uint64_t bytes)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_NORESERVE
    flags |= MAP_NORESERVE;
#endif
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void advise_huge_pages(void *memory, uint64_t bytes)
{
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE);
#else
    (void)memory, (void)bytes;
#endif
}

static void advise_small_pages(void *memory, uint64_t bytes)
{
#ifdef MADV_NOHUGEPAGE
    madvise(memory, bytes, MADV_NOHUGEPAGE);
#else
    (void)memory, (void)bytes;
#endif
}

static bool pages_open(Search *s, Pages *pages, uint64_t bytes)
{
    bytes = bytes / PAGE_BYTES * PAGE_BYTES + PAGE_BYTES;
    bool by_page = bytes > (s->memory.budget - s->memory.used) / 4;
    uint64_t flags = bytes / PAGE_BYTES;
    if (!memory_take(s, by_page ? flags : bytes)) return false;
    pages->bytes = bytes;
    pages->at = pages_map(bytes);
    pages->met = by_page ? pages_map(flags) : NULL;
    if (!pages->at || (by_page && !pages->met)) {
        s->status = MEMORY;
        return false;
    }
    if (by_page) advise_small_pages(pages->at, bytes);
    else advise_huge_pages(pages->at, bytes);
    return true;
}

static void pages_close(Pages *pages)
{
    if (pages->at) munmap(pages->at, pages->bytes);
    if (pages->met) munmap(pages->met, pages->bytes / PAGE_BYTES);
    *pages = (Pages){ 0 };
}

/* To be called before a byte is written for the first time; false if there is no memory for it. */
static inline bool pages_touch(Search *s, Pages *pages, uint64_t byte)
{
    if (!pages->met || pages->met[byte / PAGE_BYTES]) return true;
    pages->met[byte / PAGE_BYTES] = 1;
    return memory_take(s, PAGE_BYTES);
}
