/* Random walks: each step one of the transitions within bounds, all equally likely.
 *
 * Walk number n draws from a generator of its own, seeded by the seed and n, so it is the same
 * walk whoever walks it. Of several violations the one of the lowest walk is kept, and walks
 * below it are still walked to their end. Nothing is stored: what is counted is steps taken, not
 * distinct states. A walk that meets something that generated code cannot do ends there and is
 * counted as abandoned; initial states that it cannot compute end the search, because every walk
 * begins with them.
 */

typedef struct Walk {
    uint64_t number;                              /* from 1 */
    uint64_t random[4];
    uint64_t *path;                               /* the packed states so far */
    uint64_t length;
    uint64_t choices;                             /* transitions met so far in this step */
    uint64_t chosen[STATE_WORDS];
    int action;                                   /* that of the chosen one */
} Walk;

static inline uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* xoshiro256**, by Blackman and Vigna. */
static uint64_t walk_random(Walk *walk)
{
    uint64_t *r = walk->random;
    uint64_t result = rotate(r[1] * 5, 7) * 9, shifted = r[1] << 17;
    r[2] ^= r[0];
    r[3] ^= r[1];
    r[1] ^= r[2];
    r[0] ^= r[3];
    r[2] ^= shifted;
    r[3] = rotate(r[3], 45);
    return result;
}

static void walk_seed(Walk *walk, uint64_t seed)
{
    uint64_t state = mix(seed) ^ walk->number * 0x9e3779b97f4a7c15ULL;
    for (int i = 0; i < 4; i++) walk->random[i] = mix(state += 0x9e3779b97f4a7c15ULL);
}

/* Keeps each transition with equal chance: the n-th replaces the choice with chance 1/n. */
static void walk_found(Worker *w, const State *t, Entry *e, int bound)
{
    Walk *walk = w->context;
    (void)t;
    w->taken[w->action]--;
    w->any = true;
    if (bound) {
        w->pending[bound]++;
        w->hits++;
        return;
    }
    if (scale(walk_random(walk), ++walk->choices)) return;
    words_copy(walk->chosen, e->words);
    walk->action = w->action;
}

/* Gives a witness its walk, if walks are what is going on. */
static void walk_keep_path(Worker *w, Witness *witness)
{
    Walk *walk = w->search->options.order == ORDER_WALKS ? w->context : NULL;
    if (!walk) return;
    size_t bytes = walk->length * STATE_WORDS * 8;
    witness->walk = walk->number;
    witness->path = malloc(bytes);
    if (witness->path) memcpy(witness->path, walk->path, bytes);
    else halt_for(w->search, &w->search->failed);
}

/* Takes the chosen step. False: the walk ends there, beyond the boundary. */
static bool walk_step(Worker *w, Walk *walk, State *s)
{
    State t;
    w->taken[walk->action]++;
    state_unpack(walk->chosen, &t);
    words_copy(walk->path + walk->length++ * STATE_WORDS, walk->chosen);
    w->action = walk->action;
    ask_step(w, &t, walk->chosen);
    ask_state(w, &t, walk->chosen, walk->length);
    int inside = ask(w, KIND_INSIDE, 0, &t, NULL);
    if (inside == NO) {
        w->pending[BOUNDARY]++;
        bounds_settle(w);
    }
    w->abandoned += inside == ESCAPED;
    *s = t;
    return inside == YES;
}

/* The walk that stands as a violation so far, of this worker; UINT64_MAX if there is none. */
static uint64_t walk_violating(const Worker *w)
{
    uint64_t lowest = UINT64_MAX;
    for (int n = 0; n < WITNESSES; n++)
        if (w->witnesses[n].depth && (n < ALWAYS + STEPS || n == WITNESSES - 1)
            && w->witnesses[n].walk < lowest) lowest = w->witnesses[n].walk;
    return lowest;
}

/* One walk, until it is long enough, meets something, or has nowhere to go. */
static void walk_go(Worker *w, Walk *walk)
{
    Search *s = w->search;
    State state;
    walk->choices = walk->length = 0;
    if (!initial_find(w)) {
        halt_for(s, &s->initial_escaped);
        return;
    }
    while (walk->choices && walk_step(w, walk, &state) && walk->length < s->options.walk_depth) {
        const uint64_t *words = walk->path + (walk->length - 1) * STATE_WORDS;
        if (LOAD(s->stop) || LOAD(s->failed) || w->ask_count) break;
        if (!s->options.keep_going && walk_violating(w) == walk->number) break;
        w->depth = walk->length;
        walk->choices = 0;
        successors_find(w, &state, words);
        if (w->escaped) break;
        if (!w->any) ask_deadlock(w, &state, words, w->depth);
    }
    if (w->escaped || w->ask_count) w->abandoned++;
    w->escape_count = w->ask_count = 0;
    w->deepest = walk->length > w->deepest ? walk->length : w->deepest;
    w->expanded++;
}

static void walks_share(Worker *w)
{
    Search *s = w->search;
    Walk walk = { .path = malloc(s->options.walk_depth * STATE_WORDS * 8) };
    if (!walk.path) halt_for(s, &s->failed);
    w->visit = walk_found;
    w->context = &walk;
    while (walk.path && !LOAD(s->stop) && !LOAD(s->failed) && !LOAD(s->violated)
           && !LOAD(s->initial_escaped)) {
        walk.number = ADD(s->cursor, 1) + 1;
        if (walk.number > s->options.behaviours) break;
        walk_seed(&walk, s->options.seed);
        walk_go(w, &walk);
        if (!s->options.keep_going && walk_violating(w) != UINT64_MAX) break;
        worker_show(w);
    }
    worker_show(w);
    w->context = NULL;
    free(walk.path);
}

static Step walks_decide(Search *s, Worker *w)
{
    for (uint64_t i = 0; i < s->options.workers; i++)
        if (s->workers[i].deepest > s->depth) s->depth = s->workers[i].deepest;
    (void)w;
    if (s->failed) return search_finish(s, REASON_FAILED);
    if (s->initial_escaped) return search_finish(s, REASON_INITIAL_ESCAPED);
    if (s->violated) return search_finish(s, REASON_VIOLATED);
    if (told_to_stop(s)) return search_finish(s, REASON_STOPPED);
    return search_finish(s, REASON_EXHAUSTED);
}

static const Strategy random_walks = { walks_share, walks_decide };
