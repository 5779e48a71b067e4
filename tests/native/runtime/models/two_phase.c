/* Two-phase commit with N resource managers, written by hand: Lamport's TwoPhase, one word a
 * state. */
#ifndef N
#define N 3
#endif
#define STATE_WORDS 1
#define STATE_BITS (4 * N + 4)
#define ACTIONS 7
#define BOUNDS 0
#define ALWAYS 1
#define STEPS 0
#define SOMETIMES 1
#define HAS_BOUNDARY 0
#define HAS_FINAL 1
#define CAN_ESCAPE 0
#ifndef SYMMETRY
#define SYMMETRY 0
#endif
#include "model.h"

enum { WORKING, PREPARED, COMMITTED, ABORTED };
enum { UNDECIDED, COMMIT, ABORT };

struct State {
    uint8_t phase[N], decision, heard[N];
    uint64_t sent;                                /* N votes, commit, abort */
};

static void state_unpack(const uint64_t *words, State *s)
{
    uint64_t p = words[0];
    for (int i = 0; i < N; i++) {
        s->phase[i] = p >> 2 * i & 3;
        s->heard[i] = p >> (2 * N + 2 + i) & 1;
    }
    s->decision = p >> 2 * N & 3;
    s->sent = p >> (3 * N + 2);
}

static int state_pack(const State *s, uint64_t *words)
{
    uint64_t p = (uint64_t)s->decision << 2 * N | s->sent << (3 * N + 2);
    for (int i = 0; i < N; i++)
        p |= (uint64_t)s->phase[i] << 2 * i | (uint64_t)s->heard[i] << (2 * N + 2 + i);
    words[0] = p;
    return 0;
}

static void model_initial(Worker *w)
{
    State s;
    memset(&s, 0, sizeof s);
    found_initial(w, &s);
}

static void managers_move(Worker *w, const State *s, int action)
{
    State t;
    for (int i = 0; i < N; i++) {
        if (action == 2 && s->decision == UNDECIDED && s->sent >> i & 1) {
            t = *s, t.heard[i] = 1, found(w, &t);
        } else if (action == 3 && s->phase[i] == WORKING) {
            t = *s, t.phase[i] = PREPARED, t.sent |= 1ULL << i, found(w, &t);
        } else if (action == 4 && s->phase[i] == WORKING) {
            t = *s, t.phase[i] = ABORTED, found(w, &t);
        } else if (action == 5 && s->sent >> N & 1) {
            t = *s, t.phase[i] = COMMITTED, found(w, &t);
        } else if (action == 6 && s->sent >> (N + 1) & 1) {
            t = *s, t.phase[i] = ABORTED, found(w, &t);
        }
    }
}

static void model_successors(Worker *w, const State *s, int first)
{
    State t;
    int all = 1;
    for (int i = 0; i < N; i++) all &= s->heard[i];
    switch (first) {
    case 0:
        begin_action(w, 0);
        if (s->decision == UNDECIDED && all)
            t = *s, t.decision = COMMIT, t.sent |= 1ULL << N, found(w, &t);
        /* fall through */
    case 1:
        begin_action(w, 1);
        if (s->decision == UNDECIDED)
            t = *s, t.decision = ABORT, t.sent |= 2ULL << N, found(w, &t);
        /* fall through */
    case 2: begin_action(w, 2), managers_move(w, s, 2); /* fall through */
    case 3: begin_action(w, 3), managers_move(w, s, 3); /* fall through */
    case 4: begin_action(w, 4), managers_move(w, s, 4); /* fall through */
    case 5: begin_action(w, 5), managers_move(w, s, 5); /* fall through */
    case 6: begin_action(w, 6), managers_move(w, s, 6);
    }
}

static int count_of(const State *s, int phase)
{
    int count = 0;
    for (int i = 0; i < N; i++) count += s->phase[i] == phase;
    return count;
}

static bool model_always(int property, const State *s)
{
    (void)property;
    return !(count_of(s, COMMITTED) && count_of(s, ABORTED));
}

static bool model_step(int property, const State *before, const State *after)
{
    return property == 0 && before == after;
}

static bool model_sometimes(int property, const State *s)
{
    (void)property;
    return count_of(s, COMMITTED) == N;
}

static bool model_final(const State *s)
{
    return s->decision != UNDECIDED;
}

#if SYMMETRY
/* The managers are sorted by all that belongs to each of them. */
static Count model_canonical(const uint64_t *words, uint64_t *canonical)
{
    State s;
    unsigned keys[N];
    uint64_t orbit = 1, equal = 1;
    state_unpack(words, &s);
    for (int i = 0; i < N; i++) {
        unsigned key = s.phase[i] | (unsigned)s.heard[i] << 2 | (unsigned)(s.sent >> i & 1) << 3;
        int place = i;
        for (; place && keys[place - 1] > key; place--) keys[place] = keys[place - 1];
        keys[place] = key;
    }
    s.sent = s.sent >> N << N;
    for (int i = 0; i < N; i++) {
        equal = i && keys[i] == keys[i - 1] ? equal + 1 : 1;
        orbit = orbit * (uint64_t)(i + 1) / equal;
        s.phase[i] = keys[i] & 3;
        s.heard[i] = keys[i] >> 2 & 1;
        s.sent |= (uint64_t)(keys[i] >> 3) << i;
    }
    state_pack(&s, canonical);
    return orbit;
}
#endif

#include "search.c"
