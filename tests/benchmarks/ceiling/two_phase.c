/* The ceiling: two-phase commit explored by a program that a person wrote for it and nothing else.
 *
 * The variables, states and transitions of Lamport's TwoPhase.tla with RMS resource managers, all
 * messages among them. Each successor is made from the variables and packed into one 64-bit word: how
 * one would write it by hand, and what a code generator can hope to come near. What cleverness about
 * this one protocol adds is in two_phase_bits.c.
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
#error "RMS must lie between 1 and 12: a state has four bits for each and four more, and the table must fit"
#endif

enum { WORKING, PREPARED, COMMITTED, ABORTED };   /* what a resource manager has done */
enum { UNDECIDED, COMMIT, ABORT };                /* what the transaction manager has decided */

typedef struct Variables {
    uint8_t phase[RMS];
    uint8_t decision;
    uint16_t heard;                               /* who has reported to the transaction manager */
    uint16_t promises;                            /* the messages Prepared(rm) */
    uint8_t decided;                              /* the messages Commit (1) and Abort (2) */
} Variables;

static inline void send_on(const Variables *v)
{
    State packed = v->decision | (State)v->decided << 2 | (State)v->heard << 4;
    packed |= (State)v->promises << (4 + RMS);
    for (int rm = 0; rm < RMS; rm++) packed |= (State)v->phase[rm] << (4 + 2 * RMS + 2 * rm);
    reach(packed);
}

static inline Variables variables(State packed)
{
    const unsigned everybody = (1u << RMS) - 1;
    Variables v = { .decision = packed & 3, .decided = packed >> 2 & 3 };
    v.heard = packed >> 4 & everybody;
    v.promises = packed >> (4 + RMS) & everybody;
    for (int rm = 0; rm < RMS; rm++) v.phase[rm] = packed >> (4 + 2 * RMS + 2 * rm) & 3;
    return v;
}

static inline void decide(const Variables *now, int decision)
{
    Variables next = *now;
    next.decision = (uint8_t)decision;
    next.decided |= (uint8_t)decision;
    send_on(&next);
}

static inline void turn(const Variables *now, int rm, int phase)
{
    Variables next = *now;
    next.phase[rm] = (uint8_t)phase;
    if (phase == PREPARED) next.promises |= (uint16_t)(1u << rm);
    send_on(&next);
}

static inline void hear(const Variables *now, int rm)
{
    Variables next = *now;
    next.heard |= (uint16_t)(1u << rm);
    send_on(&next);
}

static inline void expand(State packed)
{
    const Variables now = variables(packed);
    if (now.decision == UNDECIDED) {
        decide(&now, ABORT);
        if (now.heard == (1u << RMS) - 1) decide(&now, COMMIT);
    }
    #pragma GCC unroll 12
    for (int rm = 0; rm < RMS; rm++) {            /* unrolled, so that variables stay in registers */
        if (now.decision == UNDECIDED && now.promises >> rm & 1) hear(&now, rm);
        if (now.phase[rm] == WORKING) {
            turn(&now, rm, PREPARED);
            turn(&now, rm, ABORTED);
        }
        if (now.decided & COMMIT) turn(&now, rm, COMMITTED);
        if (now.decided & ABORT) turn(&now, rm, ABORTED);
    }
}

static inline bool holds(State packed)
{
    const Variables now = variables(packed);
    bool committed = false, aborted = false;
    for (int rm = 0; rm < RMS; rm++) {
        committed |= now.phase[rm] == COMMITTED;
        aborted |= now.phase[rm] == ABORTED;
    }
    return !committed || !aborted;
}

static uint64_t power(uint64_t base, unsigned exponent)
{
    return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

int main(void)
{
    return search(power(6, RMS) + power(4, RMS) + power(2, RMS));
}
