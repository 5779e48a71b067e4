/* Runs searches of every order over a pseudo-random graph, for the sanitizers; no host language.
 *
 * Fails, with a line that says where, if the outcome depends on the number of workers.
 */
#include "graph.c"
#include <stdio.h>

enum { NODES = 3000, DEGREE = 2 };

static int32_t firsts[ACTIONS * NODES + 1], targets[ACTIONS * NODES * DEGREE], what[NODES];
static uint8_t escapes_at[ACTIONS * NODES];

static uint32_t random_below(uint32_t bound)
{
    static uint64_t state = 42;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(state >> 33) % bound;
}

static void graph_make(void)
{
    int edge = 0;
    for (int row = 0; row < ACTIONS * NODES; row++) {
        firsts[row] = edge;
        escapes_at[row] = random_below(20) == 0;
        for (uint32_t i = random_below(DEGREE + 1); i; i--)
            targets[edge++] = random_below(50) ? (int32_t)random_below(NODES)
                                               : -1 - (int32_t)random_below(2);
    }
    firsts[ACTIONS * NODES] = edge;
    for (int i = 0; i < NODES; i++) {
        what[i] = random_below(100) ? 0 : GOOD;
        what[i] |= random_below(20) ? FINAL_NODE : random_below(2) ? BAD : GUARDED | STEP_ESCAPES;
        what[i] |= random_below(30) ? 0 : random_below(2) ? ALWAYS_ESCAPES : OUTSIDE;
    }
    what[0] = INITIAL_NODE;
    graph_load(NODES, firsts, targets, what, escapes_at, 0);
}

static void escape_answer(Search *s, uint64_t number)
{
    uint64_t words[STATE_WORDS], offered[STATE_WORDS];
    int action = (int)quorate_escape(s, number, words);
    State state;
    state_unpack(words, &state);
    quorate_answering(s, number);
    int64_t row = ACTIONS * state.node + action;
    for (int i = firsts[row]; i < firsts[row + 1]; i++) {
        State t = { targets[i] };
        uint64_t bound = (uint64_t)state_pack(&t, offered);
        if (!bound && what[t.node] & OUTSIDE) bound = BOUNDARY;
        quorate_offer(s, action, offered, bound);
    }
}

static void questions_answer(Search *s)
{
    for (uint64_t i = 0; i < quorate_escapes(s); i++) escape_answer(s, i);
    for (uint64_t i = 0; i < quorate_questions(s); i++) {
        uint64_t words[2 * STATE_WORDS];
        quorate_question(s, i, words);
        quorate_answer(s, i, 1);
    }
}

static void trace_all(Search *s)
{
    uint64_t words[2 * STATE_WORDS];
    for (uint64_t kind = 0; kind <= KIND_DEADLOCK; kind++) {
        uint64_t depth = quorate_witness(s, kind, 0, words);
        if (!depth || s->options.order == ORDER_WALKS) continue;
        uint64_t *out = malloc(depth * STATE_WORDS * 8);
        const uint64_t *last = kind == KIND_STEP ? words + STATE_WORDS : words;
        if (out && kind != KIND_STEP && quorate_trace(s, last, depth, 0, out) != (int64_t)depth) {
            printf("no trace for kind %d\n", (int)kind);
            exit(1);
        }
        free(out);
    }
}

static Counts run(Options options)
{
    int error;
    Counts counts;
    Search *s = quorate_new(&options, &error);
    if (!s || quorate_start(s)) exit(2);
    while (quorate_wait(s, 10) != STATUS_FINISHED)
        if (s->joined) {
            questions_answer(s);
            quorate_resume(s);
        } else {
            Progress progress;
            quorate_progress(s, &progress);
        }
    trace_all(s);
    quorate_counts(s, &counts);
    quorate_free(s);
    return counts;
}

static void compare(const char *name, Options options)
{
    Counts one = run(options);
    for (options.workers = 2; options.workers <= 4; options.workers += 2) {
        Counts many = run(options);
        bool same = one.distinct == many.distinct && one.generated == many.generated;
        if (same && one.depth == many.depth) continue;
        printf("%s: %d workers differ\n", name, (int)options.workers);
        exit(1);
    }
    printf("%s: %d states\n", name, (int)one.distinct);
}

int main(void)
{
    Options all = { .workers = 1, .always = 3, .step = 1, .sometimes = 3, .deadlock = 1,
                    .keep_going = 1, .table_slots = 8, .memory_bytes = 64 << 20 };
    Options deep = all, compact = all, walks = all, stopped = all;
    graph_make();
    deep.order = ORDER_DEPTH;
    compact.compact_bits = 32;
    walks.order = ORDER_WALKS, walks.behaviours = 300, walks.walk_depth = 40;
    stopped.keep_going = 0;
    compare("breadth first", all);
    compare("stopped at a violation", stopped);
    compare("compact", compact);
    run(deep);
    run(walks);
    walks.workers = 4;
    run(walks);
    return 0;
}
