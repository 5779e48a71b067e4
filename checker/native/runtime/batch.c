/* Batches: successors wait until their cache lines have come, then enter the table together.
 *
 * An entry that finds no room stays in its batch, which then grows, while the workers go to a
 * meeting where the table grows; no successor is ever dropped for lack of room. Where a worker is
 * alone the table grows on the spot. This file knows no order of search.
 */

typedef enum { ROOM_NONE, ROOM_FOUND, ROOM_GROWN } Room;

/* Finds room for more states while no worker runs; after ROOM_GROWN the table is to be rebuilt. */
static Room make_room(Search *s)
{
    STORE(s->full, 0);
    if (s->exhausted) return ROOM_NONE;
    room_renew(s);
    if (s->room > 0) return ROOM_FOUND;
    if (s->options.max_states && stored_states(s) >= s->options.max_states) return ROOM_NONE;
    if (table_grow(s)) return s->room > 0 ? ROOM_GROWN : ROOM_NONE;
    s->table_is_last = true;
    room_renew(s);
    return s->room > 0 && s->table.line_count ? ROOM_FOUND : ROOM_NONE;
}

/* The same for a worker that is alone: false, and a meeting is called, if there is no room. */
static bool make_room_alone(Worker *w)
{
    Search *s = w->search;
    Room room = s->solo ? make_room(s) : ROOM_NONE;
    if (room == ROOM_NONE) {
        halt_for(s, &s->full);
        table_adopt(w);
        return false;
    }
    if (room == ROOM_GROWN) table_rebuild(s);
    table_adopt(w);
    return true;
}

/* A state was stored: it is counted, and asked what is asked of every state. */
static inline void state_greet(Worker *w, const Entry *e)
{
    w->added[e->action]++;
#if SYMMETRY
    w->saturated |= __builtin_add_overflow(w->represented, e->orbit, &w->represented);
    w->saturated |= e->orbit == COUNTLESS;
#endif
    if (!((ALWAYS && w->asked[KIND_ALWAYS]) || (SOMETIMES && w->asked[KIND_SOMETIMES]))) return;
    State s;
#if SYMMETRY
    state_unpack(e->actual, &s);
#else
    state_unpack(e->words, &s);
#endif
    ask_state(w, &s, e->words, w->depth + 1);
}

/* Gives a batch that has to wait more space; without memory its successors are lost, and the
 * search with them. */
static void batch_widen(Worker *w)
{
    Entry *wider = realloc(w->batch, 2 * (size_t)w->batch_limit * sizeof(Entry));
    if (wider) {
        w->batch = wider;
        w->batch_limit *= 2;
        return;
    }
    w->batched = 0;
    halt_for(w->search, &w->search->failed);
}

/* Looks at every entry's first line and drops what is known at once. There is no branch on the
 * outcome, so the look-ups overlap; what remains has been asked for again where that helps. */
static inline void batch_sift(Worker *w)
{
    if (w->compact || !w->line_count) return;
    Entry *const batch = w->batch;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < w->batched; i++) {
        bool known = first_look(w, &batch[i]);
        batch[kept] = batch[i];
        kept += !known;
    }
    w->batched = kept;
}

static void __attribute__((noinline)) batch_flush(Worker *w)
{
    batch_sift(w);
    Entry *const batch = w->batch, *const end = batch + w->batched;
    uint32_t waiting = 0;
    for (Entry *e = batch; e < end; e++) {
        Insertion result = table_insert(w, e);
        while (UNLIKELY(result == FULL) && make_room_alone(w)) result = table_insert(w, e);
        if (result == NEW) state_greet(w, e);
        else if (UNLIKELY(result == FULL)) batch[waiting++] = *e;
    }
    w->batched = waiting;
    if (UNLIKELY(2 * (uint64_t)waiting > w->batch_limit)) batch_widen(w);
}
