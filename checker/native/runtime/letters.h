/* Letters: what temporal properties see of states and steps. The part that generated code calls.
 *
 * A program with letters defines, besides what model.h reads,
 *
 *     #define LETTERS 1
 *     #define ATOMS 3           predicates over a state, numbered from 0
 *     #define MARKS 12          choices of steps, numbered from 0
 *
 * and model_atom. Before an action hands a successor to found(), it calls its own function that
 * notes the step's marks in w->letter_marks, unless that is NULL, as in every search. graph.c is
 * what asks for them. Both may escape.
 */
#ifndef LETTERS_H
#define LETTERS_H

enum {
    ATOM_WORDS = ATOMS ? (ATOMS + 63) / 64 : 1,       /* 64-bit words of a set of atoms */
    MARK_WORDS = MARKS ? (MARKS + 63) / 64 : 1
};

static bool model_atom(int atom, const State *s);

static inline MAYBE_UNUSED void letter_begin(Worker *w)
{
    memset(w->letter_marks, 0, MARK_WORDS * sizeof(uint64_t));
}

static inline MAYBE_UNUSED void letter_mark(Worker *w, int mark)
{
    w->letter_marks[mark / 64] |= (uint64_t)1 << mark % 64;
}

/* Whether a successor stays within the bounds of types and within the boundary. */
static MAYBE_UNUSED bool letter_inside(Worker *w, const State *t)
{
    uint64_t words[STATE_WORDS];
    (void)w;
    if (state_pack(t, words)) return false;
#if HAS_BOUNDARY
    return model_inside(t);
#else
    return true;
#endif
}

#endif
