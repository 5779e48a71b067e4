/* Two-phase commit by hand and by bits: what somebody can do who knows this one protocol well.
 *
 * The states and transitions of Lamport's TwoPhase.tla with RMS resource managers. A state is one
 * 64-bit word of bit sets, so that an action is a mask and an `or`.
 *
 *   cc -O3 -march=native -DRMS=9 two_phase.c -o two_phase && ./two_phase
 *
 * It prints distinct and generated states, levels and seconds.
 */
#include "search.h"

#ifndef RMS
#define RMS 9
#endif
#if RMS < 1 || RMS > 12
#error "RMS must lie between 1 and 12: a state has five bits for each, and the table must fit"
#endif

/* Five sets of resource managers, each RMS bits wide, and the decision of the transaction manager.
 * A resource manager in none of the first three is working. The decision is sent when it is made,
 * and Prepared is never taken back: no more bits are needed for the messages. */
#define EVERYBODY ((UINT64_C(1) << RMS) - 1)
enum {
    PREPARED = 0,
    COMMITTED = RMS,
    ABORTED = 2 * RMS,
    PROMISED = 3 * RMS,
    HEARD = 4 * RMS,
    DECISION = 5 * RMS
};
#define COMMIT (UINT64_C(1) << DECISION)
#define ABORT (UINT64_C(2) << DECISION)

static inline uint64_t members(State state, unsigned set)
{
    return state >> set & EVERYBODY;
}

/* A resource manager leaves whatever phase it is in for another. */
static inline State moved(State state, unsigned rm, unsigned phase)
{
    State phases = UINT64_C(1) << PREPARED | UINT64_C(1) << COMMITTED | UINT64_C(1) << ABORTED;
    return (state & ~(phases << rm)) | UINT64_C(1) << (phase + rm);
}

static inline void expand_undecided(State state)
{
    reach(state | ABORT);
    if (members(state, HEARD) == EVERYBODY)
        reach(state | COMMIT);
    for (uint64_t left = members(state, PROMISED); left != 0; left &= left - 1)
        reach(state | UINT64_C(1) << (HEARD + __builtin_ctzll(left)));
}

static inline void expand_working(State state)
{
    uint64_t busy = members(state, PREPARED) | members(state, COMMITTED) | members(state, ABORTED);
    for (uint64_t left = EVERYBODY & ~busy; left != 0; left &= left - 1) {
        unsigned rm = (unsigned)__builtin_ctzll(left);
        reach(state | UINT64_C(1) << (PREPARED + rm) | UINT64_C(1) << (PROMISED + rm));
        reach(state | UINT64_C(1) << (ABORTED + rm));
    }
}

static inline void expand(State state)
{
    if ((state & (COMMIT | ABORT)) == 0)
        expand_undecided(state);
    expand_working(state);
    if (state & COMMIT)
        for (unsigned rm = 0; rm < RMS; rm++)
            reach(moved(state, rm, COMMITTED));
    if (state & ABORT)
        for (unsigned rm = 0; rm < RMS; rm++)
            reach(moved(state, rm, ABORTED));
}

static inline bool holds(State state)
{
    return members(state, COMMITTED) == 0 || members(state, ABORTED) == 0;
}

static uint64_t power(uint64_t base, unsigned exponent)
{
    return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

int main(void)
{
    return search(power(6, RMS) + power(4, RMS) + power(2, RMS));
}
