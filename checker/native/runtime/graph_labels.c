/* Labels: each different set of bits gets a number, so that an edge holds 32 bits for all its
 * marks.
 *
 * Every thread numbers what it meets in its own order. In the end all are numbered anew, in the
 * order of their bits, so that the numbers do not depend on the threads. A label is known by all
 * its bits, never by a hash alone.
 */

static const uint64_t *label_row(const GraphLabels *labels, uint32_t label)
{
    return labels->rows + (size_t)label * (size_t)labels->width;
}

static uint64_t row_hash(const uint64_t *row, int width)
{
    uint64_t hash = 0;
    for (int i = 0; i < width; i++) hash = mix(row[i] ^ hash * 0x9e3779b97f4a7c15ULL);
    return hash;
}

/* The order of rows: by the last word first. */
static int row_compare(const uint64_t *a, const uint64_t *b, int width)
{
    for (int i = width - 1; i >= 0; i--)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* The slot that holds a row, or the free one where it belongs. */
static size_t label_slot(const GraphLabels *labels, const uint64_t *row)
{
    size_t at = scale(row_hash(row, labels->width), labels->slot_count);
    for (;; at = at + 1 == labels->slot_count ? 0 : at + 1) {
        uint32_t seen = labels->slots[at];
        if (!seen || !row_compare(label_row(labels, seen - 1), row, labels->width)) return at;
    }
}

/* Doubles the table of slots, which must stay half empty. */
static bool labels_widen(Graph *g, GraphLabels *labels)
{
    size_t before = labels->slot_count, wanted = before ? 2 * before : 64;
    uint32_t *slots = graph_new_array(g, wanted, sizeof *slots);
    if (!slots) return false;
    graph_drop_array(g, labels->slots, before, sizeof *slots);
    labels->slots = slots;
    labels->slot_count = wanted;
    for (uint32_t label = 0; label < labels->count; label++)
        slots[label_slot(labels, label_row(labels, label))] = label + 1;
    return true;
}

/* The number of a row; GRAPH_NOWHERE, and the graph has ended, without memory. */
static uint32_t label_of(Graph *g, GraphLabels *labels, const uint64_t *row)
{
    if (2 * (labels->count + 1) > labels->slot_count && !labels_widen(g, labels))
        return GRAPH_NOWHERE;
    size_t slot = label_slot(labels, row);
    if (labels->slots[slot]) return labels->slots[slot] - 1;
    if (labels->count + 2 >= GRAPH_NOWHERE) {
        graph_end(g, GRAPH_TOO_LARGE);
        return GRAPH_NOWHERE;
    }
    size_t bytes = (size_t)labels->width * sizeof(uint64_t);
    if (!graph_reserve(g, &labels->rows, &labels->capacity, labels->count + 1, bytes))
        return GRAPH_NOWHERE;
    memcpy(labels->rows + labels->count * (size_t)labels->width, row, bytes);
    labels->slots[slot] = (uint32_t)++labels->count;
    return labels->slots[slot] - 1;
}

static void labels_free(Graph *g, GraphLabels *labels)
{
    graph_drop_array(g, labels->slots, labels->slot_count, labels->slots ? sizeof(uint32_t) : 0);
    free(labels->rows);
    graph_give(g, labels->capacity * (size_t)labels->width * sizeof(uint64_t));
    *labels = (GraphLabels){ .width = labels->width };
}

/* --- all labels together --------------------------------------------------------------- */

/* A label of one crew on its way to its final number. */
typedef struct LabelEntry { const uint64_t *row; uint32_t *goal; int width; } LabelEntry;

static int entries_compare(const void *a, const void *b)
{
    const LabelEntry *one = a, *other = b;
    return row_compare(one->row, other->row, one->width);
}

/* Numbers sorted entries, and copies each row once, if there is somewhere to. How many rows. */
static uint64_t entries_number(const LabelEntry *entries, size_t count, uint64_t *bits)
{
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || entries_compare(&entries[i - 1], &entries[i])) {
            size_t width = (size_t)entries[i].width;
            if (bits) memcpy(bits + found * width, entries[i].row, width * sizeof(uint64_t));
            found++;
        }
        if (bits) *entries[i].goal = (uint32_t)(found - 1);
    }
    return found;
}

/* Makes the final rows of the labels of all crews; `step` says which. False without memory. */
static bool labels_join(Graph *g, bool step, uint64_t **bits, uint64_t *count)
{
    size_t total = 0, at = 0;
    int width = step ? MARK_WORDS : GRAPH_LETTER;
    for (uint64_t i = 0; i < g->crews; i++)
        total += step ? g->crew[i].steps.count : g->crew[i].states.count;
    LabelEntry *entries = graph_new_array(g, total, 2 * sizeof *entries);   /* to sort too */
    for (uint64_t i = 0; entries && i < g->crews; i++) {
        GraphCrew *c = &g->crew[i];
        const GraphLabels *labels = step ? &c->steps : &c->states;
        uint32_t *to = graph_new_array(g, labels->count, sizeof *to);
        *(step ? &c->to_step : &c->to_state) = to;
        for (uint32_t label = 0; to && label < labels->count; label++)
            entries[at++] = (LabelEntry){ label_row(labels, label), &to[label], width };
    }
    if (!graph_ended(g)) {
        qsort(entries, total, sizeof *entries, entries_compare);
        *count = entries_number(entries, total, NULL);
        *bits = *count < GRAPH_NOWHERE
                    ? graph_new_array(g, *count * (uint64_t)width, sizeof(uint64_t)) : NULL;
        if (*bits) entries_number(entries, total, *bits);
        else graph_end(g, GRAPH_TOO_LARGE);
    }
    graph_drop_array(g, entries, total, 2 * sizeof *entries);
    return !graph_ended(g);
}
