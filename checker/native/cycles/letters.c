/* Letters as the automaton sees them: labels sorted by which of its guards they pass.
 *
 * States whose letters pass the same guards are of one class: for the automaton they are alike,
 * and classes are few where labels may be many. A step's label keeps a bit for each guard of
 * steps.
 */

#define QUIET 0x80000000u /* with a class: nothing is enabled that is to be fair */
#define MOST_CLASSES 0x7fffffffu

typedef struct Letters {
    uint64_t guard_words, fit_words;
    List classes;       /* rows of guard_words words: the guards that a class passes */
    uint32_t *class_of; /* of each state label, with QUIET */
    uint64_t *fits;     /* of each step label a row of fit_words words: the guards passed */
    uint64_t *still;    /* one more such row: the guards that the absence of a step passes */
    uint32_t *places;   /* a hash table of classes, 0 for none, else one more than the class */
    uint64_t place_count;
    List fair_words; /* which words of marks have any that is to be fair */
    uint64_t class_count;
} Letters;

/* Whether a row of bits passes a guard; NULL is a row of zeros. */
static bool passes(const Guards *guards, uint64_t guard, const uint64_t *row)
{
    for (uint64_t i = guards->from[guard]; i < guards->from[guard + 1]; i++) {
        const Test *test = &guards->tests[i];
        if (((row ? row[test->word] : 0) & test->mask) != test->wanted) return false;
    }
    return true;
}

static void passed(const Guards *guards, const uint64_t *row, uint64_t *into, uint64_t words)
{
    memset(into, 0, words * sizeof *into);
    for (uint64_t guard = 0; guard < guards->count; guard++)
        if (passes(guards, guard, row)) bit_set(into, guard);
}

static void *array_of_zeros(Search *s, uint64_t count, size_t size)
{
    if (!memory_take(s, count * size)) return NULL;
    void *items = calloc(count ? count : 1, size);
    if (!items) s->status = MEMORY;
    return items;
}

static const uint64_t *class_row(const Letters *l, uint64_t class)
{
    return (const uint64_t *)l->classes.items + class * l->guard_words;
}

static uint64_t row_hash(const uint64_t *row, uint64_t words)
{
    uint64_t hash = 0x9e3779b97f4a7c15ULL;
    for (uint64_t i = 0; i < words; i++) {
        hash = (hash ^ row[i]) * 0xd6e8feb86659fd93ULL;
        hash ^= hash >> 32;
    }
    return hash;
}

static void class_place(Letters *l, uint64_t class)
{
    uint64_t at = row_hash(class_row(l, class), l->guard_words) % l->place_count;
    while (l->places[at]) at = (at + 1) % l->place_count;
    l->places[at] = (uint32_t)class + 1;
}

/* Makes the table of classes large enough for one more. */
static bool classes_ready(Search *s, Letters *l)
{
    if (l->class_count == MOST_CLASSES) s->status = MEMORY;
    if (s->status != GOING) return false;
    if (l->class_count * 2 < l->place_count) return true;
    uint64_t larger = l->place_count * 4 + 64;
    uint32_t *places = array_of_zeros(s, larger, sizeof *places);
    if (!places) return false;
    s->memory.used -= l->place_count * sizeof *places;
    free(l->places);
    l->places = places;
    l->place_count = larger;
    for (uint64_t class = 0; class < l->class_count; class++) class_place(l, class);
    return true;
}

/* The class that passes just these guards, known or new. */
static bool class_of_row(Search *s, Letters *l, const uint64_t *row, uint32_t *class)
{
    if (!classes_ready(s, l)) return false;
    uint64_t at = row_hash(row, l->guard_words) % l->place_count;
    for (; l->places[at]; at = (at + 1) % l->place_count) {
        *class = l->places[at] - 1;
        if (!memcmp(class_row(l, *class), row, l->guard_words * sizeof *row)) return true;
    }
    *class = (uint32_t)l->class_count;
    for (uint64_t i = 0; i < l->guard_words; i++) {
        if (!list_ready(s, &l->classes, sizeof *row)) return false;
        ((uint64_t *)l->classes.items)[l->classes.count++] = row[i];
    }
    l->places[at] = ++l->class_count;
    return true;
}

static const uint64_t *state_letter(const GraphView *view, uint64_t label)
{
    return view->state_bits + label * (view->atom_words + view->mark_words);
}

/* Whether no steps are enabled that are to be fair. */
static bool is_quiet(const Search *s, const Letters *l, uint64_t label)
{
    const uint64_t *enabled = state_letter(s->view, label) + s->view->atom_words;
    const uint64_t *words = l->fair_words.items;
    for (size_t i = 0; i < l->fair_words.count; i++) {
        uint64_t fair = s->fair->weak[words[i]] | s->fair->strong[words[i]];
        if (enabled[words[i]] & fair) return false;
    }
    return true;
}

static bool letters_of_states(Search *s, Letters *l)
{
    l->class_of = array_of_zeros(s, s->view->state_labels, sizeof *l->class_of);
    uint64_t *row = array_of_zeros(s, l->guard_words, sizeof *row);
    for (uint64_t label = 0; label < s->view->state_labels && row && going(s); label++) {
        uint32_t class;
        passed(&s->automaton->state_guards, state_letter(s->view, label), row, l->guard_words);
        if (!class_of_row(s, l, row, &class)) break;
        l->class_of[label] = class | (is_quiet(s, l, label) ? QUIET : 0);
    }
    free(row);
    return s->status == GOING;
}

static bool letters_of_steps(Search *s, Letters *l)
{
    const Guards *guards = &s->automaton->step_guards;
    l->fits = array_of_zeros(s, s->view->step_labels * l->fit_words, sizeof *l->fits);
    l->still = array_of_zeros(s, l->fit_words, sizeof *l->still);
    if (!l->fits || !l->still) return false;
    passed(guards, NULL, l->still, l->fit_words);
    for (uint64_t label = 0; label < s->view->step_labels && going(s); label++)
        passed(guards, s->view->step_bits + label * s->view->mark_words,
               l->fits + label * l->fit_words, l->fit_words);
    return s->status == GOING;
}

static bool letters_open(Search *s, Letters *l)
{
    l->guard_words = (s->automaton->state_guards.count + 63) / 64;
    l->fit_words = (s->automaton->step_guards.count + 63) / 64;
    for (uint64_t word = 0; word < s->view->mark_words; word++) {
        if (!(s->fair->weak[word] | s->fair->strong[word])) continue;
        if (!list_ready(s, &l->fair_words, sizeof word)) return false;
        ((uint64_t *)l->fair_words.items)[l->fair_words.count++] = word;
    }
    return letters_of_states(s, l) && letters_of_steps(s, l);
}

static void letters_close(Search *s, Letters *l)
{
    list_free(s, &l->classes, sizeof(uint64_t));
    list_free(s, &l->fair_words, sizeof(uint64_t));
    free(l->class_of);
    free(l->fits);
    free(l->still);
    free(l->places);
}
